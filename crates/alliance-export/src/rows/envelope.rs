//! The columns that come from the caller, and those for what cannot be read. The data dictionary reads the same list.

use std::borrow::Cow;

use super::cell::{Cell, Holds};
use super::column::{COUNTRY, FixedColumn, ORGANISATION, ORGANISATION_NAME, STATE, VERSION, column};
use crate::date::Day;
use crate::exported::Exported;
use crate::exporter::Entry;

pub(crate) const ENVELOPE: [FixedColumn; 11] = [
    column("id", Holds::Word, "The record's id, 64 hexadecimal digits.").always(),
    column(
        "kind",
        Holds::Word,
        "What it is, such as practice; kind-999 for a kind from a newer version.",
    )
    .always(),
    column("chapter", Holds::Text, "The chapter it was shared in."),
    ORGANISATION,
    ORGANISATION_NAME,
    COUNTRY,
    column(
        "claimed_at",
        Holds::Instant,
        "When it was signed, as its author's clock said, in UTC. Nobody has checked that clock.",
    ),
    column(
        "arrival",
        Holds::Integer,
        "Its place among the records that a node received, in a dataset that follows that node. Empty in exports and snapshots, which are the same from every node.",
    ),
    VERSION,
    STATE,
    column(
        "notices",
        Holds::List,
        "Corrections, retractions and the like on this record: type and who says so, such as correction by author.",
    ),
];

/// The last columns of every table of records.
pub(crate) const RAW: [FixedColumn; 2] = [
    column(
        "body_note",
        Holds::Word,
        "Empty when the columns say all of the body. absent: there is none here. unknown_fields: it has fields of a newer version. unwritable: it has a text or number that no table can hold. unknown_kind, unreadable: this version cannot read it.",
    ),
    column(
        "body_hex",
        Holds::Word,
        "The body as its author encoded it, in hexadecimal, where the columns do not say all of it.",
    ),
];

/// The cells of [`ENVELOPE`].
pub(super) fn cells<'a>(record: &'a Exported<'_>) -> [Cell<'a>; ENVELOPE.len()] {
    let claimed_at = Day::of(record.claimed_at_ms).map(|_| Cell::Instant(record.claimed_at_ms));
    let notices = record.notices.iter();
    let notices = notices.map(|notice| Cow::Owned(format!("{} by {}", notice.notice_type, notice.by)));
    [
        Cell::word(record.id.to_string()),
        Cell::word(record.kind.name()),
        Cell::text(&record.chapter),
        Cell::word(record.organisation.to_string()),
        Cell::text(&record.organisation_name),
        Cell::text(&record.country),
        claimed_at.unwrap_or(Cell::Empty),
        Cell::integer(record.arrival),
        Cell::integer(record.version),
        Cell::word(record.state.code()),
        Cell::List(notices.collect()),
    ]
}

/// The cells of [`RAW`].
pub(super) fn raw_cells<'a>(entry: &Entry<'_>) -> [Cell<'a>; RAW.len()] {
    [
        Cell::word(entry.reading.note.code()),
        Cell::word(entry.reading.raw(entry.record)),
    ]
}
