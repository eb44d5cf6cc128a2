//! Removals: notices that people publish, what a node does when it hears of one, and what is promised of the bodies.

use std::collections::BTreeSet;

use alliance_engine::{Effect, Engine};
use alliance_record::{LogName, RecordId, SignedRecord, VerifiedRecord};
use alliance_store::{BodyState, Erased, Reader};

use super::closure::unreadable;
use super::node::Mail;
use super::{Event, Fault, Message, Phase, World};
use crate::cast::Saying;
use crate::lie::Lie;
use crate::oracle::{Broken, broken, removes};

/// Records erased in one turn: fewer than in the real node, so that some wait for the next.
const PORTION: usize = 3;
/// Records that one notice names at most.
const NAMED_MAX: u64 = 3;

/// What a node has heard to be removed, and not looked at yet.
#[derive(Debug, Default)]
pub(crate) struct Erasing {
    waiting: BTreeSet<RecordId>,
    /// Those that were said to be removed before this life began.
    from_before: BTreeSet<RecordId>,
}

impl Erasing {
    /// What is to be looked at after a start: an earlier life may not have come to its end.
    pub(crate) fn begin(engine: &Engine) -> Self {
        let said = engine.state().said_removed();
        Self {
            waiting: said.clone(),
            from_before: said,
        }
    }

    pub(crate) fn note(&mut self, record: RecordId) {
        self.waiting.insert(record);
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.waiting.is_empty()
    }

    fn portion(&mut self) -> Vec<RecordId> {
        let portion: Vec<_> = self.waiting.iter().take(PORTION).copied().collect();
        for record in &portion {
            self.waiting.remove(record);
        }
        portion
    }
}

/// A removed record that is held.
struct Target {
    record: VerifiedRecord,
    body: BodyState,
}

impl World {
    /// Somebody publishes a notice: of records of the node's own organisation, whichever of its nodes wrote them; now and then
    /// of another's, to no effect.
    pub(super) fn remove(&mut self, node: usize) {
        let own = self.cast.actors[node].author.organisation;
        let held = self.nodes[node].durable.all();
        let content = held.filter(|(log, ..)| !log.chapter.is_alliance());
        let is_own = |id: &RecordId| self.oracle.organisation_of(id) == Some(own);
        let (ours, theirs): (Vec<_>, Vec<_>) = content.map(|(.., held)| held.id).partition(is_own);
        let newest = self.newest_of(node, &ours);
        let mut targets = Vec::new();
        for _ in 0..1 + self.dice.below(NAMED_MAX) {
            // What is new may not have come to all when they hear that it is removed.
            let from = match self.dice.below(4) {
                0 => &theirs,
                1 => &ours,
                _ => &newest,
            };
            targets.extend(self.dice.pick(from).copied());
        }
        targets.sort_unstable();
        targets.dedup();
        if !targets.is_empty() {
            self.post(node, Mail::Draft(Saying::removal(&targets)));
        }
    }

    /// Of some records those that are the newest of their logs.
    fn newest_of(&self, node: usize, records: &[RecordId]) -> Vec<RecordId> {
        let durable = &self.nodes[node].durable;
        let held = durable.all().filter(|(log, at, _)| at + 1 == durable.next(log));
        let newest: BTreeSet<RecordId> = held.map(|(.., held)| held.id).collect();
        records.iter().filter(|id| newest.contains(id)).copied().collect()
    }

    /// A notice was acknowledged.
    pub(super) fn count_removals(&mut self, record: &SignedRecord) {
        for target in removes(record) {
            let is_own = self.oracle.organisation_of(&target) == Some(record.header().organisation);
            let name = if is_own { "removals_made" } else { "removals_of_others" };
            self.coverage.seen(name, 1);
        }
    }

    /// What a node's state says is removed.
    pub(super) fn removed_at(&self, node: usize) -> BTreeSet<RecordId> {
        let Some(running) = self.nodes[node].running.as_ref().filter(|_| self.oracle.has_removals()) else {
            return BTreeSet::new();
        };
        let state = running.engine.state();
        let is_removed = |id: &RecordId| {
            let header = self.oracle.header_of(id);
            header.is_some_and(|header| state.removed_by(id, header).is_some())
        };
        state.said_removed().into_iter().filter(is_removed).collect()
    }

