//! Logs whose next record came and cannot enter yet, or never: not fetched again before something has changed.

use std::collections::BTreeMap;

use alliance_record::limits::CLAIMED_AHEAD_MS_MAX;
use alliance_record::{ChapterName, LogName, Parking, VerifiedRecord};

use crate::limits::WAITING_LOGS_MAX;

/// What a log waits for.
#[derive(Debug, Clone, Copy)]
enum What {
    /// Another roster than that of this version.
    Roster(u64),
    /// This hour.
    Hour(i64),
    /// Nothing that could be fetched: its writer signed twice, and peers hold the other branch.
    Nothing,
}

/// A log that waits.
#[derive(Debug, Clone, Copy)]
struct Wait {
    /// Sequence of the first record that is not held: another one is another matter.
    next: u64,
    what: What,
}

/// Logs that wait. What is over the bound is fetched again with each session, as any other.
#[derive(Debug, Default)]
pub(crate) struct Waiting(BTreeMap<LogName, Wait>);

impl Waiting {
    /// Notes that a record, the next of its log, was parked. One that only lacks its body may come whole from others.
    pub(crate) fn note(&mut self, record: &VerifiedRecord, parking: Parking, version: u64) {
        // A charter says who its author is, a certificate who its writer: without its body a record is another matter.
        if record.body().is_none() {
            return;
        }
        let header = record.header();
        let what = match parking {
            Parking::FutureTime => What::Hour(header.claimed_at_ms.saturating_sub(CLAIMED_AHEAD_MS_MAX)),
            Parking::UnknownOrganisation | Parking::UnknownWriter => What::Roster(version),
            Parking::UnknownVersion | Parking::MissingPrevious | Parking::MissingBody => return,
        };
        self.keep(&header.log, header.sequence, what);
    }

    /// Notes that a log is forked behind the records held: what peers have of it does not follow them, however much it
    /// is.
    pub(crate) fn note_fork(&mut self, log: &LogName, next: u64) {
        self.keep(log, next, What::Nothing);
    }

    fn keep(&mut self, log: &LogName, next: u64, what: What) {
        if self.0.len() < WAITING_LOGS_MAX || self.0.contains_key(log) {
            self.0.insert(log.clone(), Wait { next, what });
        }
    }

    /// Whether fetching a log from `next` on would bring again what cannot be judged now.
    pub(crate) fn holds_back(&mut self, log: &LogName, next: u64, version: u64, now_ms: i64) -> bool {
        let Some(wait) = self.0.get(log).copied() else {
            return false;
        };
        let is_due = match wait.what {
            What::Roster(judged_by) => judged_by != version,
            What::Hour(due_ms) => due_ms <= now_ms,
            What::Nothing => false,
        };
        if wait.next != next || is_due {
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
