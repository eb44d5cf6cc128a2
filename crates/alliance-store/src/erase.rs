//! Erasing: the bodies of records destroyed for good, their headers kept. Owns the order in which that happens; never
//! decides what is to be erased.
//!
//! 1. The ids join the set of what is erased, and are noted as pending: durable. An opening goes on from here.
//! 2. The journal is written anew without the bodies, and the key of the old one destroyed.
//! 3. Pages that hold the bodies are put anew without them, under new keys that were synced before; so are the
//!    listing's rows. Where a body had not come, that it is erased is stored in its place, as a group of its own.
//!    Durable.
//! 4. The keys of the pages that were replaced are written over, and so are those of everything set aside. Synced.
//! 5. The ids are pending no more. Should that be lost, an opening finds nothing left to do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use alliance_record::{LogName, RecordId, VerifiedRecord};

use crate::arrival::{Arrival, BodyState};
use crate::error::{ReadError, StoreFault, WriteError};
use crate::group::{GROUP_RECORDS_MAX, Group, Placed};
use crate::growing::Growing;
use crate::ids;
use crate::listing;
use crate::listing::ListingFacets;
use crate::open::Standing;
use crate::page::{BodyPage, BodySlot, Packer, put_bodies};
use crate::scan::{Bodies, covering};
use crate::sealed::Space;
use crate::trees::{Place, Trees};
use crate::writer::{Failure, Writer};

/// What erasing came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Erased {
    /// Bodies that were here, and are gone.
    pub destroyed: u64,
    /// Bodies that had not come, and will not be stored.
    pub forestalled: u64,
    /// Records that were erased before.
    pub before: u64,
    /// Records that are not stored here. Should they come, they are stored without their bodies.
    pub unknown: Vec<RecordId>,
}

/// A record that is to be erased, as it stands.
#[derive(Debug)]
struct Target {
    place: Place,
    /// When the record arrived.
    row: Arrival,
    /// Without its body.
    record: VerifiedRecord,
}

impl Target {
    /// Puts a page that says only that this one is erased.
    fn put_erased(&self, trees: &Trees, packer: &mut Packer) -> Result<(), StoreFault> {
        let page = BodyPage {
            bodies: vec![(self.row, None)],
        };
        put_page(trees, packer, self.place, &page)
    }

    fn placed(&self) -> Placed<'_> {
        Placed {
            arrival: self.row,
            row: self.row,
            place: self.place,
            record: &self.record,
            body: BodyState::Erased,
        }
    }
}

/// What became of targets in their pages; indices of them.
#[derive(Debug, Default)]
struct InPages {
    destroyed: Vec<usize>,
    lagging: Vec<usize>,
    before: Vec<usize>,
}

impl InPages {
    /// Takes in a target that no page holds: its body has not come, or its page is lost.
    fn without_page(
        &mut self,
        trees: &Trees,
        packer: &mut Packer,
        (at, target): (usize, &Target),
    ) -> Result<(), ReadError> {
        let entry = trees.log(&target.record.header().log)?;
        if entry.is_some_and(|entry| target.place.sequence < entry.newest.bodies_end) {
            target.put_erased(trees, packer)?;
            self.destroyed.push(at);
        } else {
            self.lagging.push(at);
        }
        Ok(())
    }
}

impl Writer {
    /// Erases records: destroys their bodies with salt and schema, here and in the journal, and what the listing says
    /// of them. When this returns, nothing of that can be read from any file of the store, and none of it will be
    /// stored again. Headers stay. Ids that are not known here are kept, so that their records are stored without
    /// bodies when they come. Erasing again does no harm.
    ///
    /// Other writes wait meanwhile; readers do not. The cost is that of the pages that hold the records, and of the
    /// whole journal when it holds one of them: erase many at once, in portions as long as other writes may wait.
    ///
    /// Whatever an earlier opening set aside can no longer be read either, save its headers.
    ///
    /// # Errors
    /// [`WriteError`]. What was begun is gone on with at the next opening.
    pub fn erase(&mut self, records: &[RecordId]) -> Result<Erased, WriteError> {
        self.check_usable()?;
        if records.is_empty() {
            return Ok(Erased::default());
        }
        self.attempt(|writer| {
            let core = Arc::clone(&writer.core);
            writer.marks.add(core.trees(), records)?;
            Ok(core.database.make_durable()?)
        })?;
        self.settle(records)
    }

