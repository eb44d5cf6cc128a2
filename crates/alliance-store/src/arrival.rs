//! Arrival numbers: the order in which this node stored records. Local to one database; they never leave the node.

use std::fmt;

use alliance_record::{SignedRecord, VerifiedRecord};

/// The number of a record in the order of arrival, from 1 without gaps. 0 means "before everything".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Arrival(pub u64);

impl Arrival {
    /// Before the first record.
    pub const NONE: Self = Self(0);

    pub(crate) const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Arrival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A record and when it arrived here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecord {
    /// The record.
    pub record: VerifiedRecord,
    /// Its arrival number.
    pub arrival: Arrival,
    /// Whether its body is here.
    pub body: BodyState,
}

/// What became of a record's body here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyState {
    /// It is here.
    Held,
    /// It has not come yet.
    Lagging,
    /// It is erased, for good; the header stays.
    Erased,
}

impl BodyState {
    /// Of a record as it comes: with its body, or without.
    pub(crate) fn of(record: &SignedRecord) -> Self {
        match record.body() {
            Some(_) => Self::Held,
            None => Self::Lagging,
        }
    }
}

/// The arrival numbers given to one appended group, in the group's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The first record's number.
    pub first: Arrival,
    /// The last record's number.
    pub last: Arrival,
}

/// How much one reading may give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RangeLimits {
    /// Records at most.
    pub records_max: usize,
    /// Bytes of headers, signatures and bodies at most, except that the first record is always given.
    pub bytes_max: usize,
}
