//! What is known of the records of a snapshot from one another, by the rules of `alliance-knowledge`: versions and notices.
//!
//! Holds headers, and the texts of notices alone.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use alliance_engine::Members;
use alliance_export::{Exported, NoticeOn, State as Stands};
use alliance_knowledge::{Issuer, Item, Links, Mark, Reading, Records, State, number, standing};
use alliance_record::schema::Kind;
use alliance_record::{ActId, OrganisationId, RecordId, Role, VerifiedRecord};
use bytes::Bytes;

use crate::manifest::Manifest;
use crate::roster::Roster;

/// The records of a snapshot, selected or bearing on those that are. All of them count: they stand before the heads.
#[derive(Debug, Default)]
pub(crate) struct Known {
    items: BTreeMap<RecordId, Item>,
    notices: BTreeMap<RecordId, Bytes>,
    linked: BTreeMap<RecordId, BTreeSet<RecordId>>,
}

/// Whether what a record says of another of its organisation changes where that one stands: a newer version, or a notice.
#[must_use]
pub fn bears_on(record: &Item, other: &Item) -> bool {
    let is_notice = record.kind == Kind::NOTICE && record.links(Role::CORRECTS, &other.id);
    let is_newer = record.kind == other.kind && record.links(Role::SUPERSEDES, &other.id);
    record.organisation == other.organisation && (is_notice || is_newer)
}

/// A record without its body.
pub(crate) fn item(record: &VerifiedRecord) -> Item {
    let header = record.header();
    Item {
        id: record.id(),
        kind: header.kind,
        organisation: header.organisation,
        chapter: header.log.chapter.clone(),
        claimed_at_ms: header.claimed_at_ms,
        references: header.references.clone(),
        state: State::Counts,
    }
}

impl Known {
    /// Takes a record in.
    pub(crate) fn take(&mut self, record: &VerifiedRecord) {
        let item = item(record);
        for link in &item.references {
            self.linked.entry(link.record).or_default().insert(item.id);
        }
        if let Some(body) = record.body().filter(|_| item.kind == Kind::NOTICE) {
            self.notices.insert(item.id, body.bytes.clone());
        }
        self.items.insert(item.id, item);
    }

    /// The acts that mark the records selected, by the roster, in their order.
    pub(crate) fn acts(&self, manifest: &Manifest, roster: &Roster) -> Vec<ActId> {
        let items = manifest.records.iter().filter_map(|id| self.items.get(id));
        let acts: BTreeSet<ActId> = items.flat_map(|item| roster.acts_on(item)).collect();
        acts.into_iter().collect()
    }

    pub(crate) fn kind(&self, id: &RecordId) -> Option<Kind> {
        self.items.get(id).map(|item| item.kind)
    }

    pub(crate) fn item(&self, id: &RecordId) -> Option<&Item> {
        self.items.get(id)
    }
}

/// A selected record as the data files write it.
pub(crate) fn exported<'a>(known: &Known, roster: &Roster, record: &'a VerifiedRecord) -> Exported<'a> {
    let item = item(record);
    let said = Said {
        known,
        members: roster.members(),
    };
    let reading = Reading::new(&said);
    let Ok(standing) = standing(&reading, &item);
    let Ok(version) = number(&reading, &item);
    let state = match () {
        () if standing.is_retracted() => Stands::Retracted,
        () if !standing.replaced_by.is_empty() => Stands::Superseded,
        () => Stands::Current,
    };
    Exported {
        id: item.id,
        kind: item.kind,
        chapter: Cow::Owned(item.chapter.to_string()),
        organisation: item.organisation,
        organisation_name: Cow::Owned(roster.name(&item.organisation)),
        country: Cow::Owned(roster.country(&item.organisation)),
        claimed_at_ms: item.claimed_at_ms,
        arrival: None,
        version,
        state,
        notices: standing.marks.into_iter().map(notice).collect(),
        body: record.body().map(|body| Cow::Borrowed(&body.bytes[..])),
    }
}

fn notice<'a>(mark: Mark) -> NoticeOn<'a> {
    let by = match mark.issuer {
        Issuer::Author => "author",
        Issuer::Stewards => "stewards",
        Issuer::Other(_) => "member",
    };
    NoticeOn {
        notice_type: Cow::Owned(mark.notice_type),
        by: Cow::Borrowed(by),
    }
}

/// The records, seen by the roster.
struct Said<'a> {
    known: &'a Known,
    members: &'a Members,
}

impl Records for Said<'_> {
    type Error = Infallible;

    fn record(&self, id: &RecordId) -> Result<Option<Item>, Infallible> {
        Ok(self.known.items.get(id).cloned())
    }

    fn links_to(&self, id: &RecordId) -> Result<Links, Infallible> {
        let linked = self.known.linked.get(id).into_iter().flatten();
        Ok(Links {
            items: linked.filter_map(|id| self.known.items.get(id).cloned()).collect(),
            more: false,
        })
    }

    fn own_links_to(&self, item: &Item) -> Result<Links, Infallible> {
        let mut links = self.links_to(&item.id)?;
        links.items.retain(|link| link.organisation == item.organisation);
        Ok(links)
    }

    fn body(&self, id: &RecordId) -> Result<Option<Bytes>, Infallible> {
        Ok(self.known.notices.get(id).cloned())
    }

    fn country(&self, _organisation: &OrganisationId) -> String {
        // No rule of versions and notices asks for it.
        String::new()
    }

    fn acts_on(&self, item: &Item) -> Vec<Mark> {
        let marks = self.members.marked(&item.id, &item.chapter, &item.organisation);
        let said = marks.into_iter();
        said.map(|mark| Mark::of_act(item.id, mark.act, (mark.notice_type.code(), mark.reason, mark.text)))
            .collect()
    }
}
