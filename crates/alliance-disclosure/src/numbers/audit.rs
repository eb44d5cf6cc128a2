//! The auditor: what a reader can compute of one quantity of a series, and whether one more figure would tell too much.
//!
//! Owns what counts as disclosed. Never sees a true count: it judges from what readers know, so that what is withheld
//! depends on nothing that they do not know.

use std::collections::{BTreeMap, BTreeSet};

use super::bounds::{Between, Bounds, Interval};
use super::finding::Refusal;
use super::month::Period;
use super::published::{Published, PublishedPoint, Shown, ValueStatus, count};
use super::series::SUPPRESSED_MAX;

/// Different figures of a series that are weighed together: twenty editions of the largest series.
pub const FIGURES_MAX: usize = 4_800;
/// Cuts in one stretch of overlapping periods: a matrix of two megabytes, and forty years of months.
const CUTS_MAX: usize = 512;

/// Which of the two series of counts is judged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Quantity {
    Numerator,
    Denominator,
}

impl Quantity {
    pub(super) fn of(self, point: &PublishedPoint) -> Option<Shown> {
        match self {
            Self::Numerator => Some(point.numerator),
            Self::Denominator => point.denominator,
        }
    }

    pub(super) fn place(self, index: usize) -> String {
        match self {
            Self::Numerator => format!("points[{index}].numerator"),
            Self::Denominator => format!("points[{index}].denominator"),
        }
    }
}

/// What readers know of the count of one period.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Fact {
    pub(super) period: Period,
    pub(super) within: Interval,
    /// Whether it was published as rounded, so that it must not be computed exactly.
    pub(super) rounded: bool,
}

/// What was published before, newest first, one fact for each period. What contradicts a newer figure of the same period
/// was corrected by it and says nothing any more.
pub(super) fn facts(published: &Published, quantity: Quantity) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut known: BTreeMap<Period, usize> = BTreeMap::new();
    for edition in published.editions.iter().rev() {
        let points = edition.points.iter().filter_map(|point| {
            let shown = quantity.of(point)?;
            let rounded = shown.status == ValueStatus::Rounded5;
            // What is withheld is not zero: zero would be shown.
            let within = shown.tells().unwrap_or(Interval::at_least(1));
            Some((point.period, within, rounded))
        });
        let figures = edition.figures.iter().filter(|_| quantity == Quantity::Numerator);
        let figures = figures.map(|figure| {
            let within = Interval::between(count(figure.least), count(figure.most));
            (figure.period, within, false)
        });
        for (period, within, rounded) in points.chain(figures) {
            let Some(&at) = known.get(&period) else {
                known.insert(period, facts.len());
                facts.push(Fact {
                    period,
                    within,
                    rounded,
                });
                continue;
            };
            let fact: &mut Fact = &mut facts[at];
            if let Some(joint) = fact.within.and(within) {
                fact.within = joint;
                fact.rounded |= rounded;
            }
        }
    }
    facts
}

/// What readers know of the counts of all periods, in stretches of time that have nothing to do with each other.
#[derive(Clone)]
pub(super) struct Auditor {
    /// In order of time.
    stretches: Vec<Stretch>,
}

#[derive(Clone)]
struct Stretch {
    /// Where its periods begin and end, in order.
    cuts: Vec<u32>,
    /// What is known now.
    now: Bounds,
    /// What was known from what is published already.
    before: Bounds,
    /// Sums that are published as rounded.
    rounded: BTreeSet<Between>,
}

impl Auditor {
    /// An auditor who knows nothing yet, and will be asked about these periods only.
    pub(super) fn new(mut periods: Vec<Period>) -> Result<Self, Refusal> {
        periods.sort_unstable();
        periods.dedup();
        if periods.len() > FIGURES_MAX {
            return Err(Refusal::TooMuchPublished);
        }
        let mut groups: Vec<Vec<u32>> = Vec::new();
        let mut reached = 0;
        for period in periods {
            match groups.last_mut() {
                Some(cuts) if period.start() < reached => cuts.extend([period.start(), period.end()]),
                _ => groups.push(vec![period.start(), period.end()]),
            }
            reached = reached.max(period.end());
        }
        let stretches = groups.into_iter().map(Stretch::new).collect::<Result<_, _>>()?;
        Ok(Self { stretches })
    }

    /// The stretch of a period, and where in it the period lies.
    fn find(&self, period: Period) -> (usize, Between) {
        let after = self
            .stretches
            .partition_point(|stretch| stretch.cuts[0] <= period.start());
        let stretch = after.saturating_sub(1);
        let cuts = &self.stretches[stretch].cuts;
        let from = cuts.partition_point(|&cut| cut < period.start());
        let to = cuts.partition_point(|&cut| cut < period.end());
        debug_assert!(cuts.get(from) == Some(&period.start()) && cuts.get(to) == Some(&period.end()));
        (stretch, Between { from, to })
    }

    /// Whether some other period overlaps this one.
    pub(super) fn is_entangled(&self, period: Period) -> bool {
        self.stretches[self.find(period).0].cuts.len() > 2
    }

    /// What is known of a period.
    pub(super) fn within(&self, period: Period) -> Interval {
        let (stretch, sum) = self.find(period);
        self.stretches[stretch].now.of(sum)
    }

