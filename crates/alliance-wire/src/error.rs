//! Why a frame could not be read: the other side's fault, as data.

use alliance_record::{IdError, Verdict};

/// What is wrong with a frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// Not the message's bytes.
    #[error("bad_encoding: {place} cannot be read")]
    BadEncoding {
        /// The message or field.
        place: &'static str,
    },
    /// A list or text is over its limit.
    #[error("too_large: {place} has {got}, at most {max} are taken")]
    TooLarge {
        /// The message or field.
        place: &'static str,
        /// What was sent.
        got: usize,
        /// The limit.
        max: usize,
    },
    /// A record inside the frame cannot be read.
    #[error("{verdict}: a record of the frame cannot be read")]
    Record {
        /// The verdict on its bytes.
        verdict: Verdict,
    },
}

impl WireError {
    pub(crate) fn field(place: &'static str) -> impl Fn(IdError) -> Self {
        move |_| Self::BadEncoding { place }
    }
}

/// Refuses a count over its limit.
pub(crate) fn at_most(place: &'static str, got: usize, max: usize) -> Result<(), WireError> {
    if got > max {
        return Err(WireError::TooLarge { place, got, max });
    }
    Ok(())
}
