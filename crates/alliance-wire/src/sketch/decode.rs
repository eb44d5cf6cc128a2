//! Finds the logs that differ, from the other side's cells or list. Ends on any input, in time bounded by its size.

use super::cell::Cell;
use super::estimate::{cells_for, differing};
use super::field::{add, invert, multiply};
use super::mark::{LogRef, Mark};
use super::places::Places;
use super::{CELLS_MAX, sketch};

/// A log whose head is not the same on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// The log.
    pub log: LogRef,
    /// Our head; `None` when this node lacks the log.
    pub ours: Option<Mark>,
    /// Their head; `None` when the peer lacks the log.
    pub theirs: Option<Mark>,
}

/// All that differs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Differences {
    /// The logs that differ, ascending by reference.
    pub logs: Vec<Difference>,
    /// References that differ and that several logs share by chance: which of them differs is not known in this session.
    pub collided: Vec<LogRef>,
}

/// What to ask for when the cells do not decode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// More cells: this many to have in all, more than there were.
    Cells(usize),
    /// The list of all marks: it is shorter than the cells would be.
    List,
}

/// What the cells say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoded {
    /// All that differs: every cell is accounted for.
    Complete(Differences),
    /// Too few cells, or cells of no set at all.
    Undecided {
        /// Logs that differ, about.
        estimate: u32,
        /// What to ask for next.
        ask: Ask,
    },
}

/// Finds the difference between the peer's sketch, of which `theirs` is cells 0 to n, and our marks, in any order.
///
/// `their_logs` is how many logs the peer says it has: a list of them takes 13 bytes each.
#[must_use]
pub fn decode(theirs: &[Cell], their_logs: u32, ours: &[Mark]) -> Decoded {
    let theirs = &theirs[..theirs.len().min(CELLS_MAX)];
    let mut cells = theirs.to_vec();
    for (cell, own) in cells.iter_mut().zip(sketch(ours, 0..theirs.len())) {
        cell.subtract(&own);
    }
    let estimate = differing(&cells);
    let mut peeling = Peeling::new(cells, ours);
    peeling.run();
    peeling.finish().map_or_else(
        || Decoded::Undecided {
            estimate,
            ask: ask(theirs.len(), estimate, their_logs),
        },
        Decoded::Complete,
    )
}

fn ask(have: usize, estimate: u32, their_logs: u32) -> Ask {
    let cells = cells_for(estimate, have);
    if cells > CELLS_MAX || (cells - have) * Cell::BYTES >= their_logs as usize * Mark::BYTES {
        return Ask::List;
    }
    Ask::Cells(cells)
}

/// Finds the difference between the peer's list of marks and ours, both in any order.
#[must_use]
pub fn compare(theirs: &[Mark], ours: &[Mark]) -> Differences {
    let (theirs, ours) = (Sorted::new(theirs), Sorted::new(ours));
    let mut logs: Vec<_> = theirs.0.iter().chain(&ours.0).map(|mark| mark.log).collect();
    logs.sort_unstable();
    logs.dedup();
    let mut differences = Differences::default();
    for log in logs {
        let (theirs, ours) = (theirs.of(log), ours.of(log));
        if theirs == ours {
            continue;
        }
        if theirs.len() > 1 || ours.len() > 1 {
            differences.collided.push(log);
            continue;
        }
        differences.logs.push(Difference {
            log,
            ours: ours.first().copied(),
            theirs: theirs.first().copied(),
        });
    }
    differences
}

/// Marks in ascending order of reference and value.
struct Sorted(Vec<Mark>);

impl Sorted {
    fn new(marks: &[Mark]) -> Self {
        let mut sorted = marks.to_vec();
        sorted.sort_unstable();
        Self(sorted)
    }

    /// All marks with this reference.
    fn of(&self, log: LogRef) -> &[Mark] {
        let start = self.0.partition_point(|mark| mark.log < log);
        let rest = &self.0[start..];
        let length = rest.iter().take_while(|mark| mark.log == log).count();
        &rest[..length]
    }
}

/// What was taken out of a cell.
enum Peeled {
    Log(Difference),
    Collided(LogRef),
}

/// Cells from which one log after another is taken out.
struct Peeling {
    cells: Vec<Cell>,
    ours: Sorted,
    queue: Vec<usize>,
    found: Vec<Difference>,
    collided: Vec<LogRef>,
}

impl Peeling {
    fn new(cells: Vec<Cell>, ours: &[Mark]) -> Self {
        Self {
            queue: (0..cells.len()).collect(),
            ours: Sorted::new(ours),
            cells,
            found: Vec::new(),
            collided: Vec::new(),
        }
    }

    /// Takes out what can be taken out. In cells of a set each step settles one log, so more steps than cells means
    /// that they are of none.
    fn run(&mut self) {
        while let Some(place) = self.queue.pop() {
            let Some(peeled) = self.single(place) else {
                continue;
            };
            if self.found.len() + self.collided.len() == self.cells.len() {
                return;
            }
            let log = match peeled {
                Peeled::Log(difference) => {
                    self.found.push(difference);
                    difference.log
                }
                Peeled::Collided(log) => {
                    self.collided.push(log);
                    log
                }
            };
            self.take_out(log, place);
        }
    }

    /// The one log that differs in this cell, if it is one.
    fn single(&self, place: usize) -> Option<Peeled> {
        let cell = self.cells[place];
        if cell.sum == 0 || cell.tally.unsigned_abs() > 1 {
            return None;
        }
        let log = LogRef::from_number(multiply(cell.product, invert(cell.sum)))?;
        let mut places = Places::new(log, place + 1);
        if !places.any(|hit| hit == place) {
            return None;
        }
        let ours = match self.ours.of(log) {
            [] => None,
            [mark] => Some(*mark),
            _ => return Some(Peeled::Collided(log)),
        };
        let value = add(ours.map_or(0, Mark::number), cell.sum);
        let theirs = Mark::from_number(log, value);
        if theirs.is_none() && value != 0 {
            return None;
        }
        let left = |mark: Option<Mark>| mark.map(Cell::of).unwrap_or_default();
        let mut expected = left(theirs);
        expected.subtract(&left(ours));
        (expected == cell).then_some(Peeled::Log(Difference { log, ours, theirs }))
    }

    /// Takes a log out of all its cells, as the cell that holds nothing else has it.
    fn take_out(&mut self, log: LogRef, place: usize) {
        let part = self.cells[place];
        for place in Places::new(log, self.cells.len()) {
            self.cells[place].subtract(&part);
            self.queue.push(place);
        }
    }

    /// The differences, when nothing is left and no log was taken out twice.
    fn finish(mut self) -> Option<Differences> {
        self.found.sort_unstable();
        self.collided.sort_unstable();
        let twice = self.found.windows(2).any(|pair| pair[0].log == pair[1].log)
            || self.collided.windows(2).any(|pair| pair[0] == pair[1]);
        let is_complete = !self.cells.is_empty() && !twice && self.cells.iter().all(Cell::is_zero);
        is_complete.then_some(Differences {
            logs: self.found,
            collided: self.collided,
        })
    }
}
