//! Comparing another branch of a log with the one held: asking for some of its records, and what the shell found.

use std::ops::RangeInclusive;

use alliance_record::limits::CHECKPOINT_RECORDS;
use alliance_record::{LogName, Refusal, VerifiedRecord};

use crate::effect::{Effect, Effects};
use crate::engine::Engine;
use crate::limits::BRANCH_RECORDS;
use crate::parted::Advice;
use crate::sync::asking::Asking;
use crate::sync::offer::{Offer, What};
use crate::sync::pull::Look;
use crate::sync::ranges::{Meaning, Outcome};
use crate::sync::round::Round;
use crate::sync::{Asked, SessionId};

/// Records of a branch that are kept until all have come that were asked for, with the way to the next signature.
const BRANCH_RECORDS_MAX: usize = (BRANCH_RECORDS + CHECKPOINT_RECORDS) as usize;

impl Offer {
    /// The same log, some records of its branch.
    pub(super) fn of_branch(self, places: RangeInclusive<u64>) -> Self {
        Self {
            from: Some(*places.start()),
            until: *places.end(),
            what: What::Branch,
            ..self
        }
    }

    /// The same log, what is lacking of it, as far as it was asked for. What the peer has beyond comes in the next session.
    pub(super) fn of_records(self) -> Self {
        match self.what {
            What::Branch => Self {
                from: None,
                what: What::Records,
                ..self
            },
            What::Records | What::Bodies => self,
        }
    }
}

impl Engine {
    /// What is to be fetched of an offer, as far as its log goes and by what is known of its branches.
    pub(super) fn advised(&self, asking: &Asking, round: &Round, mut offer: Offer) -> Result<Offer, Look> {
        let Some(name) = round.names.get(&offer.log) else {
            return Ok(offer);
        };
        // Its log may have come to an end since it was made.
        if let Some(end) = self.state.end(name) {
            let last = end.next.checked_sub(1).ok_or(Look::Over)?;
            offer.until = offer.until.min(last);
        }
        if offer.what == What::Bodies {
            return Ok(offer);
        }
        match self.partings.advice(name, &asking.peer, self.now_ms) {
            Advice::Fetch => {
                let offer = offer.of_records();
                if offer.is_wanted(round, &self.state) {
                    Ok(offer)
                } else {
                    Err(Look::Over)
                }
            }
            Advice::Leave => Err(Look::TooEarly(offer)),
            // What is still coming of it is of the same branch.
            Advice::Compare(_) if asking.leftover.contains(&offer.log) => Err(Look::TooEarly(offer)),
            Advice::Compare(places) => Ok(offer.of_branch(places)),
        }
    }

    /// A range was of another branch: the same offer is looked at again, by what is known now.
    pub(super) fn range_parted(&mut self, asked: &Asked, fx: &mut Effects) {
        let offer = self.end_flow(asked);
        if let (Some(offer), Some(asking)) = (offer, self.sync.asking_mut(asked.session)) {
            asking.queue(offer);
        }
        self.proceed(asked.session, fx);
    }

    /// Keeps records of a branch until all have come.
    pub(super) fn gather_branch(&mut self, asked: &Asked, offer: &Offer, records: Vec<VerifiedRecord>) -> Outcome {
        if let Some(first) = records.first()
            && !matches!(self.meaning(asked, offer, &first.header().log), Meaning::Same)
        {
            return Outcome::Refused(Refusal::WrongLog);
        }
        let Some(asking) = self.sync.asking_mut(asked.session) else {
            return Outcome::Taken;
        };
        let branch = asking.branches.entry(asked.log).or_default();
        if branch.len() + records.len() > BRANCH_RECORDS_MAX {
            return Outcome::Refused(Refusal::WrongSequence);
        }
        branch.extend(records.into_iter().map(VerifiedRecord::without_body));
        Outcome::Taken
    }

    /// All has come that was asked for of a branch, or that the peer has: the store knows what is held at its places.
    pub(super) fn branch_ended(&mut self, asked: &Asked, fx: &mut Effects) {
        let now_ms = self.now_ms;
        let (offer, Some(asking)) = (self.end_flow(asked), self.sync.asking_mut(asked.session)) else {
            return;
        };
        let other = asking.branches.remove(&asked.log).unwrap_or_default();
        let Some(offer) = offer else { return };
        let is_asked_for = |first: &VerifiedRecord| Some(first.header().sequence) == offer.from;
        if let Some(first) = other.first().filter(|first| is_asked_for(first)) {
            asking.proving.insert(first.header().log.clone(), offer);
            return fx.push(Effect::Prove { other });
        }
        let (peer, round) = (asking.peer, asking.round);
        asking.give_up(&offer.chapter);
        let round = self.sync.rounds.get(round);
        if let Some(name) = round.and_then(|round| round.names.get(&asked.log)) {
            self.partings.tire(name, &peer, now_ms);
        }
    }

    /// A branch was compared: whoever waited for it looks again.
    pub(crate) fn resume_comparing(&mut self, log: &LogName, fx: &mut Effects) {
        let waiting = self
            .sync
            .asking
            .iter()
            .filter(|(_, asking)| asking.proving.contains_key(log));
        let waiting: Vec<SessionId> = waiting.map(|(session, _)| *session).collect();
        for session in waiting {
            let Some(asking) = self.sync.asking_mut(session) else {
                continue;
            };
            if let Some(offer) = asking.proving.remove(log) {
                let peer = asking.peer;
                asking.queue(offer);
                if self.partings.is_exhausted(log) {
                    self.partings.tire(log, &peer, self.now_ms);
                }
            }
            self.proceed(session, fx);
        }
    }
}
