//! The one writer. Owns the order in which things reach the disk: journal, records, feed, heads, commit point, then
//! the projections, then the readers' eyes. Never decides what is admitted.

use std::borrow::Cow;
use std::sync::Arc;

use alliance_record::VerifiedRecord;

use crate::arrival::{Appended, Arrival};
use crate::core::Core;
use crate::erased::Marks;
use crate::error::{ReadError, StoreFault, WriteError};
use crate::group::Group;
use crate::journal::Journal;
use crate::meta::{CURSOR_NAME_BYTES_MAX, META_VALUE_BYTES_MAX, MetaKey, cursor_key};
use crate::open::Site;
use crate::page::Packer;
use crate::projection::Projections;
use crate::witness::{Note, Witness};

/// Appends. There is one for each store, and it is not shared.
#[derive(Debug)]
pub struct Writer {
    pub(crate) core: Arc<Core>,
    pub(crate) journal: Journal,
    pub(crate) witness: Witness,
    pub(crate) projections: Projections,
    pub(crate) packer: Packer,
    pub(crate) marks: Marks,
    pub(crate) site: Site,
    pub(crate) last: Arrival,
    pub(crate) next_log: u32,
    pub(crate) has_failed: bool,
}

impl Writer {
    /// Stores a group of records that came from elsewhere. When this returns, the whole group is on the disk and
    /// readers see it; until then they see nothing of it. Of a record that is erased, only the header is stored.
    ///
    /// # Errors
    /// [`WriteError`], which says whether state changed.
    ///
    /// # Panics
    /// When the group is empty, over [`GROUP_RECORDS_MAX`](crate::GROUP_RECORDS_MAX), does not continue the logs
    /// stored, or its last record of a log has no signature.
    pub fn append(&mut self, group: &[VerifiedRecord]) -> Result<Appended, WriteError> {
        self.check_usable()?;
        let core = Arc::clone(&self.core);
        let group = self.without_erased(&core, group)?;
        let group = self.place(&core, &group)?;
        self.store(&core, &group)
    }

    /// Stores a group of records that this node wrote: in the journal first, on the disk, then as [`Writer::append`].
    /// Once journalled, an opening brings them back even if the database is lost.
    ///
    /// # Errors
    /// As [`Writer::append`].
    ///
    /// # Panics
    /// As [`Writer::append`].
    pub fn append_own(&mut self, group: &[VerifiedRecord]) -> Result<Appended, WriteError> {
        self.check_usable()?;
        let core = Arc::clone(&self.core);
        let group = self.without_erased(&core, group)?;
        let placed = self.place(&core, &group)?;
        self.journal.append_records(&group).map_err(WriteError::Journal)?;
        self.store(&core, &placed)
    }

    /// Keeps a small value of the node's, in the journal and in the database. On the disk when this returns.
    ///
    /// # Errors
    /// As [`Writer::append`].
    ///
    /// # Panics
    /// When the value is over [`META_VALUE_BYTES_MAX`].
    pub fn meta_put(&mut self, key: MetaKey, value: &[u8]) -> Result<(), WriteError> {
        assert!(
            value.len() <= META_VALUE_BYTES_MAX,
            "a kept value is at most {META_VALUE_BYTES_MAX} bytes"
        );
        self.check_usable()?;
        self.journal.append_meta(key, value).map_err(WriteError::Journal)?;
        self.attempt(|writer| {
            writer.core.trees().meta.insert(key.key(), value)?;
            Ok(writer.core.database.make_durable()?)
        })
    }

    /// Moves a named cursor of the arrival feed. On the disk with the next group or [`Writer::flush`]; a cursor that a
    /// power cut takes back only means that its owner sees some arrivals again.
    ///
    /// # Errors
    /// As [`Writer::append`].
    ///
    /// # Panics
    /// When the name is empty or over [`CURSOR_NAME_BYTES_MAX`].
    pub fn cursor_put(&mut self, name: &str, arrival: Arrival) -> Result<(), WriteError> {
        let fits = (1..=CURSOR_NAME_BYTES_MAX).contains(&name.len());
        assert!(fits, "a cursor's name has 1 to {CURSOR_NAME_BYTES_MAX} bytes");
        self.check_usable()?;
        self.attempt(|writer| {
            let value = &arrival.0.to_be_bytes();
            writer.core.trees().meta.insert(cursor_key(name), value)?;
            Ok(())
        })
    }

