//! Which records carry a statement. A statement counts wherever it stands; one that stands only beyond the ends of logs is
//! carried again, so that those who never took these records come to hold it.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::schema::Kind;
use alliance_record::{OrganisationId, RecordId, VerifiedRecord};

use crate::members::place::Place;

/// What names a statement: the hash of its bytes.
type StatementHash = [u8; 32];

/// Statements, and where each stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Carriers {
    places: BTreeMap<StatementHash, BTreeMap<RecordId, Place>>,
    by: BTreeMap<OrganisationId, BTreeSet<StatementHash>>,
}

/// Whether records of a kind prove themselves by a signature inside.
pub(crate) const fn is_statement(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::CERTIFICATE | Kind::APPROVAL | Kind::PROPOSAL | Kind::REVOCATION | Kind::SUCCESSION | Kind::FORK_PROOF
    )
}

impl Carriers {
    /// Notes where a statement stands.
    pub(crate) fn note(&mut self, record: &VerifiedRecord) {
        let Some(body) = record.body() else { return };
        let hash = *blake3::hash(&body.bytes).as_bytes();
        self.by.entry(record.header().organisation).or_default().insert(hash);
        let places = self.places.entry(hash).or_default();
        places.insert(record.id(), Place::of(record));
    }

    /// Whether the statement of this record stands nowhere at a place that counts.
    pub(crate) fn is_stranded(&self, record: &VerifiedRecord, counts: impl Fn(&Place) -> bool) -> bool {
        let hash = record.body().map(|body| *blake3::hash(&body.bytes).as_bytes());
        let places = hash.and_then(|hash| self.places.get(&hash));
        places.is_some_and(|places| !places.values().any(counts))
    }

    /// Of each statement that stands in logs of this organisation and nowhere at a place that counts: a record that has it.
    pub(crate) fn stranded(&self, by: &OrganisationId, mut counts: impl FnMut(&Place) -> bool) -> BTreeSet<RecordId> {
        let hashes = self.by.get(by).into_iter().flatten();
        let places = hashes.filter_map(|hash| self.places.get(hash));
        let stranded = places.filter(|places| !places.values().any(&mut counts));
        stranded.filter_map(|places| places.keys().next().copied()).collect()
    }
}
