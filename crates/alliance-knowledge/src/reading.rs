//! One question to whoever holds the records: what was read for it is kept while it is answered, and how much is read is
//! bounded.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use alliance_record::{OrganisationId, RecordId};
use bytes::Bytes;

use crate::marks::Mark;
use crate::records::{Item, Links, Records};

/// Links kept at once: some MB.
const KEPT_MAX: usize = 20_000;
/// Notices of notices that are looked at for one question: honest ones have none or one.
const TURNS_MAX: usize = 1_000;

/// The records, while one question is answered.
#[derive(Debug)]
pub struct Reading<'a, R> {
    records: &'a R,
    links: RefCell<Kept>,
    own_links: RefCell<Kept>,
    /// Whether a notice stands, three turns deep.
    stands: RefCell<BTreeMap<(RecordId, u8), bool>>,
    turns: Cell<usize>,
}

#[derive(Debug, Default)]
struct Kept {
    by_target: BTreeMap<RecordId, Rc<Links>>,
    items: usize,
}

impl Kept {
    fn put(&mut self, id: RecordId, links: Links) -> Rc<Links> {
        self.items += links.items.len() + 1;
        if self.items > KEPT_MAX {
            self.by_target.clear();
            self.items = links.items.len() + 1;
        }
        let links = Rc::new(links);
        self.by_target.insert(id, Rc::clone(&links));
        links
    }
}

impl<'a, R: Records> Reading<'a, R> {
    /// Begins with a question.
    pub fn new(records: &'a R) -> Self {
        Self {
            records,
            links: RefCell::default(),
            own_links: RefCell::default(),
            stands: RefCell::default(),
            turns: Cell::new(0),
        }
    }

    /// As [`Records::record`].
    ///
    /// # Errors
    /// As the holder says.
    pub fn record(&self, id: &RecordId) -> Result<Option<Item>, R::Error> {
        self.records.record(id)
    }

    /// As [`Records::body`].
    ///
    /// # Errors
    /// As the holder says.
    pub fn body(&self, id: &RecordId) -> Result<Option<Bytes>, R::Error> {
        self.records.body(id)
    }

    pub(crate) fn country(&self, organisation: &OrganisationId) -> String {
        self.records.country(organisation)
    }

    pub(crate) fn acts_on(&self, item: &Item) -> Vec<Mark> {
        self.records.acts_on(item)
    }

    /// As [`Records::links_to`], in the order of [`Item::moment`].
    pub(crate) fn links_to(&self, id: &RecordId) -> Result<Rc<Links>, R::Error> {
        if let Some(links) = self.links.borrow().by_target.get(id) {
            return Ok(Rc::clone(links));
        }
        let links = in_order(self.records.links_to(id)?);
        Ok(self.links.borrow_mut().put(*id, links))
    }

    /// As [`Records::own_links_to`], in the order of [`Item::moment`].
    pub(crate) fn own_links_to(&self, item: &Item) -> Result<Rc<Links>, R::Error> {
        if let Some(links) = self.own_links.borrow().by_target.get(&item.id) {
            return Ok(Rc::clone(links));
        }
        let links = in_order(self.records.own_links_to(item)?);
        Ok(self.own_links.borrow_mut().put(item.id, links))
    }

    /// What was found out of a notice before, or what finding out gives; `true` when there was too much to look at.
    pub(crate) fn stands(
        &self,
        key: (RecordId, u8),
        find_out: impl FnOnce() -> Result<bool, R::Error>,
    ) -> Result<bool, R::Error> {
        if let Some(known) = self.stands.borrow().get(&key) {
            return Ok(*known);
        }
        if self.turns.replace(self.turns.get() + 1) >= TURNS_MAX {
            return Ok(true);
        }
        let stands = find_out()?;
        self.stands.borrow_mut().insert(key, stands);
        Ok(stands)
    }
}

fn in_order(mut links: Links) -> Links {
    links.items.sort_unstable_by_key(Item::moment);
    links
}

/// Gives each organisation the same room: as many of each, and as many in all, the earliest first.
#[derive(Debug)]
pub struct Room {
    of_each: usize,
    left: usize,
    taken: BTreeMap<OrganisationId, usize>,
    /// Whether anything found none.
    pub more: bool,
    /// Whether that was for want of room in all, and not because an organisation had its own.
    pub is_full: bool,
}

impl Room {
    /// Room for so many in all, and for so many of each organisation.
    #[must_use]
    pub const fn new(in_all: usize, of_each: usize) -> Self {
        Self {
            of_each,
            left: in_all,
            taken: BTreeMap::new(),
            more: false,
            is_full: false,
        }
    }

    /// Whether there is room for one more of an organisation.
    pub fn take(&mut self, organisation: &OrganisationId) -> bool {
        let taken = self.taken.entry(*organisation).or_default();
        if self.left == 0 || *taken == self.of_each {
            self.more = true;
            self.is_full |= self.left == 0;
            return false;
        }
        *taken += 1;
        self.left -= 1;
        true
    }
}
