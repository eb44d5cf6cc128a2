//! How long it takes from a record's append to the first search that can find it, while others arrive at a rate.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use alliance_search::{FollowError, Indexer, Searcher};
use alliance_store::{Reader, Writer};

use super::Result;
use super::data::Maker;
use super::figures::Latencies;
use super::questions::{self, Sort};

/// How long it is measured.
const SECONDS: usize = 30;
/// Appends in a second.
const APPENDS: usize = 50;
/// How often an indexer that has nothing to do looks again.
const LOOK: Duration = Duration::from_millis(10);

/// Follows until nothing comes any more; the longest call.
fn follow(
    indexer: &mut Indexer,
    reader: &Reader,
    is_over: &dyn Fn() -> bool,
) -> std::result::Result<Duration, FollowError> {
    let mut longest = Duration::ZERO;
    while !(is_over() && indexer.cursor() == reader.last_arrival()) {
        let begun = Instant::now();
        if !indexer.follow(reader)?.is_behind {
            thread::park_timeout(LOOK);
        }
        longest = longest.max(begun.elapsed());
    }
    Ok(longest)
}

/// Appends so many records a second, follows, and asks, each on a thread of its own.
pub(crate) fn arrive(
    (writer, maker, rate): (&mut Writer, &mut Maker, usize),
    (indexer, reader, searcher): (&mut Indexer, &Reader, &Searcher),
    out: &mut impl Write,
) -> Result<()> {
    let groups: Result<Vec<_>> = (0..SECONDS * APPENDS).map(|_| maker.group(rate / APPENDS)).collect();
    let groups = groups?;
    let waiting = Mutex::new(VecDeque::new());
    let is_over = AtomicBool::new(false);
    let (mut longest, mut late) = (Duration::ZERO, Duration::ZERO);
    let latencies = thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let mut latencies = Latencies::default();
            let asked = questions::of(Sort::TwoWords, 100);
            for question in asked.iter().cycle() {
                let Ok(answer) = searcher.search(&question.question(), &|_| true) else {
                    break;
                };
                let Ok(mut waiting) = waiting.lock() else { break };
                while let Some((arrival, appended)) = waiting.pop_front() {
                    if arrival > answer.as_of {
                        waiting.push_front((arrival, appended));
                        break;
                    }
                    latencies.add(Instant::elapsed(&appended));
                }
                let is_done = is_over.load(Ordering::Relaxed) && waiting.is_empty();
                drop(waiting);
                if is_done {
                    break;
                }
                thread::park_timeout(LOOK);
            }
            latencies
        });
        let appending = scope.spawn(|| {
            let begun = Instant::now();
            for (at, group) in groups.iter().enumerate() {
                let due = Duration::from_secs(1) * u32::try_from(at).unwrap_or(0) / APPENDS as u32;
                thread::park_timeout(due.saturating_sub(begun.elapsed()));
                late = late.max(begun.elapsed().saturating_sub(due));
                let appended = Instant::now();
                writer.append(group).map_err(|error| error.to_string())?;
                let mut waiting = waiting.lock().map_err(|error| error.to_string())?;
                waiting.push_back((reader.last_arrival(), appended));
            }
            Ok::<_, String>(())
        });
        let followed = follow(indexer, reader, &|| appending.is_finished());
        is_over.store(true, Ordering::Relaxed);
        let appended = appending.join().map_err(|_| "appending panicked")?;
        let latencies = asking.join().map_err(|_| "asking panicked")?;
        appended?;
        longest = followed?;
        Ok::<_, Box<dyn std::error::Error>>(latencies)
    })?;
    writeln!(
        out,
        "{rate} a second arrive for {SECONDS} s: from append to found, p50 p95 p99 max ms {latencies}; longest call {:.2} s; appends at most {:.2} s late",
        longest.as_secs_f64(),
        late.as_secs_f64(),
    )?;
    Ok(())
}
