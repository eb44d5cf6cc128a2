//! Two sets of heads and what differs between them: exactly that is found, or that it takes more cells is said.

use std::collections::BTreeMap;

use alliance_wire::{
    Ask, CELLS_FIRST, CELLS_MAX, Cell, Decoded, Difference, Differences, Mark, compare, decode, sketch,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// A mark of log `log`; others for other `version`s. Chosen by `seed`.
pub(crate) fn mark(seed: u64, log: usize, version: u64) -> Mark {
    let random = |parts: [u64; 3]| *blake3::hash(parts.map(u64::to_le_bytes).as_flattened()).as_bytes();
    let (log, value) = (random([seed, log as u64, 0]), random([seed, log as u64, version]));
    let value = u64::from_le_bytes(value[..8].try_into().unwrap()) >> 4;
    let bytes = [&log[..5], &(value + 1).to_le_bytes()].concat();
    Mark::from_bytes(&bytes.try_into().unwrap()).unwrap()
}

/// Two sides that have `common` heads in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) common: usize,
    pub(crate) changed: usize,
    pub(crate) ours_alone: usize,
    pub(crate) theirs_alone: usize,
}

#[derive(Debug)]
pub(crate) struct Sides {
    pub(crate) ours: Vec<Mark>,
    pub(crate) theirs: Vec<Mark>,
    pub(crate) differences: Differences,
}

pub(crate) fn sides(seed: u64, shape: Shape) -> Sides {
    let [common, changed, ours_alone] = [
        shape.common,
        shape.common + shape.changed,
        shape.common + shape.changed + shape.ours_alone,
    ];
    let mark = |version: u64| move |log: usize| mark(seed, log, version);
    let mut theirs: Vec<_> = (0..common).map(mark(1)).collect();
    theirs.extend(
        (common..changed)
            .chain(ours_alone..ours_alone + shape.theirs_alone)
            .map(mark(2)),
    );
    let ours: Vec<_> = (0..ours_alone).map(mark(1)).collect();
    let mut logs: BTreeMap<_, _> = BTreeMap::new();
    for mark in ours.iter().chain(&theirs) {
        let empty = Difference {
            log: mark.log,
            ours: None,
            theirs: None,
        };
        logs.insert(mark.log, empty);
    }
    for mark in &ours {
        logs.get_mut(&mark.log).unwrap().ours = Some(*mark);
    }
    for mark in &theirs {
        logs.get_mut(&mark.log).unwrap().theirs = Some(*mark);
    }
    let logs = logs.into_values().filter(|log| log.ours != log.theirs).collect();
    let differences = Differences {
        logs,
        collided: Vec::new(),
    };
    Sides {
        ours,
        theirs,
        differences,
    }
}

impl Sides {
    pub(crate) fn decode(&self, cells: usize) -> Decoded {
        decode(&sketch(&self.theirs, 0..cells), self.their_logs(), &self.ours)
    }

    fn their_logs(&self) -> u32 {
        u32::try_from(self.theirs.len()).unwrap()
    }

    /// Asks until all is found: the cells of each answer, 0 for the list.
    fn settle(&self) -> Vec<usize> {
        let (mut have, mut answers) = (CELLS_FIRST, vec![CELLS_FIRST]);
        let mut cells = sketch(&self.theirs, 0..have);
        loop {
            let found = match decode(&cells, self.their_logs(), &self.ours) {
                Decoded::Complete(found) => found,
                Decoded::Undecided {
                    ask: Ask::Cells(all), ..
                } => {
                    assert!(all >= have + have / 2 && all <= CELLS_MAX, "{have} {all}");
                    cells.extend(sketch(&self.theirs, have..all));
                    answers.push(all - have);
                    have = all;
                    continue;
                }
                Decoded::Undecided { ask: Ask::List, .. } => {
                    answers.push(0);
                    compare(&self.theirs, &self.ours)
                }
            };
            assert_eq!(found, self.differences);
            return answers;
        }
    }
}

