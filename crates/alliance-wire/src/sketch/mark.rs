//! A log and its head as one session sees them: 5 and 8 bytes. Never knows the key they were made with.

use crate::error::WireError;

/// Bits of a reference.
const REF_BITS: u32 = 40;
/// Bits of a mark that come from the hash of the head; those above them are the sequence's.
const HASH_BITS: u32 = 28;
/// Largest value of a mark: 32 bits of sequence, 28 of hash, and one more because 0 stands for no log.
const VALUE_MAX: u64 = 1 << 60;

/// A log's reference in one session: 40 keyed bits.
///
/// Two logs of a chapter of 10,000 share one with probability 1 in 22,000; the next session has another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogRef(u64);

impl LogRef {
    /// Bytes of a reference.
    pub const BYTES: usize = 5;

    /// The reference that a log's keyed hash begins with.
    pub(super) fn from_hash(hash: &[u8; 32]) -> Self {
        let [a, b, c, d, e, ..] = *hash;
        Self::from_bytes([a, b, c, d, e])
    }

    /// A number, when it is one that a reference can be.
    pub(super) fn from_number(number: u64) -> Option<Self> {
        (number >> REF_BITS == 0).then_some(Self(number))
    }

    /// The reference as a number below 2^40.
    pub(super) fn number(self) -> u64 {
        self.0
    }

    /// The bytes, little-endian.
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let [a, b, c, d, e, ..] = self.0.to_le_bytes();
        [a, b, c, d, e]
    }

    /// Reads the bytes; each five are a reference.
    #[must_use]
    pub fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        let [a, b, c, d, e] = bytes;
        Self(u64::from_le_bytes([a, b, c, d, e, 0, 0, 0]))
    }
}

/// A log's head in one session: the log's reference, and a value that differs when the head does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    /// The log.
    pub log: LogRef,
    /// Sequence (low 32 bits) and 28 keyed bits of the record's id, plus one: 1 to 2^60.
    value: u64,
}

impl Mark {
    /// Bytes of a mark with its reference, as lists have it.
    pub const BYTES: usize = LogRef::BYTES + 8;

    /// The mark of a head whose record's id has this keyed hash.
    pub(super) fn new(log: LogRef, sequence: u64, hash: &[u8; 32]) -> Self {
        let [a, b, c, d, ..] = *hash;
        let hash = u64::from(u32::from_le_bytes([a, b, c, d])) & ((1 << HASH_BITS) - 1);
        let sequence = sequence & u64::from(u32::MAX);
        Self {
            log,
            value: (sequence << HASH_BITS | hash) + 1,
        }
    }

    /// A number, when it is one that a mark's value can be.
    pub(super) fn from_number(log: LogRef, number: u64) -> Option<Self> {
        (1..=VALUE_MAX).contains(&number).then_some(Self { log, value: number })
    }

    /// The value: 1 to 2^60.
    pub(super) fn number(self) -> u64 {
        self.value
    }

    /// The 28 bits of the head's hash.
    pub(super) fn hash(self) -> u64 {
        (self.value - 1) & ((1 << HASH_BITS) - 1)
    }

    /// The low 32 bits of the head's sequence.
    #[must_use]
    pub fn sequence_low(&self) -> u32 {
        ((self.value - 1) >> HASH_BITS) as u32
    }

    /// The head's sequence: of those with these low bits the one nearest to `known`, the own sequence of that log, or
    /// to 0 when there is none. True unless one side is 2^31 records ahead.
    #[must_use]
    pub fn sequence_near(&self, known: u64) -> u64 {
        let ahead = self.sequence_low().wrapping_sub(known as u32);
        let behind = u64::from(ahead.wrapping_neg());
        if ahead > u32::MAX / 2 && behind <= known {
            known - behind
        } else {
            known.saturating_add(u64::from(ahead))
        }
    }

    /// Reference and value, little-endian.
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..LogRef::BYTES].copy_from_slice(&self.log.to_bytes());
        bytes[LogRef::BYTES..].copy_from_slice(&self.value.to_le_bytes());
        bytes
    }

    /// Reads reference and value.
    ///
    /// # Errors
    /// [`WireError::BadEncoding`] for a value that no head has.
    pub fn from_bytes(bytes: &[u8; Self::BYTES]) -> Result<Self, WireError> {
        let [a, b, c, d, e, value @ ..] = *bytes;
        let log = LogRef::from_bytes([a, b, c, d, e]);
        Self::from_number(log, u64::from_le_bytes(value)).ok_or(WireError::BadEncoding { place: "mark" })
    }

    /// The marks one after the other, as a list's frame has them.
    #[must_use]
    pub fn write_all(marks: &[Self]) -> Vec<u8> {
        marks.iter().flat_map(|mark| mark.to_bytes()).collect()
    }

    /// Reads what [`Mark::write_all`] wrote.
    ///
    /// # Errors
    /// [`WireError::BadEncoding`] for a length that is no multiple of 13, and for a value that no head has.
    pub fn read_all(bytes: &[u8]) -> Result<Vec<Self>, WireError> {
        let (marks, []) = bytes.as_chunks() else {
            return Err(WireError::BadEncoding { place: "marks" });
        };
        marks.iter().map(Self::from_bytes).collect()
    }
}
