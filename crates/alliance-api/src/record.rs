//! Records and chapters as they are shown.

use serde::{Deserialize, Serialize};

use crate::{KnowledgeView, NoticeMark};

/// A record in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RecordSummary {
    /// Its id in hexadecimal.
    pub id: String,
    /// `practice`, `lesson`, …; `kind-N` for one from a newer node.
    pub kind: String,
    /// The chapter's name.
    pub chapter: String,
    /// The organisation's key in hexadecimal.
    pub organisation: String,
    /// The organisation's name; empty until its profile has arrived.
    pub organisation_name: String,
    /// BCP 47, or empty.
    pub lang: String,
    /// Its title, in its own language.
    pub title: String,
    /// Its title in English, or empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title_en: String,
    /// Where it applies (code list `setting`).
    pub settings: Vec<String>,
    /// What the author's clock said, milliseconds since 1970 UTC.
    pub claimed_at_ms: i64,
    /// Its place in this node's arrival feed.
    pub arrival: u64,
    /// Whether it stands beyond the end of its log: its writer signed twice, and it does not count.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disputed: bool,
    /// What removes it: its body is gone, here and everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<Removed>,
    /// Whether somebody at this node put it aside: its text is shown to nobody here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub quarantined: bool,
    /// The versions that take its place: ids in hexadecimal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced_by: Vec<String>,
    /// Versions of it that were written at the same time, so that both are current: ids in hexadecimal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub concurrent: Vec<String>,
    /// What its organisation and stewards say of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<NoticeMark>,
    /// Whether it is retracted, by its organisation or by stewards.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retracted: bool,
    /// Of a translation: its source has moved on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stale: bool,
}

/// What removes a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Removed {
    /// `notice`: its own organisation. `act`: stewards.
    pub by: String,
    /// The notice, a record, or the act: id in hexadecimal.
    pub id: String,
}

/// A page of a list, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RecordPage {
    /// The records.
    pub records: Vec<RecordSummary>,
    /// Give this as `before` to read on; `None` at the end.
    pub next: Option<u64>,
}

/// One record, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RecordView {
    /// What a list shows of it.
    #[serde(flatten)]
    pub summary: RecordSummary,
    /// The signing node's key in hexadecimal.
    pub writer: String,
    /// The life of its data directory in hexadecimal.
    pub instance: String,
    /// Place in its log.
    pub sequence: u64,
    /// The record before it in hexadecimal.
    pub previous: Option<String>,
    /// Links to other records.
    pub references: Vec<ReferenceView>,
    /// Whether the body is held here.
    pub has_body: bool,
    /// The body's fields; codes as their authors wrote them. `null` without a body.
    pub body: serde_json::Value,
    /// The body as Markdown with front matter; `None` for kinds that this node cannot read.
    pub markdown: Option<String>,
    /// The exact envelope bytes in hexadecimal, for verification elsewhere.
    pub envelope: String,
    /// What is known of it from others.
    pub knowledge: Box<KnowledgeView>,
}

/// A typed link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReferenceView {
    /// `supersedes`, `adopts`, …; `role-N` for one from a newer node.
    pub role: String,
    /// The record linked to, in hexadecimal.
    pub record: String,
}

/// Where a chapter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChapterState {
    /// Fewer organisations follow it than the charter asks for, and never did more.
    Forming,
    /// Enough followed it once, and too few do now.
    Dormant,
    /// Enough follow it.
    Active,
}

/// A chapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ChapterView {
    /// Canonical name.
    pub name: String,
    /// Name for people, in English.
    pub label: String,
    /// Forming or active.
    pub state: ChapterState,
    /// How many organisations make it active.
    pub active_at: u32,
    /// Keys of the organisations that follow it, in hexadecimal, ascending.
    pub followers: Vec<String>,
    /// Whether this node's organisation follows it.
    pub followed: bool,
    /// Records of it held here.
    pub records: u64,
    /// Records of it that are known to be missing here; 0: none is known to be.
    pub missing: u64,
    /// Digest over its heads in hexadecimal: equal digests, equal replicas.
    pub digest: String,
    /// What its stewards say of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub described: Option<DescribedChapter>,
}

/// Something that an organisation said of a chapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ChapterEvent {
    /// When, as far as its author's clock tells: milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Who.
    pub organisation: crate::Named,
    /// What it said.
    pub what: ChapterWord,
    /// How it describes the chapter, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub described: Option<DescribedChapter>,
    /// The record that says so: id in hexadecimal.
    pub record: String,
}

/// What an organisation said of a chapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChapterWord {
    /// It follows from then on.
    Follows,
    /// It follows from then on, with all that lies in the region.
    FollowsDeeply,
    /// It left.
    Leaves,
    /// It says who the stewards are, and what the chapter is about.
    Describes,
}

/// What stewards of a chapter say of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DescribedChapter {
    /// Who may describe it next, beside the alliance's stewards.
    pub stewards: Vec<crate::Named>,
    /// The language that it meets in: BCP 47, or empty.
    pub language: String,
    /// How often it meets (code list `rhythm`), or empty.
    pub rhythm: String,
    /// A text for people, or empty.
    pub about: String,
    /// Who said so.
    pub by: crate::Named,
}

/// Describe a chapter. What is not given stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ChapterDescription {
    /// Its stewards: keys in hexadecimal, `did:key`, or unique beginnings of the hexadecimal form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stewards: Option<Vec<String>>,
    /// The language that it meets in: BCP 47.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// How often it meets (code list `rhythm`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rhythm: Option<String>,
    /// A text for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}
