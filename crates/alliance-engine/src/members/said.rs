//! What organisations say of themselves, of which the newest that counts is shown: by claimed time, then by record id, so
//! that every replica agrees whatever the order of arrival.

use std::collections::BTreeMap;

use alliance_record::{OrganisationId, RecordId, VerifiedRecord};
use prost::Message;

use crate::members::place::Place;
use crate::shards::Shards;

/// What one organisation said, the newest last, each where it stands.
type SaidBy<M> = BTreeMap<(i64, RecordId), (Place, M)>;

/// Everything that organisations said of one kind. What a log's end takes back leaves what was said before.
#[derive(Debug, Clone)]
pub(crate) struct Said<M>(Shards<OrganisationId, SaidBy<M>>);

impl<M> Default for Said<M> {
    fn default() -> Self {
        Self(Shards::default())
    }
}

impl<M: Message + Default + Clone> Said<M> {
    /// Takes what a record says, if it can be read and is of use.
    pub(crate) fn hear(&mut self, record: &VerifiedRecord, usable: impl Fn(&M) -> bool) {
        let Some(value) = record.body().and_then(|body| M::decode(body.bytes.clone()).ok()) else {
            return;
        };
        if usable(&value) {
            let rank = (record.header().claimed_at_ms, record.id());
            let by = self.0.entry(record.header().organisation).or_default();
            by.insert(rank, (Place::of(record), value));
        }
    }

    /// The newest of an organisation's at a place that counts.
    pub(crate) fn newest(&self, organisation: &OrganisationId, counts: impl Fn(&Place) -> bool) -> Option<&M> {
        let said = self.0.get(organisation)?.values().rev();
        said.into_iter()
            .find(|(place, _)| counts(place))
            .map(|(_, value)| value)
    }
}
