//! `differences`: finding what one node lacks of another, by sketches of heads and, in the same run, by negentropy over
//! the ids of all records.
//!
//! Owns the command line and the table. Prints Markdown to standard output; ends with a code other than 0 when one side
//! finds anything but what differs.

#[path = "../dice.rs"]
mod dice;
mod frames;
#[path = "../machine.rs"]
#[allow(dead_code, reason = "the other binary uses the rest")]
mod machine;
mod ours;
mod peer;
mod replica;

use std::io::{self, Write};
use std::time::Duration;

use clap::Parser;
use replica::{Lack, Replica};

/// Finds what differs between two replicas of 10,000 logs and 1,000,000 records, beside negentropy.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    /// Times that each is done; times shown are medians, bytes and round trips those of the costliest.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=100))]
    rounds: u8,
}

/// What it took to know all that differs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Cost {
    asker_bytes: usize,
    answerer_bytes: usize,
    round_trips: usize,
    asker_cpu: Duration,
    answerer_cpu: Duration,
    /// Bytes that then say which records are wanted.
    want_bytes: usize,
    /// Records found missing.
    missing: usize,
}

/// Runs on one thread: the processor time it takes.
fn timed<T>(spent: &mut Duration, step: impl FnOnce() -> T) -> T {
    let now = || Duration::try_from(rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime));
    let before = now().unwrap_or_default();
    let made = step();
    *spent += now().unwrap_or_default().saturating_sub(before);
    made
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let before = machine::Look::now();
    let mut out = io::stdout().lock();
    let full = Replica::full();
    let mut building = Duration::ZERO;
    let full_set = timed(&mut building, || peer::set(&full))?;
    writeln!(
        out,
        "| asker lacks | found by | asker sends, bytes | answerer sends | round trips | asker, CPU ms | answerer, CPU ms \
         | then asks for records, bytes |\n|---|---|---|---|---|---|---|---|"
    )?;
    for lack in Lack::ALL {
        let asker = full.without(lack);
        let set = peer::set(&asker)?;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for round in 0..options.rounds {
            ours.push(ours::find(&asker, &full, round)?);
            theirs.push(peer::find(&set, &full_set)?);
        }
        for (name, costs) in [("sketch", ours), ("negentropy", theirs)] {
            anyhow::ensure!(
                costs.iter().all(|cost| cost.missing == lack.records()),
                "{name} found something else than the {} records missing",
                lack.records()
            );
            show(&mut out, lack, name, costs)?;
        }
    }
    let building = building.as_secs_f64() * 1e3;
    writeln!(
        out,
        "\nnegentropy's sorted set of the full side, kept between sessions: {building:.0} ms to build"
    )?;
    let after = machine::Look::now();
    for line in machine::describe(&std::env::temp_dir(), &before, &after) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn show(out: &mut impl Write, lack: Lack, name: &str, costs: Vec<Cost>) -> io::Result<()> {
    let most = |part: fn(&Cost) -> usize| costs.iter().map(part).max().unwrap_or_default();
    let median = |part: fn(&Cost) -> Duration| {
        let mut times: Vec<_> = costs.iter().map(part).collect();
        times.sort_unstable();
        times[times.len() / 2].as_secs_f64() * 1e3
    };
    writeln!(
        out,
        "| {} | {name} | {} | {} | {} | {:.2} | {:.2} | {} |",
        lack.describe(),
        most(|cost| cost.asker_bytes),
        most(|cost| cost.answerer_bytes),
        most(|cost| cost.round_trips),
        median(|cost| cost.asker_cpu),
        median(|cost| cost.answerer_cpu),
        most(|cost| cost.want_bytes),
    )
}