    /// Adds a fact; false, and nothing is added, when it contradicts what is known.
    #[must_use]
    pub(super) fn add(&mut self, fact: Fact) -> bool {
        let (stretch, sum) = self.find(fact.period);
        let stretch = &mut self.stretches[stretch];
        let added = stretch.now.add(sum, fact.within);
        if added && fact.rounded {
            stretch.rounded.insert(sum);
        }
        added
    }

    /// Takes what is known now for what is published already: none of it can be undone.
    pub(super) fn settle(&mut self) {
        for stretch in &mut self.stretches {
            stretch.before = stretch.now.clone();
        }
    }

    /// A period of which too much is known, beyond what was known from earlier editions.
    pub(super) fn disclosed(&self) -> Option<Period> {
        self.stretches.iter().find_map(|stretch| {
            let sum = stretch.disclosed(|sum| stretch.now.of(sum), None)?;
            Some(stretch.period(sum))
        })
    }

    /// A period of which too much would be known if this were known as well. It must not contradict what is known.
    pub(super) fn would_disclose(&self, fact: Fact) -> Option<Period> {
        let (stretch, known) = self.find(fact.period);
        let stretch = &self.stretches[stretch];
        let rounded = fact.rounded.then_some(known);
        let sum = stretch.disclosed(|sum| stretch.now.of_with(sum, known, fact.within), rounded)?;
        Some(stretch.period(sum))
    }
}

impl Stretch {
    fn new(mut cuts: Vec<u32>) -> Result<Self, Refusal> {
        cuts.sort_unstable();
        cuts.dedup();
        if cuts.len() > CUTS_MAX {
            return Err(Refusal::TooMuchPublished);
        }
        let now = Bounds::new(cuts.len());
        Ok(Self {
            before: now.clone(),
            now,
            cuts,
            rounded: BTreeSet::new(),
        })
    }

    fn period(&self, sum: Between) -> Period {
        Period::of_cuts(self.cuts[sum.from], self.cuts[sum.to])
    }

    /// The first sum that is disclosed when this is known of all sums.
    fn disclosed(&self, known: impl Fn(Between) -> Interval, rounded: Option<Between>) -> Option<Between> {
        let is_new = |sum: Between, within: Interval| within != self.before.of(sum);
        let small = self.now.sums().find(|&sum| {
            let within = known(sum);
            is_narrow(within) && is_new(sum, within)
        });
        let computed = |sum: &Between| {
            let within = known(*sum);
            within.most == Some(within.least) && is_new(*sum, within)
        };
        small.or_else(|| self.rounded.iter().copied().chain(rounded).find(computed))
    }
}

/// Whether a count is known to be small, and to be fewer numbers than "1 to 7" says. That it is zero may be known.
fn is_narrow(within: Interval) -> bool {
    let suppressed_max = count(SUPPRESSED_MAX);
    within
        .most
        .is_some_and(|most| (1..=suppressed_max).contains(&most) && (most < suppressed_max || within.least > 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(from: u8, to: u8) -> Period {
        let month = |month| super::super::month::Month::new(2024, month).unwrap();
        Period::new(month(from), month(to)).unwrap()
    }

    fn fact(period: Period, least: i64, most: i64) -> Fact {
        let within = Interval::between(least, most);
        Fact {
            period,
            within,
            rounded: false,
        }
    }

    #[test]
    fn narrow_is_small_and_less_than_the_rule_allows() {
        let cases = [
            (1, 7, false),
            (0, 7, false),
            (0, 0, false),
            (2, 7, true),
            (1, 6, true),
            (0, 6, true),
            (6, 9, false),
        ];
        for (least, most, narrow) in cases {
            assert_eq!(is_narrow(Interval::between(least, most)), narrow, "{least}..={most}");
        }
        assert!(!is_narrow(Interval::at_least(1)));
    }

    #[test]
    fn a_total_would_disclose_its_suppressed_part() {
        let (quarter, january, rest) = (period(1, 3), period(1, 1), period(2, 3));
        let mut auditor = Auditor::new(vec![quarter, january, rest, period(5, 5)]).unwrap();
        assert!(auditor.add(fact(january, 1, 7)) && auditor.add(fact(rest, 8, 12)));
        auditor.settle();
        assert_eq!(auditor.would_disclose(fact(quarter, 8, 12)), Some(january));
        assert_eq!(auditor.would_disclose(fact(quarter, 13, 17)), None);
        assert!(auditor.is_entangled(january) && !auditor.is_entangled(period(5, 5)));
        assert!(auditor.add(fact(quarter, 8, 12)));
        assert_eq!(auditor.disclosed(), Some(january));
        auditor.settle();
        assert_eq!(
            auditor.disclosed(),
            None,
            "what is public already is not disclosed anew"
        );
    }

    #[test]
    fn too_many_overlapping_periods_are_refused() {
        let first = period(1, 1).start();
        let periods = (0..600).map(|at| Period::of_cuts(first + at, first + at + 2)).collect();
        assert_eq!(Auditor::new(periods).err(), Some(Refusal::TooMuchPublished));
    }
}
