//! Judges a series that was typed in as it is to be published.
//!
//! Owns the findings. Never mends anything: what was counted is not known here.

use std::collections::{BTreeMap, BTreeSet};

use super::audit::{Auditor, Fact, Quantity, facts};
use super::bounds::Interval;
use super::finding::{Finding, Refusal};
use super::month::Period;
use super::published::{Method, Publication, Published, Shown, ValueStatus};
use super::release::{Overlap, auditor};
use super::series::{COUNT_MAX, POINTS_MAX, Policy, ROUNDED_TO, SUPPRESSED_MAX, Unit};

/// What keeps a typed series from being published: values that the rule does not allow, and values from which others
/// could be computed, by themselves or together with what was published before. Empty when nothing does.
///
/// Codes: `too_many_points`, `period_twice`, `point_status_mismatch`, `count_large`, `small_number`, `zero_not_exact`,
/// `point_not_rounded`, `suppression_weak`, `numerator_exceeds_denominator`, `method_mismatch`, `public_source_missing`,
/// `denominator_small`, `too_much_published`, `contradicts_published`, `overlaps_published`, `computable`.
pub fn check(publication: &Publication, published: &Published, policy: Policy) -> Vec<Finding> {
    let mut findings = Vec::new();
    if publication.points.len() > POINTS_MAX {
        let message = format!("A series has at most {POINTS_MAX} points.");
        let remedy = "Roll periods up, such as months into quarters.";
        return vec![Finding::new("too_many_points", "points".to_owned(), message, remedy)];
    }
    periods_once(publication, &mut findings);
    shapes(publication, &mut findings);
    let public = publication.method == Method::AlreadyPublishedElsewhere && publication.counts == Unit::Events;
    method(publication, policy, &mut findings);
    let overlap = Overlap::of(publication.counts, publication.denominators);
    if publication.counts.is_protected() && !public {
        quantity(publication, published, (Quantity::Numerator, overlap.0), &mut findings);
    }
    if publication.denominators.is_some_and(Unit::is_protected) {
        covered(publication, &mut findings);
        quantity(
            publication,
            published,
            (Quantity::Denominator, overlap.1),
            &mut findings,
        );
    }
    findings
}

fn periods_once(publication: &Publication, findings: &mut Vec<Finding>) {
    let mut periods = BTreeSet::new();
    for (index, point) in publication.points.iter().enumerate() {
        if !periods.insert(point.period) {
            let message = format!("{} is there twice.", point.period);
            findings.push(Finding::new(
                "period_twice",
                format!("points[{index}]"),
                message,
                "Keep one of the two.",
            ));
        }
    }
}

/// Values that agree with their status, whatever they count.
fn shapes(publication: &Publication, findings: &mut Vec<Finding>) {
    for (index, point) in publication.points.iter().enumerate() {
        for quantity in [Quantity::Numerator, Quantity::Denominator] {
            let Some(shown) = quantity.of(point) else { continue };
            let has_value = matches!(
                shown.status,
                ValueStatus::Exact | ValueStatus::Rounded5 | ValueStatus::Estimated
            );
            if has_value != shown.value.is_some() {
                let message = "The status does not go with what is given.";
                let remedy = "Leave the value out when it is suppressed or missing; give it otherwise.";
                findings.push(Finding::new(
                    "point_status_mismatch",
                    quantity.place(index),
                    message,
                    remedy,
                ));
            }
            if shown.value.is_some_and(|value| value > COUNT_MAX) {
                let message = format!("The number is larger than {COUNT_MAX}.");
                findings.push(Finding::new(
                    "count_large",
                    quantity.place(index),
                    message,
                    "Check the number.",
                ));
            }
        }
    }
}

