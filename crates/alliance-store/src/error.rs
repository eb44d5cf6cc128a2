//! What the world can do to a store: the disk and the database. Owns no decision; never hides the engine's own words.

use std::io;

use crate::open::DamageSign;
use crate::value::ValueError;

/// What the disk or the database did.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// No space is left.
    #[error("the disk is full: free some space, then start the node again")]
    DiskFull(#[source] io::Error),
    /// Bytes on disk are not those that were written.
    #[error("the database is damaged: run `alliance doctor --store`")]
    Damaged(#[source] io::Error),
    /// Any other failure of the disk or the file system.
    #[error("the disk failed a read or a write: look at the system's log, then start the node again")]
    Io(#[source] io::Error),
}

impl From<io::Error> for StoreFault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull(error),
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => Self::Damaged(error),
            _ => Self::Io(error),
        }
    }
}

impl From<sled::Error> for StoreFault {
    fn from(error: sled::Error) -> Self {
        match error {
            sled::Error::Io(error) => error.into(),
            sled::Error::Corruption { .. } | sled::Error::ReportableBug(_) | sled::Error::CollectionNotFound(_) => {
                Self::Damaged(error.into())
            }
            sled::Error::Unsupported(_) => Self::Io(error.into()),
        }
    }
}

/// Why a read gave nothing. Reads change no state.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The disk or the database failed.
    #[error(transparent)]
    Fault(#[from] StoreFault),
    /// One entry is not what was written there.
    #[error(
        "log number {log} is damaged at sequence {sequence}: run `alliance doctor --store`, which fetches it from peers again"
    )]
    Corrupt {
        /// The store's number of the log.
        log: u32,
        /// The record's place in its log.
        sequence: u64,
        /// What is wrong with the bytes.
        source: ValueError,
    },
    /// An entry of one of the store's own lists is not what was written there.
    #[error("the store's list '{tree}' is damaged: run `alliance doctor --store`")]
    CorruptList {
        /// The list.
        tree: &'static str,
        /// What is wrong with the bytes.
        source: ValueError,
    },
}

impl ReadError {
    /// Whether the bytes on disk are at fault, rather than the disk's service.
    pub(crate) const fn is_damage(&self) -> bool {
        !matches!(self, Self::Fault(StoreFault::DiskFull(_) | StoreFault::Io(_)))
    }
}

/// Why a write failed.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The journal of own records could not be written. Nothing has changed; the writer stays usable.
    #[error("the journal of this node's own records could not be written; nothing was stored")]
    Journal(#[source] StoreFault),
    /// The database failed. The group is not visible; whether it will be after the next opening is open, but it will
    /// be there wholly or not at all. The writer refuses every further write.
    #[error("the database could not be written; start the node again")]
    Database(#[source] ReadError),
    /// An earlier write failed. Nothing has changed.
    #[error("an earlier write failed, so nothing more is written; start the node again")]
    Stopped,
}

/// Why a store was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process, or this one, has it open. Nothing has changed.
    #[error("{dir} is in use by another node: stop that one, or give this one a data directory of its own")]
    Locked {
        /// The store's directory.
        dir: String,
    },
    /// A later release wrote it. Nothing has changed.
    #[error(
        "the store has format {found}, this release knows up to {known}: install the release that wrote it, or a later one"
    )]
    NewerFormat {
        /// The format on disk.
        found: u32,
        /// The newest format this release reads.
        known: u32,
    },
    /// An earlier release wrote it, which could not erase. No record has changed.
    #[error(
        "the store has format {found}, this release reads from {oldest} on: write what it holds into a bundle with the release that wrote it, then start this one with an empty directory and import it"
    )]
    OlderFormat {
        /// The format on disk.
        found: u32,
        /// The oldest format this release reads.
        oldest: u32,
    },
    /// The disk or the file system failed. Nothing is lost; some files may have been set aside.
    #[error("the store at {dir} could not be opened")]
    Fault {
        /// The store's directory.
        dir: String,
        /// What failed.
        #[source]
        source: StoreFault,
    },
    /// A database made anew cannot be read either. What was there is in `evidence/`.
    #[error(
        "a new database at {dir} could not be used ({sign}): the disk does not keep what is written to it; check it"
    )]
    Unusable {
        /// The store's directory.
        dir: String,
        /// What was found.
        sign: DamageSign,
    },
}
