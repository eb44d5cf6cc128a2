//! Releases the counts of one quantity: primary suppression, rounding, and secondary suppression until nothing can be
//! computed.
//!
//! Owns the decisions. They follow from what readers know, never from true counts that they do not: a reader who runs this
//! same procedure on every series that could be the true one learns nothing from what it withheld.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::audit::{Auditor, Fact};
use super::bounds::Interval;
use super::finding::{Reason, Refusal};
use super::month::Period;
use super::published::{Shown, ValueStatus, count, rounded_interval};
use super::series::{ROUNDED_TO, SUPPRESSED_MAX, Unit, round};

/// A period and its true count.
pub(super) type Count = (Period, u64);

/// What a reader has to go by where periods overlap.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Overlap {
    /// The count of a period is the sum of its parts, and nothing else bounds it: overlapping figures are weighed.
    Adds,
    /// It is not, for it counts people: overlapping figures are withheld, and zeros are weighed as among sums.
    DoesNotAdd,
    /// Every count is bounded by another that is protected too, such as incidents with a debrief by all incidents: even
    /// a zero of one can disclose the other, and overlapping figures are refused.
    Covered,
}

impl Overlap {
    /// Of the numerators and of the denominators.
    pub(super) fn of(counts: Unit, denominators: Option<Unit>) -> (Self, Self) {
        let covered = denominators == Some(counts) && counts.is_protected();
        let of = |unit: Unit| match (covered, unit.is_additive()) {
            (true, _) => Self::Covered,
            (false, true) => Self::Adds,
            (false, false) => Self::DoesNotAdd,
        };
        (of(counts), of(denominators.unwrap_or(Unit::Things)))
    }
}

/// How one value is published, and why.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decision {
    pub(super) shown: Shown,
    pub(super) reason: Reason,
}

impl Decision {
    pub(super) fn as_it_is(value: u64, reason: Reason) -> Self {
        let shown = Shown::exact(value);
        Self { shown, reason }
    }

    /// The form that the rule gives to a count by itself.
    fn by_rule(value: u64) -> Self {
        match value {
            0 => Self::as_it_is(value, Reason::Zero),
            1..=SUPPRESSED_MAX => Self {
                shown: Shown::hidden(ValueStatus::Suppressed1To7),
                reason: Reason::Primary,
            },
            _ => Self {
                shown: Shown {
                    value: Some(round(value)),
                    status: ValueStatus::Rounded5,
                },
                reason: Reason::Rounded,
            },
        }
    }

    fn withheld(reason: Reason) -> Self {
        let shown = Shown::hidden(ValueStatus::Missing);
        Self { shown, reason }
    }
}

/// How each count of one quantity is published beside what was published of it before.
pub(super) fn decide(
    counts: &[Count],
    unit: Unit,
    published: &dyn Fn() -> Vec<Fact>,
    overlap: Overlap,
) -> Result<Vec<Decision>, Refusal> {
    if unit.is_protected() {
        Release::new(counts, published(), overlap)?.decide()
    } else {
        let shown = counts
            .iter()
            .map(|&(_, value)| Decision::as_it_is(value, Reason::NotProtected));
        Ok(shown.collect())
    }
}

/// One quantity of a series on its way out.
struct Release<'a> {
    counts: &'a [Count],
    overlap: Overlap,
    /// What is published already of the same periods.
    known: BTreeMap<Period, Interval>,
    /// Periods of which an earlier figure is being corrected.
    corrected: BTreeSet<Period>,
    auditor: Auditor,
}

impl<'a> Release<'a> {
    /// Readers know what was published, and which of the new counts are zero: zero is always shown.
    fn new(counts: &'a [Count], mut facts: Vec<Fact>, overlap: Overlap) -> Result<Self, Refusal> {
        // A figure that the true count contradicts is being corrected, and says nothing of the corrected series.
        let truth: BTreeMap<Period, i64> = counts.iter().map(|&(period, value)| (period, count(value))).collect();
        let holds = |fact: &Fact| truth.get(&fact.period).is_none_or(|&value| fact.within.holds(value));
        let corrected = facts
            .iter()
            .filter(|fact| !holds(fact))
            .map(|fact| fact.period)
            .collect();
        facts.retain(holds);

        let mut auditor = auditor(&facts, counts.iter().map(|&(period, _)| period))?;
        let known: BTreeMap<_, _> = facts.iter().map(|fact| (fact.period, fact.within)).collect();
        consistent(&auditor, counts, overlap)?;
        for &(period, value) in counts {
            let within = match value {
                0 => Interval::between(0, 0),
                _ => Interval::at_least(1),
            };
            let is_public = known
                .get(&period)
                .is_some_and(|known: &Interval| known.is_within(within));
            if overlap == Overlap::Covered && auditor.is_entangled(period) && !is_public {
                return Err(Refusal::Overlaps(period));
            }
            if !auditor.add(plain(period, within)) {
                return Err(Refusal::Contradicts(period));
            }
        }
        match auditor.disclosed() {
            Some(period) => Err(Refusal::Discloses(period)),
            None => Ok(Self {
                counts,
                overlap,
                known,
                corrected,
                auditor,
            }),
        }
    }

