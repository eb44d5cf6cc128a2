//! Statements and the records that carry them. A statement proves itself and counts wherever it is stored; but a log is
//! not passed on beyond its end, so that one which stands only there would not reach those who come later. Whoever holds
//! such a statement carries it again in a record of its own ([`Effect::Carry`](crate::Effect)).

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::{LogEnd, LogName, OrganisationId, RecordId, VerifiedRecord, WriterId};

/// A statement: kind and body, hashed.
type Statement = [u8; 32];

/// Where a record stands that carries a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Carrier {
    log: LogName,
    organisation: OrganisationId,
    sequence: u64,
}

/// All statements that count, each with the records that carry it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Carried {
    statements: BTreeMap<Statement, BTreeMap<RecordId, Carrier>>,
    by_writer: BTreeMap<WriterId, BTreeSet<Statement>>,
}

impl Carried {
    /// Notes a record that carries a statement which counts.
    pub(super) fn note(&mut self, record: &VerifiedRecord) {
        let (header, Some(body)) = (record.header(), record.body()) else {
            return;
        };
        let mut hasher = blake3::Hasher::new();
        hasher.update(&header.kind.0.to_le_bytes());
        hasher.update(&body.bytes);
        let statement = *hasher.finalize().as_bytes();
        let carrier = Carrier {
            log: header.log.clone(),
            organisation: header.organisation,
            sequence: header.sequence,
        };
        let carriers = self.statements.entry(statement).or_default();
        carriers.insert(record.id(), carrier);
        self.by_writer.entry(header.log.writer).or_default().insert(statement);
    }

    /// The statements of these writers' records that no record below the end of its log carries: of each one record, and
    /// who wrote it.
    pub(super) fn adrift(
        &self,
        writers: &BTreeSet<WriterId>,
        end_of: impl Fn(&LogName, &OrganisationId) -> Option<LogEnd>,
    ) -> Vec<(RecordId, OrganisationId)> {
        let statements = writers.iter().filter_map(|writer| self.by_writer.get(writer)).flatten();
        let statements: BTreeSet<_> = statements.collect();
        let carriers = statements
            .into_iter()
            .filter_map(|statement| self.statements.get(statement));
        let counts = |carrier: &Carrier| {
            end_of(&carrier.log, &carrier.organisation).is_none_or(|end| end.counts(carrier.sequence))
        };
        let adrift = carriers.filter(|carriers| !carriers.values().any(counts));
        let first = |carriers: &BTreeMap<RecordId, Carrier>| {
            carriers
                .first_key_value()
                .map(|(record, carrier)| (*record, carrier.organisation))
        };
        adrift.filter_map(first).collect()
    }
}
