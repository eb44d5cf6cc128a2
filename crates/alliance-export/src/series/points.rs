//! One row for each point of each measure.

use alliance_record::schema::{Code, Kind};

use super::SeriesColumn;
use super::point::{Point, definition};
use crate::csv::{Row, list};
use crate::exporter::{Entry, Form, LeftOut, Written};
use crate::options::Cells;
use crate::reading::Note;

pub(crate) const COLUMNS: [SeriesColumn; 24] = [
    ("record", "string", "Id of the measure's record, 64 hexadecimal digits."),
    (
        "point",
        "integer",
        "Its place in the series, from 1; empty where the series cannot be read.",
    ),
    (
        "organisation",
        "string",
        "The organisation's public key, 64 hexadecimal digits.",
    ),
    ("organisation_name", "string", "The organisation's name."),
    ("country", "string", "The organisation's country, ISO 3166-1 alpha-2."),
    ("version", "integer", "Version of the record, from 1."),
    (
        "state",
        "string",
        "How the record stands. Superseded versions repeat the points of current ones: filter.",
    ),
    ("measure", "string", "What is measured: code of measure_definition."),
    (
        "measure_label",
        "string",
        "The same in words; empty for a code from a newer version.",
    ),
    (
        "unit_of_report",
        "string",
        "What the figures cover: code of unit_of_report.",
    ),
    ("units", "integer", "How many of them."),
    ("settings", "string", "Codes of setting, \"; \" between them."),
    ("population", "string", "Codes of population, \"; \" between them."),
    (
        "restrictive_types",
        "string",
        "Codes of restrictive_type that are counted, \"; \" between them.",
    ),
    (
        "disclosure_method",
        "string",
        "How people are protected: code of disclosure_method.",
    ),
    ("from", "yearmonth", "First month of the period."),
    ("to", "yearmonth", "Last month of the period."),
    (
        "numerator",
        "number",
        "The count; empty where its status says that nobody may see it. Zero is a value.",
    ),
    (
        "numerator_status",
        "string",
        "Code of value_status. Suppressed and missing are not zero.",
    ),
    ("denominator", "number", "What the count is out of."),
    ("denominator_status", "string", "Code of value_status."),
    (
        "per",
        "integer",
        "So many of the denominator the rate is for; empty for a code from a newer version.",
    ),
    (
        "rate",
        "number",
        "numerator × per ÷ denominator, where both are exact, rounded or estimated; never from others.",
    ),
    (
        "body_hex",
        "string",
        "The body as its author encoded it, where this version cannot read it whole.",
    ),
];

/// Writes the points.
pub(crate) struct Points {
    cells: Cells,
}

impl Points {
    pub(crate) fn new(cells: Cells) -> Self {
        Self { cells }
    }
}

impl Form for Points {
    fn begin(&mut self, bytes: &mut Vec<u8>) {
        header(&COLUMNS, bytes);
    }

    fn record(&mut self, entry: &Entry<'_>, bytes: &mut Vec<u8>) -> Written {
        if entry.record.kind != Kind::MEASURE {
            return Written::LeftOut(LeftOut::NotAMeasure);
        }
        let points = entry.reading.items("points");
        let mut rows = 0;
        for point in points {
            rows += 1;
            write(self.cells, entry, Some((rows, Point::of(point))), bytes);
        }
        match (rows, entry.reading.note) {
            (0, Note::Absent | Note::Whole) => Written::LeftOut(LeftOut::Unreadable),
            (0, _) => {
                write(self.cells, entry, None, bytes);
                Written::Rows(1)
            }
            _ => Written::Rows(rows),
        }
    }
}

pub(super) fn header(columns: &[SeriesColumn], bytes: &mut Vec<u8>) {
    let mut row = Row::new(bytes, Cells::Raw);
    columns.iter().for_each(|(name, ..)| row.plain(name));
    row.end();
}

fn write(cells: Cells, entry: &Entry<'_>, point: Option<(u64, Point<'_>)>, bytes: &mut Vec<u8>) {
    let mut row = Row::new(bytes, cells);
    let definition = definition(entry.reading.text("measure"));
    series(entry, definition, point.map(|(place, _)| place), &mut row);
    match point {
        Some((_, point)) => figures(&point, definition, &mut row),
        None => (0..8).for_each(|_| row.plain("")),
    }
    // The series is written raw once, with its first point.
    let is_first = point.is_none_or(|(place, _)| place == 1);
    let raw = if is_first {
        entry.reading.raw(entry.record)
    } else {
        String::new()
    };
    row.plain(&raw);
    row.end();
}

fn series(entry: &Entry<'_>, definition: Option<&Code>, place: Option<u64>, row: &mut Row<'_>) {
    let (record, reading) = (entry.record, entry.reading);
    row.plain(&record.id.to_string());
    row.plain(&place.map_or_else(String::new, |place| place.to_string()));
    row.plain(&record.organisation.to_string());
    row.text(&record.organisation_name);
    row.text(&record.country);
    row.plain(&record.version.map_or_else(String::new, |version| version.to_string()));
    row.plain(record.state.code());
    row.text(reading.text("measure"));
    row.text(definition.map_or("", |definition| &definition.label));
    row.text(reading.text("unit_of_report"));
    row.plain(
        &reading
            .fields
            .get("units")
            .map_or_else(String::new, ToString::to_string),
    );
    for field in ["settings", "population", "restrictive_types"] {
        row.text(&list(reading.texts(field)));
    }
    row.text(reading.text("disclosure_method"));
}

fn figures(point: &Point<'_>, definition: Option<&Code>, row: &mut Row<'_>) {
    let per = definition.and_then(|definition| definition.column("per"));
    row.text(point.from);
    row.text(point.to);
    for figure in [point.numerator, point.denominator] {
        row.plain(&figure.cell());
        row.text(figure.status);
    }
    row.plain(per.unwrap_or_default());
    let rate = per.and_then(|per| per.parse().ok()).and_then(|per| point.rate(per));
    row.plain(&rate.map_or_else(String::new, |rate| rate.to_string()));
}
