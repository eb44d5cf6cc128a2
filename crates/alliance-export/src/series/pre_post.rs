//! Measures cut in two where a practice began. The rule is told with [`crate::Format::MetaPrePost`].

use alliance_record::RecordId;
use alliance_record::schema::Kind;

use super::point::{Point, definition, is_month};
use crate::exported::State;
use crate::exporter::{Entry, LeftOut, Written};
use crate::options::KindOf;
use crate::reading::text_of;
use crate::rows::{COUNTRY, Cell, FixedColumn, Holds, ORGANISATION, TableColumn, Tabular, column};

/// What `measure_definition` calls a count of events, and a time at risk.
const EVENTS: &str = "events";
const TIMES: [&str; 2] = ["occupied_bed_days", "patient_hours"];
/// The largest count that a number of the protocol says exactly.
const EVENTS_MAX: f64 = 9_007_199_254_740_992.0;
/// Hexadecimal digits of a record's id that tell studies of one organisation apart.
const SHORT_DIGITS: usize = 12;

pub(crate) const COLUMNS: [FixedColumn; 16] = [
    column(
        "studlab",
        Holds::Text,
        "Label of the study: the organisation, and the first digits of the record's id.",
    ),
    column("event.e", Holds::Integer, "Events after the practice began."),
    column(
        "time.e",
        Holds::Number,
        "Time at risk after it, in the unit of time_unit.",
    ),
    column("event.c", Holds::Integer, "Events before."),
    column("time.c", Holds::Number, "Time at risk before."),
    column("time_unit", Holds::Word, "occupied_bed_days or patient_hours."),
    column("record", Holds::Word, "Id of the measure's record."),
    ORGANISATION,
    COUNTRY,
    column(
        "measure",
        Holds::Text,
        "Code of measure_definition. Pool those of one code alone.",
    ),
    column(
        "practice",
        Holds::Word,
        "Id of the practice's record that the timeline names.",
    ),
    column("cut_at", Holds::Month, "The month in which the practice began."),
    column("points.e", Holds::Integer, "Points summed after."),
    column("points.c", Holds::Integer, "Points summed before."),
    column(
        "points_spanning",
        Holds::Integer,
        "Points left out because the cut lies within them.",
    ),
    column("approximate", Holds::YesNo, "Whether a value is rounded or estimated."),
];

/// Makes a row for each series that is cut.
pub(crate) struct PrePost<'o> {
    kind_of: KindOf<'o>,
}

impl<'o> PrePost<'o> {
    pub(crate) fn new(kind_of: KindOf<'o>) -> Self {
        Self { kind_of }
    }
}

impl Tabular for PrePost<'_> {
    fn columns(&self) -> Vec<TableColumn> {
        COLUMNS.iter().map(FixedColumn::described).collect()
    }

    fn rows(&self, entry: &Entry<'_>, show: &mut dyn FnMut(&[Cell<'_>])) -> Written {
        match study(entry, self.kind_of) {
            Ok(study) => {
                show(&study.cells(entry));
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
    events: i64,
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
            let events = point.numerator.value();
            let whole = events.filter(|events| events.fract() == 0.0 && *events <= EVENTS_MAX)?;
            period.events = period.events.checked_add(whole as i64)?;
            period.time += point.denominator.value()?;
            period.points += 1;
            period.is_approximate |= !(point.numerator.is_exact() && point.denominator.is_exact());
        }
        (period.time > 0.0).then_some(period)
    }
}

impl<'a> Study<'a> {
    fn cells(&self, entry: &Entry<'a>) -> [Cell<'a>; COLUMNS.len()] {
        let record = entry.record;
        let id = record.id.to_string();
        let short = id.get(..SHORT_DIGITS).unwrap_or_default();
        let label = format!("{} {short}", record.organisation_name).trim_start().to_owned();
        [
            Cell::Text(label.into()),
            Cell::Integer(self.after.events),
            Cell::Number(self.after.time),
            Cell::Integer(self.before.events),
            Cell::Number(self.before.time),
            Cell::word(self.time_unit),
            Cell::word(id),
            Cell::word(record.organisation.to_string()),
            Cell::text(&record.country),
            Cell::text(entry.reading.text("measure")),
            Cell::word(self.practice),
            Cell::word(self.cut_at),
            Cell::integer(Some(self.after.points)),
            Cell::integer(Some(self.before.points)),
            Cell::integer(Some(self.spanning)),
            Cell::YesNo(self.after.is_approximate || self.before.is_approximate),
        ]
    }
}
