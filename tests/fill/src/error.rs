//! Why a filling ended.

use std::io;

use alliance_node::RunError;
use alliance_record::{ChapterNameError, DraftError, Refusal};
use alliance_store::{OpenError, ReadError, WriteError};

/// Why a filling ended. What was written before it stays and is valid.
#[derive(Debug, thiserror::Error)]
pub enum FillError {
    /// A file of the data directory cannot be read. Nothing has changed.
    #[error("{path} cannot be read: {source}; make the node with `alliance found` first")]
    File {
        /// Its path.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// A file of the data directory does not say what it should. Nothing has changed.
    #[error("{path} has no usable '{field}'; the node must have founded an alliance, or joined one")]
    Identity {
        /// Its path.
        path: String,
        /// The field.
        field: &'static str,
    },
    /// No chapter can have this name. Nothing has changed.
    #[error(transparent)]
    Chapter(#[from] ChapterNameError),
    /// The node could not be started to record its charter.
    #[error(transparent)]
    Node(#[from] RunError),
    /// Nothing could be run beside this thread.
    #[error("no thread could be started: {0}")]
    Threads(#[source] io::Error),
    /// A thread ended by a fault of this software.
    #[error("a thread ended by a fault; what it printed says more")]
    Crashed,
    /// The store did not open: the node may be running.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The store could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A record came out too large.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// A record that was just signed is not authentic.
    #[error("a record that was just signed is refused: {0}")]
    Refused(Refusal),
}
