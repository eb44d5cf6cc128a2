//! Logs whose next record came and cannot enter yet: not fetched again before something has changed.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use alliance_record::limits::CLAIMED_AHEAD_MS_MAX;
use alliance_record::{ChapterName, LogName, Parking, VerifiedRecord};

use crate::limits::{HELD_UP_MS, WAITING_LOGS_MAX};

/// What a log waits for.
#[derive(Debug, Clone, Copy)]
enum What {
    /// Another roster than that of this version.
    Roster(u64),
    /// This hour.
    Hour(i64),
}

/// A log that waits.
#[derive(Debug, Clone, Copy)]
struct Wait {
    /// Sequence of the first record that is not held: another one is another matter.
    next: u64,
    /// Sequence of the one that cannot enter: a peer whose head comes before it gives those that can.
    stopped_at: u64,
    what: What,
}

/// A record of a run whose time has not come, so that none of the run may enter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Early {
    sequence: u64,
    /// When the whole run may enter.
    due_ms: i64,
}

impl Early {
    /// The first such record of a run.
    pub(crate) fn of(run: &[VerifiedRecord], now_ms: i64) -> Option<Self> {
        let due_ms = |record: &VerifiedRecord| record.header().claimed_at_ms.saturating_sub(CLAIMED_AHEAD_MS_MAX);
        let first = run.iter().find(|record| due_ms(record) > now_ms)?;
        Some(Self {
            sequence: first.header().sequence,
            due_ms: run.iter().map(due_ms).max()?,
        })
    }
}

/// Logs that wait. What is over the bound is fetched again with each session, as any other.
#[derive(Debug, Default)]
pub(crate) struct Waiting(BTreeMap<LogName, Wait>);

impl Waiting {
    /// Notes that a record, the next of its log, was parked. One that only lacks its body may come whole from others.
    pub(crate) fn note(&mut self, record: &VerifiedRecord, parking: Parking, version: u64) {
        let header = record.header();
        // A charter says who its author is, a certificate who its writer: without its body such a record is another
        // matter. In all other chapters the header says all that is judged.
        if record.body().is_none() && header.log.chapter.is_alliance() {
            return;
        }
        let what = match parking {
            Parking::FutureTime => What::Hour(header.claimed_at_ms.saturating_sub(CLAIMED_AHEAD_MS_MAX)),
            Parking::UnknownOrganisation | Parking::UnknownWriter => What::Roster(version),
            Parking::UnknownVersion | Parking::MissingPrevious | Parking::MissingBody => return,
        };
        self.keep(&header.log, header.sequence, what);
    }

    /// Notes that a record, the next of its log, is held up by a later one, because one signature proves both.
    pub(crate) fn note_held_up(&mut self, record: &VerifiedRecord, early: Early, now_ms: i64) {
        let header = record.header();
        let wait = Wait {
            next: header.sequence,
            stopped_at: early.sequence,
            what: What::Hour(early.due_ms.min(now_ms.saturating_add(HELD_UP_MS))),
        };
        self.insert(&header.log, wait);
    }

    /// A log waits for nothing any more.
    pub(crate) fn forget(&mut self, log: &LogName) {
        self.0.remove(log);
    }

    fn keep(&mut self, log: &LogName, next: u64, what: What) {
        let wait = Wait {
            next,
            stopped_at: next,
            what,
        };
        self.insert(log, wait);
    }

    fn insert(&mut self, log: &LogName, wait: Wait) {
        if self.0.len() < WAITING_LOGS_MAX || self.0.contains_key(log) {
            self.0.insert(log.clone(), wait);
        }
    }

    /// The clock was set back: hours that were counted from the wrong one are forgotten.
    pub(crate) fn turn_back(&mut self) {
        self.0.retain(|_, wait| !matches!(wait.what, What::Hour(_)));
    }

    /// Whether fetching these records of a log, the first of them not held, would bring again what cannot be judged now.
    pub(crate) fn holds_back(
        &mut self,
        log: &LogName,
        records: RangeInclusive<u64>,
        version: u64,
        now_ms: i64,
    ) -> bool {
        let Some(wait) = self.0.get(log).copied() else {
            return false;
        };
        let is_due = match wait.what {
            What::Roster(judged_by) => judged_by != version,
            What::Hour(due_ms) => due_ms <= now_ms,
        };
        if wait.next != *records.start() || is_due {
            self.0.remove(log);
            return false;
        }
        records.contains(&wait.stopped_at)
    }

    /// The logs of a chapter that wait.
    pub(crate) fn of<'a>(&'a self, chapter: &'a ChapterName) -> impl Iterator<Item = &'a LogName> {
        self.0.keys().filter(move |log| log.chapter == *chapter)
    }
}
