//! Which logs of a chapter differ between two nodes, from a few hundred bytes.
//!
//! Owns references, marks, cells and their bytes, and how differences are found in them. Never knows what is done about
//! a difference, nor who asks.
//!
//! Why not a set of ids, as rateless sketches commonly have it: a changed log would be two differences there, and an id
//! says neither which log it is of nor how far that log goes.
//!
//! # What it takes
//!
//! Of 10,000 logs, 1,000 trials of each row, by `cargo bench -p alliance-wire --bench sketch`. Bytes are those of all
//! cells, or of cells and list. The estimate is that of the first 48 cells, over what is true. Logs that changed, logs
//! that the asker lacks and a mixture of both differ by less than the trials vary; the worst of the three is shown.
//!
//! | logs that differ | known by answer 1 | by 2 | by 3 | bytes: median | 97 % | most | estimate: 2.5 % | 97.5 % |
//! |---|---|---|---|---|---|---|---|---|
//! | 1, 2, 5 | 100 % | 100 % | 100 % | 816 | 816 | 816 | | |
//! | 10 | 99.9 % | 100 % | 100 % | 816 | 816 | 1,224 | | |
//! | 20 | 98.5 % | 99.9 % | 100 % | 816 | 816 | 1,836 | | |
//! | 30 | 64.7 % | 99.7 % | 100 % | 816 | 1,836 | 2,924 | 0.56 | 1.66 |
//! | 50 | 0 | 99.0 % | 100 % | 2,108 | 2,958 | 4,420 | 0.64 | 1.54 |
//! | 100 | 0 | 98.6 % | 100 % | 3,774 | 5,406 | 8,840 | 0.66 | 1.50 |
//! | 300 | 0 | 98.0 % | 100 % | 10,540 | 15,334 | 23,154 | 0.67 | 1.48 |
//! | 1,000 | 0 | 98.0 % | 100 % | 34,034 | 48,756 | 70,414 | 0.68 | 1.45 |
//! | 5,000 (the list for 9 of 10) | 0 | 98.4 % | 100 % | 130,816 | 130,816 | 177,922 | 0.70 | 1.40 |
//!
//! References and marks of 10,000 heads take 2 ms, the first 48 cells 1 ms, decoding 2 ms (100 differ) to 4 ms (1,000).
//! The most that a peer can send is 32,768 cells: 70 ms when 20,000 logs of 40,000 differ. With references picked to lie
//! in many cells (45 instead of 20, the most among 10 million) and every cell giving one, it would be four times that.

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
