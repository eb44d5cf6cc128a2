//! A row of the listing and its bytes.
//!
//! ```text
//! id 32 ‖ organisation 32 ‖ chapter ‖ kind ‖ claimed_at_ms i64 ‖ title ‖ title_en ‖ lang ‖ count ‖ settings
//! ```

use alliance_record::limits::CHAPTER_NAME_BYTES_MAX;
use alliance_record::schema::Kind;
use alliance_record::{ChapterName, OrganisationId, RecordId, VerifiedRecord};
use bytes::Bytes;

use crate::arrival::Arrival;
use crate::value::{Input, ValueError, put_bytes, put_varint};

/// Bytes of a title in the listing; longer ones are cut at a character.
const TITLE_BYTES_MAX: usize = 400;
/// Bytes of a language tag or of the word for a setting: well above any that exists.
const WORD_BYTES_MAX: usize = 64;
/// Settings of a row: a record that names more holds everywhere.
const SETTINGS_MAX: usize = 32;

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
}

pub(super) fn put_row(out: &mut Vec<u8>, record: &VerifiedRecord, facets: ListingFacets) {
    let header = record.header();
    out.extend_from_slice(record.id().as_bytes());
    out.extend_from_slice(header.organisation.as_bytes());
    put_bytes(out, header.log.chapter.as_str().as_bytes());
    put_varint(out, u64::from(header.kind.0));
    out.extend_from_slice(&header.claimed_at_ms.to_be_bytes());
    put_bytes(out, cut(&facets.title, TITLE_BYTES_MAX));
    put_bytes(out, cut(&facets.title_en, TITLE_BYTES_MAX));
    put_bytes(out, cut(&facets.lang, WORD_BYTES_MAX));
    let settings = &facets.settings[..facets.settings.len().min(SETTINGS_MAX)];
    put_varint(out, settings.len() as u64);
    for setting in settings {
        put_bytes(out, cut(setting, WORD_BYTES_MAX));
    }
}

fn cut(text: &str, bytes_max: usize) -> &[u8] {
    &text.as_bytes()[..text.floor_char_boundary(bytes_max)]
}

/// All rows of a block whose first arrived at `first`.
pub(super) fn rows(first: Arrival, block: Bytes) -> Result<Vec<RowView>, ValueError> {
    let mut input = Input::new(block);
    let mut rows = Vec::new();
    let mut arrival = first;
    while !input.is_empty() {
        rows.push(take_row(&mut input, arrival)?);
        arrival = arrival.next();
    }
    Ok(rows)
}

fn take_row(input: &mut Input, arrival: Arrival) -> Result<RowView, ValueError> {
    Ok(RowView {
        arrival,
        record: RecordId(input.array()?),
        organisation: OrganisationId(input.array()?),
        chapter: input.bytes(CHAPTER_NAME_BYTES_MAX)?,
        kind: Kind(input.varint_u32()?),
        claimed_at_ms: i64::from_be_bytes(input.array()?),
        title: input.bytes(TITLE_BYTES_MAX)?,
        title_en: input.bytes(TITLE_BYTES_MAX)?,
        lang: input.bytes(WORD_BYTES_MAX)?,
        settings: take_settings(input)?,
    })
}

fn take_settings(input: &mut Input) -> Result<Vec<Bytes>, ValueError> {
    match input.varint()? {
        count if count <= SETTINGS_MAX as u64 => (0..count).map(|_| input.bytes(WORD_BYTES_MAX)).collect(),
        _ => Err(ValueError::TooLong),
    }
}

impl RowView {
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
            },
        })
    }
}

fn text(bytes: &Bytes) -> Result<String, ValueError> {
    String::from_utf8(bytes.to_vec()).map_err(|_| ValueError::BadText)
}
