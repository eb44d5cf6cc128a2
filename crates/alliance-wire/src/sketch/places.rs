//! Which cells a log is summed into: drawn from its reference alone, the same on every node.

use super::CELLS_MAX;
use super::mark::LogRef;

/// The numbers of the cells that a log is summed into, ascending: 0, then gaps such that cell `i` is among them with
/// probability 1 / (1 + i/2), in whole numbers so that every implementation draws the same.
pub(super) struct Places {
    state: u64,
    next: u64,
    end: u64,
}

impl Places {
    /// Those below `end`, which is at most [`CELLS_MAX`].
    pub(super) fn new(log: LogRef, end: usize) -> Self {
        Self {
            state: log.number(),
            next: 0,
            end: end.min(CELLS_MAX) as u64,
        }
    }

    /// From 1 to 2^32, evenly: the high half of splitmix64's next number, plus one.
    fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        (mixed >> 32) + 1
    }

    /// The cell after `place`: cells up to `k` are all passed over with probability
    /// (place + 1)(place + 2) / ((k + 1)(k + 2)), so the smallest `k` for which the drawn number is above that.
    fn after(&mut self, place: u64) -> u64 {
        let drawn = self.draw();
        let odds = ((place + 1) * (place + 2)) << 32;
        // Most walks end here, without a division and a root.
        if drawn * (self.end * (self.end + 1)) <= odds {
            return self.end;
        }
        let bound = odds / drawn;
        let root = bound.isqrt();
        if root * (root + 1) > bound { root - 1 } else { root }
    }
}

impl Iterator for Places {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let place = self.next;
        if place >= self.end {
            return None;
        }
        self.next = self.after(place);
        Some(place as usize)
    }
}
