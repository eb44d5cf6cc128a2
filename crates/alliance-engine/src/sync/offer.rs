//! What a peer holds beyond this node, log by log, and the order in which it is asked for.

use std::collections::VecDeque;

use alliance_record::ChapterName;
use alliance_wire::LogRef;

use crate::limits::QUEUED_LOGS_MAX;
use crate::state::State;
use crate::sync::round::Round;

/// A log of which a peer holds more, or something else.
#[derive(Debug, Clone)]
pub(crate) struct Offer {
    pub(crate) log: LogRef,
    pub(crate) chapter: ChapterName,
    /// Where to begin; `None` after the records held.
    pub(crate) from: Option<u64>,
    /// The peer's head.
    pub(crate) until: u64,
    pub(crate) what: What,
}

/// What is fetched of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// Records that this node lacks.
    Records,
    /// Bodies of records that it holds.
    Bodies,
    /// Records of another branch, to find where it parts from the one held.
    Branch,
}

impl Offer {
    /// Sequence of the first record that is not held; 0 while nobody here knows the log's name.
    pub(crate) fn next(&self, round: &Round, state: &State) -> u64 {
        round.names.get(&self.log).map_or(0, |name| state.next_sequence(name))
    }

    /// First sequence to ask for.
    pub(crate) fn begin(&self, round: &Round, state: &State) -> u64 {
        self.from.unwrap_or_else(|| self.next(round, state))
    }

    /// How many of its records this node lacks.
    pub(crate) fn lacking(&self, round: &Round, state: &State) -> u64 {
        let name = round.names.get(&self.log);
        let end = name.and_then(|name| state.end(name)).map_or(u64::MAX, |end| end.next);
        let beyond = self.until.saturating_add(1).min(end);
        beyond.saturating_sub(self.next(round, state))
    }

    /// Whether there is still something to ask for.
    pub(crate) fn is_wanted(&self, round: &Round, state: &State) -> bool {
        state.replicated.contains(&self.chapter) && (self.from.is_some() || self.lacking(round, state) > 0)
    }
}

/// Offers that wait: those of the alliance's own chapter first, because all others are judged by it.
#[derive(Debug, Default)]
pub(crate) struct Offers {
    alliance: VecDeque<Offer>,
    others: VecDeque<Offer>,
}

impl Offers {
    /// Puts an offer behind the others, or gives it back when there is no room.
    pub(crate) fn push(&mut self, offer: Offer) -> Result<(), Offer> {
        let queue = if offer.chapter.is_alliance() {
            &mut self.alliance
        } else {
            &mut self.others
        };
        if queue.len() >= QUEUED_LOGS_MAX {
            return Err(offer);
        }
        queue.push_back(offer);
        Ok(())
    }

    pub(crate) fn push_front(&mut self, offer: Offer) {
        if offer.chapter.is_alliance() {
            self.alliance.push_front(offer);
        } else {
            self.others.push_front(offer);
        }
    }

    pub(crate) fn has_alliance(&self) -> bool {
        !self.alliance.is_empty()
    }

    pub(crate) fn pop_alliance(&mut self) -> Option<Offer> {
        self.alliance.pop_front()
    }

    pub(crate) fn pop_other(&mut self) -> Option<Offer> {
        self.others.pop_front()
    }

    pub(crate) fn len(&self) -> usize {
        self.alliance.len() + self.others.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Offer> {
        self.alliance.iter().chain(&self.others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_given_back() {
        let offer = Offer {
            log: LogRef::from_bytes([1; 5]),
            chapter: ChapterName::alliance(),
            from: None,
            until: 1,
            what: What::Records,
        };
        let mut offers = Offers::default();
        for _ in 0..QUEUED_LOGS_MAX {
            assert!(offers.push(offer.clone()).is_ok());
        }
        assert!(offers.push(offer).is_err());
        assert_eq!(offers.len(), QUEUED_LOGS_MAX);
    }
}