    /// Puts everything on the disk.
    ///
    /// # Errors
    /// As [`Writer::append`].
    pub fn flush(&mut self) -> Result<(), WriteError> {
        self.check_usable()?;
        self.attempt(|writer| Ok(writer.core.database.make_durable()?))
    }

    /// Empties the listing and the indexes of ids and links, and builds them anew from the arrival feed. Readers
    /// meanwhile find less than there is.
    ///
    /// # Errors
    /// As [`Writer::append`]. The next opening goes on where this stopped.
    pub fn rebuild_projections(&mut self) -> Result<Rebuilt, WriteError> {
        self.check_usable()?;
        self.attempt(|writer| {
            let Self {
                core,
                packer,
                projections,
                last,
                ..
            } = writer;
            let unreadable = projections.rebuild(core.trees(), packer, *last)?;
            writer.core.database.make_durable()?;
            writer.packer.keys.write_over_released()?;
            Ok(Rebuilt { unreadable })
        })
    }

    /// Puts back a value that the journal keeps, unless it is there. Says whether it was missing.
    pub(crate) fn restore_meta(&mut self, key: MetaKey, value: &[u8]) -> Result<bool, WriteError> {
        self.attempt(|writer| {
            let meta = &writer.core.trees().meta;
            let is_missing = meta.get(key.key())?.is_none_or(|stored| stored != value);
            if is_missing {
                meta.insert(key.key(), value)?;
                writer.core.database.make_durable()?;
            }
            Ok(is_missing)
        })
    }

    fn place<'a>(&self, core: &Core, group: &'a [VerifiedRecord]) -> Result<Group<'a>, WriteError> {
        Group::place(core.trees(), group, (self.last, self.next_log), &self.marks).map_err(WriteError::Database)
    }

    fn without_erased<'a>(
        &self,
        core: &Core,
        group: &'a [VerifiedRecord],
    ) -> Result<Cow<'a, [VerifiedRecord]>, WriteError> {
        let group = self.marks.without_erased(core.trees(), group);
        group.map_err(|fault| WriteError::Database(fault.into()))
    }

    /// A group counts from its commit point on; readers see it only when that is on the disk.
    pub(crate) fn store(&mut self, core: &Core, group: &Group<'_>) -> Result<Appended, WriteError> {
        let trees = core.trees();
        self.attempt(|writer| {
            group.put_records(trees, &mut writer.packer)?;
            group.put_feed(trees)?;
            group.put_logs(trees)?;
            group.put_commit(trees)?;
            core.database.make_durable()?;
            writer.packer.keys.write_over_released()?;
            Ok(writer.projections.follow(trees, &mut writer.packer, &group.placed)?)
        })?;
        self.last = group.appended().last;
        self.packer.keys.begin(self.last);
        self.next_log += group.new_logs();
        self.note_last();
        core.publish(self.last);
        Ok(group.appended())
    }

    /// Notes how far the database has come; it is there for an opening after damage, so that failing to is no failure.
    pub(crate) fn note_last(&mut self) {
        let note = Note {
            feed_id: self.core.feed_id,
            last: self.last,
        };
        let _ = self.witness.write(note);
    }

    /// After a failed write, what the database would give differs from what is on the disk: nothing more is written.
    pub(crate) fn attempt<T>(&mut self, write: impl FnOnce(&mut Self) -> Result<T, Failure>) -> Result<T, WriteError> {
        let written = write(self);
        self.has_failed = written.is_err();
        written.map_err(|Failure(error)| WriteError::Database(error))
    }

    pub(crate) const fn check_usable(&self) -> Result<(), WriteError> {
        match self.has_failed {
            true => Err(WriteError::Stopped),
            false => Ok(()),
        }
    }
}

/// What rebuilding the projections came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rebuilt {
    /// Records that could not be read and are therefore not listed.
    pub unreadable: u64,
}

/// A failed step of a write, whichever it was.
pub(crate) struct Failure(ReadError);

impl From<StoreFault> for Failure {
    fn from(error: StoreFault) -> Self {
        Self(error.into())
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        Self(error)
    }
}
