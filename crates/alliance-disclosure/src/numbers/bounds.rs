//! Tight bounds of sums over consecutive months: a closed system of difference constraints.
//!
//! Owns the arithmetic. Never knows which bounds are too tight.
//!
//! The cuts of all periods divide time into elementary periods. With S(c) for the sum of everything before cut c, a count
//! over a period is S(to) − S(from), so that knowing it to lie between two numbers is a pair of difference constraints.
//! The tightest upper bound of every difference is the length of a shortest path between its cuts. The matrix of
//! differences of such a system is totally unimodular: every whole number between the bounds belongs to some series of
//! whole numbers that agrees with all constraints.

/// Longer than any path: nothing is known. Four of them still fit into the type.
const UNBOUNDED: i64 = i64::MAX / 4;

/// The numbers a count may have: from the least to the most, both included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Interval {
    pub(super) least: i64,
    /// `None` when there is no upper bound.
    pub(super) most: Option<i64>,
}

impl Interval {
    pub(super) fn between(least: i64, most: i64) -> Self {
        Self {
            least,
            most: Some(most),
        }
    }

    pub(super) fn at_least(least: i64) -> Self {
        Self { least, most: None }
    }

    /// What lies in both; `None` when nothing does.
    pub(super) fn and(self, other: Self) -> Option<Self> {
        let least = self.least.max(other.least);
        let most = match (self.most, other.most) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        most.is_none_or(|most| least <= most).then_some(Self { least, most })
    }

    pub(super) fn holds(self, value: i64) -> bool {
        self.least <= value && self.most.is_none_or(|most| value <= most)
    }

    pub(super) fn is_within(self, other: Self) -> bool {
        self.and(other) == Some(self)
    }
}

/// A count over the elementary periods between two cuts, `from < to`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Between {
    pub(super) from: usize,
    pub(super) to: usize,
}

/// What is known of every sum between two cuts, always closed: no path is shorter than the entry of its ends.
#[derive(Clone)]
pub(super) struct Bounds {
    cuts: usize,
    /// Row by row: at `[i][j]` the most that S(j) − S(i) can be.
    most: Vec<i64>,
}

fn plus(one: i64, two: i64) -> i64 {
    if one >= UNBOUNDED || two >= UNBOUNDED {
        UNBOUNDED
    } else {
        one + two
    }
}

impl Bounds {
    /// Nothing known but that no count is negative.
    pub(super) fn new(cuts: usize) -> Self {
        let entry = |at: usize| if at / cuts < at % cuts { UNBOUNDED } else { 0 };
        Self {
            cuts,
            most: (0..cuts * cuts).map(entry).collect(),
        }
    }

    fn at(&self, from: usize, to: usize) -> i64 {
        self.most[from * self.cuts + to]
    }

    /// The tight bounds of a sum.
    pub(super) fn of(&self, sum: Between) -> Interval {
        interval(self.at(sum.to, sum.from), self.at(sum.from, sum.to))
    }

    /// What the tight bounds of `sum` would be if `known` were known to lie in `within` as well.
    pub(super) fn of_with(&self, sum: Between, known: Between, within: Interval) -> Interval {
        interval(
            self.entry_with(sum.to, sum.from, known, within),
            self.entry_with(sum.from, sum.to, known, within),
        )
    }

    /// A shortest path uses the new constraint in one direction at most: in both it would close a circle, and a circle
    /// of a system that can be satisfied is never shorter than nothing.
    fn entry_with(&self, from: usize, to: usize, known: Between, within: Interval) -> i64 {
        let forward = plus(self.at(from, known.from), self.at(known.to, to));
        let forward = plus(forward, within.most.unwrap_or(UNBOUNDED));
        let backward = plus(self.at(from, known.to), self.at(known.from, to));
        let backward = plus(backward, -within.least);
        self.at(from, to).min(forward).min(backward)
    }

