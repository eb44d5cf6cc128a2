//! Taking back what a stop left half-written: everything after the commit point, and the newest group itself if any of
//! it is missing. What remains is whole.

use std::ops::RangeInclusive;

use crate::arrival::Arrival;
use crate::error::ReadError;
use crate::feed::runs_after;
use crate::logs::LogEntry;
use crate::meta::CommitPoint;
use crate::trees::{NAMES, Place, Trees, arrival_key, log_key, number_u32};

/// What a repair came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Repaired {
    pub(crate) last: Arrival,
    /// The next free number of a log.
    pub(crate) next_log: u32,
    /// Records taken back.
    pub(crate) removed: u64,
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
        let entry = match entry.newest.arrival <= point.last {
            true => Some(entry),
            false => reverted(entry, point.last),
        };
        let key = log_key(&name);
        let Some(entry) = entry else {
            trees.logs.remove(key)?;
            continue;
        };
        next_log = next_log.max(entry.number + 1);
        removed += cut_log(trees, &entry)?;
        // Writes nothing when nothing changed.
        trees.logs.insert(key, entry.encode())?;
    }
    removed += cut_numbers(trees, next_log)?;
    for key in trees.feed.range(arrival_key(point.last.next())..).keys() {
        trees.feed.remove(key?)?;
    }
    Ok(Repaired {
        last: point.last,
        next_log,
        removed,
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
        if run.first != expected {
            return Ok(false);
        }
        for offset in 0..u64::from(run.count) {
            let place = Place {
                log: run.place.log,
                sequence: run.place.sequence + offset,
            };
            let arrival = Arrival(run.first.0 + offset);
            match trees.record_at(place) {
                Ok(Some(stored)) if stored.arrival == arrival => {}
                Err(error) if !error.is_damage() => return Err(error),
                _ => return Ok(false),
            }
        }
        expected = run.last().next();
    }
    Ok(expected == point.last.next())
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

/// Removes records beyond a log's head.
fn cut_log(trees: &Trees, entry: &LogEntry) -> Result<u64, ReadError> {
    let after = |sequence| Place {
        log: entry.number,
        sequence,
    };
    let Some(first) = entry.newest.sequence.checked_add(1) else {
        return Ok(0);
    };
    remove_records(trees, after(first)..=after(u64::MAX))
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

fn remove_records(trees: &Trees, places: RangeInclusive<Place>) -> Result<u64, ReadError> {
    let (first, last) = (places.start().to_key(), places.end().to_key());
    let mut removed = 0;
    for key in trees.records.range(first..=last).keys() {
        trees.records.remove(key?)?;
        removed += 1;
    }
    Ok(removed)
}
