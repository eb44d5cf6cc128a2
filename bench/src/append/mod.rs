//! How fast authentic records reach the disk: by gossip, by range, and what raw sled takes for the same bytes. Each side
//! of each round begins with a fresh directory; only the work is timed, not the opening.

mod fixture;
mod ours;
mod raw;
mod report;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::machine::own_cpu_ms;
use fixture::Fixture;

/// Organisations, each with one log.
const LOGS: usize = 10;
/// Records of a group, and of one answer to a want: what a want of a mebibyte brings of records of a kilobyte.
const GROUP: usize = 1_000;
/// Messages that a node's loop takes in one turn at most, and so the group that a loaded loop appends.
const TURN: usize = 256;
/// Bytes of cache on each side: what a node uses unless told otherwise.
const CACHE_BYTES: u64 = 64 << 20;

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) records: usize,
    pub(crate) rounds: usize,
}

/// What is timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Each record with its own signature, in groups of so many, on one thread.
    Gossip(usize),
    /// The same, with the verification of the next group on a thread of its own, as a node does it.
    GossipAhead(usize),
    /// Ranges with a signature at each checkpoint.
    Range,
    /// Ranges in which every record carries its signature.
    RangeSigned,
    /// Raw sled, in batches of so many.
    Raw(usize),
}

const WAYS: [Way; 7] = [
    Way::Gossip(GROUP),
    Way::GossipAhead(GROUP),
    Way::Gossip(TURN),
    Way::Range,
    Way::RangeSigned,
    Way::Raw(GROUP),
    Way::Raw(TURN),
];

/// What one way took in one round.
#[derive(Debug, Clone, Copy)]
struct Taken {
    time: Duration,
    /// Processor time of the process meanwhile, opening and closing included.
    cpu_ms: f64,
    disk_bytes: u64,
}

/// Measures in directories under `dir`, and gives the report's lines.
///
/// # Errors
/// When a store fails, or does not hold in the end what was appended.
pub(crate) fn measure(plan: Plan, dir: &Path) -> Result<Vec<String>> {
    let fixture = Fixture::new(plan.records.div_ceil(LOGS * GROUP) * GROUP)?;
    let mut taken = vec![Vec::with_capacity(plan.rounds); WAYS.len()];
    for round in 0..plan.rounds {
        // Each round begins with another way, so that none always follows the same.
        for at in 0..WAYS.len() {
            let way = (round + at) % WAYS.len();
            taken[way].push(once(WAYS[way], &fixture, dir).with_context(|| format!("{:?}", WAYS[way]))?);
        }
    }
    Ok(report::lines(plan.rounds, &fixture, &taken))
}

fn once(way: Way, fixture: &Fixture, dir: &Path) -> Result<Taken> {
    let dir = tempfile::Builder::new().prefix("append-").tempdir_in(dir)?;
    let cpu_before_ms = own_cpu_ms();
    let time = match way {
        Way::Gossip(group) => ours::gossip(dir.path(), fixture, group)?,
        Way::GossipAhead(group) => ours::gossip_ahead(dir.path(), fixture, group)?,
        Way::Range => ours::range(dir.path(), fixture, &fixture.frames)?,
        Way::RangeSigned => ours::range(dir.path(), fixture, &fixture.frames_signed)?,
        Way::Raw(batch) => raw::append(dir.path(), fixture, batch)?,
    };
    let cpu_ms = own_cpu_ms() - cpu_before_ms;
    let disk_bytes = std::fs::metadata(dir.path().join("db/db"))?.len();
    dir.close()?;
    Ok(Taken {
        time,
        cpu_ms,
        disk_bytes,
    })
}
