//! Cells: what is summed over the logs that fall into one. Never knows where they fall.

use crate::error::WireError;

use super::field::{PRIME, add, multiply, subtract};
use super::mark::Mark;

/// Bits of a sum modulo 2^61 − 1.
const SUM_BITS: u32 = 61;
/// Bits of a tally: with two of them a cell is 17 bytes without a bit to spare.
const TALLY_BITS: u32 = 7;

/// One cell of a sketch: over its logs the sums of value and of value · reference, both modulo 2^61 − 1, and two
/// tallies modulo 128, each −64 to 63.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cell {
    sum: u64,
    product: u64,
    tallies: [i8; 2],
}

impl Cell {
    /// Bytes of a cell.
    pub const BYTES: usize = 17;

    /// What one mark adds to each of its cells.
    pub(super) fn of(mark: Mark) -> Self {
        Self {
            sum: mark.number(),
            product: multiply(mark.number(), mark.log.number()),
            tallies: [tally(mark, 0), tally(mark, 1)],
        }
    }

    pub(super) fn sum(&self) -> u64 {
        self.sum
    }

    pub(super) fn product(&self) -> u64 {
        self.product
    }

    pub(super) fn tallies(&self) -> [i8; 2] {
        self.tallies
    }

    pub(super) fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn add(&mut self, other: &Self) {
        let [a, b] = self.tallies;
        let [c, d] = other.tallies;
        self.sum = add(self.sum, other.sum);
        self.product = add(self.product, other.product);
        self.tallies = [wrapped(a.wrapping_add(c)), wrapped(b.wrapping_add(d))];
    }

    pub(super) fn subtract(&mut self, other: &Self) {
        let [a, b] = self.tallies;
        let [c, d] = other.tallies;
        self.sum = subtract(self.sum, other.sum);
        self.product = subtract(self.product, other.product);
        self.tallies = [wrapped(a.wrapping_sub(c)), wrapped(b.wrapping_sub(d))];
    }

    /// One number of 136 bits, little-endian: from its lowest bit on 61 of the sum, 61 of the product and 7 of each
    /// tally.
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let [low, high] = self.tallies.map(|tally| u128::from(tally.cast_unsigned() & 0x7f));
        let tallies = low | high << TALLY_BITS;
        let number = u128::from(self.sum) | u128::from(self.product) << SUM_BITS | tallies << (2 * SUM_BITS);
        let mut bytes = [0; Self::BYTES];
        bytes[..16].copy_from_slice(&number.to_le_bytes());
        // The bits that the shift above pushed out.
        bytes[16] = (tallies >> (128 - 2 * SUM_BITS)) as u8;
        bytes
    }

    /// Reads the number.
    ///
    /// # Errors
    /// [`WireError::BadEncoding`] for a sum or product that is not below 2^61 − 1.
    pub fn from_bytes(bytes: &[u8; Self::BYTES]) -> Result<Self, WireError> {
        let [number @ .., last] = *bytes;
        let number = u128::from_le_bytes(number);
        let sum = number as u64 & PRIME;
        let product = (number >> SUM_BITS) as u64 & PRIME;
        if sum == PRIME || product == PRIME {
            return Err(WireError::BadEncoding { place: "cell" });
        }
        let tallies = (number >> (2 * SUM_BITS)) as u16 | u16::from(last) << (128 - 2 * SUM_BITS);
        let tallies = [tallies, tallies >> TALLY_BITS].map(|bits| wrapped((bits as u8).cast_signed()));
        Ok(Self { sum, product, tallies })
    }

    /// The cells one after the other, as a sketch's frame has them.
    #[must_use]
    pub fn write_all(cells: &[Self]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(cells.len() * Self::BYTES);
        for cell in cells {
            bytes.extend_from_slice(&cell.to_bytes());
        }
        bytes
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

/// What a head adds to a tally: nothing for half of the heads; for the others 1 or −1, as the log's reference says.
///
/// So a changed log and a log that one side lacks both leave ±1 with probability one half, and the tallies tell how
/// many differ without knowing how.
fn tally(mark: Mark, bit: u32) -> i8 {
    let is_counted = mark.hash() >> bit & 1 == 1;
    let is_positive = mark.log.number() >> bit & 1 == 1;
    match (is_counted, is_positive) {
        (false, _) => 0,
        (true, false) => -1,
        (true, true) => 1,
    }
}

/// The number from −64 to 63 with the same low seven bits.
fn wrapped(tally: i8) -> i8 {
    tally << 1 >> 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(sum: u64, product: u64, tallies: [i8; 2]) -> Cell {
        Cell { sum, product, tallies }
    }

    #[test]
    fn each_part_keeps_to_its_bits() {
        for parts in [
            cell(0, 0, [0, 0]),
            cell(PRIME - 1, 0, [0, 0]),
            cell(0, PRIME - 1, [0, 0]),
            cell(0, 0, [-1, 0]),
            cell(0, 0, [0, -64]),
            cell(1, 2, [63, -3]),
        ] {
            assert_eq!(Cell::from_bytes(&parts.to_bytes()), Ok(parts));
        }
        assert_eq!(cell(1, 0, [0, 0]).to_bytes()[0], 1);
        assert_eq!(cell(0, 1, [0, 0]).to_bytes()[7], 0x20);
        assert_eq!(cell(0, 0, [1, 0]).to_bytes()[15], 0x04);
        assert_eq!(cell(0, 0, [0, 1]).to_bytes()[16], 0x02);
    }

    #[test]
    fn tallies_go_round() {
        let mut sum = cell(0, 0, [63, -64]);
        sum.add(&cell(0, 0, [1, -1]));
        assert_eq!(sum.tallies, [-64, 63]);
        sum.subtract(&cell(0, 0, [1, -1]));
        assert_eq!(sum.tallies, [63, -64]);
    }
}
