//! Cells: what is summed over the logs that fall into one. Never knows where they fall.

use crate::error::WireError;

use super::field::{PRIME, add, multiply, subtract};
use super::mark::Mark;

/// One cell of a sketch: sums over its logs of value, value · reference (both modulo 2^61 − 1) and tally.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cell {
    pub(super) sum: u64,
    pub(super) product: u64,
    pub(super) tally: i8,
}

impl Cell {
    /// Bytes of a cell.
    pub const BYTES: usize = 17;

    /// What one mark adds to each of its cells.
    pub(super) fn of(mark: Mark) -> Self {
        Self {
            sum: mark.number(),
            product: multiply(mark.number(), mark.log.number()),
            tally: tally(mark),
        }
    }

    pub(super) fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.sum = add(self.sum, other.sum);
        self.product = add(self.product, other.product);
        self.tally = self.tally.wrapping_add(other.tally);
    }

    pub(super) fn subtract(&mut self, other: &Self) {
        self.sum = subtract(self.sum, other.sum);
        self.product = subtract(self.product, other.product);
        self.tally = self.tally.wrapping_sub(other.tally);
    }

    /// Sum, product (8 bytes each, little-endian) and tally.
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..8].copy_from_slice(&self.sum.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.product.to_le_bytes());
        bytes[16..].copy_from_slice(&self.tally.to_le_bytes());
        bytes
    }

    /// Reads sum, product and tally.
    ///
    /// # Errors
    /// [`WireError::BadEncoding`] for a sum or product that is not below 2^61 − 1.
    pub fn from_bytes(bytes: &[u8; Self::BYTES]) -> Result<Self, WireError> {
        let [s0, s1, s2, s3, s4, s5, s6, s7, product @ .., tally] = *bytes;
        let sum = u64::from_le_bytes([s0, s1, s2, s3, s4, s5, s6, s7]);
        let product = u64::from_le_bytes(product);
        if sum >= PRIME || product >= PRIME {
            return Err(WireError::BadEncoding { place: "cell" });
        }
        let tally = i8::from_le_bytes([tally]);
        Ok(Self { sum, product, tally })
    }

    /// The cells one after the other, as a sketch's frame has them.
    #[must_use]
    pub fn write_all(cells: &[Self]) -> Vec<u8> {
        cells.iter().flat_map(|cell| cell.to_bytes()).collect()
    }

    /// Reads what [`Cell::write_all`] wrote.
    ///
    /// # Errors
    /// [`WireError::BadEncoding`] for a length that is no multiple of 17, and for a cell that cannot be.
    pub fn read_all(bytes: &[u8]) -> Result<Vec<Self>, WireError> {
        let (cells, []) = bytes.as_chunks() else {
            return Err(WireError::BadEncoding { place: "cells" });
        };
        cells.iter().map(Self::from_bytes).collect()
    }
}

/// Nothing for half of the heads; for the others 1 or −1, as the log's reference says. So a changed log and a log that
/// one side lacks both leave ±1 with probability one half, and the tallies tell how many differ without knowing how.
fn tally(mark: Mark) -> i8 {
    let is_counted = (mark.number() - 1) & 1 == 1;
    let sign = if mark.log.number() & 1 == 1 { 1 } else { -1 };
    if is_counted { sign } else { 0 }
}
