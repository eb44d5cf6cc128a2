//! What differs, and how it is found in two lists. Never knows how the lists were come by.

use super::mark::{LogRef, Mark};

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

/// All that differs, each reference once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Differences {
    /// The logs that differ, ascending by reference.
    pub logs: Vec<Difference>,
    /// References under which something differs, but which several logs of one side share by chance: which of them
    /// differs is not known in this session. Ascending.
    pub collided: Vec<LogRef>,
}

impl Differences {
    pub(super) fn len(&self) -> usize {
        self.logs.len() + self.collided.len()
    }

    pub(super) fn sort(&mut self) {
        self.logs.sort_unstable();
        self.collided.sort_unstable();
    }

    /// Whether a reference is named twice. Both lists must be sorted; none is in both, as our marks decide which.
    pub(super) fn has_twice(&self) -> bool {
        let log_twice = self.logs.windows(2).any(|pair| pair[0].log == pair[1].log);
        log_twice || self.collided.windows(2).any(|pair| pair[0] == pair[1])
    }
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
        match (ours.of(log), theirs.of(log)) {
            (ours, theirs) if ours == theirs => {}
            (ours @ ([] | [_]), theirs @ ([] | [_])) => differences.logs.push(Difference {
                log,
                ours: ours.first().copied(),
                theirs: theirs.first().copied(),
            }),
            _ => differences.collided.push(log),
        }
    }
    differences
}

/// Marks in ascending order of reference and value.
pub(super) struct Sorted(Vec<Mark>);

impl Sorted {
    pub(super) fn new(marks: &[Mark]) -> Self {
        let mut sorted = marks.to_vec();
        sorted.sort_unstable();
        Self(sorted)
    }

    /// All marks with this reference.
    pub(super) fn of(&self, log: LogRef) -> &[Mark] {
        let start = self.0.partition_point(|mark| mark.log < log);
        let rest = &self.0[start..];
        let length = rest.iter().take_while(|mark| mark.log == log).count();
        &rest[..length]
    }
}
