//! A note beside the database of how far it had come. sled takes a file that it cannot read for an empty one, and a
//! damaged end for the end; this note tells that from a new database. It is a lower bound: never synced, always written
//! after what it tells of is on the disk.

use std::io;
use std::path::Path;

use crate::arrival::Arrival;
use crate::disk::{Files, OpenFile};

const NOTE_BYTES: usize = 16 + 8 + CHECKSUM_BYTES;
const CHECKSUM_BYTES: usize = 8;

/// What a database was known to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) feed_id: [u8; 16],
    pub(crate) last: Arrival,
}

/// Writes the note.
#[derive(Debug)]
pub(crate) struct Witness {
    file: OpenFile,
}

impl Witness {
    pub(crate) fn open(files: &Files, path: &Path) -> io::Result<Self> {
        let file = files.open(path)?;
        Ok(Self { file })
    }

    /// Overwrites the note in place. One that fails, or is torn, only makes the next opening less wary.
    pub(crate) fn write(&mut self, note: Note) -> io::Result<()> {
        self.file.write_at(0, &encode(note))
    }
}

/// The note, if there is a whole one.
pub(crate) fn read(files: &Files, path: &Path) -> io::Result<Option<Note>> {
    Ok(files.read(path)?.and_then(|bytes| decode(&bytes)))
}

fn encode(note: Note) -> [u8; NOTE_BYTES] {
    let mut bytes = [0; NOTE_BYTES];
    bytes[..16].copy_from_slice(&note.feed_id);
    bytes[16..24].copy_from_slice(&note.last.0.to_be_bytes());
    let checksum = blake3::hash(&bytes[..24]);
    bytes[24..].copy_from_slice(&checksum.as_bytes()[..CHECKSUM_BYTES]);
    bytes
}

fn decode(bytes: &[u8]) -> Option<Note> {
    let feed_id = bytes.get(..16)?.try_into().ok()?;
    let last = bytes.get(16..24)?.try_into().map(u64::from_be_bytes).ok()?;
    let note = Note {
        feed_id,
        last: Arrival(last),
    };
    (encode(note) == bytes).then_some(note)
}
