//! Figures for people: what protection costs a series, in points and in time. Printed with `--nocapture`, held to nothing
//! but that they can be had.

use std::time::Instant;

use alliance_disclosure::numbers::{POINTS_MAX, Policy, Published, Rolled, Unit, protect, roll_ups};

use crate::given::{months, over, protected, publish};

/// Numbers that look random and are the same each time (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A count of events in a month that has `mean` of them: each of a thousand moments has one or not.
    fn events(&mut self, mean: u64) -> u64 {
        (0..1_000).map(|_| u64::from(self.next() % 1_000 < mean)).sum()
    }
}

#[test]
fn how_much_of_a_series_is_kept() {
    let mut numbers = Numbers(7);
    println!("events a month | months shown | best length shown without suppression");
    for mean in [1, 2, 4, 8, 12, 20, 40] {
        let (mut shown, mut all) = (0, 0);
        let mut best = std::collections::BTreeMap::new();
        for _ in 0..40 {
            let truth: Vec<u64> = (0..36).map(|_| numbers.events(mean)).collect();
            let series = months(Unit::Events, &truth);
            shown += protected(&series, &Published::default()).kept();
            all += truth.len();
            let offers = roll_ups(&series, &Published::default(), Policy::default());
            let length = offers
                .first()
                .filter(|offer| offer.hidden == 0)
                .map(|offer| offer.length);
            *best.entry(length).or_insert(0) += 1;
            assert!(offers.iter().all(|offer| matches!(offer.rolled, Rolled::Summed(..))));
        }
        println!("{mean:14} | {:10} % | {best:?}", 100 * shown / all);
    }
}

#[test]
fn how_much_of_a_second_edition_of_quarters_is_kept() {
    let mut numbers = Numbers(11);
    println!("events a month | quarters shown after months were published");
    for mean in [1, 4, 8, 12, 20, 40] {
        let (mut shown, mut all) = (0, 0);
        for _ in 0..40 {
            let truth: Vec<u64> = (0..36).map(|_| numbers.events(mean)).collect();
            let monthly = (0..36).map(|at| (at, at + 1)).collect();
            let quarters: Vec<_> = (0..12).map(|at| (at * 3, at * 3 + 3)).collect();
            let published = publish(Unit::Events, &truth, &[monthly]).unwrap();
            shown += protected(&over(Unit::Events, &truth, &quarters), &published).kept();
            all += quarters.len();
        }
        println!("{mean:14} | {} %", 100 * shown / all);
    }
}

#[test]
fn how_long_the_longest_series_takes() {
    let mut numbers = Numbers(13);
    let truth: Vec<u64> = (0..POINTS_MAX + 1).map(|_| numbers.events(9)).collect();
    let monthly: Vec<_> = (0..POINTS_MAX).map(|at| (at, at + 1)).collect();
    // Pairs of months, shifted against each other: one stretch of overlapping periods over twenty years.
    let pairs = |first: usize| {
        (first..POINTS_MAX - 1)
            .step_by(2)
            .map(|at| (at, at + 2))
            .collect::<Vec<_>>()
    };
    let cases = [
        ("months, nothing published", vec![], monthly.clone()),
        ("months, published before", vec![monthly.clone()], monthly.clone()),
        (
            "years after months",
            vec![monthly.clone()],
            (0..20).map(|at| (at * 12, at * 12 + 12)).collect(),
        ),
        ("pairs of months, chained with earlier ones", vec![pairs(0)], pairs(1)),
        ("months, after both chains of pairs", vec![pairs(0), pairs(1)], monthly),
    ];
    for (what, before, now) in cases {
        let published = publish(Unit::Events, &truth, &before).unwrap();
        let started = Instant::now();
        let found = protect(&over(Unit::Events, &truth, &now), &published, Policy::default());
        let outcome = found.map(|found| format!("{} of {} shown", found.kept(), now.len()));
        println!("{what}: {:?}, {outcome:?}", started.elapsed());
    }
}
