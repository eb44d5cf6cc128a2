//! What is true: every record that was really signed, and by whom.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::{LogName, RecordId, SignedRecord, VerifiedRecord};

/// A promise that was broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{promise}: {detail}")]
pub struct Broken {
    /// The promise, in a stable word.
    pub promise: &'static str,
    /// What was seen.
    pub detail: String,
}

/// Says that a promise was broken.
pub(crate) fn broken<T>(promise: &'static str, detail: impl Into<String>) -> Result<T, Broken> {
    Err(Broken {
        promise,
        detail: detail.into(),
    })
}

/// Whether a signer keeps to the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Honesty {
    Honest,
    Liar,
}

/// Everything that is known for certain.
#[derive(Debug, Default)]
pub(crate) struct Oracle {
    signed: BTreeMap<RecordId, Honesty>,
    /// What was shown of honest logs: one record at a place.
    places: BTreeMap<LogName, BTreeMap<u64, RecordId>>,
    /// Logs of which liars signed two records for one place, and the first such place.
    pub(crate) forked: BTreeMap<LogName, u64>,
    /// Bytes of all records signed.
    pub(crate) bytes: u64,
    /// Logs of liars.
    pub(crate) lying: BTreeSet<LogName>,
}

impl Oracle {
    /// A record was signed.
    pub(crate) fn sign(&mut self, record: &SignedRecord, by: Honesty) {
        self.signed.insert(record.id(), by);
        self.bytes += record.encode().len() as u64;
        if by == Honesty::Liar {
            self.lying.insert(record.header().log.clone());
        }
    }

    /// A liar signed another record for a place.
    pub(crate) fn fork(&mut self, record: &SignedRecord) {
        self.sign(record, Honesty::Liar);
        let header = record.header();
        let place = self.forked.entry(header.log.clone()).or_insert(header.sequence);
        *place = (*place).min(header.sequence);
    }

    /// A node is about to store a record.
    pub(crate) fn check_signed(&self, record: &VerifiedRecord) -> Result<Honesty, Broken> {
        let id = record.id();
        match self.signed.get(&id) {
            Some(honesty) => Ok(*honesty),
            None => broken("only_what_was_signed", format!("{} was never signed", id.short())),
        }
    }

    /// A node has a record on its disk.
    pub(crate) fn stored(&mut self, record: &VerifiedRecord) -> Result<(), Broken> {
        if self.check_signed(record)? == Honesty::Liar {
            return Ok(());
        }
        let (header, id) = (record.header(), record.id());
        let log = self.places.entry(header.log.clone()).or_default();
        let held = log.entry(header.sequence).or_insert(id);
        if *held != id {
            let detail = format!("{} and {} at {}", held.short(), id.short(), header.sequence);
            return broken("no_place_used_twice", detail);
        }
        Ok(())
    }
}
