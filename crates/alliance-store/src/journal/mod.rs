//! The journal of what only this node has: the records it wrote and the values it keeps. An append-only file, synced
//! before the database is touched, from which a lost database is filled again. Never holds what peers could give back.
//! Written anew when a body in it is erased.

mod entry;
mod preamble;
mod record;
mod rewrite;
mod scan;

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use alliance_record::{LogName, RecordId, VerifiedRecord};

use crate::arrival::BodyState;
use crate::disk::{Files, OpenFile};
use crate::error::StoreFault;
use crate::keys::Key;
use crate::meta::MetaKey;

pub(crate) use entry::Entry;
#[cfg(test)]
pub(crate) use entry::entries_in;
pub(crate) use preamble::{OLDER_FILE_HEADER, PREAMBLE_BYTES, destroy_key, key_in, preamble};
pub(crate) use rewrite::finish;
pub(crate) use scan::{Scanned, Scanner};

/// Appends to the journal.
#[derive(Debug)]
pub(crate) struct Journal {
    file: OpenFile,
    bytes: u64,
    /// Set when bytes may be in the file that were not acknowledged and could not be taken back.
    is_unsure: bool,
    /// Of the bodies in the file.
    key: Key,
    /// Logs of which records are in the file.
    pub(crate) logs: BTreeSet<LogName>,
    /// Records in the file that the database does not hold.
    pub(crate) strays: BTreeSet<RecordId>,
}

/// A key for a journal.
pub(crate) fn new_key(files: &Files) -> io::Result<Key> {
    let mut key = Key::default();
    files.random(&mut key)?;
    Ok(key)
}

impl Journal {
    /// Opens a journal that has been scanned and ends at a whole entry, or makes one.
    pub(crate) fn open(files: &Files, path: &Path) -> io::Result<Self> {
        let dir = path.parent().unwrap_or(Path::new("."));
        files.make_dir(dir)?;
        let mut file = files.open(path)?;
        let mut bytes = file.len()?;
        // A shorter one was never made to its end.
        if bytes < PREAMBLE_BYTES as u64 {
            file.write_at(0, &preamble(&new_key(files)?))?;
            file.sync()?;
            files.sync_dir(dir)?;
            bytes = PREAMBLE_BYTES as u64;
        }
        let mut first = vec![0; PREAMBLE_BYTES];
        file.read_at(0, &mut first)?;
        Ok(Self {
            file,
            bytes,
            is_unsure: false,
            key: key_in(&first).ok_or(io::ErrorKind::InvalidData)?,
            logs: BTreeSet::new(),
            strays: BTreeSet::new(),
        })
    }

    /// Puts records on the disk. After an error, the journal is as before.
    pub(crate) fn append_records(&mut self, records: &[VerifiedRecord]) -> Result<(), StoreFault> {
        let mut out = Vec::new();
        for record in records {
            entry::put_record_entry(&mut out, &self.key, record, BodyState::of(record))?;
            if !self.logs.contains(&record.header().log) {
                self.logs.insert(record.header().log.clone());
            }
        }
        self.append(&out)
    }

    /// Puts a kept value on the disk. After an error, the journal is as before.
    pub(crate) fn append_meta(&mut self, key: MetaKey, value: &[u8]) -> Result<(), StoreFault> {
        let mut out = Vec::new();
        entry::put_meta_entry(&mut out, key, value);
        self.append(&out)
    }

    fn append(&mut self, entries: &[u8]) -> Result<(), StoreFault> {
        if self.is_unsure {
            self.take_back()?;
        }
        self.is_unsure = true;
        let written = self.file.write_at(self.bytes, entries).and_then(|()| self.file.sync());
        if let Err(error) = written {
            // What cannot be taken back now is taken back before the next entry.
            let _ = self.take_back();
            return Err(error.into());
        }
        self.is_unsure = false;
        self.bytes += entries.len() as u64;
        Ok(())
    }

    fn take_back(&mut self) -> io::Result<()> {
        self.file.set_len(self.bytes)?;
        self.file.sync()?;
        self.is_unsure = false;
        Ok(())
    }
}
