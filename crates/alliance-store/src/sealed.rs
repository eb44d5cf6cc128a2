//! Sealed pages in the database: put, taken away, and which key is whose. Owns the list of slots, by which an opening
//! finds keys that nothing needs without reading every page.
//!
//! The list says of each slot where its page stands, and since which arrival that may be otherwise: an entry is put
//! there before its page, and marked anew before the page goes. So after a stop, only entries as young as the newest
//! group must be compared with their pages; all older ones were made durable with the groups since.

use std::collections::BTreeSet;

use crate::arrival::Arrival;
use crate::error::{ReadError, StoreFault};
use crate::keys::slot_of;
use crate::kv::{Keyspace, Value};
use crate::page::Packer;
use crate::trees::{SLOTS, Trees, number_u32, number_u64};
use crate::value::ValueError;

/// Bytes of the key of a page of bodies; one of a block of the listing is shorter.
const BODIES_KEY_BYTES: usize = 12;

/// Which pages are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    /// Pages of bodies.
    Bodies,
    /// Blocks of the listing.
    Listing,
}

impl Trees {
    pub(crate) const fn space(&self, space: Space) -> &Keyspace {
        match space {
            Space::Bodies => &self.bodies,
            Space::Listing => &self.listing,
        }
    }

    /// Takes a page away before there is a key ring: the opening destroys its key.
    pub(crate) fn drop_sealed(&self, space: Space, key: &[u8], value: &[u8]) -> Result<(), StoreFault> {
        let slot = self.own_slot(key, value)?;
        self.space(space).remove(key)?;
        slot.map_or(Ok(()), |slot| self.slots.remove(slot.to_be_bytes()))
    }

    /// The slot that a value names, if the list says so too: a damaged value may name another page's.
    fn own_slot(&self, key: &[u8], value: &[u8]) -> Result<Option<u32>, StoreFault> {
        let Ok(slot) = slot_of(value) else {
            return Ok(None);
        };
        let entry = self.slots.get(slot.to_be_bytes())?;
        Ok(entry.is_some_and(|entry| entry.get(8..) == Some(key)).then_some(slot))
    }

    /// The slots that pages need. Entries since `young` are compared with their pages, and taken out where no page says
    /// so.
    pub(crate) fn needed_slots(&self, young: Arrival) -> Result<BTreeSet<u32>, ReadError> {
        let corrupt = |source: ValueError| ReadError::CorruptList {
            tree: SLOTS.name,
            source,
        };
        let mut needed = BTreeSet::new();
        for entry in self.slots.range::<&[u8]>(..) {
            let (key, value) = entry?;
            let slot = number_u32(&key).map_err(corrupt)?;
            let (since, at) = value.split_at_checked(8).ok_or(corrupt(ValueError::Truncated))?;
            let is_young = number_u64(since).map_err(corrupt)? >= young.0;
            if is_young && !self.is_of(slot, at)? {
                self.slots.remove(key)?;
                continue;
            }
            needed.insert(slot);
        }
        Ok(needed)
    }

    /// Whether the page at `at` is sealed with the key in `slot`.
    fn is_of(&self, slot: u32, at: &[u8]) -> Result<bool, ReadError> {
        let space = match at.len() {
            BODIES_KEY_BYTES => Space::Bodies,
            _ => Space::Listing,
        };
        let page = self.space(space).get(at)?;
        Ok(page.is_some_and(|page| slot_of(&page) == Ok(slot)))
    }

    /// A sealed value's page. One whose key is gone is looked for again, because a writer may just have put another in
    /// its place; `None` when nothing stands there any more.
    pub(crate) fn unsealed(
        &self,
        space: Space,
        key: &[u8],
        value: Value,
    ) -> Result<Option<Result<Vec<u8>, ValueError>>, ReadError> {
        let mut value = value;
        loop {
            let source = match self.keys.unseal(&value)? {
                Ok(page) => return Ok(Some(Ok(page))),
                Err(source) => source,
            };
            match self.space(space).get(key)? {
                Some(again) if again != value => value = again,
                Some(_) => return Ok(Some(Err(source))),
                None => return Ok(None),
            }
        }
    }
}

impl Packer {
    /// Seals a page and puts it under a key, in the place of one that may stand there.
    pub(crate) fn put_sealed(
        &mut self,
        trees: &Trees,
        space: Space,
        key: &[u8],
        page: &[u8],
    ) -> Result<(), StoreFault> {
        let old = self.mark_old(trees, space, key)?;
        let (slot, value) = self.keys.seal(page)?;
        trees.slots.insert(slot.to_be_bytes(), self.entry(key))?;
        trees.space(space).insert(key, value)?;
        self.release(trees, old)
    }

    /// Takes a page away.
    pub(crate) fn remove_sealed(&mut self, trees: &Trees, space: Space, key: &[u8]) -> Result<(), StoreFault> {
        let old = self.mark_old(trees, space, key)?;
        trees.space(space).remove(key)?;
        self.release(trees, old)
    }

    /// Takes all pages away.
    pub(crate) fn clear_sealed(&mut self, trees: &Trees, space: Space) -> Result<(), StoreFault> {
        for key in trees.space(space).range::<&[u8]>(..).keys() {
            self.remove_sealed(trees, space, &key?)?;
        }
        Ok(())
    }

    /// The slot of the page that stands there, marked as one to be looked at after a stop.
    fn mark_old(&self, trees: &Trees, space: Space, key: &[u8]) -> Result<Option<u32>, StoreFault> {
        let Some(old) = trees.space(space).get(key)? else {
            return Ok(None);
        };
        let slot = trees.own_slot(key, &old)?;
        if let Some(slot) = slot {
            trees.slots.insert(slot.to_be_bytes(), self.entry(key))?;
        }
        Ok(slot)
    }

    fn release(&mut self, trees: &Trees, slot: Option<u32>) -> Result<(), StoreFault> {
        let Some(slot) = slot else {
            return Ok(());
        };
        self.keys.release(slot);
        trees.slots.remove(slot.to_be_bytes())
    }

    fn entry(&self, key: &[u8]) -> Vec<u8> {
        [&self.keys.since().0.to_be_bytes()[..], key].concat()
    }
}
