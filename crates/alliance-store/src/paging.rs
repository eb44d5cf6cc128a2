//! Writing a log's pages: those of a group's new records and bodies, and full ones in the place of loose ones.

use crate::arrival::BodyState;
use crate::error::{ReadError, StoreFault};
use crate::group::Placed;
use crate::growing::Growing;
use crate::kv::{Keyspace, Value};
use crate::page::{BodySlot, HeaderSlot, Packer, put_bodies, put_headers};
use crate::scan::{Bodies, Scanned};
use crate::sealed::Space;
use crate::trees::{Place, Trees};

/// Pages on their way, each with the sequence it begins at.
type Pages = Vec<(u64, Vec<u8>)>;

impl Growing<'_> {
    /// Writes the headers of the new records.
    pub(crate) fn put_headers(&self, trees: &Trees, packer: &mut Packer) -> Result<(), StoreFault> {
        let new = self.placed.iter().filter(|placed| !placed.is_body());
        let slots: Vec<_> = new.map(new_header).collect();
        let pages = header_pages(packer, &slots);
        self.put_header_pages(trees, &pages)
    }

    /// Writes the bodies that the group brings.
    pub(crate) fn put_bodies(&self, trees: &Trees, packer: &mut Packer) -> Result<(), StoreFault> {
        let slots: Vec<_> = self.placed.iter().filter_map(new_body).collect();
        let pages = body_pages(packer, &slots);
        self.put_body_pages(trees, packer, &pages)
    }

    /// Puts the loose records into full pages. One that cannot be read leaves them as they are.
    pub(crate) fn seal(&self, trees: &Trees, packer: &mut Packer) -> Result<(), ReadError> {
        let Some((first, last)) = self.sealed else {
            return Ok(());
        };
        let scan = trees.scan(self.at(first), last, Bodies::ALL);
        let records = match scan.collect::<Result<Vec<Scanned>, ReadError>>() {
            Err(error) if error.is_damage() => return Ok(()),
            read => read?,
        };
        let headers: Vec<_> = records.iter().map(header_slot).collect();
        let pages = header_pages(packer, &headers);
        if let Some(stale) = self.stale(&trees.headers, last, &pages)? {
            self.put_header_pages(trees, &pages)?;
            stale.iter().try_for_each(|key| trees.headers.remove(key))?;
        }
        let bodies: Vec<_> = records.iter().filter_map(body_slot).collect();
        let pages = body_pages(packer, &bodies);
        if let Some(stale) = self.stale(&trees.bodies, last, &pages)? {
            self.put_body_pages(trees, packer, &pages)?;
            stale
                .iter()
                .try_for_each(|key| packer.remove_sealed(trees, Space::Bodies, key))?;
        }
        Ok(())
    }

    /// What goes when `pages` are put where others stand up to `last`; `None` when they are no fewer. A reader finds
    /// the old or the new ones at any moment, if the new ones are there before the old ones go.
    fn stale(&self, keyspace: &Keyspace, last: u64, pages: &Pages) -> Result<Option<Vec<Value>>, StoreFault> {
        let Some((first, _)) = pages.first() else {
            return Ok(None);
        };
        let range = self.at(*first).to_key()..=self.at(last).to_key();
        let mut old: Vec<Value> = keyspace.range(range).keys().collect::<Result<_, _>>()?;
        if old.len() <= pages.len() {
            return Ok(None);
        }
        let kept: Vec<[u8; 12]> = pages.iter().map(|(first, _)| self.at(*first).to_key()).collect();
        old.retain(|key| kept.iter().all(|kept| key[..] != kept[..]));
        Ok(Some(old))
    }

    fn put_header_pages(&self, trees: &Trees, pages: &Pages) -> Result<(), StoreFault> {
        let mut pages = pages.iter();
        pages.try_for_each(|(first, page)| trees.headers.insert(self.at(*first).to_key(), &page[..]))
    }

    fn put_body_pages(&self, trees: &Trees, packer: &mut Packer, pages: &Pages) -> Result<(), StoreFault> {
        let mut pages = pages.iter();
        pages.try_for_each(|(first, page)| packer.put_sealed(trees, Space::Bodies, &self.at(*first).to_key(), page))
    }

    const fn at(&self, sequence: u64) -> Place {
        Place {
            log: self.entry.number,
            sequence,
        }
    }
}

fn new_header<'a>(placed: &Placed<'a>) -> (u64, HeaderSlot<'a>) {
    let slot = HeaderSlot {
        arrival: placed.arrival,
        record: placed.record,
        has_body: placed.body != BodyState::Lagging,
    };
    (placed.place.sequence, slot)
}

fn new_body<'a>(placed: &Placed<'a>) -> Option<(u64, BodySlot<'a>)> {
    let slot = BodySlot {
        arrival: placed.arrival,
        body: placed.record.body(),
    };
    (placed.body != BodyState::Lagging).then_some((placed.place.sequence, slot))
}

fn header_slot(scanned: &Scanned) -> (u64, HeaderSlot<'_>) {
    let slot = HeaderSlot {
        arrival: scanned.arrival,
        record: &scanned.record,
        has_body: scanned.body_arrival == Some(scanned.arrival),
    };
    (scanned.record.header().sequence, slot)
}

fn body_slot(scanned: &Scanned) -> Option<(u64, BodySlot<'_>)> {
    let slot = BodySlot {
        arrival: scanned.body_arrival?,
        body: scanned.record.body(),
    };
    Some((scanned.record.header().sequence, slot))
}

/// Headers of consecutive records as pages.
fn header_pages(packer: &mut Packer, slots: &[(u64, HeaderSlot<'_>)]) -> Pages {
    let only: Vec<HeaderSlot<'_>> = slots.iter().map(|(_, slot)| *slot).collect();
    let pages = put_headers(packer, &only);
    pages.into_iter().map(|(index, page)| (slots[index].0, page)).collect()
}

/// Bodies as pages: each stretch without a gap in pages of its own.
fn body_pages(packer: &mut Packer, slots: &[(u64, BodySlot<'_>)]) -> Pages {
    let mut pages = Vec::new();
    for stretch in slots.chunk_by(|one, next| one.0 + 1 == next.0) {
        let only: Vec<BodySlot<'_>> = stretch.iter().map(|(_, slot)| *slot).collect();
        let laid_out = put_bodies(packer, &only);
        pages.extend(laid_out.into_iter().map(|(index, page)| (stretch[index].0, page)));
    }
    pages
}
