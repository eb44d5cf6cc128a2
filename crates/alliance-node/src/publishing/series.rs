//! A measure's series against the rule on small numbers, beside what was published of it before.
//!
//! Owns the way from a body to numbers and back. The rule itself, and what can be computed from what, is not decided here.

use std::collections::BTreeMap;

use alliance_api::Finding;
use alliance_disclosure::numbers::{
    Denominator, Edition, Length, Method, Month, Period, Point, Policy, Protected, Publication, Published,
    PublishedPoint, Rolled, Series, Shown, Unit, ValueStatus, check as judge, protect as protect_series, roll_ups,
};
use alliance_knowledge::Versions;
use alliance_record::proto::v1;
use alliance_record::schema::{Kind, vocabulary};
use alliance_record::{OrganisationId, RecordId};
use alliance_store::ReadError;
use prost::Message;

use crate::knowledge::Asking;

/// Earlier versions that are weighed together with a new one: a monthly figure that was corrected for eight years.
const EDITIONS_MAX: usize = 100;

/// The versions of a series that this node holds, oldest first: those that a body takes the place of, and those that were
/// written beside them.
pub(crate) fn editions(asking: &Asking<'_>, own: &OrganisationId, body: &[u8]) -> Result<Published, ReadError> {
    let mut versions = BTreeMap::new();
    for id in superseded(body) {
        let Some(item) = asking.reading.record(&id)? else {
            continue;
        };
        if item.kind != Kind::MEASURE || item.organisation != *own {
            continue;
        }
        let work = Versions::of(&asking.reading, &item)?;
        let newest_first = work.all.into_iter().rev();
        versions.extend(newest_first.map(|version| ((version.item.claimed_at_ms, version.item.id), version.item)));
    }
    let mut editions = Vec::new();
    for item in versions.into_values().rev().take(EDITIONS_MAX) {
        editions.extend(asking.held.stored_body(&item.id)?.map(|body| edition(&body)));
    }
    editions.reverse();
    Ok(Published { editions })
}

fn superseded(body: &[u8]) -> Vec<RecordId> {
    let common = v1::Measure::decode(body).ok().and_then(|measure| measure.common);
    let ids = common.map(|common| common.supersedes).unwrap_or_default();
    ids.iter()
        .filter_map(|id| Some(RecordId(id.as_ref().try_into().ok()?)))
        .collect()
}

fn edition(body: &[u8]) -> Edition {
    let points = v1::Measure::decode(body)
        .map(|measure| measure.points)
        .unwrap_or_default();
    Edition {
        points: points.iter().filter_map(published).collect(),
        figures: Vec::new(),
    }
}

/// What a measure counts, and out of what.
struct Units {
    counts: Unit,
    denominators: Option<Unit>,
}

impl Units {
    /// A denominator that the definition does not know of may count people.
    fn of(measure: &v1::Measure) -> Self {
        let codes = vocabulary("measure_definition").unwrap_or_default();
        let definition = codes.iter().find(|code| code.code == measure.measure);
        let column = |name| definition.and_then(|code| code.column(name));
        let is_given = measure.points.iter().any(|point| point.denominator.is_some());
        let denominators = column("denominator").filter(|code| *code != "none").map(Unit::of_code);
        Self {
            counts: Unit::of_code(column("numerator").unwrap_or_default()),
            denominators: denominators.or(is_given.then_some(Unit::People)),
        }
    }
}

/// What keeps a series from being published. Empty for what is no measure.
pub(super) fn check(body: &[u8], published: &Published) -> Vec<Finding> {
    let Ok(measure) = v1::Measure::decode(body) else {
        return Vec::new();
    };
    let units = Units::of(&measure);
    let mut findings = not_whole(&measure, &units);
    let publication = Publication {
        counts: units.counts,
        denominators: units.denominators,
        method: Method::of_code(&measure.disclosure_method).unwrap_or(Method::Suppress1To7Round5),
        public_source: Some(measure.public_source.clone()).filter(|source| !source.is_empty()),
        points: measure.points.iter().filter_map(self::published).collect(),
    };
    let found = judge(&publication, published, Policy::default());
    findings.extend(found.into_iter().map(|found| Finding {
        message: found.message,
        ..error(found.code, found.place, found.remedy)
    }));
    findings
}