/// Whether the method that is named can be the one of this series.
fn method(publication: &Publication, policy: Policy, findings: &mut Vec<Finding>) {
    let mut found = |code, message: &str, remedy| {
        findings.push(Finding::new(code, "disclosure_method".to_owned(), message, remedy));
    };
    let units = [Some(publication.counts), publication.denominators];
    let protected = units.into_iter().flatten().any(Unit::is_protected);
    let remedy = "Name suppress_1_7_round_5, and protect the series so.";
    match publication.method {
        Method::SuppressLt5 => found(
            "method_mismatch",
            "Here 1 to 7 are suppressed, not only 1 to 4.",
            remedy,
        ),
        Method::PeopleNotCounted if protected => {
            found(
                "method_mismatch",
                "People, or what happened to them, are counted.",
                remedy,
            );
        }
        Method::AlreadyPublishedElsewhere if publication.counts != Unit::Events => {
            let message = "Only counts of events may stay as they are because they are public elsewhere.";
            found("method_mismatch", message, remedy);
        }
        Method::AlreadyPublishedElsewhere => public(publication, policy, findings),
        _ => {}
    }
}

/// What is public elsewhere is so at a place, and over enough bed days.
fn public(publication: &Publication, policy: Policy, findings: &mut Vec<Finding>) {
    let source = publication.public_source.as_deref().unwrap_or_default();
    if source.trim().is_empty() {
        let message = "The figures are said to be public already, and nothing says where.";
        let remedy = "Give the link or the document.";
        findings.push(Finding::new(
            "public_source_missing",
            "public_source".to_owned(),
            message,
            remedy,
        ));
    }
    for (index, point) in publication.points.iter().enumerate() {
        let bed_days = point.denominator.and_then(|shown| shown.value).unwrap_or(0);
        if publication.denominators != Some(Unit::BedDays) || bed_days < policy.bed_days_min {
            let message = format!(
                "Fewer than {} bed days: someone could be recognised.",
                policy.bed_days_min
            );
            let remedy = "Roll periods up, or protect the series as if it were not public.";
            findings.push(Finding::new(
                "denominator_small",
                Quantity::Numerator.place(index),
                message,
                remedy,
            ));
        }
    }
}

/// Of people, nobody counts more than there were; of incidents neither.
fn covered(publication: &Publication, findings: &mut Vec<Finding>) {
    if publication.denominators != Some(publication.counts) {
        return;
    }
    for (index, point) in publication.points.iter().enumerate() {
        let (numerator, denominator) = (point.numerator.tells(), point.denominator.and_then(Shown::tells));
        let (Some(numerator), Some(denominator)) = (numerator, denominator) else {
            continue;
        };
        if denominator.most.is_some_and(|most| numerator.least > most) {
            let message = "More were counted than there were to count.";
            let place = Quantity::Numerator.place(index);
            findings.push(Finding::new(
                "numerator_exceeds_denominator",
                place,
                message,
                "Check both numbers.",
            ));
        }
    }
}

/// What the rule does not allow by itself.
fn form(shown: Shown) -> Option<(&'static str, &'static str, &'static str)> {
    let step = ROUNDED_TO;
    match (shown.status, shown.value) {
        (ValueStatus::SuppressedLt5, _) => Some((
            "suppression_weak",
            "This status tells more than that the count is from 1 to 7.",
            "Give the status suppressed_1_7.",
        )),
        (ValueStatus::Exact, Some(0)) | (_, None) => None,
        (_, Some(0)) => Some((
            "zero_not_exact",
            "Zero is zero: it is never rounded or estimated.",
            "Give the status exact; or suppressed_1_7, if someone was counted.",
        )),
        (_, Some(1..=SUPPRESSED_MAX)) => Some((
            "small_number",
            "The count is so small that someone could be recognised.",
            "Leave it out with status suppressed_1_7, or roll periods up. Zero is always shown.",
        )),
        (ValueStatus::Exact, Some(_)) => Some((
            "point_not_rounded",
            "Counts are published rounded to 5.",
            "Round it to the nearest 5, with status rounded_5.",
        )),
        (_, Some(value)) if value % step != 0 => Some((
            "point_not_rounded",
            "The count is not a multiple of 5.",
            "Round it to the nearest 5, with status rounded_5.",
        )),
        _ => None,
    }
}

