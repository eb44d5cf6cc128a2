//! The columns that come from the caller, and those for what cannot be read. The data dictionary reads the same list.

use super::cell::{Row, list};
use crate::date::instant;
use crate::exported::Exported;
use crate::exporter::Entry;

/// A column of the envelope.
pub(crate) struct EnvelopeColumn {
    pub(crate) name: &'static str,
    /// Its type as Table Schema calls it.
    pub(crate) type_name: &'static str,
    pub(crate) description: &'static str,
    /// Whether every row has it.
    pub(crate) required: bool,
}

const fn column(name: &'static str, type_name: &'static str, description: &'static str) -> EnvelopeColumn {
    EnvelopeColumn {
        name,
        type_name,
        description,
        required: false,
    }
}

const fn always(column: EnvelopeColumn) -> EnvelopeColumn {
    EnvelopeColumn {
        required: true,
        ..column
    }
}

pub(crate) const ENVELOPE: [EnvelopeColumn; 11] = [
    always(column("id", "string", "The record's id, 64 hexadecimal digits.")),
    always(column(
        "kind",
        "string",
        "What it is, such as practice; kind-999 for a kind from a newer version.",
    )),
    column("chapter", "string", "The chapter it was shared in."),
    always(column(
        "organisation",
        "string",
        "The organisation's public key, 64 hexadecimal digits.",
    )),
    column(
        "organisation_name",
        "string",
        "The organisation's name, as it calls itself.",
    ),
    column("country", "string", "The organisation's country, ISO 3166-1 alpha-2."),
    column(
        "claimed_at",
        "datetime",
        "When it was signed, as its author's clock said, in UTC. Nobody has checked that clock.",
    ),
    column(
        "arrival",
        "integer",
        "Its place among the records that the exporting node received. Of that node alone.",
    ),
    column("version", "integer", "1 for the first version, counted by edits."),
    always(column(
        "state",
        "string",
        "How it stands: current, superseded, retracted, removed, disputed or not_held.",
    )),
    column(
        "notices",
        "string",
        "Corrections, retractions and the like on this record: type and who says so, such as correction by author; several with \"; \" between them.",
    ),
];

/// The last columns of every table of records.
pub(crate) const RAW: [EnvelopeColumn; 2] = [
    column(
        "body_note",
        "string",
        "Empty when the columns say all of the body. absent: there is none here. unknown_fields: it has fields of a newer version. unwritable: it has a text or number that no table can hold. unknown_kind, unreadable: this version cannot read it.",
    ),
    column(
        "body_hex",
        "string",
        "The body as its author encoded it, in hexadecimal, where the columns do not say all of it.",
    ),
];

/// The cells of [`ENVELOPE`].
pub(super) fn cells(record: &Exported<'_>, row: &mut Row<'_>) {
    row.plain(&record.id.to_string());
    row.plain(&record.kind.name());
    row.text(&record.chapter);
    row.plain(&record.organisation.to_string());
    row.text(&record.organisation_name);
    row.text(&record.country);
    row.plain(&instant(record.claimed_at_ms).unwrap_or_default());
    row.plain(&record.arrival.map_or_else(String::new, |arrival| arrival.to_string()));
    row.plain(&record.version.map_or_else(String::new, |version| version.to_string()));
    row.plain(record.state.code());
    let notices = record.notices.iter();
    row.text(&list(
        notices.map(|notice| format!("{} by {}", notice.notice_type, notice.by)),
    ));
}

/// The cells of [`RAW`].
pub(crate) fn raw_cells(entry: &Entry<'_>, row: &mut Row<'_>) {
    row.plain(entry.reading.note.code());
    row.plain(&entry.reading.raw(entry.record));
}
