//! Searching.

use serde::{Deserialize, Serialize};

use crate::RecordSummary;

/// What is searched for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SearchQuery {
    /// Words and conditions, in the language of filters; empty: every record.
    pub q: String,
    /// Which come first.
    pub order: SearchOrder,
    /// Read on from here: [`SearchPage::next`] of the page before.
    pub after: Option<String>,
    /// Records a page, 1 to 100; 20 when absent.
    pub limit: Option<u32>,
    /// Whether facets are counted; they are when absent.
    pub facets: Option<bool>,
    /// Whether to wait until what has just arrived can be found, for 2 seconds at most.
    pub fresh: Option<bool>,
    /// Also versions that newer ones took the place of.
    pub superseded: Option<bool>,
    /// Also what was retracted by its organisation or by stewards.
    pub retracted: Option<bool>,
}

/// Which records come first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SearchOrder {
    /// Those that say most of what was asked; of equals, the newest.
    #[default]
    Relevance,
    /// Those that this node could read last.
    Newest,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SearchPage {
    /// The page, in its order.
    pub hits: Vec<SearchHit>,
    /// Give this as `after` to read on; `None` at the end. A page may be shorter than asked for and yet have one behind it.
    pub next: Option<String>,
    /// Records found. When `left_out` is not 0, records are counted that are not shown: other versions, what was retracted.
    pub found: u64,
    /// Records of those looked at for this page that are not shown.
    pub left_out: u64,
    /// How many of the records found carry each value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facets: Vec<Facet>,
    /// Words for which others were taken, because no record has the word itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spellings: Vec<SpellingView>,
    /// Words for which others that mean the same were looked for too: words of the field in any language, and codes as
    /// `list:code`. Records with any of them are found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub meant: Vec<SpellingView>,
    /// Whether nothing was found as it was asked, and words were then taken loosely.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub loose: bool,
    /// Records that have arrived and cannot be found yet.
    pub behind: u64,
}

/// A record that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SearchHit {
    /// What a list shows of it.
    #[serde(flatten)]
    pub record: RecordSummary,
    /// How well it fits: to be compared within one answer only; 0 in the order of arrival.
    pub score: f32,
    /// Where the words stand, titles first; at most three.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub snippets: Vec<SnippetView>,
}

/// A piece of a text in which something was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SnippetView {
    /// The field in which it stands, such as `title` or `core_components`.
    pub field: String,
    /// BCP 47, or empty.
    pub lang: String,
    /// At most 200 characters.
    pub text: String,
    /// What was found: from which character of `text` to before which, counted in Unicode code points; in order.
    pub marks: Vec<[u32; 2]>,
    /// Whether the field's text goes on before it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut_before: bool,
    /// Whether the field's text goes on after it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut_after: bool,
}

/// How often the values of one field are among what was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Facet {
    /// `kind`, `chapter`, `country`, `organisation`, `language`, `year`, or the name of a code list: the field of a filter.
    pub field: String,
    /// At most 50, the most frequent first.
    pub values: Vec<FacetValue>,
    /// Values that are left out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u64,
}

/// How often one value is among what was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FacetValue {
    /// As a filter takes it.
    pub value: String,
    /// Its name for people, in English; empty where nobody here knows it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// Records that carry it.
    pub records: u64,
}

/// A word for which others were taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SpellingView {
    /// As it was typed.
    pub typed: String,
    /// What was looked for: of other spellings words without accents and in lower case, the nearest first.
    pub taken: Vec<String>,
}

/// How far the search index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SearchStatus {
    /// Whether it answers.
    pub state: SearchState,
    /// Records that have arrived and cannot be found yet.
    pub behind: u64,
    /// Bytes on the disk.
    pub bytes: u64,
}

/// Whether the search index answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SearchState {
    /// It is being opened.
    Opening,
    /// It answers.
    Ready,
    /// It failed, and is opened again after a while.
    Failed,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands in a reference")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}