fn shape() -> impl Strategy<Value = Shape> {
    (0..200_usize, 0..60_usize, 0..40_usize, 0..40_usize).prop_map(|(common, changed, ours_alone, theirs_alone)| {
        Shape {
            common,
            changed,
            ours_alone,
            theirs_alone,
        }
    })
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 300,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_two_sets_are_settled(seed in any::<u64>(), shape in shape()) {
        sides(seed, shape).settle();
    }

    #[test]
    fn few_cells_say_the_difference_or_that_they_are_few(seed in any::<u64>(), shape in shape(), cells in 0..400_usize) {
        let sides = sides(seed, shape);
        if let Decoded::Complete(found) = sides.decode(cells) {
            prop_assert_eq!(found, sides.differences);
        }
    }

    #[test]
    fn order_never_matters(seed in any::<u64>(), shape in shape(), turn in any::<proptest::sample::Index>()) {
        let sides = sides(seed, shape);
        let mut turned = sides.ours.clone();
        turned.reverse();
        if !turned.is_empty() {
            let by = turn.index(turned.len());
            turned.rotate_left(by);
        }
        prop_assert_eq!(sketch(&turned, 0..100), sketch(&sides.ours, 0..100));
        let cells = sketch(&sides.theirs, 0..100);
        prop_assert_eq!(decode(&cells, 500, &turned), decode(&cells, 500, &sides.ours));
        prop_assert_eq!(compare(&sides.theirs, &turned), sides.differences);
    }

    #[test]
    fn a_sketch_goes_on_where_it_ended(seed in any::<u64>(), logs in 0..200_usize, cut in 0..300_usize) {
        let marks: Vec<_> = (0..logs).map(|log| mark(seed, log, 1)).collect();
        prop_assert_eq!([sketch(&marks, 0..cut), sketch(&marks, cut..300)].concat(), sketch(&marks, 0..300));
    }

    #[test]
    fn cells_and_lists_come_back_as_they_were(seed in any::<u64>(), logs in 0..50_usize) {
        let marks: Vec<_> = (0..logs).map(|log| mark(seed, log, 1)).collect();
        let cells = sketch(&marks, 0..70);
        prop_assert_eq!(Cell::read_all(&Cell::write_all(&cells)), Ok(cells));
        prop_assert_eq!(Mark::read_all(&Mark::write_all(&marks)), Ok(marks));
    }
}

/// The first cells settle a few differences, the second answer nearly always what they do not: the promise that the
/// number of cells asked for rests on.
#[test]
fn two_answers_are_enough() {
    const TRIALS: u64 = 200;
    for (differing, first_least, cells_median_max) in [(1, 200, 48), (10, 199, 48), (20, 190, 48), (100, 0, 245)] {
        let [mut first, mut second] = [0, 0];
        let mut cells: Vec<usize> = Vec::new();
        for seed in 0..TRIALS {
            let shape = Shape {
                common: 400,
                changed: differing,
                ours_alone: 0,
                theirs_alone: 0,
            };
            let answers = sides(seed, shape).settle();
            first += u64::from(answers.len() == 1);
            second += u64::from(answers.len() <= 2);
            cells.push(answers.iter().sum());
        }
        cells.sort_unstable();
        assert!(first >= first_least, "{differing}: {first} at once");
        assert!(
            second >= TRIALS * 97 / 100,
            "{differing}: {second} by the second answer"
        );
        assert!(cells[cells.len() / 2] <= cells_median_max, "{differing}: {cells:?}");
    }
}

#[test]
fn a_short_list_is_asked_for_instead_of_many_cells() {
    let all_changed = Shape {
        common: 0,
        changed: 500,
        ours_alone: 0,
        theirs_alone: 0,
    };
    assert_eq!(sides(1, all_changed).settle(), [CELLS_FIRST, 0]);
    let new_here = Shape {
        common: 10,
        changed: 0,
        ours_alone: 2000,
        theirs_alone: 0,
    };
    assert_eq!(sides(1, new_here).settle(), [CELLS_FIRST, 0]);
}
