//! What is true: every record that was really signed, and by whom.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::schema::Kind;
use alliance_record::{Header, LogName, OrganisationId, RecordId, Role, SignedRecord, VerifiedRecord};

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
    signed: BTreeMap<RecordId, (Honesty, Header)>,
    /// Records that a notice of their own organisation removes, each with those notices.
    removed: BTreeMap<RecordId, Vec<RecordId>>,
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
        let (header, id) = (record.header(), record.id());
        self.signed.insert(id, (by, header.clone()));
        for target in removes(record) {
            if self.organisation_of(&target) == Some(header.organisation) {
                self.removed.entry(target).or_default().push(id);
            }
        }
        self.bytes += record.encode().len() as u64;
        if by == Honesty::Liar {
            self.lying.insert(header.log.clone());
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
            Some((honesty, _)) => Ok(*honesty),
            None => broken("only_what_was_signed", format!("{} was never signed", id.short())),
        }
    }

    /// Whose a record is.
    pub(crate) fn organisation_of(&self, record: &RecordId) -> Option<OrganisationId> {
        self.header_of(record).map(|header| header.organisation)
    }

    pub(crate) fn header_of(&self, record: &RecordId) -> Option<&Header> {
        self.signed.get(record).map(|(_, header)| header)
    }

    /// Whether anybody ever removed a record of its own organisation's.
    pub(crate) fn has_removals(&self) -> bool {
        !self.removed.is_empty()
    }

    /// Whether a notice of its organisation says that a record is removed: nobody else can.
    pub(crate) fn is_removed(&self, record: &RecordId) -> bool {
        self.removed.contains_key(record)
    }

    /// Records that honest nodes removed, each with such a notice.
    pub(crate) fn removed_for_good(&self) -> impl Iterator<Item = (&RecordId, &RecordId)> {
        let is_honest = |notice: &&RecordId| {
            let signed = self.signed.get(*notice);
            signed.is_some_and(|(honesty, _)| *honesty == Honesty::Honest)
        };
        let notices = self.removed.iter();
        notices.flat_map(move |(record, by)| by.iter().filter(is_honest).map(move |notice| (record, notice)))
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

/// The records that a notice names as removed, whosever they are.
pub(crate) fn removes(record: &SignedRecord) -> Vec<RecordId> {
    let header = record.header();
    let links = header.references.iter().filter(|link| link.role == Role::REDACTS);
    let is_notice = header.kind == Kind::NOTICE;
    links.filter(|_| is_notice).map(|link| link.record).collect()
}
