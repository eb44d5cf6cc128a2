//! What is to happen, and when. Of two things at one moment the one noted first comes first.

use std::collections::BTreeMap;

/// Things to come, by the simulated moment in milliseconds since 1970 UTC.
#[derive(Debug)]
pub(crate) struct Agenda<T> {
    noted: u64,
    entries: BTreeMap<(i64, u64), T>,
}

impl<T> Agenda<T> {
    pub(crate) const fn new() -> Self {
        Self {
            noted: 0,
            entries: BTreeMap::new(),
        }
    }

    pub(crate) fn note(&mut self, at_ms: i64, entry: T) {
        self.noted += 1;
        self.entries.insert((at_ms, self.noted), entry);
    }

    pub(crate) fn next(&mut self) -> Option<(i64, T)> {
        self.entries.pop_first().map(|((at_ms, _), entry)| (at_ms, entry))
    }

    pub(crate) fn next_ms(&self) -> Option<i64> {
        self.entries.first_key_value().map(|((at_ms, _), _)| *at_ms)
    }
}
