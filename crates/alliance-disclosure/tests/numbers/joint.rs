//! The attacker of the simulation, where more than sums is known: people who are counted in two months, and counts that
//! their denominators bound.

use std::collections::{BTreeMap, BTreeSet};

use alliance_disclosure::numbers::{
    Denominator, Point, Policy, Published, PublishedPoint, Refusal, Series, Shown, Unit, protect,
};

use crate::attacker::{disclosed, numerators, points};
use crate::given::{period, series};
use crate::simulation::Periods;

/// The largest rounded value from which these worlds can be judged, and the largest part of one.
const JUDGED_MAX: u64 = 10;
const PART_MAX: u64 = 13;

/// Four numbers that make up a world.
type World = [u64; 4];
type Ends = (usize, usize);
type Count = dyn Fn(&World, Ends) -> u64;

fn publish(editions: &[Periods], series_of: impl Fn(&Periods) -> Series) -> Result<Published, Refusal> {
    let mut published = Published::default();
    for periods in editions {
        let edition = protect(&series_of(periods), &published, Policy::default())?.edition();
        published.editions.push(edition);
    }
    Ok(published)
}

fn can_judge(points: &[PublishedPoint]) -> bool {
    let small = |shown: Shown| shown.value.is_none_or(|value| value <= JUDGED_MAX);
    points
        .iter()
        .all(|point| small(point.numerator) && point.denominator.is_none_or(small))
}

fn worlds() -> impl Iterator<Item = World> {
    let parts = || 0..=PART_MAX;
    parts().flat_map(move |one| {
        parts().flat_map(move |two| parts().flat_map(move |three| parts().map(move |four| [one, two, three, four])))
    })
}

/// The editions in which two months and both together may come out.
fn editions() -> Vec<Vec<Periods>> {
    let (one, two, both) = ((0, 1), (1, 2), (0, 2));
    vec![
        vec![vec![one, two], vec![both]],
        vec![vec![both], vec![one, two]],
        vec![vec![one], vec![both], vec![two]],
        vec![vec![one, two, both]],
        vec![vec![one], vec![one, two]],
    ]
}

/// Runs the procedure on all worlds, and looks at what is left of them for everything that comes out.
fn check(counts: Unit, worlds: impl Fn() -> Vec<World>, point: impl Fn(&World, Ends) -> Point, quantities: &[&Count]) {
    let mut judged_any = false;
    for editions in editions() {
        let mut groups: BTreeMap<Vec<PublishedPoint>, Vec<World>> = BTreeMap::new();
        for world in worlds() {
            let of = |periods: &Periods| series(counts, periods.iter().map(|&ends| point(&world, ends)).collect());
            if let Ok(published) = publish(&editions, of) {
                groups.entry(points(&published)).or_default().push(world);
            }
        }
        let judged: Vec<_> = groups.iter().filter(|(points, _)| can_judge(points)).collect();
        judged_any |= !judged.is_empty();
        for (points, worlds) in judged {
            for (at, count) in quantities.iter().enumerate() {
                let left = |ends: Ends| -> BTreeSet<u64> { worlds.iter().map(|world| count(world, ends)).collect() };
                let shown = |ends: Ends| match at {
                    0 => numerators(points, ends),
                    _ => points
                        .iter()
                        .filter(|point| point.period == period(ends))
                        .filter_map(|point| point.denominator)
                        .collect(),
                };
                assert_eq!(disclosed(&editions, left, shown), None, "{editions:?}: {points:?}");
            }
        }
    }
    assert!(judged_any, "nothing was judged");
}

#[test]
fn people_who_are_counted_in_two_months() {
    // In the first month only, in the second only, in both.
    let people = |world: &World, ends: Ends| match ends {
        (0, 1) => world[0] + world[2],
        (1, 2) => world[1] + world[2],
        _ => world[0] + world[1] + world[2],
    };
    let point = |world: &World, ends: Ends| Point {
        period: period(ends),
        numerator: people(world, ends),
        denominator: None,
    };
    check(
        Unit::People,
        || worlds().filter(|world| world[3] == 0).collect(),
        point,
        &[&people],
    );
}

#[test]
fn incidents_out_of_incidents() {
    // Two months of incidents with a debrief, and two of those without.
    let with = |world: &World, (start, end): Ends| world[start..end].iter().sum::<u64>();
    let all = move |world: &World, (start, end): Ends| {
        with(world, (start, end)) + world[start + 2..end + 2].iter().sum::<u64>()
    };
    let point = |world: &World, ends: Ends| Point {
        period: period(ends),
        numerator: with(world, ends),
        denominator: Some(Denominator {
            value: all(world, ends),
            unit: Unit::Events,
        }),
    };
    let worlds = || {
        worlds()
            .filter(|world| world[0] + world[2] <= PART_MAX && world[1] + world[3] <= PART_MAX)
            .collect()
    };
    check(Unit::Events, worlds, point, &[&with, &all]);
}
