//! One row for each point of each measure.

use alliance_record::schema::{Code, Kind};
use serde_json::Value as Json;

use super::point::{Point, definition};
use crate::exporter::{Entry, LeftOut, Written};
use crate::reading::Note;
use crate::rows::{
    COUNTRY, Cell, FixedColumn, Holds, ORGANISATION, ORGANISATION_NAME, TableColumn, Tabular, VERSION, column,
};

/// Columns from `from` to `rate`.
const FIGURES: usize = 8;

pub(crate) const COLUMNS: [FixedColumn; 24] = [
    column(
        "record",
        Holds::Word,
        "Id of the measure's record, 64 hexadecimal digits.",
    ),
    column(
        "point",
        Holds::Integer,
        "Its place in the series, from 1; empty where the series cannot be read.",
    ),
    ORGANISATION,
    ORGANISATION_NAME,
    COUNTRY,
    VERSION,
    column(
        "state",
        Holds::Word,
        "How the record stands. Superseded versions repeat the points of current ones: filter.",
    ),
    column("measure", Holds::Text, "What is measured: code of measure_definition."),
    column(
        "measure_label",
        Holds::Text,
        "The same in words; empty for a code from a newer version.",
    ),
    column(
        "unit_of_report",
        Holds::Text,
        "What the figures cover: code of unit_of_report.",
    ),
    column("units", Holds::Integer, "How many of them."),
    column("settings", Holds::List, "Codes of setting."),
    column("population", Holds::List, "Codes of population."),
    column(
        "restrictive_types",
        Holds::List,
        "Codes of restrictive_type that are counted.",
    ),
    column(
        "disclosure_method",
        Holds::Text,
        "How people are protected: code of disclosure_method.",
    ),
    column("from", Holds::Month, "First month of the period."),
    column("to", Holds::Month, "Last month of the period."),
    column(
        "numerator",
        Holds::Number,
        "The count; empty where its status says that nobody may see it. Zero is a value.",
    ),
    column(
        "numerator_status",
        Holds::Text,
        "Code of value_status. Suppressed and missing are not zero.",
    ),
    column("denominator", Holds::Number, "What the count is out of."),
    column("denominator_status", Holds::Text, "Code of value_status."),
    column(
        "per",
        Holds::Integer,
        "So many of the denominator the rate is for; empty for a code from a newer version.",
    ),
    column(
        "rate",
        Holds::Number,
        "numerator × per ÷ denominator, where both are exact, rounded or estimated; never from others.",
    ),
    column(
        "body_hex",
        Holds::Word,
        "The body as its author encoded it, where this version cannot read it whole.",
    ),
];

/// Makes a row for each point.
pub(crate) struct Points;

impl Tabular for Points {
    fn columns(&self) -> Vec<TableColumn> {
        COLUMNS.iter().map(FixedColumn::described).collect()
    }

    fn rows(&self, entry: &Entry<'_>, show: &mut dyn FnMut(&[Cell<'_>])) -> Written {
        if entry.record.kind != Kind::MEASURE {
            return Written::LeftOut(LeftOut::NotAMeasure);
        }
        let mut rows = 0;
        for point in entry.reading.items("points") {
            rows += 1;
            show(&row(entry, Some((rows, Point::of(point)))));
        }
        match (rows, entry.reading.note) {
            (0, Note::Absent | Note::Whole) => Written::LeftOut(LeftOut::Unreadable),
            (0, _) => {
                show(&row(entry, None));
                Written::Rows(1)
            }
            _ => Written::Rows(rows),
        }
    }
}

fn row<'a>(entry: &Entry<'a>, point: Option<(u64, Point<'a>)>) -> Vec<Cell<'a>> {
    let definition = definition(entry.reading.text("measure"));
    let mut cells = series(entry, definition, point.map(|(place, _)| place));
    match &point {
        Some((_, point)) => cells.extend(figures(point, definition)),
        None => cells.extend((0..FIGURES).map(|_| Cell::Empty)),
    }
    // The series is written raw once, with its first point.
    let is_first = point.is_none_or(|(place, _)| place == 1);
    cells.push(if is_first {
        Cell::word(entry.reading.raw(entry.record))
    } else {
        Cell::Empty
    });
    cells
}

fn series<'a>(entry: &Entry<'a>, definition: Option<&'static Code>, place: Option<u64>) -> Vec<Cell<'a>> {
    let (record, reading) = (entry.record, entry.reading);
    let list = |field: &str| {
        if reading.has_fields() {
            Cell::list(reading.texts(field))
        } else {
            Cell::Empty
        }
    };
    vec![
        Cell::word(record.id.to_string()),
        Cell::integer(place),
        Cell::word(record.organisation.to_string()),
        Cell::text(&record.organisation_name),
        Cell::text(&record.country),
        Cell::integer(record.version),
        Cell::word(record.state.code()),
        Cell::text(reading.text("measure")),
        Cell::text(definition.map_or("", |definition| &definition.label)),
        Cell::text(reading.text("unit_of_report")),
        Cell::integer(reading.fields.get("units").and_then(Json::as_i64)),
        list("settings"),
        list("population"),
        list("restrictive_types"),
        Cell::text(reading.text("disclosure_method")),
    ]
}

fn figures<'a>(point: &Point<'a>, definition: Option<&'static Code>) -> [Cell<'a>; FIGURES] {
    let per = definition.and_then(|definition| definition.column("per"));
    let rate = per.and_then(|per| per.parse().ok()).and_then(|per| point.rate(per));
    [
        Cell::text(point.from),
        Cell::text(point.to),
        Cell::number(point.numerator.shown()),
        Cell::text(point.numerator.status),
        Cell::number(point.denominator.shown()),
        Cell::text(point.denominator.status),
        Cell::integer(per.and_then(|per| per.parse::<i64>().ok())),
        Cell::number(rate),
    ]
}
