//! How fast records are erased among many, and how long appends and readers wait meanwhile.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use alliance_record::{LogName, RecordId, VerifiedRecord};
use alliance_store::{RangeLimits, Reader, Writer};

use crate::Result;
use crate::data::{Groups, Shape};
use crate::ways::open_store;

/// Records that are erased, spread over all.
const ERASED: usize = 1_000;
/// How many one call erases, an append after each.
const PORTIONS: [usize; 3] = [1_000, 100, 10];
/// Records of an append between two portions.
const APPENDED: usize = 100;

/// What erasing one portion after the other came to.
#[derive(Debug)]
struct Figures {
    portion: usize,
    erased: u64,
    time: Duration,
    longest_erase: Duration,
    longest_append: Duration,
    longest_read: Duration,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "erased {} in portions of {}: {:.0} records/s; longest: portion {:.1} ms, append of {APPENDED} {:.1} ms, read of 64 {:.1} ms",
            self.erased,
            self.portion,
            self.erased as f64 / self.time.as_secs_f64(),
            millis(self.longest_erase),
            millis(self.longest_append),
            millis(self.longest_read),
        )
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Fills a store, then erases from it.
pub(crate) fn run(dir: &Path, shape: Shape) -> Result<Vec<String>> {
    let (mut writer, reader) = open_store(dir)?;
    let appended = PORTIONS
        .iter()
        .map(|portion| ERASED / portion * APPENDED)
        .sum::<usize>();
    let mut groups = Groups::new(Shape {
        records: shape.records + appended,
        ..shape
    })?;
    let mut ids = Vec::with_capacity(shape.records);
    let mut logs = Vec::new();
    while ids.len() < shape.records {
        let group = groups.next_group()?;
        writer.append(&group)?;
        ids.extend(group.iter().map(|record| record.id()));
        if logs.len() < shape.logs {
            logs.extend(group.first().map(|record| record.header().log.clone()));
        }
    }
    groups.set_group(APPENDED);
    let mut lines = Vec::new();
    for (at, portion) in PORTIONS.into_iter().enumerate() {
        let step = (ids.len() / ERASED).max(1);
        let chosen: Vec<RecordId> = ids.iter().skip(at).step_by(step).take(ERASED).copied().collect();
        lines.push(erase(&mut writer, &reader, (&chosen, portion), (&mut groups, &logs))?.to_string());
    }
    Ok(lines)
}

fn erase(
    writer: &mut Writer,
    reader: &Reader,
    (chosen, portion): (&[RecordId], usize),
    (groups, logs): (&mut Groups, &[LogName]),
) -> Result<Figures> {
    let is_over = Arc::new(AtomicBool::new(false));
    let beside = {
        let (reader, logs, is_over) = (reader.another(), logs.to_vec(), Arc::clone(&is_over));
        std::thread::spawn(move || longest_read(&reader, &logs, &is_over))
    };
    let mut figures = Figures {
        portion,
        erased: 0,
        time: Duration::ZERO,
        longest_erase: Duration::ZERO,
        longest_append: Duration::ZERO,
        longest_read: Duration::ZERO,
    };
    for portion in chosen.chunks(portion) {
        let group: Vec<VerifiedRecord> = groups.next_group()?;
        let start = Instant::now();
        figures.erased += writer.erase(portion)?.destroyed;
        let erased = start.elapsed();
        let start = Instant::now();
        writer.append(&group)?;
        figures.longest_append = figures.longest_append.max(start.elapsed());
        figures.time += erased;
        figures.longest_erase = figures.longest_erase.max(erased);
    }
    is_over.store(true, Ordering::Relaxed);
    let read = beside.join().map_err(|_| "the reader stopped")?;
    figures.longest_read = read.map_err(|error| error.to_string())?;
    Ok(figures)
}

/// Reads short ranges of one log after the other.
fn longest_read(
    reader: &Reader,
    logs: &[LogName],
    is_over: &AtomicBool,
) -> std::result::Result<Duration, alliance_store::ReadError> {
    let limits = RangeLimits {
        records_max: 64,
        bytes_max: 1 << 20,
    };
    let mut longest = Duration::ZERO;
    for at in 0_usize.. {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        let start = Instant::now();
        reader.range(&logs[at % logs.len()], (at as u64 * 37) % 500, limits)?;
        longest = longest.max(start.elapsed());
    }
    Ok(longest)
}