/// Judges the numerators, or the denominators: each by itself, then all together with what was published before.
fn quantity(
    publication: &Publication,
    published: &Published,
    (quantity, overlap): (Quantity, Overlap),
    findings: &mut Vec<Finding>,
) {
    let mut typed = Vec::new();
    for (index, point) in publication.points.iter().enumerate() {
        let Some(shown) = quantity.of(point) else { continue };
        if let Some((code, message, remedy)) = form(shown) {
            findings.push(Finding::new(code, quantity.place(index), message, remedy));
        } else {
            // What is left out while zeros are shown is not zero.
            let within = shown.tells().unwrap_or(Interval::at_least(1));
            let rounded = shown.status == ValueStatus::Rounded5;
            let period = point.period;
            typed.push((
                index,
                Fact {
                    period,
                    within,
                    rounded,
                },
            ));
        }
    }
    let mut facts = facts(published, quantity);
    // A published figure that a typed one of the same period contradicts is being corrected.
    let values: BTreeMap<Period, Interval> = typed.iter().map(|(_, fact)| (fact.period, fact.within)).collect();
    facts.retain(|fact| {
        values
            .get(&fact.period)
            .is_none_or(|within| fact.within.and(*within).is_some())
    });
    let periods = publication.points.iter().map(|point| point.period);
    match auditor(&facts, periods) {
        Ok(auditor) => {
            if overlap != Overlap::Adds {
                typed.retain(|&(index, fact)| {
                    let is_free = is_free(&auditor, &facts, fact, overlap);
                    if !is_free {
                        findings.push(overlapping(quantity.place(index)));
                    }
                    is_free
                });
            }
            together(auditor, &typed, quantity, findings);
        }
        Err(refusal) => findings.push(of_refusal(refusal, "points".to_owned())),
    }
}

/// Whether a value tells nothing together with others: published already, or overlapped by no other period. Zeros and
/// what is left out are weighed where people are counted.
fn is_free(auditor: &Auditor, facts: &[Fact], typed: Fact, overlap: Overlap) -> bool {
    let is_public = |fact: &Fact| fact.period == typed.period && fact.within.is_within(typed.within);
    let is_weighed = typed.within.most == Some(0) || typed.within == Interval::at_least(1);
    (is_weighed && overlap == Overlap::DoesNotAdd) || facts.iter().any(is_public) || !auditor.is_entangled(typed.period)
}

const REMEDY: &str =
    "Leave it out with status missing, or the whole point, or keep the periods that are published already.";

fn overlapping(place: String) -> Finding {
    let message = "Figures of overlapping periods are published, and together they could tell more than each alone.";
    Finding::new("overlaps_published", place, message, REMEDY)
}

/// All values at once; only if they tell too much, one after the other, to find the one that does. First which
/// are zero and which are not: that is told in any case.
fn together(mut auditor: Auditor, typed: &[(usize, Fact)], quantity: Quantity, findings: &mut Vec<Finding>) {
    let mut all = auditor.clone();
    if typed.iter().all(|(_, fact)| all.add(*fact)) && all.disclosed().is_none() {
        return;
    }
    let mut typed = typed.to_vec();
    let is_value = |fact: &Fact| fact.within.most != Some(0) && fact.within != Interval::at_least(1);
    typed.sort_by_key(|(index, fact)| (is_value(fact), *index));
    for (index, fact) in typed {
        let place = quantity.place(index);
        let mut with = auditor.clone();
        if !with.add(fact) {
            findings.push(of_refusal(Refusal::Contradicts(fact.period), place));
        } else if let Some(period) = with.disclosed() {
            let message = format!("With this, a small or rounded count of {period} could be computed.");
            findings.push(Finding::new("computable", place, message, REMEDY));
        } else {
            auditor = with;
        }
    }
}

fn of_refusal(refusal: Refusal, place: String) -> Finding {
    Finding::new(refusal.code(), place, refusal.to_string(), refusal.remedy())
}
