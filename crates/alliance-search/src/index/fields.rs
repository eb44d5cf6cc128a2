//! The fields of a document. No text is kept as it was written: an index that is read shows terms and places, and texts are
//! read from the store.

use tantivy::schema::{
    BytesOptions, FAST, Field, INDEXED, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions,
};

use super::terms::CUTTER;

/// The fields and their schema.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    pub(crate) schema: Schema,
    /// The record's id.
    pub(crate) id: Field,
    pub(crate) arrival: Field,
    pub(crate) claimed_at: Field,
    /// The first bytes of the ids of what it adopts, and of what it takes the place of.
    pub(crate) adopts: Field,
    pub(crate) supersedes: Field,
    /// Everything that can be counted or asked for without reading, as `list:code`.
    pub(crate) facet: Field,
    /// Neutral terms of titles and of all else.
    pub(crate) title: Field,
    pub(crate) text: Field,
    /// Stems of both, as `language:stem`.
    pub(crate) title_stem: Field,
    pub(crate) text_stem: Field,
}

/// Names of columns.
pub(crate) const ID: &str = "id";
pub(crate) const ARRIVAL: &str = "arrival";
pub(crate) const CLAIMED_AT: &str = "claimed_at";
pub(crate) const FACET: &str = "facet";
pub(crate) const ADOPTS: &str = "adopts";
pub(crate) const SUPERSEDES: &str = "supersedes";

/// A facet is one term.
const AS_IT_IS: &str = "raw";

/// What every record has, among the facets. The mark keeps them apart from code lists of the same name.
pub(crate) mod own {
    pub(crate) const MARK: char = '@';
    pub(crate) const KIND: &str = "@kind";
    pub(crate) const CHAPTER: &str = "@chapter";
    pub(crate) const ORGANISATION: &str = "@organisation";
    pub(crate) const LANGUAGE: &str = "@language";
    /// The language's tag in full, in lower case. It is not counted.
    pub(crate) const TAG: &str = "@tag";
    pub(crate) const YEAR: &str = "@year";
    /// Not in the index: joined from adoptions, see [`super::super::adopted`].
    pub(crate) const ADOPTED_BY: &str = "@adopted_by";
}

/// A facet's term.
pub(crate) fn code_term(list: &str, code: &str) -> String {
    format!("{list}:{code}")
}

impl Fields {
    pub(crate) fn new() -> Self {
        let mut schema = Schema::builder();
        let id = schema.add_bytes_field(ID, BytesOptions::from(INDEXED) | FAST);
        let arrival = schema.add_u64_field(ARRIVAL, NumericOptions::from(FAST));
        let claimed_at = schema.add_i64_field(CLAIMED_AT, NumericOptions::from(FAST));
        let facet = TextFieldIndexing::default()
            .set_tokenizer(AS_IT_IS)
            .set_index_option(IndexRecordOption::Basic)
            .set_fieldnorms(false);
        let facet = TextOptions::default().set_indexing_options(facet);
        let facet = schema.add_text_field(FACET, facet.set_fast(AS_IT_IS));
        let scored = |option| {
            let indexing = TextFieldIndexing::default()
                .set_tokenizer(CUTTER)
                .set_index_option(option);
            TextOptions::default().set_indexing_options(indexing)
        };
        let placed = || scored(IndexRecordOption::WithFreqsAndPositions);
        let counted = || scored(IndexRecordOption::WithFreqs);
        Self {
            id,
            arrival,
            claimed_at,
            adopts: schema.add_u64_field(ADOPTS, NumericOptions::from(FAST)),
            supersedes: schema.add_u64_field(SUPERSEDES, NumericOptions::from(FAST)),
            facet,
            title: schema.add_text_field("title", placed()),
            text: schema.add_text_field("text", placed()),
            title_stem: schema.add_text_field("title_stem", counted()),
            text_stem: schema.add_text_field("text_stem", counted()),
            schema: schema.build(),
        }
    }
}
