//! Logs whose next record came and cannot be judged yet: not fetched again before something has changed.

use std::collections::BTreeMap;

use alliance_record::limits::CLAIMED_AHEAD_MS_MAX;
use alliance_record::{ChapterName, LogName, Parking, VerifiedRecord};

use crate::limits::WAITING_LOGS_MAX;

/// What a log waits for.
#[derive(Debug, Clone, Copy)]
struct Until {
    /// Sequence of the record that waits: the first that is not held.
    next: u64,
    /// The roster's version when it was judged.
    version: u64,
    /// When its time comes, if that is all it waits for.
    due_ms: Option<i64>,
}

/// Logs that wait. What is over the bound is fetched again with each session, as any other.
#[derive(Debug, Default)]
pub(crate) struct Waiting(BTreeMap<LogName, Until>);

impl Waiting {
    /// Notes that a record, the next of its log, was parked. One that only lacks its body may come whole from others.
    pub(crate) fn note(&mut self, record: &VerifiedRecord, parking: Parking, version: u64) {
        let header = record.header();
        let due_ms = match parking {
            Parking::FutureTime => Some(header.claimed_at_ms.saturating_sub(CLAIMED_AHEAD_MS_MAX)),
            Parking::UnknownOrganisation | Parking::UnknownWriter => None,
            Parking::UnknownVersion | Parking::MissingPrevious | Parking::MissingBody => return,
        };
        let until = Until {
            next: header.sequence,
            version,
            due_ms,
        };
        if self.0.len() < WAITING_LOGS_MAX || self.0.contains_key(&header.log) {
            self.0.insert(header.log.clone(), until);
        }
    }

    /// Whether fetching a log from `next` on would bring again what cannot be judged now.
    pub(crate) fn holds_back(&mut self, log: &LogName, next: u64, version: u64, now_ms: i64) -> bool {
        let Some(until) = self.0.get(log).copied() else {
            return false;
        };
        let is_due = until.due_ms.map_or(until.version != version, |due| due <= now_ms);
        if until.next != next || is_due {
            self.0.remove(log);
            return false;
        }
        true
    }

    /// The logs of a chapter that wait.
    pub(crate) fn of<'a>(&'a self, chapter: &'a ChapterName) -> impl Iterator<Item = &'a LogName> {
        self.0.keys().filter(move |log| log.chapter == *chapter)
    }
}
