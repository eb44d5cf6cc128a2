//! A row of the listing and its bytes.
//!
//! ```text
//! id 32 ‖ organisation 32 ‖ chapter ‖ kind ‖ claimed_at_ms i64 ‖ title ‖ title_en ‖ lang ‖ count ‖ settings ‖
//! due ‖ flags u8 (1: asks)
//! ```

use alliance_record::limits::CHAPTER_NAME_BYTES_MAX;
use alliance_record::schema::Kind;
use alliance_record::{ChapterName, OrganisationId, RecordId, VerifiedRecord};
use bytes::Bytes;

use crate::arrival::Arrival;
use crate::page::{Parts, unpack};
use crate::value::{Input, ValueError, put_bytes, put_varint};

/// Bytes of a title in the listing; longer ones are cut at a character.
const TITLE_BYTES_MAX: usize = 400;
/// Bytes of a language tag or of the word for a setting: well above any that exists.
const WORD_BYTES_MAX: usize = 64;
/// Settings of a row: a record that names more holds everywhere.
const SETTINGS_MAX: usize = 32;

/// Bytes of a month or a day.
const DUE_BYTES_MAX: usize = 10;
const FLAG_ASKS: u8 = 1;

/// What a schema says of a record for the listing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListingFacets {
    /// The title in the record's own language.
    pub title: String,
    /// The title in English; empty when there is none.
    pub title_en: String,
    /// The record's language, a BCP 47 tag; empty when it has none.
    pub lang: String,
    /// Words for the settings that it is about.
    pub settings: Vec<String>,
    /// The earliest month (`YYYY-MM`) or day (`YYYY-MM-DD`) by which something of the record is due; empty when nothing
    /// is.
    pub due: String,
    /// Whether it is a question, or a request for help, that its author holds open.
    pub asks: bool,
}

/// A record as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingRow {
    /// When it arrived here.
    pub arrival: Arrival,
    /// The record.
    pub record: RecordId,
    /// What it is.
    pub kind: Kind,
    /// Where it was said.
    pub chapter: ChapterName,
    /// Who said it.
    pub organisation: OrganisationId,
    /// When its author says that was, in milliseconds since 1970 UTC.
    pub claimed_at_ms: i64,
    /// What its schema says of it; long titles are cut.
    pub facets: ListingFacets,
}

/// A row read from a block, nothing copied yet.
#[derive(PartialEq, Eq)]
pub(super) struct RowView {
    pub(super) arrival: Arrival,
    pub(super) record: RecordId,
    pub(super) kind: Kind,
    pub(super) chapter: Bytes,
    pub(super) organisation: OrganisationId,
    pub(super) claimed_at_ms: i64,
    title: Bytes,
    title_en: Bytes,
    pub(super) lang: Bytes,
    pub(super) settings: Vec<Bytes>,
    pub(super) due: Bytes,
    pub(super) asks: bool,
}

impl RowView {
    /// The row of a record; long titles are cut.
    pub(super) fn of(arrival: Arrival, record: &VerifiedRecord, facets: ListingFacets) -> Self {
        let header = record.header();
        let mut settings = facets.settings;
        settings.truncate(SETTINGS_MAX);
        Self {
            arrival,
            record: record.id(),
            kind: header.kind,
            chapter: Bytes::copy_from_slice(header.log.chapter.as_str().as_bytes()),
            organisation: header.organisation,
            claimed_at_ms: header.claimed_at_ms,
            title: cut(facets.title, TITLE_BYTES_MAX),
            title_en: cut(facets.title_en, TITLE_BYTES_MAX),
            lang: cut(facets.lang, WORD_BYTES_MAX),
            settings: settings.into_iter().map(|word| cut(word, WORD_BYTES_MAX)).collect(),
            due: cut(facets.due, DUE_BYTES_MAX),
            asks: facets.asks,
        }
    }

    pub(super) fn put(&self, parts: &mut Parts) {
        parts.random.extend_from_slice(self.record.as_bytes());
        let out = &mut parts.packed;
        out.extend_from_slice(self.organisation.as_bytes());
        put_bytes(out, &self.chapter);
        put_varint(out, u64::from(self.kind.0));
        out.extend_from_slice(&self.claimed_at_ms.to_be_bytes());
        put_bytes(out, &self.title);
        put_bytes(out, &self.title_en);
        put_bytes(out, &self.lang);
        put_varint(out, self.settings.len() as u64);
        for setting in &self.settings {
            put_bytes(out, setting);
        }
        put_bytes(out, &self.due);
        out.push(if self.asks { FLAG_ASKS } else { 0 });
    }

    pub(super) fn to_row(&self) -> Result<ListingRow, ValueError> {
        Ok(ListingRow {
            arrival: self.arrival,
            record: self.record,
            kind: self.kind,
            chapter: text(&self.chapter)?.parse().map_err(|_| ValueError::BadText)?,
            organisation: self.organisation,
            claimed_at_ms: self.claimed_at_ms,
            facets: ListingFacets {
                title: text(&self.title)?,
                title_en: text(&self.title_en)?,
                lang: text(&self.lang)?,
                settings: self.settings.iter().map(text).collect::<Result<_, _>>()?,
                due: text(&self.due)?,
                asks: self.asks,
            },
        })
    }
}

fn cut(mut text: String, bytes_max: usize) -> Bytes {
    text.truncate(text.floor_char_boundary(bytes_max));
    text.into()
}

/// All rows of a block whose first arrived at `first`.
pub(super) fn rows(first: Arrival, block: Vec<u8>) -> Result<Vec<RowView>, ValueError> {
    let (packed, random) = unpack(block.into())?;
    let (mut packed, mut random) = (Input::new(packed), Input::new(random));
    let mut rows = Vec::new();
    let mut arrival = first;
    while !packed.is_empty() {
        rows.push(take_row(&mut packed, RecordId(random.array()?), arrival)?);
        arrival = arrival.next();
    }
    random.end()?;
    Ok(rows)
}

fn take_row(input: &mut Input, record: RecordId, arrival: Arrival) -> Result<RowView, ValueError> {
    Ok(RowView {
        arrival,
        record,
        organisation: OrganisationId(input.array()?),
        chapter: input.bytes(CHAPTER_NAME_BYTES_MAX)?,
        kind: Kind(input.varint_u32()?),
        claimed_at_ms: i64::from_be_bytes(input.array()?),
        title: input.bytes(TITLE_BYTES_MAX)?,
        title_en: input.bytes(TITLE_BYTES_MAX)?,
        lang: input.bytes(WORD_BYTES_MAX)?,
        settings: take_settings(input)?,
        due: input.bytes(DUE_BYTES_MAX)?,
        asks: take_flags(input)? == FLAG_ASKS,
    })
}

fn take_settings(input: &mut Input) -> Result<Vec<Bytes>, ValueError> {
    let count = input.length(SETTINGS_MAX)?;
    (0..count).map(|_| input.bytes(WORD_BYTES_MAX)).collect()
}

fn take_flags(input: &mut Input) -> Result<u8, ValueError> {
    match input.byte()? {
        flags @ (0 | FLAG_ASKS) => Ok(flags),
        tag => Err(ValueError::UnknownTag { tag }),
    }
}

fn text(bytes: &Bytes) -> Result<String, ValueError> {
    String::from_utf8(bytes.to_vec()).map_err(|_| ValueError::BadText)
}
