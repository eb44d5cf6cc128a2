//! What is known of records from one another: the store's records, seen by the roster, under the rules of
//! `alliance-knowledge`.
//!
//! Owns how these rules ask the store, and how what they find is shown. Never decides what counts.

mod digest;
mod list;
mod refer;
mod show;

pub(crate) use digest::Asked;
pub(crate) use list::Wanted;
pub(crate) use refer::{check, warning};

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use alliance_knowledge::{Item, Links, Mark, Reading, Records, State};
use alliance_record::{ChapterName, Header, OrganisationId, RecordId, VerifiedRecord};
use alliance_store::{Arrival, ReadError, Reader};
use bytes::Bytes;

use crate::shared::{Shared, View};

/// Records that refer to one which are looked at, in all and of one organisation: what some hundred organisations say of a
/// practice in years.
const LINKS_MAX: usize = 5_000;
const LINKS_OF_EACH_MAX: usize = 200;

/// The records that this node holds, as they are for one question.
pub(crate) struct Held<'a> {
    reader: &'a Reader,
    shared: &'a Shared,
    view: Arc<View>,
    /// What came later is not looked at: or a list would miss both an older version and the newer one that came meanwhile.
    at: Arrival,
}

/// One question to them.
pub(crate) struct Asking<'a> {
    pub(crate) held: &'a Held<'a>,
    pub(crate) reading: Reading<'a, Held<'a>>,
}

impl<'a> Held<'a> {
    /// Begins with a question.
    pub(crate) fn asking(&'a self) -> Asking<'a> {
        Asking {
            held: self,
            reading: Reading::new(self),
        }
    }

    /// As they are now.
    pub(crate) fn new(reader: &'a Reader, shared: &'a Shared) -> Self {
        Self::at(reader, shared, reader.last_arrival())
    }

    /// As they were when this one had arrived.
    pub(crate) fn at(reader: &'a Reader, shared: &'a Shared, at: Arrival) -> Self {
        Self {
            reader,
            shared,
            view: shared.view(),
            at,
        }
    }

    /// The last that is looked at.
    pub(crate) const fn end(&self) -> Arrival {
        self.at
    }

    /// Roster and chapters.
    pub(crate) fn view(&self) -> &View {
        &self.view
    }

    /// A record, judged by the roster.
    pub(crate) fn item(&self, record: &VerifiedRecord) -> Item {
        let header = record.header();
        let id = record.id();
        Item {
            id,
            kind: header.kind,
            organisation: header.organisation,
            chapter: header.log.chapter.clone(),
            claimed_at_ms: header.claimed_at_ms,
            references: header.references.clone(),
            state: self.state(&id, header),
        }
    }

    fn state(&self, id: &RecordId, header: &Header) -> State {
        let view = &self.view;
        let is_removed = || view.removed_by(id, &header.log.chapter, &header.organisation).is_some();
        if view.is_disputed(header) {
            State::Disputed
        } else if is_removed() {
            State::Removed
        } else if self.is_aside(id) {
            State::SetAside
        } else {
            State::Counts
        }
    }

    /// Those whom a chapter's description names as its stewards.
    pub(crate) fn stewards(&self, chapter: &ChapterName) -> BTreeSet<OrganisationId> {
        let described = self.view.descriptions.of(chapter, &self.view.members);
        described.map(|said| said.stewards).unwrap_or_default()
    }

    /// Whether somebody here put it aside: nothing of its text is shown.
    pub(crate) fn is_aside(&self, id: &RecordId) -> bool {
        self.shared.quarantine().contains(id)
    }

    /// A record's body as it is held, whether it is shown here or not.
    pub(crate) fn stored_body(&self, id: &RecordId) -> Result<Option<Bytes>, ReadError> {
        let stored = self.reader.record(id)?;
        Ok(stored.and_then(|stored| stored.record.body().map(|body| body.bytes.clone())))
    }

    fn items(&self, found: alliance_store::Links) -> Links {
        Links {
            items: found
                .records
                .iter()
                .filter(|link| link.arrival <= self.at)
                .map(|link| self.item(&link.record))
                .collect(),
            more: found.more,
        }
    }
}

impl Records for Held<'_> {
    type Error = ReadError;

    fn record(&self, id: &RecordId) -> Result<Option<Item>, ReadError> {
        let record = self.reader.bare(id)?;
        Ok(record.map(|record| self.item(&record)))
    }

    fn links_to(&self, id: &RecordId) -> Result<Links, ReadError> {
        let of_each: RefCell<BTreeMap<OrganisationId, usize>> = RefCell::default();
        let is_left_out = Cell::new(false);
        let keep = |header: &Header| {
            if self.view.is_disputed(header) {
                return false;
            }
            let mut of_each = of_each.borrow_mut();
            let count = of_each.entry(header.organisation).or_default();
            *count += 1;
            let is_room = *count <= LINKS_OF_EACH_MAX;
            is_left_out.set(is_left_out.get() || !is_room);
            is_room
        };
        let mut links = self.items(self.reader.links_to(id, LINKS_MAX, &keep)?);
        links.more |= is_left_out.get();
        Ok(links)
    }

    fn own_links_to(&self, item: &Item) -> Result<Links, ReadError> {
        let counts = |header: &Header| !self.view.is_disputed(header);
        let found = self.reader.links_by(&item.organisation, &item.id, LINKS_MAX, &counts)?;
        Ok(self.items(found))
    }

    fn body(&self, id: &RecordId) -> Result<Option<Bytes>, ReadError> {
        let Some(stored) = self.reader.record(id)? else {
            return Ok(None);
        };
        let is_shown = self.state(id, stored.record.header()) == State::Counts && !self.is_aside(id);
        Ok(stored.record.body().filter(|_| is_shown).map(|body| body.bytes.clone()))
    }

    fn country(&self, organisation: &OrganisationId) -> String {
        self.view.country(organisation)
    }

    fn acts_on(&self, item: &Item) -> Vec<Mark> {
        let marks = self.view.marks(&item.id, &item.chapter, &item.organisation);
        let said = marks.into_iter();
        said.map(|mark| Mark::of_act(item.id, mark.act, (mark.notice_type.code(), mark.reason, mark.text)))
            .collect()
    }
}
