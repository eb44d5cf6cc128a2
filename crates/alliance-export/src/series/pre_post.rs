//! Measures cut in two where a practice began. The rule is told with [`crate::Format::MetaPrePost`].

use alliance_record::RecordId;
use alliance_record::schema::Kind;

use super::SeriesColumn;
use super::point::{Point, definition, is_month};
use super::points::header;
use crate::csv::Row;
use crate::exported::State;
use crate::exporter::{Entry, Form, LeftOut, Written};
use crate::options::{Cells, KindOf};
use crate::reading::text_of;

/// What `measure_definition` calls a count of events, and a time at risk.
const EVENTS: &str = "events";
const TIMES: [&str; 2] = ["occupied_bed_days", "patient_hours"];
/// Hexadecimal digits of a record's id that tell studies of one organisation apart.
const SHORT_DIGITS: usize = 12;

pub(crate) const COLUMNS: [SeriesColumn; 16] = [
    (
        "studlab",
        "string",
        "Label of the study: the organisation, and the first digits of the record's id.",
    ),
    ("event.e", "integer", "Events after the practice began."),
    ("time.e", "number", "Time at risk after it, in the unit of time_unit."),
    ("event.c", "integer", "Events before."),
    ("time.c", "number", "Time at risk before."),
    ("time_unit", "string", "occupied_bed_days or patient_hours."),
    ("record", "string", "Id of the measure's record."),
    (
        "organisation",
        "string",
        "The organisation's public key, 64 hexadecimal digits.",
    ),
    ("country", "string", "The organisation's country, ISO 3166-1 alpha-2."),
    (
        "measure",
        "string",
        "Code of measure_definition. Pool those of one code alone.",
    ),
    (
        "practice",
        "string",
        "Id of the practice's record that the timeline names.",
    ),
    ("cut_at", "yearmonth", "The month in which the practice began."),
    ("points.e", "integer", "Points summed after."),
    ("points.c", "integer", "Points summed before."),
    (
        "points_spanning",
        "integer",
        "Points left out because the cut lies within them.",
    ),
    ("approximate", "boolean", "Whether a value is rounded or estimated."),
];

/// Writes the cut series.
pub(crate) struct PrePost<'o> {
    cells: Cells,
    kind_of: KindOf<'o>,
}

impl<'o> PrePost<'o> {
    pub(crate) fn new(cells: Cells, kind_of: KindOf<'o>) -> Self {
        Self { cells, kind_of }
    }
}

impl Form for PrePost<'_> {
    fn begin(&mut self, bytes: &mut Vec<u8>) {
        header(&COLUMNS, bytes);
    }

    fn record(&mut self, entry: &Entry<'_>, bytes: &mut Vec<u8>) -> Written {
        match study(entry, self.kind_of) {
            Ok(study) => {
                study.write(entry, Row::new(bytes, self.cells));
                Written::Rows(1)
            }
            Err(why) => Written::LeftOut(why),
        }
    }
}

struct Study<'a> {
    time_unit: &'a str,
    practice: &'a str,
    cut_at: &'a str,
    after: Period,
    before: Period,
    spanning: usize,
}

#[derive(Default)]
struct Period {
    events: f64,
    time: f64,
    points: u64,
    is_approximate: bool,
}

fn study<'a>(entry: &Entry<'a>, kind_of: KindOf<'_>) -> Result<Study<'a>, LeftOut> {
    if entry.record.kind != Kind::MEASURE {
        return Err(LeftOut::NotAMeasure);
    }
    if entry.record.state != State::Current {
        return Err(LeftOut::NotCurrent);
    }
    if entry.reading.fields.is_empty() {
        return Err(LeftOut::Unreadable);
    }
    let time_unit = time_unit(entry).ok_or(LeftOut::NotARateOfEvents)?;
    let (cut_at, practice) = cut(entry, kind_of).ok_or(LeftOut::NoPractice)?;
    let points: Vec<_> = entry.reading.items("points").map(Point::of).collect();
    if !is_in_order(&points) {
        return Err(LeftOut::OutOfOrder);
    }
    let before: Vec<_> = points.iter().filter(|point| point.to < cut_at).collect();
    let after: Vec<_> = points.iter().filter(|point| point.from >= cut_at).collect();
    if before.is_empty() || after.is_empty() {
        return Err(LeftOut::OnePeriod);
    }
    Ok(Study {
        time_unit,
        practice,
        cut_at,
        spanning: points.len().saturating_sub(before.len() + after.len()),
        after: Period::of(&after).ok_or(LeftOut::NotShown)?,
        before: Period::of(&before).ok_or(LeftOut::NotShown)?,
    })
}

fn time_unit(entry: &Entry<'_>) -> Option<&'static str> {
    let definition = definition(entry.reading.text("measure"))?;
    let denominator = definition.column("denominator")?;
    let is_rate = definition.column("numerator") == Some(EVENTS) && TIMES.contains(&denominator);
    is_rate.then_some(denominator)
}

/// Whether each point is of months, and begins after the one before it has ended: otherwise events would be counted twice.
fn is_in_order(points: &[Point<'_>]) -> bool {
    let is_period = |point: &Point<'_>| is_month(point.from) && is_month(point.to) && point.from <= point.to;
    points.iter().all(is_period) && points.windows(2).all(|pair| pair[0].to < pair[1].from)
}

/// Month and practice of the first event that names one.
fn cut<'a>(entry: &Entry<'a>, kind_of: KindOf<'_>) -> Option<(&'a str, &'a str)> {
    let events = entry.reading.items("events_timeline");
    let named = events.map(|event| (text_of(event, "at"), text_of(event, "record")));
    let practices = named.filter(|(at, record)| {
        is_month(at)
            && record
                .parse::<RecordId>()
                .is_ok_and(|id| kind_of(&id) == Some(Kind::PRACTICE))
    });
    practices.min_by_key(|(at, _)| *at)
}

impl Period {
    fn of(points: &[&Point<'_>]) -> Option<Self> {
        let mut period = Self::default();
        for point in points {
            let events = point.numerator.value().filter(|events| events.fract() == 0.0)?;
            period.events += events;
            period.time += point.denominator.value()?;
            period.points += 1;
            period.is_approximate |= !(point.numerator.is_exact() && point.denominator.is_exact());
        }
        (period.time > 0.0).then_some(period)
    }
}

impl Study<'_> {
    fn write(&self, entry: &Entry<'_>, mut row: Row<'_>) {
        let record = entry.record;
        let id = record.id.to_string();
        let short = id.get(..SHORT_DIGITS).unwrap_or_default();
        row.text(format!("{} {short}", record.organisation_name).trim_start());
        for number in [self.after.events, self.after.time, self.before.events, self.before.time] {
            row.plain(&number.to_string());
        }
        row.plain(self.time_unit);
        row.plain(&id);
        row.plain(&record.organisation.to_string());
        row.text(&record.country);
        row.text(entry.reading.text("measure"));
        row.plain(self.practice);
        row.plain(self.cut_at);
        row.plain(&self.after.points.to_string());
        row.plain(&self.before.points.to_string());
        row.plain(&self.spanning.to_string());
        row.plain(&(self.after.is_approximate || self.before.is_approximate).to_string());
        row.end();
    }
}
