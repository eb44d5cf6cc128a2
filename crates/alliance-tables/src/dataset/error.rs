//! What stops a dataset.

use alliance_record::RecordId;

use crate::error::TableError;

/// Why an operation on a dataset did not come to its end. What readers find is whole all the same: the state before, or the
/// one that was to be.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// The place could not be read or written.
    #[error("the dataset's place failed: {0}. Open the dataset again: it goes on where it stands")]
    Place(String),
    /// An operation failed before, so that it is not known what stands there.
    #[error("an operation on this dataset failed: open it again")]
    OpenAgain,
    /// What is there is not a dataset of this alliance.
    #[error("{0}: choose another place, or empty this one yourself")]
    Foreign(String),
    /// A record without a place in the arrival feed.
    #[error("record {0} has no arrival number: a dataset follows the arrival feed, so hand it in with the number")]
    NoArrival(RecordId),
    /// A record that the dataset has already.
    #[error(
        "arrival {arrival} was handed in, and the dataset has all up to {cursor}: hand in what came behind its cursor"
    )]
    Behind {
        /// The least that was handed in.
        arrival: u64,
        /// As [`super::Dataset::cursor`] says it.
        cursor: u64,
    },
    /// A file could not be made or read.
    #[error(transparent)]
    Table(#[from] TableError),
}

impl From<object_store::Error> for DatasetError {
    fn from(error: object_store::Error) -> Self {
        Self::Place(error.to_string())
    }
}
