//! Taking back what a stop left half-written: everything after the commit point, and the newest group itself if any of
//! it is missing. What remains is whole.

use std::ops::RangeInclusive;

use crate::arrival::Arrival;
use crate::error::ReadError;
use crate::feed::{Arrived, Run, runs_after};
use crate::logs::LogEntry;
use crate::meta::CommitPoint;
use crate::page::{HeaderPage, first_arrival};
use crate::scan::Bodies;
use crate::sealed::Space;
use crate::trees::{NAMES, Place, Trees, arrival_key, log_key, number_u32};

/// What a repair came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Repaired {
    pub(crate) last: Arrival,
    /// The next free number of a log.
    pub(crate) next_log: u32,
    /// Records taken back.
    pub(crate) removed: u64,
    /// The first arrival of the newest group, or of the one that was taken back.
    pub(crate) group_first: Arrival,
}

/// Brings the core keyspaces to a whole number of groups. Doing it twice, or stopping in it, does no harm: the commit
/// point moves first.
pub(crate) fn repair(trees: &Trees) -> Result<Repaired, ReadError> {
    let mut point = trees.commit_point()?.unwrap_or(CommitPoint::START);
    if !is_whole(trees, point)? {
        point = point.before_group();
        trees.put_commit_point(point)?;
    }
    let mut removed = 0;
    let mut next_log = 0;
    for log in trees.logs_under(&[]) {
        let (name, entry) = log?;
        let key = log_key(&name);
        let entry = match entry.newest.arrival <= point.last {
            true => Some(entry),
            false => {
                let reverted = reverted(entry, point.last);
                match &reverted {
                    Some(entry) => trees.logs.insert(key, entry.encode())?,
                    None => trees.logs.remove(key)?,
                }
                reverted
            }
        };
        if let Some(entry) = entry {
            next_log = next_log.max(entry.number + 1);
            removed += cut_log(trees, &entry, point.last)?;
        }
    }
    removed += cut_numbers(trees, next_log)?;
    for key in trees.feed.range(arrival_key(point.last.next())..).keys() {
        trees.feed.remove(key?)?;
    }
    Ok(Repaired {
        last: point.last,
        next_log,
        removed,
        group_first: point.group_first,
    })
}

/// Whether the newest group is there: its feed without gaps, and each record.
fn is_whole(trees: &Trees, point: CommitPoint) -> Result<bool, ReadError> {
    let mut expected = point.group_first;
    for run in runs_after(trees, point.before_group().last)? {
        let run = run?;
        if run.first > point.last {
            break;
        }
        if run.first != expected || !is_run_whole(trees, run)? {
            return Ok(false);
        }
        expected = run.last().next();
    }
    Ok(expected == point.last.next())
}

fn is_run_whole(trees: &Trees, run: Run) -> Result<bool, ReadError> {
    let mut arrival = run.first;
    for scanned in trees.scan(run.place, run.last_sequence(), Bodies::ALL) {
        let came = match scanned {
            Err(error) if error.is_damage() => return Ok(false),
            scanned => match run.arrived {
                Arrived::Records => Some(scanned?.arrival),
                Arrived::Bodies => scanned?.body_arrival,
            },
        };
        if came != Some(arrival) {
            return Ok(false);
        }
        arrival = arrival.next();
    }
    Ok(true)
}

/// The entry as it was before the newest group; `None` when the log began with it.
fn reverted(entry: LogEntry, last: Arrival) -> Option<LogEntry> {
    let newest = entry.before.filter(|before| before.arrival <= last)?;
    Some(LogEntry {
        newest,
        before: None,
        ..entry
    })
}

/// Removes what stands beyond a log's head, and bodies before it that came after `last`.
fn cut_log(trees: &Trees, entry: &LogEntry, last: Arrival) -> Result<u64, ReadError> {
    let at = |sequence| Place {
        log: entry.number,
        sequence,
    };
    let mut removed = 0;
    if let Some(after) = entry.newest.sequence.checked_add(1) {
        removed += remove_records(trees, at(after)..=at(u64::MAX))?;
    }
    if entry.newest.lagging > 0 {
        let lagging = at(entry.newest.bodies_end)..=at(entry.newest.sequence);
        removed += remove_bodies_after(trees, lagging, last)?;
    }
    Ok(removed)
}

/// A page of bodies is of one group, or of finished ones.
fn remove_bodies_after(trees: &Trees, places: RangeInclusive<Place>, last: Arrival) -> Result<u64, ReadError> {
    let (from, to) = (places.start().to_key(), places.end().to_key());
    let mut removed = 0;
    for entry in trees.bodies.range(from..=to) {
        let (key, value) = entry?;
        // A damaged one is left for its readers to tell of.
        let page = trees.keys.unseal(&value)?;
        if page.and_then(first_arrival).is_ok_and(|first| first > last) {
            trees.drop_sealed(Space::Bodies, &key, &value)?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Removes records and names under numbers that no log has: a new log's records are written before its name.
fn cut_numbers(trees: &Trees, next_log: u32) -> Result<u64, ReadError> {
    for key in trees.names.range(next_log.to_be_bytes()..).keys() {
        let key = key?;
        number_u32(&key).map_err(|source| ReadError::CorruptList {
            tree: NAMES.name,
            source,
        })?;
        trees.names.remove(key)?;
    }
    let first = Place {
        log: next_log,
        sequence: 0,
    };
    remove_records(
        trees,
        first..=Place {
            log: u32::MAX,
            sequence: u64::MAX,
        },
    )
}

/// Gives the number of records that are gone.
fn remove_records(trees: &Trees, places: RangeInclusive<Place>) -> Result<u64, ReadError> {
    let count = |page: &[u8]| HeaderPage::decode(page).map_or(1, |page| page.headers.len() as u64);
    let (first, last) = (places.start().to_key(), places.end().to_key());
    for entry in trees.bodies.range(first..=last) {
        let (key, value) = entry?;
        trees.drop_sealed(Space::Bodies, &key, &value)?;
    }
    let mut removed = 0;
    for entry in trees.headers.range(first..=last) {
        let (key, value) = entry?;
        trees.headers.remove(key)?;
        removed += count(&value);
    }
    Ok(removed)
}
