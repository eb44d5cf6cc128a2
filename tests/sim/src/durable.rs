//! What one node has on its disk for certain.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::{LogName, RecordId, SignedRecord};
use alliance_store::BodyState;

use crate::oracle::{Broken, broken};

/// What one node has on its disk for certain: the records of each log, in order, and what became of their bodies.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Durable {
    logs: BTreeMap<LogName, Vec<Held>>,
    /// What the store keeps no bodies of, whatever brings them.
    erased: BTreeSet<RecordId>,
    /// What it began to erase, and has not said to be done.
    erasing: BTreeSet<RecordId>,
}

/// One record on a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) id: RecordId,
    pub(crate) body: BodyState,
}

impl Durable {
    /// A group was acknowledged by the disk.
    pub(crate) fn append(&mut self, record: &SignedRecord) -> Result<(), Broken> {
        let body = match (self.erased.contains(&record.id()), record.body()) {
            (true, _) => BodyState::Erased,
            (false, Some(_)) => BodyState::Held,
            (false, None) => BodyState::Lagging,
        };
        self.found(record, body)
    }

    /// A disk has a record, and its body or not.
    pub(crate) fn found(&mut self, record: &SignedRecord, body: BodyState) -> Result<(), Broken> {
        let header = record.header();
        let log = self.logs.entry(header.log.clone()).or_default();
        if header.sequence != log.len() as u64 || header.previous != log.last().map(|held| held.id) {
            let detail = format!("{} stored at {} of {}", record.id().short(), header.sequence, log.len());
            return broken("records_link", detail);
        }
        log.push(Held { id: record.id(), body });
        Ok(())
    }

    /// A body was acknowledged by the disk: that of the record that is held.
    pub(crate) fn fill(&mut self, record: &SignedRecord) -> Result<(), Broken> {
        let (header, id) = (record.header(), record.id());
        let held = usize::try_from(header.sequence)
            .ok()
            .and_then(|at| self.logs.get_mut(&header.log)?.get_mut(at));
        match held {
            // Held to be there, and not stored.
            Some(held) if held.body != BodyState::Lagging => Ok(()),
            Some(held) if held.id == id => {
                held.body = match self.erased.contains(&id) {
                    true => BodyState::Erased,
                    false => BodyState::Held,
                };
                Ok(())
            }
            Some(held) => {
                let detail = format!("that of {} was taken for {}", id.short(), held.id.short());
                broken("bodies_fit_their_headers", detail)
            }
            None => broken("bodies_fit_their_headers", format!("{} is not held", id.short())),
        }
    }

    /// The disk is told to erase these.
    pub(crate) fn begin_to_erase(&mut self, records: &[RecordId]) {
        self.erasing.extend(records);
    }

    /// The disk says that it has erased a record, which stands at a place.
    pub(crate) fn erase(&mut self, record: RecordId, log: &LogName, sequence: u64) {
        self.erasing.remove(&record);
        self.erased.insert(record);
        let held = usize::try_from(sequence)
            .ok()
            .and_then(|at| self.logs.get_mut(log)?.get_mut(at));
        if let Some(held) = held.filter(|held| held.id == record) {
            held.body = BodyState::Erased;
        }
    }

    /// A disk says that it keeps no body of a record.
    pub(crate) fn found_erased(&mut self, record: RecordId) {
        self.erased.insert(record);
    }

    pub(crate) const fn erased(&self) -> &BTreeSet<RecordId> {
        &self.erased
    }

    pub(crate) fn next(&self, log: &LogName) -> u64 {
        self.logs.get(log).map_or(0, |held| held.len() as u64)
    }

    pub(crate) fn at(&self, log: &LogName, sequence: u64) -> Option<Held> {
        let held = self.logs.get(log)?;
        held.get(usize::try_from(sequence).ok()?).copied()
    }

    /// Whether a record is held, with its body.
    pub(crate) fn holds(&self, log: &LogName, sequence: u64, id: &RecordId) -> bool {
        let whole = Held {
            id: *id,
            body: BodyState::Held,
        };
        self.at(log, sequence) == Some(whole)
    }

    /// Whether a record that was held with its body is, or what is left of one that was erased.
    pub(crate) fn still_holds(&self, log: &LogName, sequence: u64, id: &RecordId) -> bool {
        let held = self.at(log, sequence).filter(|held| held.id == *id);
        held.is_some_and(|held| held.body == BodyState::Held || self.erased.contains(id))
    }

    pub(crate) fn records(&self) -> usize {
        self.logs.values().map(Vec::len).sum()
    }

    /// All records, each with its log.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&LogName, u64, Held)> {
        self.logs.iter().flat_map(|(log, held)| {
            let held = held.iter().enumerate();
            held.map(move |(at, held)| (log, at as u64, *held))
        })
    }

    /// The places of each log whose bodies are still to come.
    pub(crate) fn bare(&self) -> impl Iterator<Item = (&LogName, u64)> {
        let bare = self.all().filter(|(.., held)| held.body == BodyState::Lagging);
        bare.map(|(log, sequence, _)| (log, sequence))
    }

    /// Compares what the disk gives after a crash: all that was acknowledged, perhaps a little more.
    pub(crate) fn survived_as(&self, found: &Self) -> Result<(), Broken> {
        for (log, held) in &self.logs {
            let left = found.logs.get(log).map_or(&[][..], Vec::as_slice);
            let kept = held.iter().zip(left).take_while(|pair| self.is_kept(*pair)).count();
            if kept < held.len() {
                let detail = format!("{kept} of {} records of a log in {} are left", held.len(), log.chapter);
                return broken("nothing_acknowledged_is_lost", detail);
            }
        }
        self.erased_as(found)
    }

    fn is_kept(&self, (before, after): (&Held, &Held)) -> bool {
        let is_body_kept = match (before.body, after.body) {
            (BodyState::Lagging, _) | (BodyState::Held, BodyState::Held) => true,
            (BodyState::Held, BodyState::Erased) => self.erasing.contains(&before.id),
            // What came to be there is looked at by `erased_as`.
            (BodyState::Erased, _) => true,
            (BodyState::Held, BodyState::Lagging) => false,
        };
        before.id == after.id && is_body_kept
    }

    /// What was erased stays so; what was being erased is there as it was, or erased; nothing else is.
    fn erased_as(&self, found: &Self) -> Result<(), Broken> {
        if let Some(back) = self.erased.difference(&found.erased).next() {
            return broken("erased_is_erased", format!("{} may be stored again", back.short()));
        }
        let mut more = found.erased.difference(&self.erased);
        if let Some(more) = more.find(|more| !self.erasing.contains(*more)) {
            return broken("nothing_else_is_erased", more.short());
        }
        for (log, sequence, held) in found.all() {
            if found.erased.contains(&held.id) != (held.body == BodyState::Erased) {
                let detail = format!("{sequence} of a log in {} is {:?}", log.chapter, held.body);
                return broken("erased_is_erased", detail);
            }
        }
        Ok(())
    }
}