    /// Shows one count after the other where that is safe, until no more can be shown. Shorter periods go first, for
    /// charts live from them, then recent ones.
    fn decide(mut self) -> Result<Vec<Decision>, Refusal> {
        let mut decisions: Vec<Decision> = self.counts.iter().map(|&(_, value)| Decision::by_rule(value)).collect();
        let mut pending: Vec<usize> = (0..decisions.len()).filter(|&index| self.counts[index].1 > 0).collect();
        pending.sort_by_key(|&index| (self.counts[index].0.months(), Reverse(self.counts[index].0)));
        loop {
            let mut withheld = Vec::new();
            for &index in &pending {
                if let Err(reason) = self.show(index, decisions[index].shown) {
                    withheld.push((index, reason));
                }
            }
            // What is shown meanwhile may leave a withheld count only one form, which then tells nothing new.
            if withheld.len() == pending.len() {
                for (index, reason) in withheld {
                    let period = self.counts[index].0;
                    // Had it not changed it would be shown again: withholding it would tell that it changed, and so
                    // which numbers it is not.
                    if self.corrected.contains(&period) {
                        return Err(Refusal::Discloses(period));
                    }
                    decisions[index] = Decision::withheld(reason);
                }
                return Ok(decisions);
            }
            pending = withheld.into_iter().map(|(index, _)| index).collect();
        }
    }

    /// Shows a count if every form that readers could expect of it would be safe to show.
    fn show(&mut self, index: usize, shown: Shown) -> Result<(), Reason> {
        let period = self.counts[index].0;
        let Some(within) = shown.tells() else { return Ok(()) };
        let fact = Fact {
            period,
            within,
            rounded: shown.status == ValueStatus::Rounded5,
        };
        if !self.known.get(&period).is_some_and(|known| known.is_within(within)) {
            if self.overlap != Overlap::Adds && self.auditor.is_entangled(period) {
                return Err(Reason::Entangled);
            }
            let forms = forms(period, self.auditor.within(period));
            if let Some(computed) = forms.into_iter().find_map(|form| self.auditor.would_disclose(form)) {
                return Err(Reason::Secondary(computed));
            }
        }
        if self.auditor.add(fact) {
            Ok(())
        } else {
            Err(Reason::Secondary(period))
        }
    }
}

fn plain(period: Period, within: Interval) -> Fact {
    Fact {
        period,
        within,
        rounded: false,
    }
}

/// What readers know from what is published. A figure that cannot be true together with newer ones has been corrected.
pub(super) fn auditor(facts: &[Fact], periods: impl Iterator<Item = Period>) -> Result<Auditor, Refusal> {
    let periods = facts.iter().map(|fact| fact.period).chain(periods).collect();
    let mut auditor = Auditor::new(periods)?;
    for fact in facts {
        let _corrected = !auditor.add(*fact);
    }
    auditor.settle();
    Ok(auditor)
}

/// Refuses counts that cannot be true together with what is published, for then nothing follows from anything.
fn consistent(auditor: &Auditor, counts: &[Count], overlap: Overlap) -> Result<(), Refusal> {
    let mut truth = auditor.clone();
    for &(period, value) in counts {
        if overlap != Overlap::Adds && auditor.is_entangled(period) {
            continue;
        }
        let value = count(value);
        if !truth.add(plain(period, Interval::between(value, value))) {
            return Err(Refusal::Contradicts(period));
        }
    }
    Ok(())
}

/// The forms in which a count that is not zero may come out, as far as readers can tell.
///
/// Of the rounded ones only the two lowest and the highest: no other can disclose what these do not. Let X be any period,
/// and its bounds what they become when this count is published as r. Both bounds of X grow with r, or stay.
/// If X is known to be at most 7 whatever r is, too low an upper bound comes from a low r and too high a lower bound from a
/// high one. If X is at most 7 only when r is low, then r is at most 5 more than the least that this count can be, which the
/// two lowest forms cover. And how many numbers are left of a rounded count is a concave function of r.
fn forms(period: Period, known: Interval) -> Vec<Fact> {
    let (suppressed_max, step) = (count(SUPPRESSED_MAX), count(ROUNDED_TO));
    let mut forms = Vec::new();
    let mut push = |within: Interval, rounded: bool| {
        if known.and(within).is_some() {
            forms.push(Fact {
                period,
                within,
                rounded,
            });
        }
    };
    push(Interval::between(1, suppressed_max), false);
    let nearest = |value: i64| (value + step / 2) / step * step;
    let lowest = nearest(known.least.max(suppressed_max + 1));
    push(rounded_interval(lowest), true);
    push(rounded_interval(lowest + step), true);
    if let Some(most) = known.most.filter(|&most| most > suppressed_max) {
        push(rounded_interval(nearest(most)), true);
    }
    forms
}
