//! How many logs differ, about, and how many cells that takes.

use super::cell::Cell;

/// Cells passed over in the estimate: nearly every log is in them, so that they say little and wrap first.
const PASSED_OVER: usize = 4;

/// Differing logs, about: cell `i` holds each with probability 2 / (i + 2), and each adds a half to the mean square of
/// its tally, so that square · (i + 2) is an estimate, and their mean a better one.
pub(super) fn differing(cells: &[Cell]) -> u32 {
    let squares = cells.iter().enumerate().skip(PASSED_OVER).map(|(place, cell)| {
        let tally = u64::from(cell.tally.unsigned_abs());
        tally * tally * (place as u64 + 2)
    });
    let counted = cells.len().saturating_sub(PASSED_OVER).max(1) as u64;
    u32::try_from(squares.sum::<u64>() / counted).unwrap_or(u32::MAX)
}

/// Cells to have in all, so that this many differing logs decode in nearly all cases.
pub(super) fn cells_for(differing: u32, have: usize) -> usize {
    let wanted = differing as usize * 5 / 2;
    wanted.max(have + have / 4 + 8)
}
