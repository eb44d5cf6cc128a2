//! Which records are removed: their bodies are erased, their headers stay. By a notice of the organisation that wrote them,
//! or by an act of stewards.
//!
//! Notices that remove stand in the alliance's own chapter, which everybody has and fetches first: so a body is known to be
//! erased before it could be fetched, and a notice reaches those too who follow the record's chapter later.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::limits::RECEIPT_RECORDS_MAX;
use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{ActId, ChapterName, Header, OrganisationId, RecordId, Role, VerifiedRecord, WriterId};
use prost::Message;

use crate::members::{Members, Place};
use crate::shards::Shards;

/// What removes a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemovedBy {
    /// A notice of its organisation.
    Notice(RecordId),
    /// Stewards.
    Act(ActId),
}

/// What notices say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Removals {
    /// By the record that is removed: the notices, each where it stands.
    said: Shards<RecordId, BTreeMap<RecordId, Place>>,
    by_writer: Shards<WriterId, BTreeSet<RecordId>>,
    /// Nodes that say that they hold nothing of a record any more, each where it says so first.
    confirmed: Shards<RecordId, BTreeMap<(OrganisationId, WriterId), Place>>,
}

/// Whether a header is that of a notice which removes records.
pub(crate) fn removes(header: &Header) -> bool {
    header.kind == Kind::NOTICE && header.references.iter().any(|link| link.role == Role::REDACTS)
}

impl Removals {
    /// Takes a record of the alliance's own chapter. The records that it says are removed.
    pub(crate) fn hear(&mut self, record: &VerifiedRecord) -> Vec<RecordId> {
        let header = record.header();
        if header.kind == Kind::RECEIPT {
            self.confirm(record);
        }
        if !removes(header) {
            return Vec::new();
        }
        let links = header.references.iter().filter(|link| link.role == Role::REDACTS);
        let targets: Vec<_> = links.map(|link| link.record).collect();
        for target in &targets {
            let said = self.said.entry(*target).or_default();
            said.insert(record.id(), Place::of(record));
            self.by_writer.entry(header.log.writer).or_default().insert(*target);
        }
        targets
    }

    /// What removes a record of a chapter and an organisation: of its notices that count the one with the smallest id, or an
    /// act. Nothing removes the alliance's own records: they make the roster, and nodes would part over it.
    #[must_use]
    pub fn by(
        &self,
        record: &RecordId,
        chapter: &ChapterName,
        organisation: &OrganisationId,
        members: &Members,
    ) -> Option<RemovedBy> {
        if chapter.is_alliance() {
            return None;
        }
        let said = self.said.get(record).into_iter().flatten();
        let mut counting = said.filter(|(_, place)| place.organisation == *organisation && members.counts(place));
        let notice = counting.next().map(|(notice, _)| RemovedBy::Notice(*notice));
        notice.or_else(|| members.erased_by(record, organisation).map(RemovedBy::Act))
    }

    fn confirm(&mut self, record: &VerifiedRecord) {
        let Some(receipt) = record
            .body()
            .and_then(|body| v1::Receipt::decode(body.bytes.clone()).ok())
        else {
            return;
        };
        let place = Place::of(record);
        let node = (place.organisation, place.log.writer);
        for erased in receipt.erased.iter().take(RECEIPT_RECORDS_MAX) {
            let Ok(erased) = RecordId::from_slice(erased) else {
                return;
            };
            let by = self.confirmed.entry(erased).or_default();
            let first = by.entry(node).or_insert_with(|| place.clone());
            if place < *first {
                *first = place.clone();
            }
        }
    }

    /// The nodes that say, in receipts that count, that they hold nothing of a record's body.
    pub fn confirmed<'a>(
        &'a self,
        record: &RecordId,
        members: &'a Members,
    ) -> impl Iterator<Item = &'a (OrganisationId, WriterId)> {
        let by = self.confirmed.get(record).into_iter().flatten();
        by.filter(|(_, place)| members.counts(place)).map(|(node, _)| node)
    }

    /// Whether a node has said so of a record, whether it counts by now or not.
    #[must_use]
    pub fn has_confirmed(&self, record: &RecordId, node: &(OrganisationId, WriterId)) -> bool {
        self.confirmed.get(record).is_some_and(|by| by.contains_key(node))
    }

    /// Records of which anybody says that they are removed.
    pub(crate) fn named(&self) -> impl Iterator<Item = &RecordId> {
        self.said.keys()
    }

    /// Those of which these writers say it.
    pub(crate) fn said_by(&self, writers: &BTreeSet<WriterId>) -> BTreeSet<RecordId> {
        let said = writers.iter().filter_map(|writer| self.by_writer.get(writer));
        said.flatten().copied().collect()
    }
}
