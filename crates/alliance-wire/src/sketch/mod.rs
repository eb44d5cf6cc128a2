//! Which logs of a chapter differ between two nodes, from a few hundred bytes.
//!
//! Owns references, marks, cells and their bytes, and how differences are found in them. Never knows what is done about
//! a difference, nor who asks.

mod cell;
mod decode;
mod differences;
mod estimate;
mod field;
mod key;
mod mark;
mod places;

use std::ops::Range;

pub use cell::Cell;
pub use decode::{Decoded, decode};
pub use differences::{Difference, Differences, compare};
pub use estimate::Ask;
pub use key::{Fingerprint, Nonce, SessionKey};
pub use mark::{LogRef, Mark};

/// Cells that an answerer sends first.
pub const CELLS_FIRST: usize = 48;
/// Cells of one chapter at most: enough for 20,000 differing logs, beyond which a list is asked for. 544 KiB.
pub const CELLS_MAX: usize = 32_768;

/// The cells of the sketch of these marks, in any order. Those from [`CELLS_MAX`] on are not made.
#[must_use]
pub fn sketch(marks: &[Mark], cells: Range<usize>) -> Vec<Cell> {
    let end = cells.end.min(CELLS_MAX);
    let mut made = vec![Cell::default(); end.saturating_sub(cells.start)];
    for mark in marks {
        let part = Cell::of(*mark);
        for place in places::Places::new(mark.log, end) {
            let place = place.checked_sub(cells.start);
            if let Some(cell) = place.and_then(|place| made.get_mut(place)) {
                cell.add(&part);
            }
        }
    }
    made
}
