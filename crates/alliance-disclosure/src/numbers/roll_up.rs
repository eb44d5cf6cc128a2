//! Offers longer periods, before anything is suppressed: months, quarters, halves and years of the calendar.
//!
//! Owns the sums. Never adds people: who was counted in two months is one person in their quarter.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::month::Period;
use super::protect::{Protected, protect};
use super::published::{Method, Published};
use super::series::{COUNT_MAX, Denominator, Point, Policy, SUPPRESSED_MAX, Series};

/// How long the periods of a series are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Length {
    /// Calendar months.
    Months,
    /// January to March, and so on.
    Quarters,
    /// January to June, July to December.
    Halves,
    /// January to December.
    Years,
}

impl Length {
    /// All of them, shortest first.
    pub const ALL: [Self; 4] = [Self::Months, Self::Quarters, Self::Halves, Self::Years];

    /// In months.
    pub fn months(self) -> u32 {
        match self {
            Self::Months => 1,
            Self::Quarters => 3,
            Self::Halves => 6,
            Self::Years => 12,
        }
    }
}

/// How the counts of an offer come about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Rolled {
    /// They are sums, and this is what would be published.
    Summed(Series, Protected),
    /// They count people, numerators or denominators, and must be counted anew from the source. Sums would count a person
    /// several times.
    CountAnew,
}

/// An offer to publish longer periods.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RollUp {
    /// How long they are.
    pub length: Length,
    /// The periods, all of them whole.
    pub periods: Vec<Period>,
    /// Months of the series at its ends or beside gaps that do not fill a whole period, and would be left out.
    pub months_left_out: u32,
    /// Periods whose count would be shown: zero or rounded. Of people: those of which that is certain.
    pub kept: usize,
    /// Periods whose count would be suppressed or withheld. Of people: those of which it may be.
    pub hidden: usize,
    /// The counts.
    pub rolled: Rolled,
}

/// What a series would be in each length of period that its points fit into, best first: the most periods without any
/// suppression, then the most that are shown. The first is the one to propose. Empty when the points fit into none, or
/// when every one is refused beside what is published.
///
/// Each offer is protected beside `published` just as [`protect`] does it, so that it is as safe.
pub fn roll_ups(series: &Series, published: &Published, policy: Policy) -> Vec<RollUp> {
    let mut offers: Vec<RollUp> = Length::ALL
        .into_iter()
        .filter_map(|length| offer(series, published, policy, length))
        .collect();
    offers.sort_by_key(|offer| (offer.hidden > 0, Reverse(offer.kept), offer.length));
    offers
}

fn offer(series: &Series, published: &Published, policy: Policy, length: Length) -> Option<RollUp> {
    let parts = parts(series, length)?;
    let covered = |points: &[Point]| points.iter().map(|point| point.period.months()).sum::<u32>();
    let whole: Vec<(Period, Vec<Point>)> = parts
        .iter()
        .filter(|(part, points)| covered(points) == part.months())
        .map(|(part, points)| (*part, points.clone()))
        .collect();
    let left_out = parts.iter().filter(|(part, points)| covered(points) != part.months());
    let months_left_out = left_out.map(|(_, points)| covered(points)).sum();
    if whole.is_empty() {
        return None;
    }
    let additive = |point: &Point| {
        point
            .denominator
            .is_none_or(|denominator| denominator.unit.is_additive())
    };
    let is_sum = series.counts.is_additive() && series.points.iter().all(additive);
    // Periods that stay as they are need no new count.
    let (kept, rolled) = if is_sum || whole.iter().all(|(_, points)| points.len() == 1) {
        summed(series, &whole, published, policy)?
    } else {
        (
            whole.iter().filter(|(_, points)| is_shown_for_certain(points)).count(),
            Rolled::CountAnew,
        )
    };
    Some(RollUp {
        length,
        months_left_out,
        kept,
        hidden: whole.len() - kept,
        periods: whole.into_iter().map(|(part, _)| part).collect(),
        rolled,
    })
}

/// The points by the part of the calendar they lie in; `None` when one crosses a border, or two overlap.
fn parts(series: &Series, length: Length) -> Option<BTreeMap<Period, Vec<Point>>> {
    let mut points = series.points.clone();
    points.sort_by_key(|point| point.period);
    if points
        .windows(2)
        .any(|pair| matches!(pair, [one, two] if two.period.from() <= one.period.to()))
    {
        return None;
    }
    let mut parts: BTreeMap<Period, Vec<Point>> = BTreeMap::new();
    for point in points {
        let part = point.period.calendar_part(length.months());
        if !part.contains(point.period) {
            return None;
        }
        parts.entry(part).or_default().push(point);
    }
    Some(parts)
}

fn summed(
    series: &Series,
    whole: &[(Period, Vec<Point>)],
    published: &Published,
    policy: Policy,
) -> Option<(usize, Rolled)> {
    let points: Option<Vec<Point>> = whole.iter().map(|(part, points)| sum(*part, points)).collect();
    let rolled = Series {
        counts: series.counts,
        points: points?,
        public_source: series.public_source.clone(),
    };
    let mut protected = protect(&rolled, published, policy).ok()?;
    let kept = protected.kept();
    let is_longer = whole.iter().any(|(_, points)| points.len() > 1);
    let hides_nothing = protected
        .points
        .iter()
        .all(|point| point.numerator.value.is_some() && point.denominator.is_none_or(|shown| shown.value.is_some()));
    if is_longer && hides_nothing && protected.method == Method::Suppress1To7Round5 {
        protected.method = Method::RolledUpPeriod;
    }
    Some((kept, Rolled::Summed(rolled, protected)))
}

/// The sum of points with denominators of one unit, or all without; `None` when it is larger than a count can be.
fn sum(period: Period, points: &[Point]) -> Option<Point> {
    let within = |sum: u64| (sum <= COUNT_MAX).then_some(sum);
    let numerator = points
        .iter()
        .try_fold(0_u64, |sum, point| within(sum.checked_add(point.numerator)?))?;
    let first = points.first()?.denominator;
    let mut denominator = first.map(|first| Denominator {
        value: 0,
        unit: first.unit,
    });
    for point in points {
        denominator = match (denominator, point.denominator) {
            (None, None) => None,
            (Some(sum), Some(one)) if sum.unit == one.unit => Some(Denominator {
                value: within(sum.value.checked_add(one.value)?)?,
                unit: sum.unit,
            }),
            _ => return None,
        };
    }
    Some(Point {
        period,
        numerator,
        denominator,
    })
}

/// People counted in a period are at least as many as in the part of it with most.
fn is_shown_for_certain(points: &[Point]) -> bool {
    points.iter().any(|point| point.numerator > SUPPRESSED_MAX) || points.iter().all(|point| point.numerator == 0)
}