fn error(code: &str, place: String, remedy: &str) -> Finding {
    Finding {
        severity: "error".to_owned(),
        code: code.to_owned(),
        place,
        line: None,
        column: None,
        message: String::new(),
        remedy: remedy.to_owned(),
    }
}

/// Hours and scores may be fractions where they lie; what is published of them is rounded to 5.
fn not_whole(measure: &v1::Measure, units: &Units) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, point) in measure.points.iter().enumerate() {
        let values = [
            ("numerator", point.numerator, Some(units.counts)),
            ("denominator", point.denominator, units.denominators),
        ];
        for (name, value, unit) in values {
            if unit.is_some_and(Unit::is_protected) && value.is_some_and(|value| value.fract() != 0.0) {
                let remedy = "Round it to the nearest 5, with status rounded_5.";
                findings.push(Finding {
                    message: "A fraction tells more than is published of counts.".to_owned(),
                    ..error("count_not_whole", format!("points[{index}].{name}"), remedy)
                });
            }
        }
    }
    findings
}

fn period(point: &v1::Point) -> Option<Period> {
    let month = |text: &str| text.parse::<Month>().ok();
    Period::new(month(&point.from)?, month(&point.to)?).ok()
}

fn published(point: &v1::Point) -> Option<PublishedPoint> {
    let shown = |value: Option<f64>, status: &str| Shown {
        value: value.map(whole),
        // A status of a newer vocabulary: what is there is taken for what it says.
        status: ValueStatus::of_code(status).unwrap_or(match value {
            Some(_) => ValueStatus::Exact,
            None => ValueStatus::Missing,
        }),
    };
    let has_denominator = point.denominator.is_some() || point.denominator_status != "missing";
    Some(PublishedPoint {
        period: period(point)?,
        numerator: shown(point.numerator, &point.numerator_status),
        denominator: has_denominator.then(|| shown(point.denominator, &point.denominator_status)),
    })
}

/// The nearest whole number; what is more than nothing does not become nothing.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "kept within the bounds of a count before"
)]
fn whole(value: f64) -> u64 {
    let value = value.clamp(0.0, 1e15);
    let rounded = value.round() as u64;
    if value > 0.0 { rounded.max(1) } else { rounded }
}

/// A body with its series protected, and what became of each value.
///
/// # Errors
/// What keeps any form of it from being published, each with its place.
pub(super) fn protect(body: &[u8], published: &Published) -> Result<(Vec<u8>, Vec<Finding>), Vec<Finding>> {
    let mut measure = v1::Measure::decode(body).unwrap_or_default();
    let units = Units::of(&measure);
    let counted = counted(&measure, &units)?;
    let series = Series {
        counts: units.counts,
        points: counted.iter().map(|(_, point)| *point).collect(),
        public_source: Some(measure.public_source.clone()).filter(|source| !source.is_empty()),
    };
    let protected = protect_series(&series, published, Policy::default()).map_err(|refusal| {
        vec![Finding {
            message: refusal.to_string(),
            ..error(refusal.code(), "points".to_owned(), refusal.remedy())
        }]
    })?;
    let places: Vec<usize> = counted.into_iter().map(|(place, _)| place).collect();
    for (place, shown) in places.iter().zip(&protected.points) {
        put(&mut measure.points[*place], shown);
    }
    protected.method.code().clone_into(&mut measure.disclosure_method);
    let mut notes = told(&protected, &places);
    notes.extend(offer(&series, &protected, published));
    Ok((measure.encode_to_vec(), notes))
}