    /// No body of a removed record is taken, unless that is heard in the same breath: then it is to be erased.
    pub(super) fn check_not_taken(
        &self,
        node: usize,
        before: &BTreeSet<RecordId>,
        effects: &[Effect],
    ) -> Result<(), Broken> {
        let removed = self.removed_at(node);
        for (at, effect) in effects.iter().enumerate().filter(|_| !removed.is_empty()) {
            let (Effect::Append { records } | Effect::Fill { records }) = effect else {
                continue;
            };
            let whole = records.iter().filter(|record| record.body().is_some());
            for id in whole.map(|record| record.id()).filter(|id| removed.contains(id)) {
                let mut later = effects[at..].iter();
                let is_undone = later.any(|later| matches!(later, Effect::Erase { record } if *record == id));
                if before.contains(&id) || !is_undone {
                    let detail = format!("node {node} stores {} whole", id.short());
                    return broken("no_body_of_a_removed_record_is_taken", detail);
                }
            }
        }
        Ok(())
    }

    /// The next of the records said to be removed that are held and really are, as the real node finds out. A liar of that
    /// kind keeps them.
    pub(super) fn next_to_erase(&mut self, node: usize) -> Result<Vec<RecordId>, Broken> {
        let keeps = self.nodes[node].tells(Lie::KeepsRemoved);
        let Some(running) = self.running(node) else {
            return Ok(Vec::new());
        };
        let portion = running.erasing.portion();
        let mut removed = Vec::new();
        for id in portion.into_iter().filter(|_| !keeps) {
            let Some(stored) = running.reader.record(&id).map_err(unreadable)? else {
                continue;
            };
            if running.engine.state().removed_by(&id, stored.record.header()).is_some() {
                removed.push(id);
            }
        }
        Ok(removed)
    }

    /// The machine may stop while the disk erases.
    pub(super) fn maybe_crash_in(&mut self, node: usize, delay_ms: i64) {
        let rate = self.plan.strikes.crash_in_erase;
        if self.phase == Phase::Troubled && self.dice.happens(rate) {
            let within = self.dice.between(0, delay_ms);
            self.note_in(within, Event::Fault(Fault::Crash { node }));
        }
    }

    /// Erases removed records; false when the store failed, after which the process ends.
    pub(super) fn erase(&mut self, node: usize, records: &[RecordId]) -> Result<bool, Broken> {
        if records.is_empty() {
            return Ok(true);
        }
        if let Some(other) = records.iter().find(|record| !self.oracle.is_removed(record)) {
            return broken(
                "nothing_else_is_erased",
                format!("node {node} erases {}", other.short()),
            );
        }
        let targets = self.targets(node, records)?;
        self.nodes[node].durable.begin_to_erase(records);
        let Some(running) = self.running(node) else {
            return Ok(false);
        };
        let erased = match running.writer.erase(records) {
            Ok(erased) => erased,
            Err(error) => return self.not_stored(node, &error),
        };
        let count = |state: BodyState| targets.iter().filter(|target| target.body == state).count() as u64;
        let expected = Erased {
            destroyed: count(BodyState::Held),
            forestalled: count(BodyState::Lagging),
            before: count(BodyState::Erased),
            unknown: Vec::new(),
        };
        if erased != expected {
            let detail = format!("node {node}: {erased:?}, not {expected:?}");
            return broken("erasing_says_what_it_did", detail);
        }
        note!(self, "{node} erased {} bodies of {}", erased.destroyed, records.len());
        self.erased(node, &targets)?;
        Ok(true)
    }

    fn targets(&self, node: usize, records: &[RecordId]) -> Result<Vec<Target>, Broken> {
        let Some(running) = &self.nodes[node].running else {
            return Ok(Vec::new());
        };
        let mut targets = Vec::new();
        for id in records {
            let stored = running.reader.record(id).map_err(unreadable)?;
            targets.extend(stored.map(|stored| Target {
                record: stored.record,
                body: stored.body,
            }));
        }
        Ok(targets)
    }

