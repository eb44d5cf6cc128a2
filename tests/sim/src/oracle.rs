//! What is true: every record that was really signed, by whom, and what each node has on its disk for certain.

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

/// What one node has on its disk for certain: the ids of each log, in order.
#[derive(Debug, Default, Clone)]
pub(crate) struct Durable {
    logs: BTreeMap<LogName, Vec<RecordId>>,
}

impl Durable {
    /// A group was acknowledged by the disk.
    pub(crate) fn append(&mut self, record: &SignedRecord) -> Result<(), Broken> {
        let header = record.header();
        let log = self.logs.entry(header.log.clone()).or_default();
        if header.sequence != log.len() as u64 || header.previous != log.last().copied() {
            let detail = format!("{} stored at {} of {}", record.id().short(), header.sequence, log.len());
            return broken("records_link", detail);
        }
        log.push(record.id());
        Ok(())
    }

    pub(crate) fn next(&self, log: &LogName) -> u64 {
        self.logs.get(log).map_or(0, |ids| ids.len() as u64)
    }

    pub(crate) fn holds(&self, log: &LogName, sequence: u64, id: &RecordId) -> bool {
        let ids = self.logs.get(log);
        ids.and_then(|ids| ids.get(usize::try_from(sequence).ok()?)) == Some(id)
    }

    pub(crate) fn records(&self) -> usize {
        self.logs.values().map(Vec::len).sum()
    }

    /// Compares what the disk gives after a crash: all that was acknowledged, perhaps a little more.
    pub(crate) fn survived_as(&self, found: &Self) -> Result<(), Broken> {
        for (log, ids) in &self.logs {
            let held = found.logs.get(log).map_or(&[][..], Vec::as_slice);
            if !held.starts_with(ids) {
                let detail = format!(
                    "{} of {} records of a log in {} are left",
                    held.len(),
                    ids.len(),
                    log.chapter
                );
                return broken("nothing_acknowledged_is_lost", detail);
            }
        }
        Ok(())
    }
}
