//! Owns the count of inbound sessions. It never touches a stream; a dropped permit is a session that ended.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{PeerId, StreamPurpose, limits::SESSIONS_PER_PEER_MAX};

type Counts = BTreeMap<(StreamPurpose, PeerId), usize>;

/// Counts inbound sessions by purpose and peer.
#[derive(Debug, Clone)]
pub(crate) struct Tally {
    per_purpose_max: usize,
    counts: Arc<Mutex<Counts>>,
}

/// The right to one session, given back when dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    key: (StreamPurpose, PeerId),
    counts: Arc<Mutex<Counts>>,
}

impl Tally {
    pub(crate) fn new(per_purpose_max: usize) -> Self {
        Self {
            per_purpose_max,
            counts: Arc::default(),
        }
    }

    /// A permit, or none when the peer or all together have enough sessions of this purpose.
    pub(crate) fn admit(&self, purpose: StreamPurpose, peer: PeerId) -> Option<Permit> {
        let mut counts = lock(&self.counts);
        let total: usize = counts
            .iter()
            .filter(|((of, _), _)| *of == purpose)
            .map(|(_, count)| count)
            .sum();
        let of_peer = counts.get(&(purpose, peer)).copied().unwrap_or(0);
        if total >= self.per_purpose_max || of_peer >= SESSIONS_PER_PEER_MAX {
            return None;
        }
        counts.insert((purpose, peer), of_peer + 1);
        Some(Permit {
            key: (purpose, peer),
            counts: Arc::clone(&self.counts),
        })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut counts = lock(&self.counts);
        match counts.get_mut(&self.key) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                counts.remove(&self.key);
            }
        }
    }
}

/// No holder of the lock can leave the counts half changed, so a poisoned lock is as good as a whole one.
fn lock(counts: &Mutex<Counts>) -> MutexGuard<'_, Counts> {
    counts.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_limited_by_peer_and_by_purpose_and_given_back() {
        let tally = Tally::new(3);
        let [a, b] = [PeerId::of_secret(&[1; 32]), PeerId::of_secret(&[2; 32])];
        let first = tally.admit(StreamPurpose::Sync, a).unwrap();
        let _second = tally.admit(StreamPurpose::Sync, a).unwrap();
        assert!(tally.admit(StreamPurpose::Sync, a).is_none(), "two for one peer");
        let _third = tally.admit(StreamPurpose::Sync, b).unwrap();
        assert!(tally.admit(StreamPurpose::Sync, b).is_none(), "three in all");
        let _join = tally.admit(StreamPurpose::Join, b).unwrap();
        drop(first);
        let _again = tally.admit(StreamPurpose::Sync, a).unwrap();
        assert!(tally.admit(StreamPurpose::Sync, a).is_none());
    }
}
