//! Attackers who try every series of a small world. They share nothing with the procedure but its published output.

use std::collections::{BTreeMap, BTreeSet};

use alliance_disclosure::numbers::{Published, PublishedPoint, Shown, ValueStatus};

use crate::given::period;

/// The largest count of a month in the worlds that are tried.
pub(crate) const COUNT_MAX: u64 = 22;
/// The largest rounded count from which worlds of such months can be judged: higher ones could be made of larger months.
pub(crate) const JUDGED_MAX: u64 = 20;
/// Months of a world.
pub(crate) const MONTHS: usize = 3;

pub(crate) type World = [u64; MONTHS];

/// All true series, none of whose months has more than `most`.
pub(crate) fn worlds(most: u64) -> impl Iterator<Item = World> {
    (0..=most).flat_map(move |one| (0..=most).flat_map(move |two| (0..=most).map(move |three| [one, two, three])))
}

/// Stretches between ends of the periods of these editions.
pub(crate) fn stretches(editions: &[Vec<(usize, usize)>]) -> Vec<(usize, usize)> {
    let cuts: BTreeSet<usize> = editions
        .iter()
        .flatten()
        .flat_map(|&(start, end)| [start, end])
        .collect();
    let pairs = cuts.iter().flat_map(|&start| cuts.iter().map(move |&end| (start, end)));
    pairs.filter(|(start, end)| start < end).collect()
}

/// Whether a published value can come from a true count. Written anew, from the words of the rule.
pub(crate) fn agrees(shown: Shown, truth: u64) -> bool {
    match (shown.status, shown.value) {
        (ValueStatus::Exact, Some(value)) => truth == value,
        (ValueStatus::Rounded5, Some(value)) => truth > 7 && value % 5 == 0 && truth.abs_diff(value) < 3,
        (ValueStatus::Suppressed1To7, None) => (1..8).contains(&truth),
        (ValueStatus::Missing, None) => true,
        other => panic!("never published: {other:?}"),
    }
}

/// What is wrong with what is left of the worlds that could be true; `None` when nothing is disclosed. `left` gives the
/// counts that a stretch still may have, `published` the values that were published of it.
pub(crate) fn disclosed(
    editions: &[Vec<(usize, usize)>],
    left: impl Fn((usize, usize)) -> BTreeSet<u64>,
    published: impl Fn((usize, usize)) -> Vec<Shown>,
) -> Option<String> {
    for stretch in stretches(editions) {
        let left = left(stretch);
        let most = left.last().copied().unwrap_or(0);
        if (1..8).contains(&most) && !(1..8).all(|count| left.contains(&count)) {
            return Some(format!("{stretch:?} is one of {left:?}"));
        }
        let is_rounded = |shown: &Shown| shown.status == ValueStatus::Rounded5;
        if left.len() < 2 && published(stretch).iter().any(is_rounded) {
            return Some(format!("{stretch:?} is {left:?}, and was rounded"));
        }
    }
    None
}

/// The same, of months that add up.
pub(crate) fn disclosed_sums(
    worlds: &[World],
    editions: &[Vec<(usize, usize)>],
    points: &[PublishedPoint],
) -> Option<String> {
    let left = |(start, end): (usize, usize)| worlds.iter().map(|world| world[start..end].iter().sum()).collect();
    disclosed(editions, left, |stretch| numerators(points, stretch))
}

/// What was published of a stretch.
pub(crate) fn numerators(points: &[PublishedPoint], stretch: (usize, usize)) -> Vec<Shown> {
    let of = points.iter().filter(|point| point.period == period(stretch));
    of.map(|point| point.numerator).collect()
}

/// All points of all editions.
pub(crate) fn points(published: &Published) -> Vec<PublishedPoint> {
    published
        .editions
        .iter()
        .flat_map(|edition| edition.points.iter().copied())
        .collect()
}

/// Whether worlds of small months are enough to judge these points.
pub(crate) fn can_judge(points: &[PublishedPoint]) -> bool {
    points
        .iter()
        .all(|point| point.numerator.value.is_none_or(|value| value <= JUDGED_MAX))
}

/// The attacker who knows the rule: worlds that agree with all that is published.
pub(crate) fn agreeing(points: &[PublishedPoint]) -> Vec<World> {
    let spans: BTreeMap<_, _> = (0..MONTHS)
        .flat_map(|start| (start + 1..=MONTHS).map(move |end| (period((start, end)), (start, end))))
        .collect();
    let agree = |world: &World| {
        points.iter().all(|point| {
            let (start, end) = spans[&point.period];
            agrees(point.numerator, world[start..end].iter().sum())
        })
    };
    worlds(COUNT_MAX).filter(agree).collect()
}
