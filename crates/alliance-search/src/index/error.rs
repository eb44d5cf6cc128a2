//! What the world can do to an index. Nothing of it is worth keeping: whatever is lost is read from the store again.

use std::io;
use std::sync::Arc;

use alliance_store::ReadError;
use tantivy::TantivyError;
use tantivy::directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError};

/// What the disk or the index did.
#[derive(Debug, thiserror::Error)]
pub enum SearchFault {
    /// No space is left.
    #[error("the disk is full: free some space, then start the node again")]
    DiskFull(#[source] io::Error),
    /// Any other failure of the disk or the file system.
    #[error(
        "the disk failed a read or a write of the search index: look at the system's log, then start the node again"
    )]
    Io(#[source] io::Error),
    /// The files are not what was written. The next opening builds the index anew.
    #[error("the search index is damaged ({0}): start the node again, which builds it anew")]
    Damaged(String),
}

/// Why an index could not be opened. Nothing has changed, or what there was is gone and is built anew by the next opening.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error("the search index in {dir} is in use by another process: stop that one first")]
    Locked {
        /// The directory.
        dir: String,
    },
    /// The disk failed.
    #[error("the search index in {dir} cannot be opened")]
    Fault {
        /// The directory.
        dir: String,
        /// What it did.
        source: SearchFault,
    },
}

/// Why the index could not follow the store. What was committed before stays; the cursor has not moved.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The index failed.
    #[error(transparent)]
    Index(#[from] SearchFault),
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] ReadError),
}

impl From<TantivyError> for FollowError {
    fn from(error: TantivyError) -> Self {
        Self::Index(error.into())
    }
}

impl From<io::Error> for SearchFault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull(error),
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => Self::Damaged(error.to_string()),
            _ => Self::Io(error),
        }
    }
}

impl From<TantivyError> for SearchFault {
    fn from(error: TantivyError) -> Self {
        match io_error(&error) {
            Some(io) => io::Error::new(io.kind(), io.to_string()).into(),
            None => Self::Damaged(error.to_string()),
        }
    }
}

/// The disk's own word, where there is one.
fn io_error(error: &TantivyError) -> Option<&Arc<io::Error>> {
    match error {
        TantivyError::IoError(io)
        | TantivyError::LockFailure(LockError::IoError(io), _)
        | TantivyError::OpenDirectoryError(OpenDirectoryError::IoError { io_error: io, .. })
        | TantivyError::OpenReadError(OpenReadError::IoError { io_error: io, .. })
        | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: io, .. }) => Some(io),
        _ => None,
    }
}

/// Whether somebody else has the index open.
pub(super) fn is_locked(error: &TantivyError) -> bool {
    matches!(error, TantivyError::LockFailure(LockError::LockBusy, _))
}
