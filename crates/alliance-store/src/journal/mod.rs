//! The journal of what only this node has: the records it wrote and the values it keeps. An append-only file, synced
//! before the database is touched, from which a lost database is filled again. Never holds what peers could give back.

mod entry;
mod scan;

use std::io;
use std::path::Path;

use alliance_record::VerifiedRecord;

use crate::disk::{Files, OpenFile};
use crate::error::StoreFault;
use crate::meta::MetaKey;

pub(crate) use entry::{Entry, FILE_HEADER};
pub(crate) use scan::{Scanned, Scanner};

/// Appends to the journal.
#[derive(Debug)]
pub(crate) struct Journal {
    file: OpenFile,
    bytes: u64,
    /// Set when bytes may be in the file that were not acknowledged and could not be taken back.
    is_unsure: bool,
}

impl Journal {
    /// Opens a journal that has been scanned and ends at a whole entry, or makes one.
    pub(crate) fn open(files: &Files, path: &Path) -> io::Result<Self> {
        let dir = path.parent().unwrap_or(Path::new("."));
        files.make_dir(dir)?;
        let mut file = files.open(path)?;
        let mut bytes = file.len()?;
        if bytes == 0 {
            file.write_at(0, FILE_HEADER)?;
            file.sync()?;
            files.sync_dir(dir)?;
            bytes = FILE_HEADER.len() as u64;
        }
        Ok(Self {
            file,
            bytes,
            is_unsure: false,
        })
    }

    /// Puts records on the disk. After an error, the journal is as before.
    pub(crate) fn append_records(&mut self, records: &[VerifiedRecord]) -> Result<(), StoreFault> {
        let mut out = Vec::new();
        for record in records {
            entry::put_record_entry(&mut out, record);
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