/// Longer periods, when fewer counts would be hidden in them.
fn offer(series: &Series, protected: &Protected, published: &Published) -> Option<Finding> {
    let hidden = protected.points.len() - protected.kept();
    let offers = roll_ups(series, published, Policy::default());
    let best = offers.into_iter().next().filter(|offer| offer.hidden < hidden)?;
    let length = match best.length {
        Length::Months => "months",
        Length::Quarters => "quarters",
        Length::Halves => "half-years",
        Length::Years => "years",
    };
    let message = format!(
        "{hidden} of {} counts are hidden. In {length}, {} of {} would be.",
        protected.points.len(),
        best.hidden,
        best.periods.len()
    );
    let remedy = match best.rolled {
        Rolled::Summed(..) => "Add the periods up in your file, and share that.",
        Rolled::CountAnew => "Count them anew from your source: who was counted in two months is one person.",
    };
    Some(Finding {
        severity: "note".to_owned(),
        message,
        ..error("roll_up", "points".to_owned(), remedy)
    })
}

/// The points that were counted, with their places; the others say that they are missing and stay as they are.
fn counted(measure: &v1::Measure, units: &Units) -> Result<Vec<(usize, Point)>, Vec<Finding>> {
    let mut counted = Vec::new();
    let mut faults = Vec::new();
    for (place, point) in measure.points.iter().enumerate() {
        let is_exact = |status: &str, value: Option<f64>| match value {
            Some(_) => status == "exact",
            None => status == "missing",
        };
        let numerator = is_exact(&point.numerator_status, point.numerator);
        let (true, true) = (numerator, is_exact(&point.denominator_status, point.denominator)) else {
            let name = if numerator { "denominator" } else { "numerator" };
            let remedy =
                "Give what was counted, with status exact; or leave --protect out, if the series is protected already.";
            faults.push(Finding {
                message: "Only counts as they were counted can be protected.".to_owned(),
                ..error("not_as_counted", format!("points[{place}].{name}"), remedy)
            });
            continue;
        };
        let (Some(period), Some(count)) = (period(point), point.numerator) else {
            continue;
        };
        let denominator = point.denominator.zip(units.denominators);
        counted.push((
            place,
            Point {
                period,
                numerator: whole(count),
                denominator: denominator.map(|(value, unit)| Denominator {
                    value: whole(value),
                    unit,
                }),
            },
        ));
    }
    if faults.is_empty() { Ok(counted) } else { Err(faults) }
}

#[expect(clippy::cast_precision_loss, reason = "counts end at a thousand millions")]
fn put(point: &mut v1::Point, shown: &PublishedPoint) {
    point.numerator = shown.numerator.value.map(|value| value as f64);
    shown.numerator.status.code().clone_into(&mut point.numerator_status);
    if let Some(denominator) = shown.denominator {
        point.denominator = denominator.value.map(|value| value as f64);
        denominator.status.code().clone_into(&mut point.denominator_status);
    }
}

/// What became of the values that are not as they were counted.
fn told(protected: &Protected, places: &[usize]) -> Vec<Finding> {
    let changed = protected
        .explanations
        .iter()
        .filter(|one| one.what() != "Shown as it is.");
    changed
        .map(|one| Finding {
            severity: "note".to_owned(),
            message: format!("{} {}", one.what(), one.why()),
            ..error("protected", moved(&one.place, places), one.remedy().unwrap_or_default())
        })
        .collect()
}

/// A place among the points that were counted, as the place among all.
fn moved(place: &str, places: &[usize]) -> String {
    let parts = place.strip_prefix("points[").and_then(|rest| rest.split_once(']'));
    let index = parts.and_then(|(index, rest)| Some((places.get(index.parse::<usize>().ok()?)?, rest)));
    index.map_or_else(|| place.to_owned(), |(index, rest)| format!("points[{index}]{rest}"))
}
