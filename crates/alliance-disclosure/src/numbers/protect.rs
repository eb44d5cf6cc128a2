//! Protects a series: numerators and denominators, each by the rule of what they count.
//!
//! Owns what a series must be, and what comes out of it. Never decides what is safe.

use std::collections::{BTreeMap, BTreeSet};

use super::audit::{Quantity, facts};
use super::finding::{Explanation, Reason, Refusal};
use super::published::{Edition, Method, Published, PublishedPoint};
use super::release::{Count, Decision, Overlap, decide};
use super::series::{COUNT_MAX, POINTS_MAX, Policy, Series, Unit};

/// A series as it may be published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Protected {
    /// How people are protected.
    pub method: Method,
    /// The points, in the order of the series.
    pub points: Vec<PublishedPoint>,
    /// What became of each numerator and denominator, and why. For the author, not for readers.
    pub explanations: Vec<Explanation>,
}

impl Protected {
    /// The edition that it is once it is published.
    pub fn edition(&self) -> Edition {
        Edition {
            points: self.points.clone(),
            figures: Vec::new(),
        }
    }

    /// How many counts are shown: zero, exact or rounded.
    pub fn kept(&self) -> usize {
        self.points
            .iter()
            .filter(|point| point.numerator.value.is_some())
            .count()
    }
}

/// The form in which a series may be published beside what was published of it before.
///
/// # Errors
/// A [`Refusal`] when the series is not sound, contradicts what is published, or when its zeros alone, which are always
/// shown, would let a small count be computed. Nothing is kept either way.
pub fn protect(series: &Series, published: &Published, policy: Policy) -> Result<Protected, Refusal> {
    let denominators = sound(series)?;
    let public = series.is_public(policy);
    let overlap = Overlap::of(series.counts, denominators);
    let numerators: Vec<Count> = series
        .points
        .iter()
        .map(|point| (point.period, point.numerator))
        .collect();
    let numerators = if public {
        numerators
            .iter()
            .map(|&(_, value)| Decision::as_it_is(value, Reason::PublicAlready))
            .collect()
    } else {
        decide(
            &numerators,
            series.counts,
            &|| facts(published, Quantity::Numerator),
            overlap.0,
        )?
    };
    let with: Vec<usize> = (0..series.points.len())
        .filter(|&index| series.points[index].denominator.is_some())
        .collect();
    let counts: Vec<Count> = series
        .points
        .iter()
        .filter_map(|point| Some((point.period, point.denominator?.value)))
        .collect();
    let unit = denominators.unwrap_or(Unit::Things);
    let decided = decide(&counts, unit, &|| facts(published, Quantity::Denominator), overlap.1)?;
    let denominators: BTreeMap<usize, Decision> = with.into_iter().zip(decided).collect();

    let method = match (public, series.counts.is_protected() || unit.is_protected()) {
        (true, _) => Method::AlreadyPublishedElsewhere,
        (false, true) => Method::Suppress1To7Round5,
        (false, false) => Method::PeopleNotCounted,
    };
    Ok(assemble(method, series, &numerators, &denominators))
}

fn assemble(
    method: Method,
    series: &Series,
    numerators: &[Decision],
    denominators: &BTreeMap<usize, Decision>,
) -> Protected {
    let mut points = Vec::with_capacity(numerators.len());
    let mut explanations = Vec::with_capacity(numerators.len() * 2);
    for (index, (point, numerator)) in series.points.iter().zip(numerators).enumerate() {
        let denominator = denominators.get(&index);
        points.push(PublishedPoint {
            period: point.period,
            numerator: numerator.shown,
            denominator: denominator.map(|decision| decision.shown),
        });
        let mut explain = |quantity: Quantity, decision: &Decision| {
            explanations.push(Explanation {
                place: quantity.place(index),
                reason: decision.reason,
            });
        };
        explain(Quantity::Numerator, numerator);
        if let Some(decision) = denominator {
            explain(Quantity::Denominator, decision);
        }
    }
    Protected {
        method,
        points,
        explanations,
    }
}

/// Refuses what no series can be. The unit of its denominators, if it has any.
fn sound(series: &Series) -> Result<Option<Unit>, Refusal> {
    if series.points.len() > POINTS_MAX {
        return Err(Refusal::TooManyPoints);
    }
    let mut periods = BTreeSet::new();
    let mut unit = None;
    for point in &series.points {
        if !periods.insert(point.period) {
            return Err(Refusal::PeriodTwice(point.period));
        }
        let denominator = point.denominator.map_or(0, |denominator| denominator.value);
        if point.numerator > COUNT_MAX || denominator > COUNT_MAX {
            return Err(Refusal::CountTooLarge(point.period));
        }
        let Some(denominator) = point.denominator else { continue };
        if *unit.get_or_insert(denominator.unit) != denominator.unit {
            return Err(Refusal::MixedDenominators);
        }
        if denominator.unit == series.counts && point.numerator > denominator.value {
            return Err(Refusal::NumeratorExceedsDenominator(point.period));
        }
    }
    Ok(unit)
}
