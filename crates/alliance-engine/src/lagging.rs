//! Records whose bodies are still to come: from which sequence on, log by log.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use alliance_record::{ChapterName, LogName};

/// Logs with records that lack their bodies, each with the first sequence whose body lags. Later bodies may be there:
/// what was gossiped brought its own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lagging(BTreeMap<ChapterName, BTreeMap<LogName, u64>>);

impl Lagging {
    /// Notes that a record came without its body.
    pub(crate) fn note(&mut self, log: &LogName, sequence: u64) {
        let logs = self.0.entry(log.chapter.clone()).or_default();
        logs.entry(log.clone()).or_insert(sequence);
    }

    /// The first sequence of a log whose body lags; `None` when none does.
    pub(crate) fn bodies_end(&self, log: &LogName) -> Option<u64> {
        self.0.get(&log.chapter)?.get(log).copied()
    }

    /// Notes that all bodies before `next` are there; `last` is the sequence of the log's newest record.
    pub(crate) fn filled(&mut self, log: &LogName, next: u64, last: u64) {
        if next > last {
            return self.give_up(log);
        }
        if let Some(end) = self.0.get_mut(&log.chapter).and_then(|logs| logs.get_mut(log)) {
            *end = next;
        }
    }

    /// Awaits nothing more of a log.
    pub(crate) fn give_up(&mut self, log: &LogName) {
        if let Some(logs) = self.0.get_mut(&log.chapter) {
            logs.remove(log);
            if logs.is_empty() {
                self.0.remove(&log.chapter);
            }
        }
    }

    pub(crate) fn lags(&self, chapter: &ChapterName) -> bool {
        self.0.contains_key(chapter)
    }

    /// The log after another one, in the order of chapters and logs, of those chapters that are wanted.
    pub(crate) fn after(&self, last: Option<&LogName>, wanted: &BTreeSet<ChapterName>) -> Option<&LogName> {
        let same = last.and_then(|last| {
            let logs = self.0.get(&last.chapter).filter(|_| wanted.contains(&last.chapter))?;
            let behind = (Bound::Excluded(last), Bound::Unbounded);
            logs.range(behind).next().map(|(log, _)| log)
        });
        let from = last.map_or(Bound::Unbounded, |last| Bound::Excluded(&last.chapter));
        let others = self.0.range::<ChapterName, _>((from, Bound::Unbounded));
        let mut others = others.filter(|(chapter, _)| wanted.contains(*chapter));
        same.or_else(|| others.next()?.1.keys().next())
    }
}
