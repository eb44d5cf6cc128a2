//! Records whose bodies are still to come: from which sequence on, log by log.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, RangeInclusive};

use alliance_record::{ChapterName, LogName};

/// Logs with records that lack their bodies, each with the first and the last of them. Bodies between may be there: what
/// was gossiped brought its own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lagging {
    logs: BTreeMap<ChapterName, BTreeMap<LogName, Bare>>,
    /// Logs that end before the first record that lacks its body: nothing is awaited while they do.
    ended: BTreeMap<LogName, Bare>,
    /// Chapters in which bodies are lacking that are awaited no more.
    abandoned: BTreeSet<ChapterName>,
}

/// No record of a log lacks its body before or after these.
#[derive(Debug, Clone, Copy)]
struct Bare {
    first: u64,
    last: u64,
}

/// One turn over all logs whose bodies lag, from anywhere on and round to there: each comes once.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    from: Option<LogName>,
    last: Option<LogName>,
    has_wrapped: bool,
}

impl Turn {
    /// One that begins behind this log.
    pub(crate) fn behind(log: Option<LogName>) -> Self {
        Self {
            last: log.clone(),
            from: log,
            has_wrapped: false,
        }
    }
}

/// What the logs are ordered by.
fn place(log: &LogName) -> (&ChapterName, &LogName) {
    (&log.chapter, log)
}

impl Lagging {
    /// Notes that a record came without its body.
    pub(crate) fn note(&mut self, log: &LogName, sequence: u64) {
        let bare = self.entry(log).or_insert(Bare {
            first: sequence,
            last: sequence,
        });
        bare.last = bare.last.max(sequence);
    }

    /// Notes that of the records held the one at `bodies_end` is the first that lacks its body; any after it may.
    pub(crate) fn restore(&mut self, log: &LogName, bodies_end: u64) {
        let bare = Bare {
            first: bodies_end,
            last: u64::MAX,
        };
        self.entry(log).or_insert(bare);
    }

    fn entry(&mut self, log: &LogName) -> Entry<'_, LogName, Bare> {
        let logs = self.logs.entry(log.chapter.clone()).or_default();
        logs.entry(log.clone())
    }

    /// Where the bodies lie that a log lacks, given its newest record; `None` when it lacks none.
    pub(crate) fn awaited(&self, log: &LogName, newest: u64) -> Option<RangeInclusive<u64>> {
        let bare = self.logs.get(&log.chapter)?.get(log)?;
        let awaited = bare.first..=bare.last.min(newest);
        (!awaited.is_empty()).then_some(awaited)
    }

    /// Notes that all bodies before `next` are there, of those that are awaited.
    pub(crate) fn filled(&mut self, log: &LogName, next: u64, awaited: &RangeInclusive<u64>) {
        if next > *awaited.end() {
            return self.give_up(log);
        }
        if let Some(bare) = self.logs.get_mut(&log.chapter).and_then(|logs| logs.get_mut(log)) {
            bare.first = next;
        }
    }

    /// A log ends before this place, or does not end any more: bodies beyond are not to be had, and nobody lacks them.
    pub(crate) fn end_at(&mut self, log: &LogName, next: Option<u64>) {
        if let Some(bare) = self.ended.remove(log) {
            self.entry(log).or_insert(bare);
        }
        let bare = self.logs.get(&log.chapter).and_then(|logs| logs.get(log)).copied();
        if let Some(bare) = bare.filter(|bare| next.is_some_and(|next| next <= bare.first)) {
            self.give_up(log);
            self.ended.insert(log.clone(), bare);
        }
    }

    /// Awaits no more of a log, whose bodies are lacking for good.
    pub(crate) fn abandon(&mut self, log: &LogName) {
        self.abandoned.insert(log.chapter.clone());
        self.give_up(log);
    }

    fn give_up(&mut self, log: &LogName) {
        if let Some(logs) = self.logs.get_mut(&log.chapter) {
            logs.remove(log);
            if logs.is_empty() {
                self.logs.remove(&log.chapter);
            }
        }
    }

    /// Whether bodies of a chapter are awaited.
    pub(crate) fn awaits(&self, chapter: &ChapterName) -> bool {
        self.logs.contains_key(chapter)
    }

    /// Whether bodies of a chapter are lacking, awaited or not.
    pub(crate) fn lacks(&self, chapter: &ChapterName) -> bool {
        self.awaits(chapter) || self.abandoned.contains(chapter)
    }

    /// The next log of a turn.
    pub(crate) fn next(&self, turn: &mut Turn, wanted: &BTreeSet<ChapterName>) -> Option<&LogName> {
        let mut log = self.after(turn.last.as_ref(), wanted);
        if log.is_none() && !turn.has_wrapped {
            turn.has_wrapped = true;
            log = self.after(None, wanted);
        }
        let log =
            log.filter(|log| !turn.has_wrapped || turn.from.as_ref().is_some_and(|from| place(log) <= place(from)))?;
        turn.last = Some(log.clone());
        Some(log)
    }

    /// The log after another one, in the order of chapters and logs, of those chapters that are wanted.
    fn after(&self, last: Option<&LogName>, wanted: &BTreeSet<ChapterName>) -> Option<&LogName> {
        let same = last.and_then(|last| {
            let logs = self
                .logs
                .get(&last.chapter)
                .filter(|_| wanted.contains(&last.chapter))?;
            let behind = (Bound::Excluded(last), Bound::Unbounded);
            logs.range(behind).next().map(|(log, _)| log)
        });
        let from = last.map_or(Bound::Unbounded, |last| Bound::Excluded(&last.chapter));
        let others = self.logs.range::<ChapterName, _>((from, Bound::Unbounded));
        let mut others = others.filter(|(chapter, _)| wanted.contains(*chapter));
        same.or_else(|| others.next()?.1.keys().next())
    }
}