    /// Goes on with what an earlier life of this store did not finish.
    pub(crate) fn settle_pending(&mut self) -> Result<(), WriteError> {
        let pending = self.core.trees().pending().map_err(WriteError::Database)?;
        if pending.is_empty() {
            return Ok(());
        }
        // It may have stopped before all of them were in the set.
        self.erase(&pending).map(drop)
    }

    /// Takes a record into the set that the journal says is erased, as a new database, or an older one, does not know.
    pub(crate) fn mark_again(&mut self, record: &RecordId, standing: &Standing) -> Result<(), WriteError> {
        self.attempt(|writer| {
            let core = Arc::clone(&writer.core);
            match (writer.marks.contains(core.trees(), record)?, standing) {
                (true, _) => Ok(()),
                (false, Standing::Stored) => Ok(writer.marks.add(core.trees(), &[*record])?),
                (false, _) => Ok(writer.marks.add_settled(core.trees(), record)?),
            }
        })
    }

    /// All steps but the first.
    fn settle(&mut self, records: &[RecordId]) -> Result<Erased, WriteError> {
        let core = Arc::clone(&self.core);
        let trees = core.trees();
        let records: BTreeSet<RecordId> = records.iter().copied().collect();
        let (targets, unknown) = find(trees, &records).map_err(WriteError::Database)?;
        let done = self.attempt(|writer| {
            writer.erase_in_journal(&records, &targets)?;
            let done = erase_in_pages(trees, &mut writer.packer, &targets)?;
            // Where the body was gone before, its row may still be there: an earlier life stopped between the two.
            let gone = done.destroyed.iter().chain(&done.before);
            let mut rows: Vec<Placed<'_>> = gone.map(|at| targets[*at].placed()).collect();
            rows.sort_unstable_by_key(|placed| placed.row);
            listing::complete(trees, &mut writer.packer, &rows, |_| ListingFacets::default())?;
            Ok(done)
        })?;
        let lagging = done.lagging.iter().map(|at| &targets[*at]).collect();
        self.forestall(lagging)?;
        self.attempt(|writer| {
            core.database.make_durable()?;
            writer.packer.keys.destroy_released()?;
            writer.site.destroy_keys_set_aside().map_err(StoreFault::from)?;
            Ok(trees.settle(&records.iter().copied().collect::<Vec<_>>())?)
        })?;
        Ok(Erased {
            destroyed: done.destroyed.len() as u64,
            forestalled: done.lagging.len() as u64,
            before: done.before.len() as u64,
            unknown,
        })
    }

    fn erase_in_journal(&mut self, records: &BTreeSet<RecordId>, targets: &[Target]) -> Result<(), Failure> {
        let logs: BTreeSet<&LogName> = targets.iter().map(|target| &target.record.header().log).collect();
        if !self.journal.holds(records, &logs) {
            return Ok(());
        }
        let site = &self.site;
        Ok(self.journal.erase(&site.files, &site.journal, records)?)
    }

    /// Stores in the place of bodies that have not come that they are erased.
    fn forestall(&mut self, lagging: Vec<&Target>) -> Result<(), WriteError> {
        let core = Arc::clone(&self.core);
        let mut by_log: BTreeMap<&LogName, Vec<(Arrival, &VerifiedRecord)>> = BTreeMap::new();
        for target in lagging {
            let log = by_log.entry(&target.record.header().log).or_default();
            log.push((target.row, &target.record));
        }
        for (name, bodies) in by_log {
            for bodies in bodies.chunks(GROUP_RECORDS_MAX) {
                let entry = core.trees().log(name).map_err(WriteError::Database)?;
                let Some(entry) = entry else {
                    continue;
                };
                let log = Growing::stored(name.clone(), entry);
                let group = Group::fill(core.trees(), log, bodies, self.last).map_err(WriteError::Database)?;
                self.store(&core, &group)?;
            }
        }
        Ok(())
    }
}

