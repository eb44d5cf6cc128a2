//! Reading a journal from its beginning, entry by entry, over damage if there is any.

use std::io;
use std::path::Path;

use super::entry::{Entry, FRAME_BYTES, MARK, PAYLOAD_BYTES_MAX, take_entry};
use super::preamble::{PREAMBLE_BYTES, begins, key_in};
use crate::disk::{Files, OpenFile};
use crate::keys::Key;

/// Bytes held while scanning: two of the longest entries.
const WINDOW_BYTES: usize = 2 * (FRAME_BYTES + PAYLOAD_BYTES_MAX);

/// One step of a scan.
#[derive(Debug)]
pub(crate) enum Scanned {
    /// An undamaged entry and its bytes in the file.
    Entry {
        /// What it holds.
        entry: Entry,
        /// Its bytes, frame and all.
        bytes: Vec<u8>,
    },
    /// Bytes that are no entry, with an entry after them.
    Damage {
        /// How many.
        bytes: u64,
    },
    /// Bytes at the end that are no whole entry.
    Tail {
        /// Where they begin.
        at: u64,
        /// How many.
        bytes: u64,
    },
}

/// Reads a journal.
#[derive(Debug)]
pub(crate) struct Scanner {
    file: OpenFile,
    file_bytes: u64,
    /// Where the next entry should begin.
    at: u64,
    window: Vec<u8>,
    window_at: u64,
    key: Option<Key>,
}

impl Scanner {
    /// Begins at the journal's start.
    pub(crate) fn open(files: &Files, path: &Path) -> io::Result<Self> {
        let file = files.open(path)?;
        let file_bytes = file.len()?;
        let mut scanner = Self {
            file,
            file_bytes,
            at: 0,
            window: Vec::new(),
            window_at: 0,
            key: None,
        };
        let first = scanner.look_at(0)?;
        let (is_begun, key) = (begins(first), key_in(first));
        scanner.key = key;
        if is_begun {
            scanner.at = PREAMBLE_BYTES as u64;
        }
        Ok(scanner)
    }

    /// The key of the bodies; `None` when it is damaged or destroyed.
    pub(crate) const fn key(&self) -> Option<Key> {
        self.key
    }

    /// The next step; `None` at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Scanned>> {
        if self.at >= self.file_bytes {
            return Ok(None);
        }
        let key = self.key;
        let seen = self.look_at(self.at)?;
        if let Some((entry, length)) = take_entry(seen, key.as_ref()) {
            let bytes = seen[..length].to_vec();
            self.at += length as u64;
            return Ok(Some(Scanned::Entry { entry, bytes }));
        }
        let from = self.at;
        match self.find_entry(from + 1)? {
            Some(found) => {
                self.at = found;
                Ok(Some(Scanned::Damage { bytes: found - from }))
            }
            None => {
                self.at = self.file_bytes;
                Ok(Some(Scanned::Tail {
                    at: from,
                    bytes: self.file_bytes - from,
                }))
            }
        }
    }

    /// The first whole entry at or after `from`.
    fn find_entry(&mut self, mut from: u64) -> io::Result<Option<u64>> {
        while from < self.file_bytes {
            let seen = self.look_at(from)?;
            let Some(offset) = seen.windows(MARK.len()).position(|bytes| *bytes == MARK) else {
                // A mark may lie across the end of what was seen.
                from += (seen.len() - seen.len().min(MARK.len() - 1)).max(1) as u64;
                continue;
            };
            let candidate = from + offset as u64;
            let key = self.key;
            if take_entry(self.look_at(candidate)?, key.as_ref()).is_some() {
                return Ok(Some(candidate));
            }
            from = candidate + 1;
        }
        Ok(None)
    }

    /// The bytes from `at` on: enough for the longest entry, or up to the end of the file.
    fn look_at(&mut self, at: u64) -> io::Result<&[u8]> {
        let wanted = (self.file_bytes - at).min((FRAME_BYTES + PAYLOAD_BYTES_MAX) as u64);
        let window_end = self.window_at + self.window.len() as u64;
        if at < self.window_at || at + wanted > window_end {
            let count = (self.file_bytes - at).min(WINDOW_BYTES as u64);
            self.window.resize(count as usize, 0);
            self.file.read_at(at, &mut self.window)?;
            self.window_at = at;
        }
        Ok(&self.window[(at - self.window_at) as usize..])
    }
}
