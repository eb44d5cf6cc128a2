//! Series: periods in order, and values that agree with their status. What may be shown of small numbers is judged beside what
//! was published before, which is not known here.

use super::{Summarised, common, in_order};
use crate::proto::v1::{Format, Measure, Point};
use crate::schema::condition::is_met;
use crate::schema::finding::Finding;
use crate::schema::info::kind;
use crate::schema::kind::Kind;

/// Published counts are rounded to multiples of this.
const ROUNDED_TO: f64 = 5.0;
const PUBLIC_ALREADY: &str = "already_published_elsewhere";

pub(super) fn check(measure: &Measure, findings: &mut Vec<Finding>) {
    common(measure.common.as_ref(), Summarised::No, findings);
    force(measure, findings);
    if measure.disclosure_method == PUBLIC_ALREADY && measure.public_source.is_empty() {
        let message = "The figures are said to be public already, and \"public_source\" says not where.";
        findings.push(Finding::error(
            "public_source_missing",
            "public_source",
            message,
            "Give the link or the document.",
        ));
    }
    for (index, point) in measure.points.iter().enumerate() {
        let place = format!("points[{index}]");
        in_order(&point.from, &point.to, &format!("{place}.to"), findings);
        agrees(
            point.numerator,
            &point.numerator_status,
            &format!("{place}.numerator"),
            findings,
        );
        agrees(
            point.denominator,
            &point.denominator_status,
            &format!("{place}.denominator"),
            findings,
        );
    }
    overlaps(&measure.points, findings);
}

fn force(measure: &Measure, findings: &mut Vec<Finding>) {
    let empty = [
        ("restrictive_types", measure.restrictive_types.is_empty()),
        ("counting_rule", measure.counting_rule.is_empty()),
        ("includes_brief_holds", measure.includes_brief_holds.is_none()),
    ];
    let needed = |field: &str| applies(field, &measure.measure);
    for (field, _) in empty.into_iter().filter(|(field, empty)| *empty && needed(field)) {
        let message = format!("A measure of force needs \"{field}\": without it nobody can compare it with anything.");
        let remedy = "Say what was counted, when a new event begins, and whether brief holds count.";
        findings.push(Finding::error("force_incomplete", field, message, remedy));
    }
}

/// Whether a field applies to a measure: those that say what was counted, and how, to measures of force.
fn applies(field: &str, measure: &str) -> bool {
    let field = kind(Kind::MEASURE).and_then(|info| info.field(field));
    let conditions = field.map(|field| field.applies_when.as_slice()).unwrap_or_default();
    conditions
        .iter()
        .all(|condition| is_met(condition, Format::Unspecified, measure))
}

fn agrees(value: Option<f64>, status: &str, place: &str, findings: &mut Vec<Finding>) {
    let hidden = status == "missing" || status.starts_with("suppressed_");
    if hidden == value.is_some() && !status.is_empty() {
        let message = format!(
            "A status of \"{}\" does not go with what is given.",
            crate::schema::finding::shown(status)
        );
        let remedy = "Leave the value out when it is suppressed or missing; give it otherwise.";
        findings.push(Finding::error("point_status_mismatch", place, message, remedy));
    }
    if status == "rounded_5" && value.is_some_and(|value| value % ROUNDED_TO != 0.0) {
        findings.push(unrounded(place));
    }
}

fn unrounded(place: &str) -> Finding {
    let message = "The count is not a multiple of 5, as its status says.";
    Finding::error(
        "point_not_rounded",
        place,
        message,
        "Round it to the nearest 5, with status rounded_5.",
    )
}

/// Periods that overlap would let a suppressed count be computed from a total.
fn overlaps(points: &[Point], findings: &mut Vec<Finding>) {
    for (index, pair) in points.windows(2).enumerate() {
        let [before, after] = pair else { continue };
        if after.from <= before.to {
            let message = "This period begins before the one above it has ended.";
            let remedy = "Order the points by time and let none overlap: totals would uncover suppressed counts.";
            findings.push(Finding::error(
                "points_overlap",
                format!("points[{}].from", index + 1),
                message,
                remedy,
            ));
        }
    }
}
