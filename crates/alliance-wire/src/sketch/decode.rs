//! Finds the logs that differ in the other side's cells.
//!
//! Ends on any input: at most as many logs are taken out as there are cells, each from its own few cells.

use super::cell::Cell;
use super::differences::{Difference, Differences, Sorted};
use super::estimate::{Ask, ask, differing};
use super::field::{add, invert, multiply};
use super::mark::{LogRef, Mark};
use super::places::Places;
use super::{CELLS_MAX, sketch};

/// What the cells say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoded {
    /// All that differs: every cell is accounted for.
    Complete(Differences),
    /// Too few cells, or cells of no set at all.
    Undecided {
        /// Logs that differ, about: in 95 cases of 100 from 0.65 to 1.5 times what is true, by 48 cells; closer by more.
        estimate: u32,
        /// What to ask for next.
        ask: Ask,
    },
}

/// Finds the difference between the peer's sketch, of which `theirs` is cells 0 to n, and our marks, in any order.
/// Cells from [`CELLS_MAX`] on are not looked at.
///
/// `their_logs` is how many logs the peer says it has: a list of them takes 13 bytes each. A log of theirs that by
/// chance has the reference of another one of ours, which they lack, looks like a change of it: records name their log.
#[must_use]
pub fn decode(theirs: &[Cell], their_logs: u32, ours: &[Mark]) -> Decoded {
    let mut cells = theirs[..theirs.len().min(CELLS_MAX)].to_vec();
    for (cell, own) in cells.iter_mut().zip(sketch(ours, 0..theirs.len())) {
        cell.subtract(&own);
    }
    let have = cells.len();
    let estimate = differing(&cells);
    Peeling::new(cells, ours).run().map_or_else(
        || Decoded::Undecided {
            estimate,
            ask: ask(have, estimate, their_logs),
        },
        Decoded::Complete,
    )
}

/// What a cell that holds one differing log says of it.
enum Single {
    Log(Difference),
    /// Several of our logs have the reference.
    Collided(LogRef),
}

/// Cells from which one log after another is taken out.
struct Peeling {
    cells: Vec<Cell>,
    ours: Sorted,
    /// Cells to look at.
    queue: Vec<usize>,
    differences: Differences,
}

impl Peeling {
    fn new(cells: Vec<Cell>, ours: &[Mark]) -> Self {
        Self {
            queue: (0..cells.len()).collect(),
            cells,
            ours: Sorted::new(ours),
            differences: Differences::default(),
        }
    }

    /// Takes out all that can be: the differences, when nothing is left.
    fn run(mut self) -> Option<Differences> {
        while let Some(place) = self.queue.pop() {
            if let Some(single) = self.single(place) {
                // In cells of a set, each log taken out settles a cell for good: more logs than cells are of none.
                if self.differences.len() == self.cells.len() {
                    return None;
                }
                self.take_out(&single, place);
            }
        }
        let is_complete = !self.cells.is_empty() && self.cells.iter().all(Cell::is_zero);
        self.differences.sort();
        (is_complete && !self.differences.has_twice()).then_some(self.differences)
    }

    /// The one log that differs in this cell, if it is one.
    fn single(&self, place: usize) -> Option<Single> {
        let cell = self.cells[place];
        // The tallies first: they tell most cells with several logs without the cost of a division.
        let is_likely = cell.sum() != 0 && cell.tallies().iter().all(|tally| tally.unsigned_abs() <= 1);
        if !is_likely {
            return None;
        }
        let log = LogRef::from_number(multiply(cell.product(), invert(cell.sum())))?;
        if Places::new(log, place + 1).last() != Some(place) {
            return None;
        }
        match self.ours.of(log) {
            [] => difference(log, None, &cell).map(Single::Log),
            [mark] => difference(log, Some(*mark), &cell).map(Single::Log),
            _ => Some(Single::Collided(log)),
        }
    }

    /// Takes a log out of all its cells, as the cell that holds nothing else has it.
    fn take_out(&mut self, single: &Single, place: usize) {
        let log = match single {
            Single::Log(difference) => {
                self.differences.logs.push(*difference);
                difference.log
            }
            Single::Collided(log) => {
                self.differences.collided.push(*log);
                *log
            }
        };
        let part = self.cells[place];
        for place in Places::new(log, self.cells.len()) {
            self.cells[place].subtract(&part);
            self.queue.push(place);
        }
    }
}

/// The difference that leaves exactly this cell, if there is one.
fn difference(log: LogRef, ours: Option<Mark>, cell: &Cell) -> Option<Difference> {
    let value = add(ours.map_or(0, Mark::number), cell.sum());
    let theirs = match value {
        0 => None,
        _ => Some(Mark::from_number(log, value)?),
    };
    let mut left = theirs.map(Cell::of).unwrap_or_default();
    left.subtract(&ours.map(Cell::of).unwrap_or_default());
    (left == *cell).then_some(Difference { log, ours, theirs })
}
