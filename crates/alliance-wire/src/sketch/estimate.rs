//! How many logs differ, about, and how many cells that takes.

use super::CELLS_MAX;
use super::cell::Cell;
use super::mark::Mark;

/// Cells passed over in the estimate: nearly every log is in them, so that they repeat each other and wrap first.
const PASSED_OVER: usize = 4;
/// Cells asked for to each differing log. 1.4 would do if the estimate were exact; it is 20 % off, one way or the other.
const CELLS_PER_DIFFERENCE: usize = 2;
/// Cells asked for beyond those: few differences need more cells each than many do.
const CELLS_MORE: usize = 24;

/// What to ask for when the cells do not decode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// More cells: this many to have in all, at least half as many again as there were.
    Cells(usize),
    /// The list of all marks: it is not longer than the cells would be.
    List,
}

/// Differing logs, about. Cell `i` holds each with probability 2 / (i + 2), and each adds one half to the mean square
/// of a tally, so that square · (i + 2) is an estimate, and the mean of them all a better one.
pub(super) fn differing(cells: &[Cell]) -> u32 {
    let estimates = cells.iter().enumerate().skip(PASSED_OVER).flat_map(|(place, cell)| {
        cell.tallies().map(|tally| {
            let tally = u64::from(tally.unsigned_abs());
            tally * tally * (place as u64 + 2)
        })
    });
    let counted = 2 * cells.len().saturating_sub(PASSED_OVER).max(1) as u64;
    u32::try_from(estimates.sum::<u64>().div_ceil(counted)).unwrap_or(u32::MAX)
}

/// What to ask for, so that about so many differing logs decode in 97 cases of 100.
pub(super) fn ask(have: usize, estimate: u32, their_logs: u32) -> Ask {
    let by_estimate = estimate as usize * CELLS_PER_DIFFERENCE + CELLS_MORE;
    let cells = by_estimate.max(have + have / 2);
    let list_bytes = their_logs as usize * Mark::BYTES;
    if cells > CELLS_MAX || (cells - have) * Cell::BYTES >= list_bytes {
        return Ask::List;
    }
    Ask::Cells(cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_asked_for_when_it_is_not_longer() {
        assert_eq!(ask(48, 100, 10_000), Ask::Cells(224));
        assert_eq!(ask(48, 0, 10_000), Ask::Cells(72), "always more than before");
        assert_eq!(
            ask(48, 100, 231),
            Ask::Cells(224),
            "3,003 bytes of list, 2,992 of cells"
        );
        assert_eq!(ask(48, 100, 230), Ask::List, "2,990 bytes of list");
        assert_eq!(ask(48, 16_372, u32::MAX), Ask::Cells(CELLS_MAX));
        assert_eq!(ask(48, 16_373, u32::MAX), Ask::List);
        assert_eq!(ask(0, 0, 10_000), Ask::Cells(24));
        assert_eq!(ask(CELLS_MAX, 0, u32::MAX), Ask::List);
        assert_eq!(ask(48, u32::MAX, u32::MAX), Ask::List);
    }

    #[test]
    fn no_cells_no_estimate() {
        assert_eq!(differing(&[]), 0);
        assert_eq!(differing(&[Cell::default(); 48]), 0);
    }
}
