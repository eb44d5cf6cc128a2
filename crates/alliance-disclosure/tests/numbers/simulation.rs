//! The attacker who knows the procedure to the letter, runs it on every world, and keeps those that would have come out
//! just so.

use std::collections::BTreeMap;

use alliance_disclosure::numbers::{Published, PublishedPoint, Unit};
use proptest::prelude::*;

use crate::attacker::{COUNT_MAX, World, can_judge, disclosed_sums, points, worlds};
use crate::given::publish;

pub(crate) type Periods = Vec<(usize, usize)>;

/// Groups all worlds by what they make public, and looks for a group that is too small.
fn simulate(counts: Unit, editions: &[Periods], most: u64) -> Result<usize, String> {
    let mut groups: BTreeMap<Vec<PublishedPoint>, Vec<World>> = BTreeMap::new();
    for world in worlds(most) {
        // Nobody sees that something was refused.
        if let Ok(published) = publish(counts, &world, editions) {
            groups.entry(points(&published)).or_default().push(world);
        }
    }
    let mut judged = 0;
    for (points, worlds) in groups.iter().filter(|(points, _)| can_judge(points)) {
        judged += 1;
        if let Some(fault) = disclosed_sums(worlds, editions, points) {
            return Err(format!("{editions:?}: {fault}, from {points:?}"));
        }
    }
    Ok(judged)
}

fn check(editions: &[Periods]) {
    for counts in [Unit::Events, Unit::People] {
        let judged = simulate(counts, editions, COUNT_MAX).unwrap();
        assert!(judged > 0, "nothing was judged");
    }
}

const MONTHLY: [(usize, usize); 3] = [(0, 1), (1, 2), (2, 3)];

#[test]
fn months_then_their_quarter() {
    check(&[MONTHLY.to_vec(), vec![(0, 3)]]);
}

#[test]
fn a_quarter_then_its_months() {
    check(&[vec![(0, 3)], MONTHLY.to_vec()]);
}

#[test]
fn a_total_among_its_parts() {
    check(&[vec![(0, 1), (1, 2), (2, 3), (0, 3)]]);
}

#[test]
fn periods_that_cross_each_other() {
    check(&[vec![(0, 2)], vec![(1, 3)], vec![(0, 1), (2, 3)]]);
}

#[test]
fn a_longer_period_than_before() {
    check(&[vec![(0, 1)], vec![(0, 2), (2, 3)], vec![(0, 3)]]);
}

/// What rounding and primary suppression alone would disclose: the attackers are not blind.
#[test]
fn the_attackers_see_what_primary_suppression_leaves_open() {
    let editions = [MONTHLY.to_vec(), vec![(0, 3)]];
    let naive = |world: &World| -> Published {
        let apart = |periods: &Periods| {
            let alone = publish(Unit::Events, world, std::slice::from_ref(periods)).unwrap();
            alone.editions.into_iter().next().unwrap()
        };
        Published {
            editions: editions.iter().map(apart).collect(),
        }
    };
    let points = points(&naive(&[2, 8, 0]));
    let left = crate::attacker::agreeing(&points);
    assert!(
        disclosed_sums(&left, &editions, &points)
            .unwrap()
            .contains("(0, 1) is one of {1, 2, 3, 4}")
    );
}

fn periods() -> impl Strategy<Value = Periods> {
    let all = vec![(0, 1), (1, 2), (2, 3), (0, 2), (1, 3), (0, 3)];
    prop::sample::subsequence(all, 1..=3)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]

    /// No editions of any periods let a hidden count be computed, even by those who know the procedure.
    #[test]
    fn nothing_follows_from_what_is_withheld(editions in prop::collection::vec(periods(), 1..=3)) {
        for counts in [Unit::Events, Unit::People] {
            let found = simulate(counts, &editions, COUNT_MAX);
            prop_assert!(found.is_ok(), "{found:?}");
        }
    }
}