/// Where the records stand, in the order of their places; and which are not here.
fn find(trees: &Trees, records: &BTreeSet<RecordId>) -> Result<(Vec<Target>, Vec<RecordId>), ReadError> {
    let (mut targets, mut unknown) = (Vec::new(), Vec::new());
    for id in records {
        match find_one(trees, id)? {
            Some(target) => targets.push(target),
            None => unknown.push(*id),
        }
    }
    targets.sort_unstable_by_key(|target| target.place);
    Ok((targets, unknown))
}

fn find_one(trees: &Trees, id: &RecordId) -> Result<Option<Target>, ReadError> {
    for place in ids::places(trees, id, id)? {
        let scanned = match trees.record_at(place, Bodies::Left) {
            // Another record's, or a header that is lost: then so is the way to its body.
            Err(error) if error.is_damage() => continue,
            scanned => scanned?,
        };
        if let Some(scanned) = scanned.filter(|scanned| scanned.record.id() == *id) {
            return Ok(Some(Target {
                place,
                row: scanned.arrival,
                record: scanned.record,
            }));
        }
    }
    Ok(None)
}

/// Puts each page that holds bodies of targets anew, without them.
fn erase_in_pages(trees: &Trees, packer: &mut Packer, targets: &[Target]) -> Result<InPages, ReadError> {
    let mut done = InPages::default();
    let mut at = 0;
    while let Some(target) = targets.get(at) {
        let (log, place) = (target.place.log, target.place);
        let Some((sequence, value)) = covering(&trees.bodies, place)? else {
            done.without_page(trees, packer, (at, target))?;
            at += 1;
            continue;
        };
        let first = Place { log, sequence };
        let page = trees.keys.unseal(&value)?.and_then(BodyPage::decode);
        let Ok(mut page) = page else {
            // It may hold the body: so it goes, and with it others that could not be read either.
            packer.remove_sealed(trees, Space::Bodies, &first.to_key())?;
            target.put_erased(trees, packer)?;
            done.destroyed.push(at);
            at += 1;
            continue;
        };
        let end = sequence + page.bodies.len() as u64;
        let is_within = |target: &&Target| target.place.log == log && target.place.sequence < end;
        let within = targets[at..].iter().take_while(is_within).count();
        if within == 0 {
            done.without_page(trees, packer, (at, target))?;
            at += 1;
            continue;
        }
        let before = done.destroyed.len();
        for (index, target) in targets.iter().enumerate().skip(at).take(within) {
            let (_, body) = &mut page.bodies[(target.place.sequence - sequence) as usize];
            match body.take() {
                Some(_) => done.destroyed.push(index),
                None => done.before.push(index),
            }
        }
        if done.destroyed.len() > before {
            put_page(trees, packer, first, &page)?;
        }
        at += within;
    }
    Ok(done)
}

fn put_page(trees: &Trees, packer: &mut Packer, first: Place, page: &BodyPage) -> Result<(), StoreFault> {
    let slots: Vec<BodySlot<'_>> = page
        .bodies
        .iter()
        .map(|(arrival, body)| BodySlot {
            arrival: *arrival,
            body: body.as_ref(),
        })
        .collect();
    // It is shorter than it was, and so one page again.
    for (index, bytes) in put_bodies(packer, &slots) {
        let place = Place {
            sequence: first.sequence + index as u64,
            ..first
        };
        packer.put_sealed(trees, Space::Bodies, &place.to_key(), &bytes)?;
    }
    Ok(())
}
