//! Statements that this node is to carry in records of its own: proofs of forks that it found, and those that stand only
//! beyond the ends of logs. Each waits for a moment of its own, so that not every node says the same at once.

use std::collections::BTreeMap;

use alliance_record::schema::Kind;
use alliance_record::{ForkProof, LogName, OrganisationId, RecordId};

use crate::effect::{Effect, Effects, ToCarry};
use crate::engine::Engine;
use crate::limits::{
    CARRIED_PER_HOUR_MAX, CARRY_AGAIN_MS, CARRY_WAIT_MS_MAX, CARRYING_MAX, CARRYING_PER_PAYER_MAX, HOUR_MS,
};
use crate::members::{Adrift, Payer, StatementId};

/// What is to be carried.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    /// The proof that a log is forked.
    Fork(LogName, OrganisationId),
    /// A statement that a record holds.
    Held(StatementId),
}

/// Where its bytes are.
#[derive(Debug)]
enum Source {
    Proof(Box<ForkProof>),
    Record { id: RecordId, statement: StatementId },
}

#[derive(Debug)]
struct Waiting {
    due_ms: i64,
    /// Whom it may be charged to: because of one only so many are carried.
    payers: Vec<Payer>,
    /// Among whose it waits.
    payer: Payer,
    source: Source,
}

/// What waits, and when this node last carried anything because of each organisation.
#[derive(Debug, Default)]
pub(crate) struct Carrying {
    waiting: BTreeMap<What, Waiting>,
    carried_ms: BTreeMap<Payer, Vec<i64>>,
    waiting_of: BTreeMap<Payer, usize>,
    /// Whether there was no room for something that is adrift.
    is_more_adrift: bool,
}

impl Carrying {
    fn note(&mut self, what: What, waiting: Waiting) {
        if self.waiting.contains_key(&what) {
            return;
        }
        // Stewards are few and have room of their own: what members leave behind must not keep out their words.
        let is_full = matches!(waiting.payer, Payer::Organisation(_)) && self.waiting.len() >= CARRYING_MAX;
        let of = self.waiting_of.entry(waiting.payer).or_default();
        if *of >= CARRYING_PER_PAYER_MAX || is_full {
            self.is_more_adrift |= matches!(what, What::Held(_));
            return;
        }
        *of += 1;
        self.waiting.insert(what, waiting);
    }

    fn take_due(&mut self, now_ms: i64) -> Vec<(What, Waiting)> {
        let due = self.waiting.extract_if(.., |_, waiting| waiting.due_ms <= now_ms);
        let due: Vec<_> = due.collect();
        for (_, waiting) in &due {
            if let Some(of) = self.waiting_of.get_mut(&waiting.payer) {
                *of = of.saturating_sub(1);
            }
        }
        self.waiting_of.retain(|_, of| *of > 0);
        due
    }

    /// Whether there is something to look for again, and room for it.
    fn take_more_adrift(&mut self) -> bool {
        let has_room = self.waiting.len() <= CARRYING_MAX / 2;
        has_room && std::mem::take(&mut self.is_more_adrift)
    }

    pub(crate) fn next_due_ms(&self) -> Option<i64> {
        self.waiting.values().map(|waiting| waiting.due_ms).min()
    }

    pub(crate) fn turn_back(&mut self, by_ms: i64) {
        let waiting = self.waiting.values_mut().map(|waiting| &mut waiting.due_ms);
        let carried = self.carried_ms.values_mut().flatten();
        waiting
            .chain(carried)
            .for_each(|at_ms| *at_ms = at_ms.saturating_sub(by_ms));
    }

    /// Counts one more to whom it can be charged; when the next may be, if this is one too many for all of them.
    fn count(&mut self, payers: &[Payer], now_ms: i64) -> Result<(), i64> {
        self.carried_ms.retain(|_, all| {
            all.retain(|at_ms| at_ms.saturating_add(HOUR_MS) > now_ms);
            !all.is_empty()
        });
        let mut next_ms = now_ms.saturating_add(HOUR_MS);
        for payer in payers {
            let all = self.carried_ms.entry(*payer).or_default();
            match all.first() {
                Some(first) if all.len() >= CARRIED_PER_HOUR_MAX => {
                    next_ms = next_ms.min(first.saturating_add(HOUR_MS))
                }
                _ => {
                    all.push(now_ms);
                    return Ok(());
                }
            }
        }
        Err(next_ms)
    }
}

impl Engine {
    /// A log is proven to be forked: the proof is published, unless another node is quicker.
    pub(crate) fn carry_proof(&mut self, proof: Box<ForkProof>) {
        let (log, organisation) = (proof.log().clone(), *proof.organisation());
        if *proof.alliance() != self.config.alliance {
            return;
        }
        let waiting = Waiting {
            due_ms: self.carry_at(),
            payers: vec![Payer::Organisation(organisation)],
            payer: Payer::Organisation(organisation),
            source: Source::Proof(proof),
        };
        self.carrying.note(What::Fork(log, organisation), waiting);
    }

    /// A record that others may not come to see carries a statement that counts.
    pub(crate) fn carry_held(&mut self, adrift: &Adrift) {
        let waits = |payer: &&Payer| self.carrying.waiting_of.get(*payer).copied().unwrap_or_default();
        let Some(payer) = adrift.payers.iter().min_by_key(waits).copied() else {
            return;
        };
        let waiting = Waiting {
            due_ms: self.carry_at(),
            payers: adrift.payers.clone(),
            payer,
            source: Source::Record {
                id: adrift.record,
                statement: adrift.statement,
            },
        };
        self.carrying.note(What::Held(adrift.statement), waiting);
    }

    fn carry_at(&mut self) -> i64 {
        let wait_ms = self.sync.draw_below(CARRY_WAIT_MS_MAX + 1);
        self.now_ms.saturating_add(wait_ms as i64)
    }

    /// Carries what is due and still not said. It is looked at again later: what was not taken is tried again.
    pub(crate) fn carry_due(&mut self, fx: &mut Effects) {
        let now_ms = self.now_ms;
        let due = self.carrying.take_due(now_ms);
        let has_carried = !due.is_empty();
        for (what, mut waiting) in due {
            if !self.is_to_be_carried(&waiting.source) {
                continue;
            }
            waiting.due_ms = now_ms.saturating_add(CARRY_AGAIN_MS);
            if self.state.members.is_member(&self.config.organisation) {
                match self.carrying.count(&waiting.payers, now_ms) {
                    Ok(()) => fx.push(Effect::Carry {
                        statement: statement(&waiting.source),
                    }),
                    Err(next_ms) => waiting.due_ms = next_ms,
                }
            }
            self.carrying.note(what, waiting);
        }
        if has_carried && self.carrying.take_more_adrift() {
            for adrift in self.state.members.all_adrift() {
                self.carry_held(&adrift);
            }
        }
    }

    fn is_to_be_carried(&self, source: &Source) -> bool {
        match source {
            Source::Proof(proof) => {
                let end = self.state.members.end_of(proof.log(), proof.organisation());
                end.is_none_or(|end| proof.end().next < end.next)
            }
            Source::Record { statement, .. } => self.state.members.is_adrift(statement),
        }
    }
}

fn statement(source: &Source) -> ToCarry {
    match source {
        Source::Proof(proof) => ToCarry::New {
            kind: Kind::FORK_PROOF,
            bytes: proof.bytes().clone(),
        },
        Source::Record { id, .. } => ToCarry::Held { record: *id },
    }
}
