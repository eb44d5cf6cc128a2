//! What is fetched before all else, and for how long all else waits for it: a peer that is slow with it, or holds it back,
//! must not keep the others from bringing theirs.

use crate::limits::{FIRST_MS, FIRST_RECORD_MS};

/// A kind of records that is fetched before others.
#[derive(Debug, Clone, Copy)]
pub(crate) enum First {
    /// The alliance's own: all others are judged by them.
    Alliance,
    /// Headers, before bodies.
    Headers,
}

/// For how long others wait for one kind, over all sessions: while these follow one another, it is one wait.
#[derive(Debug, Default)]
pub(crate) struct Patience {
    since_ms: Option<i64>,
    brought: u64,
}

impl Patience {
    /// Some session fetches records of this kind. Whether others wait.
    pub(crate) fn lasts(&mut self, now_ms: i64) -> bool {
        let since_ms = *self.since_ms.get_or_insert(now_ms);
        let brought = i64::try_from(self.brought).unwrap_or(i64::MAX);
        let earned_ms = brought.saturating_mul(FIRST_RECORD_MS);
        now_ms < since_ms.saturating_add(FIRST_MS).saturating_add(earned_ms)
    }

    /// No session fetches records of this kind.
    pub(crate) fn renew(&mut self) {
        *self = Self::default();
    }

    /// Notes what came meanwhile.
    pub(crate) fn earn(&mut self, brought: u64) {
        if self.since_ms.is_some() {
            self.brought = self.brought.saturating_add(brought);
        }
    }

    pub(crate) fn turn_back(&mut self, back: impl Fn(&mut i64)) {
        self.since_ms.as_mut().map(back);
    }
}