    /// Adds that `known` lies in `within`; false, and nothing is added, when that cannot be.
    #[must_use]
    pub(super) fn add(&mut self, known: Between, within: Interval) -> bool {
        let Some(joint) = self.of(known).and(within) else {
            return false;
        };
        if joint != self.of(known) {
            let row = |cut: usize| self.most[cut * self.cuts..(cut + 1) * self.cuts].to_vec();
            let (from_start, from_end) = (row(known.from), row(known.to));
            for line in self.most.chunks_exact_mut(self.cuts) {
                let forward = plus(line[known.from], joint.most.unwrap_or(UNBOUNDED));
                let backward = plus(line[known.to], -joint.least);
                for ((entry, after), before) in line.iter_mut().zip(&from_end).zip(&from_start) {
                    *entry = (*entry).min(plus(forward, *after)).min(plus(backward, *before));
                }
            }
        }
        true
    }

    /// All sums between two cuts.
    pub(super) fn sums(&self) -> impl Iterator<Item = Between> + use<> {
        let cuts = self.cuts;
        (0..cuts).flat_map(move |from| (from + 1..cuts).map(move |to| Between { from, to }))
    }
}

fn interval(back: i64, forth: i64) -> Interval {
    Interval {
        least: -back,
        most: (forth < UNBOUNDED).then_some(forth),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sum(from: usize, to: usize) -> Between {
        Between { from, to }
    }

    #[test]
    fn a_total_and_a_part_bound_the_rest() {
        let mut bounds = Bounds::new(3);
        assert_eq!(bounds.of(sum(0, 2)), Interval::at_least(0));
        assert!(bounds.add(sum(0, 2), Interval::between(8, 12)));
        assert!(bounds.add(sum(0, 1), Interval::between(3, 5)));
        assert_eq!(bounds.of(sum(1, 2)), Interval::between(3, 9));
        assert!(!bounds.add(sum(1, 2), Interval::between(10, 12)), "cannot be");
        assert_eq!(bounds.of(sum(1, 2)), Interval::between(3, 9), "nothing was added");
    }

    /// The largest count and the elementary periods of the enumeration.
    const COUNT_MAX: i64 = 6;
    const PARTS: usize = 3;

    fn worlds() -> impl Iterator<Item = [i64; PARTS]> {
        let counts = 0..=COUNT_MAX;
        counts.clone().flat_map(move |one| {
            let counts = 0..=COUNT_MAX;
            counts
                .clone()
                .flat_map(move |two| (0..=COUNT_MAX).map(move |three| [one, two, three]))
        })
    }

    fn constraint() -> impl Strategy<Value = (Between, Interval)> {
        let ends = prop::sample::select(vec![(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]);
        (ends, 0..10_i64, 0..5_i64)
            .prop_map(|((from, to), least, more)| (Between { from, to }, Interval::between(least, least + more)))
    }

    proptest! {
        /// Bounds are tight and without holes: they are what an enumeration of all series finds.
        #[test]
        fn bounds_are_what_enumeration_finds(constraints in prop::collection::vec(constraint(), 0..6)) {
            let mut bounds = Bounds::new(PARTS + 1);
            for part in 0..PARTS {
                assert!(bounds.add(sum(part, part + 1), Interval::between(0, COUNT_MAX)));
            }
            let mut kept = Vec::new();
            for (known, within) in constraints {
                let would = bounds.sums().map(|sum| bounds.of_with(sum, known, within)).collect::<Vec<_>>();
                if bounds.add(known, within) {
                    kept.push((known, within));
                    prop_assert_eq!(would, bounds.sums().map(|sum| bounds.of(sum)).collect::<Vec<_>>());
                }
            }
            let count = |world: &[i64; PARTS], sum: Between| world[sum.from..sum.to].iter().sum::<i64>();
            let agreeing: Vec<_> = worlds()
                .filter(|world| kept.iter().all(|&(known, within)| within.holds(count(world, known))))
                .collect();
            for sum in bounds.sums() {
                let mut found: Vec<i64> = agreeing.iter().map(|world| count(world, sum)).collect();
                found.sort_unstable();
                found.dedup();
                let Interval { least, most } = bounds.of(sum);
                prop_assert_eq!(found, (least..=most.unwrap()).collect::<Vec<_>>());
            }
        }
    }
}
