//! Records that cannot be judged yet: a small bounded buffer. What does not fit is left for sync to bring again.

use std::collections::BTreeMap;

use alliance_record::limits::CLAIMED_AHEAD_MS_MAX;
use alliance_record::{LogName, VerifiedRecord};

use crate::limits::{PARKED_PER_LOG_MAX, PARKED_RECORDS_MAX};

/// The buffer, by log and place.
#[derive(Debug, Default)]
pub(crate) struct Parked {
    logs: BTreeMap<LogName, BTreeMap<u64, VerifiedRecord>>,
    count: usize,
}

impl Parked {
    /// Keeps a record if there is room. A record already kept at its place stays.
    pub(crate) fn keep(&mut self, record: VerifiedRecord) {
        if self.count >= PARKED_RECORDS_MAX {
            return;
        }
        let log = self.logs.entry(record.header().log.clone()).or_default();
        if log.len() >= PARKED_PER_LOG_MAX || log.contains_key(&record.header().sequence) {
            return;
        }
        log.insert(record.header().sequence, record);
        self.count += 1;
    }

    /// Takes the record at one place of a log.
    pub(crate) fn take(&mut self, log: &LogName, sequence: u64) -> Option<VerifiedRecord> {
        let records = self.logs.get_mut(log)?;
        let record = records.remove(&sequence)?;
        if records.is_empty() {
            self.logs.remove(log);
        }
        self.count -= 1;
        Some(record)
    }

    /// Forgets what a log has already passed.
    pub(crate) fn forget_below(&mut self, log: &LogName, sequence: u64) {
        let Some(records) = self.logs.get_mut(log) else { return };
        let before = records.len();
        records.retain(|kept, _| *kept >= sequence);
        self.count -= before - records.len();
        if records.is_empty() {
            self.logs.remove(log);
        }
    }

    /// Forgets those that are not to be kept any more.
    pub(crate) fn retain(&mut self, is_kept: impl Fn(&VerifiedRecord) -> bool) {
        for records in self.logs.values_mut() {
            records.retain(|_, record| is_kept(record));
        }
        self.logs.retain(|_, records| !records.is_empty());
        self.count = self.logs.values().map(BTreeMap::len).sum();
    }

    /// All of them.
    pub(crate) fn records(&self) -> impl Iterator<Item = &VerifiedRecord> {
        self.logs.values().flat_map(BTreeMap::values)
    }

    /// The first record kept of each log.
    pub(crate) fn firsts(&self) -> Vec<(LogName, u64)> {
        let first = |(log, records): (&LogName, &BTreeMap<u64, _>)| {
            records.keys().next().map(|sequence| (log.clone(), *sequence))
        };
        self.logs.iter().filter_map(first).collect()
    }

    /// The earliest moment after `after_ms` at which a record that stands first in its log is ahead of its time no more.
    pub(crate) fn next_due_ms(&self, after_ms: i64) -> Option<i64> {
        let firsts = self.logs.values().filter_map(|records| records.values().next());
        let due = firsts.map(|record| record.header().claimed_at_ms.saturating_sub(CLAIMED_AHEAD_MS_MAX));
        due.filter(|due| *due > after_ms).min()
    }

    pub(crate) const fn len(&self) -> usize {
        self.count
    }
}
