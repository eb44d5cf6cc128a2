//! Logs of which peers hold another branch than the one held here: looking for the place where the two part.
//!
//! A peer is asked for some records further back, in doubling steps until a record is the same on both sides, and from
//! there on in halving ones. Owns what is known of the place; never the records.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use alliance_record::{LogName, TransportId};

use crate::limits::{BRANCH_RECORDS, BRANCH_TRIES_MAX, CARRY_AGAIN_MS, PARTED_LOGS_MAX, PARTED_PEERS_MAX};

/// What is known of one log.
#[derive(Debug)]
struct Parting {
    /// The highest place at which both are known to be the same.
    same: Option<u64>,
    /// The lowest place at which they are known to have parted.
    parted: u64,
    step: u64,
    tries: u32,
    /// Until when nobody is asked: the proof is made.
    rests_until_ms: i64,
    /// Peers that could not show where their branch parts, and until when they are left alone.
    tired: BTreeMap<TransportId, i64>,
}

/// What to do about a log of which a peer offers something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Advice {
    /// It is not known to be parted.
    Fetch,
    /// Compare these first.
    Compare(RangeInclusive<u64>),
    /// Leave it alone for now.
    Leave,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Partings(BTreeMap<LogName, Parting>);

impl Partings {
    /// A record that the writer signed does not belong to the branch that is held: they have parted by this place.
    pub(crate) fn note(&mut self, log: &LogName, place: u64) {
        if self.0.contains_key(log) || self.0.len() >= PARTED_LOGS_MAX {
            return;
        }
        let parting = Parting {
            same: None,
            parted: place,
            step: BRANCH_RECORDS - 1,
            tries: 0,
            rests_until_ms: i64::MIN,
            tired: BTreeMap::new(),
        };
        self.0.insert(log.clone(), parting);
    }

    pub(crate) fn forget(&mut self, log: &LogName) {
        self.0.remove(log);
    }

    pub(crate) fn advice(&self, log: &LogName, peer: &TransportId, now_ms: i64) -> Advice {
        let Some(parting) = self.0.get(log) else {
            return Advice::Fetch;
        };
        let is_tired = parting.tired.get(peer).is_some_and(|until_ms| now_ms < *until_ms);
        if now_ms < parting.rests_until_ms || is_tired {
            return Advice::Leave;
        }
        Advice::Compare(parting.probe())
    }

    /// The records up to `until` are the same. When they had parted by then, the peer holds the branch that is held here, or
    /// a third one: nothing is known then.
    pub(crate) fn same(&mut self, log: &LogName, until: u64) {
        let Some(parting) = self.0.get_mut(log).filter(|parting| until < parting.parted) else {
            return self.forget(log);
        };
        parting.same = Some(parting.same.map_or(until, |same| same.max(until)));
        parting.tries += 1;
    }

    /// At `from` they had parted before. When they were the same there, nothing is known.
    pub(crate) fn parted_before(&mut self, log: &LogName, from: u64) {
        let before = |parting: &&mut Parting| parting.same.is_none_or(|same| same < from);
        let Some(parting) = self.0.get_mut(log).filter(before) else {
            return self.forget(log);
        };
        parting.parted = parting.parted.min(from);
        parting.step = parting.step.saturating_mul(2);
        parting.tries += 1;
    }

    /// The place is found: nobody is asked while its proof comes onto the roster.
    pub(crate) fn rest(&mut self, log: &LogName, now_ms: i64) {
        if let Some(parting) = self.0.get_mut(log) {
            parting.rests_until_ms = now_ms.saturating_add(CARRY_AGAIN_MS);
            parting.start_again();
        }
    }

    /// A peer could not show where its branch parts.
    pub(crate) fn tire(&mut self, log: &LogName, peer: &TransportId, now_ms: i64) {
        if let Some(parting) = self.0.get_mut(log) {
            parting.start_again();
            parting.tired.retain(|_, until_ms| now_ms < *until_ms);
            if parting.tired.len() >= PARTED_PEERS_MAX {
                parting.tired.pop_first();
            }
            parting.tired.insert(*peer, now_ms.saturating_add(CARRY_AGAIN_MS));
        }
    }

    /// Whether a log's place was looked for too often.
    pub(crate) fn is_exhausted(&self, log: &LogName) -> bool {
        self.0.get(log).is_some_and(|parting| parting.tries > BRANCH_TRIES_MAX)
    }

    /// The clock was set back: nothing waits for the hour that was wrong.
    pub(crate) fn turn_back(&mut self) {
        for parting in self.0.values_mut() {
            parting.rests_until_ms = i64::MIN;
            parting.tired.clear();
        }
    }
}

impl Parting {
    /// Forgets what one peer's branch showed: another one may hold another.
    const fn start_again(&mut self) {
        self.same = None;
        self.step = BRANCH_RECORDS - 1;
        self.tries = 0;
    }

    /// The records to compare next.
    fn probe(&self) -> RangeInclusive<u64> {
        let floor = self.same.map_or(0, |same| same.saturating_add(1));
        let from = if self.parted.saturating_sub(floor) < BRANCH_RECORDS {
            floor
        } else if self.same.is_none() {
            self.parted.saturating_sub(self.step)
        } else {
            floor.midpoint(self.parted)
        };
        from..=self.parted.min(from.saturating_add(BRANCH_RECORDS - 1))
    }
}

#[cfg(test)]
mod tests {
    use alliance_record::{ChapterName, InstanceId, WriterId};

    use super::*;

    /// Looks for a fork in a log, of which the place of the fork is `fork` and the newest record seen `seen`.
    fn search(fork: u64, seen: u64) -> u32 {
        let log = LogName {
            writer: WriterId([1; 32]),
            instance: InstanceId([1; 8]),
            chapter: ChapterName::alliance(),
        };
        let (peer, mut partings) = (TransportId([1; 32]), Partings::default());
        partings.note(&log, seen);
        for asked in 1..=BRANCH_TRIES_MAX {
            let Advice::Compare(places) = partings.advice(&log, &peer, 0) else {
                panic!("nothing to ask for");
            };
            assert!(places.end() - places.start() < BRANCH_RECORDS, "{places:?}");
            if places.contains(&fork) {
                return asked;
            }
            if *places.end() < fork {
                partings.same(&log, *places.end());
            } else {
                partings.parted_before(&log, *places.start());
            }
            assert!(!partings.is_exhausted(&log));
        }
        panic!("the fork at {fork} of {seen} is not found");
    }

    #[test]
    fn the_place_is_found_in_few_steps_wherever_it_is() {
        for seen in [0_u64, 1, 63, 64, 65, 1_000, 1_000_000] {
            for fork in [0, 1, seen / 3, seen / 2, seen.saturating_sub(65), seen] {
                let steps = search(fork.min(seen), seen);
                assert!(
                    steps <= 2 * (64 - seen.leading_zeros()).max(1),
                    "{fork} of {seen}: {steps}"
                );
            }
        }
    }
}