    /// What was erased is gone for whoever reads.
    fn erased(&mut self, node: usize, targets: &[Target]) -> Result<(), Broken> {
        for target in targets {
            let (header, id) = (target.record.header(), target.record.id());
            let node = &mut self.nodes[node];
            node.durable.erase(id, &header.log, header.sequence);
            let Some(running) = node.running.as_deref_mut() else {
                return Ok(());
            };
            running.bodies.erased(&header.log, header.sequence);
            let is_from_before = running.erasing.from_before.contains(&id);
            let stored = running.reader.record(&id).map_err(unreadable)?;
            let is_gone = |stored: &alliance_store::StoredRecord| stored.body == BodyState::Erased;
            if !stored.is_some_and(|stored| is_gone(&stored) && stored.record.body().is_none()) {
                return broken("erased_is_erased", format!("{} can be read", id.short()));
            }
            match target.body {
                BodyState::Held => self.coverage.seen("bodies_erased", 1),
                BodyState::Lagging => self.coverage.seen("bodies_forestalled", 1),
                BodyState::Erased => continue,
            }
            if is_from_before {
                self.coverage.seen("erased_after_restart", 1);
            }
        }
        Ok(())
    }

    /// A body that a node has not erased though it knows that it is to; or a notice that it holds and does not heed.
    pub(super) fn kept_though_removed(&self, node: usize) -> Result<Option<String>, Broken> {
        let Some(running) = &self.nodes[node].running else {
            return Ok(None);
        };
        let removed = self.removed_at(node);
        for id in &removed {
            let stored = running.reader.record(id).map_err(unreadable)?;
            if stored.is_some_and(|stored| stored.body != BodyState::Erased) {
                return Ok(Some(format!("node {node} has not erased {}", id.short())));
            }
        }
        for (id, notice) in self.oracle.removed_for_good() {
            if !removed.contains(id) && running.reader.record(notice).map_err(unreadable)?.is_some() {
                let detail = format!("node {node} holds {} and keeps {}", notice.short(), id.short());
                return broken("an_honest_notice_counts", detail);
            }
        }
        Ok(None)
    }

    /// Whether some node has erased what is removed no more, because the notice's log came to end before it: whoever comes later
    /// may not find the body anywhere.
    pub(super) fn has_lapsed(&self, honest: &[usize]) -> bool {
        honest.iter().any(|node| {
            let removed = self.removed_at(*node);
            let mut erased = self.nodes[*node].durable.erased().iter();
            erased.any(|id| !removed.contains(id))
        })
    }

    /// Whether a peer has erased something of a log whose notice a node cannot take yet, because its clock is behind: until
    /// then the node fetches with each session what it cannot take.
    pub(super) fn has_unheard(&self, node: usize, peer: usize, log: &LogName) -> bool {
        let removed = self.removed_at(node);
        let of_log = self.nodes[peer].durable.all().filter(|(of, ..)| *of == log);
        let mut erased = of_log.filter(|(.., held)| held.body == BodyState::Erased);
        erased.any(|(.., held)| !removed.contains(&held.id))
    }

    /// A disk has what was acknowledged, to the last body, and nothing of what was erased.
    pub(super) fn check_disk(&mut self, node: usize, reader: &Reader) -> Result<(), Broken> {
        let found = self.found(reader)?;
        let durable = &self.nodes[node].durable;
        durable.survived_as(&found)?;
        match found == *durable {
            true => Ok(()),
            false => broken("the_disk_has_what_was_acknowledged", format!("node {node}")),
        }
    }

    /// Bodies of removed records that a liar still serves.
    pub(crate) fn count_offered(&mut self, node: usize, records: &[SignedRecord]) {
        if !self.nodes[node].tells(Lie::KeepsRemoved) {
            return;
        }
        let removed = self.removed_at(node);
        let is_kept = |record: &&SignedRecord| record.body().is_some() && removed.contains(&record.id());
        if records.iter().any(|record| is_kept(&record)) {
            self.coverage.lie(Lie::KeepsRemoved);
        }
    }

    /// A liar gossips a removed record with the body that it kept.
    pub(super) fn offer_removed(&mut self, node: usize, peer: usize) -> Result<(), Broken> {
        let removed: Vec<RecordId> = self.removed_at(node).into_iter().collect();
        let (Some(id), Some(running)) = (self.dice.pick(&removed).copied(), &self.nodes[node].running) else {
            return Ok(());
        };
        let stored = running.reader.record(&id).map_err(unreadable)?;
        let Some(record) = stored
            .map(|stored| stored.record)
            .filter(|record| record.body().is_some())
        else {
            return Ok(());
        };
        self.coverage.lie(Lie::KeepsRemoved);
        let message = Message {
            chapter: record.header().log.chapter.clone(),
            bytes: record.encode(),
        };
        self.throw(node, peer, &message);
        Ok(())
    }
}
