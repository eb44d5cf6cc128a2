//! Writing the journal anew without bodies that are erased, under a new key, in the place of the old one whose key is
//! then destroyed. Headers all stay, so that no log can fork.
//!
//! `own.writing` is being written and counts for nothing; named `own.rewritten`, it is whole, and whoever finds it so
//! destroys the old journal's key and puts it in its place.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use alliance_record::RecordId;

use super::entry::{Entry, put_meta_entry, put_record_entry};
use super::preamble::{destroy_key, preamble};
use super::scan::{Scanned, Scanner};
use super::{Journal, new_key};
use crate::arrival::BodyState;
use crate::disk::{Files, OpenFile};
use crate::error::StoreFault;
use crate::keys::Key;

/// Bytes written at a time.
const WRITE_BYTES: usize = 1 << 20;

impl Journal {
    /// Whether the journal may hold bodies of any of these.
    pub(crate) fn holds(&self, records: &BTreeSet<RecordId>, logs: &BTreeSet<&alliance_record::LogName>) -> bool {
        logs.iter().any(|log| self.logs.contains(*log)) || records.iter().any(|record| self.strays.contains(record))
    }

    /// Erases the bodies of these records. When this returns, no copy of them can be read; after an error, an opening
    /// goes on with it.
    pub(crate) fn erase(&mut self, files: &Files, path: &Path, records: &BTreeSet<RecordId>) -> Result<(), StoreFault> {
        let writing = path.with_extension("writing");
        let key = new_key(files)?;
        write_anew(files, (path, &writing), &key, records)?;
        files.rename(&writing, &path.with_extension("rewritten"))?;
        files.sync_dir(dir_of(path))?;
        finish(files, path)?;
        self.file = files.open(path)?;
        self.bytes = self.file.len()?;
        self.key = key;
        Ok(())
    }
}

fn dir_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}

/// Completes a rewriting that was stopped, or takes back one that did not come far.
pub(crate) fn finish(files: &Files, path: &Path) -> io::Result<()> {
    let (writing, rewritten) = (path.with_extension("writing"), path.with_extension("rewritten"));
    if files.exists(&writing)? {
        destroy_key(&mut files.open(&writing)?)?;
        files.remove(&writing)?;
        files.sync_dir(dir_of(path))?;
    }
    if files.exists(&rewritten)? {
        if files.exists(path)? {
            destroy_key(&mut files.open(path)?)?;
        }
        files.rename(&rewritten, path)?;
        files.sync_dir(dir_of(path))?;
    }
    Ok(())
}

fn write_anew(
    files: &Files,
    (from, to): (&Path, &Path),
    key: &Key,
    erased: &BTreeSet<RecordId>,
) -> Result<(), StoreFault> {
    let mut out = files.open(to)?;
    out.set_len(0)?;
    let (mut at, mut bytes) = (0, preamble(key));
    let mut scanner = Scanner::open(files, from)?;
    while let Some(scanned) = scanner.next()? {
        match scanned {
            Scanned::Entry {
                entry: Entry::Record(record, state),
                ..
            } => {
                let state = match erased.contains(&record.id()) {
                    true => BodyState::Erased,
                    false => state,
                };
                put_record_entry(&mut bytes, key, &record, state)?;
            }
            Scanned::Entry {
                entry: Entry::Meta(meta, value),
                ..
            } => put_meta_entry(&mut bytes, meta, &value),
            // What cannot be read was mended at the opening; if there is some again, bodies in it go with their key.
            Scanned::Damage { .. } | Scanned::Tail { .. } => {}
        }
        if bytes.len() >= WRITE_BYTES {
            write_on(&mut out, &mut at, &mut bytes)?;
        }
    }
    write_on(&mut out, &mut at, &mut bytes)?;
    Ok(out.sync()?)
}

fn write_on(out: &mut OpenFile, at: &mut u64, bytes: &mut Vec<u8>) -> io::Result<()> {
    out.write_at(*at, bytes)?;
    *at += bytes.len() as u64;
    bytes.clear();
    Ok(())
}
