//! What is asked of a node.

use serde::{Deserialize, Serialize};

use crate::{Confirmations, DraftView, Override};

/// How a document is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentFormat {
    /// Markdown with front matter.
    #[default]
    Markdown,
    /// JSON.
    Json,
}

/// Publish a document: make a draft of it, or publish it at once when nothing is left to wait for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishRequest {
    /// How it is written.
    pub format: DocumentFormat,
    /// The text.
    pub document: String,
    /// The chapter; overrides the document's. Without either, the node's default chapter.
    #[serde(default)]
    pub chapter: Option<String>,
    /// Check it and answer with findings, but keep and sign nothing.
    #[serde(default)]
    pub dry_run: bool,
    /// What the author confirms; a dry run needs nothing of it.
    #[serde(default)]
    pub confirmations: Confirmations,
    /// Publish it with what was warned of.
    #[serde(default)]
    pub accept_warnings: bool,
    /// Publish it in spite of what was found.
    #[serde(default)]
    pub overrides: Vec<Override>,
    /// Publish a measure in its protected form: small counts suppressed, others rounded.
    #[serde(default)]
    pub protect: bool,
}

/// What became of a published document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PublishReceipt {
    /// The record's id in hexadecimal; `None` when nothing was signed: a dry run, or a draft that waits.
    pub id: Option<String>,
    /// Its kind.
    pub kind: String,
    /// Its chapter.
    pub chapter: String,
    /// Its place in its log; `None` when nothing was signed.
    pub sequence: Option<u64>,
    /// Completeness by the kind's reporting standard, as `TIDieR 9/12`, or of its own fields, as `fields 5/8`.
    pub completeness: String,
    /// What was found and does not stop it.
    pub findings: Vec<crate::Finding>,
    /// Whether a second reader has to approve it.
    #[serde(default)]
    pub second_reader: bool,
    /// Minutes for which it can be withdrawn before it is signed.
    #[serde(default)]
    pub cooling_off_minutes: u32,
    /// The draft that waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<Box<DraftView>>,
    /// The document in its protected form, as Markdown, when that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protected: Option<String>,
}

/// Follow a chapter, or stop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowRequest {
    /// With its nested chapters, or itself only.
    #[serde(default)]
    pub depth: Depth,
}

/// How far a subscription reaches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Depth {
    /// The chapter itself only.
    #[default]
    Exact,
    /// The chapter and every chapter within its region.
    Deep,
}

/// A dated promise of a pledge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Commitment {
    /// What will be done.
    pub what: String,
    /// By when, `YYYY-MM`.
    pub by: String,
}

/// Invite an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InviteRequest {
    /// Hours until it can no longer be used.
    #[serde(default = "default_hours")]
    pub expires_in_hours: u32,
    /// For whom; a note to oneself.
    #[serde(default)]
    pub note: String,
    /// Addresses to put in, when this node's own guess would be wrong (multiaddresses).
    #[serde(default)]
    pub addresses: Vec<String>,
}

const fn default_hours() -> u32 {
    168
}

impl Default for InviteRequest {
    fn default() -> Self {
        Self {
            expires_in_hours: default_hours(),
            note: String::new(),
            addresses: Vec::new(),
        }
    }
}

/// An invitation that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct InvitationView {
    /// Its id in hexadecimal; not secret.
    pub id: String,
    /// The token to hand over: secret.
    pub token: String,
    /// When it ends, milliseconds since 1970 UTC.
    pub expires_at_ms: i64,
    /// What the inviter should look at before handing it over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// Which records to list. Every filter narrows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RecordQuery {
    /// Kind's name.
    pub kind: Option<String>,
    /// Chapter's name.
    pub chapter: Option<String>,
    /// Organisation's key in hexadecimal, a prefix of it, or its `did:key`.
    pub organisation: Option<String>,
    /// BCP 47; `en` finds `en-GB`.
    pub language: Option<String>,
    /// Code of the list `setting`.
    pub setting: Option<String>,
    /// Claimed at or after, milliseconds since 1970 UTC.
    pub from_ms: Option<i64>,
    /// Claimed before, milliseconds since 1970 UTC.
    pub to_ms: Option<i64>,
    /// Words and conditions, in the language of filters.
    pub filter: Option<String>,
    /// Arrived before this arrival number: keyset pagination.
    pub before: Option<u64>,
    /// Records a page, 1 to 200; 50 when absent.
    #[schema(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// Also the alliance's own records (admissions, certificates, …), which lists leave out otherwise.
    pub governance: Option<bool>,
    /// Also versions that newer ones took the place of.
    pub superseded: Option<bool>,
    /// Also what was retracted by its organisation or by stewards.
    pub retracted: Option<bool>,
    /// Also removed records, of which nothing but the header is left, and those that this node put aside.
    pub removed: Option<bool>,
}

/// Which records to export, and how. Every filter narrows, as in a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ExportQuery {
    /// Kind's name; a table of that kind's own columns then.
    pub kind: Option<String>,
    /// Chapter's name.
    pub chapter: Option<String>,
    /// Organisation's key in hexadecimal, a prefix of it, or its `did:key`.
    pub organisation: Option<String>,
    /// BCP 47; `en` finds `en-GB`.
    pub language: Option<String>,
    /// Code of the list `setting`.
    pub setting: Option<String>,
    /// Claimed at or after, milliseconds since 1970 UTC.
    pub from_ms: Option<i64>,
    /// Claimed before, milliseconds since 1970 UTC.
    pub to_ms: Option<i64>,
    /// Words and conditions, in the language of filters.
    pub filter: Option<String>,
    /// Also versions that newer ones took the place of.
    pub superseded: Option<bool>,
    /// Also what was retracted by its organisation or by stewards.
    pub retracted: Option<bool>,
    /// How texts of tables that begin as formulas are written: `safe` (the default) or `raw`.
    pub cells: Option<String>,
}

impl ExportQuery {
    /// The same as a list asks it.
    #[must_use]
    pub fn into_records(self) -> RecordQuery {
        RecordQuery {
            kind: self.kind,
            chapter: self.chapter,
            organisation: self.organisation,
            language: self.language,
            setting: self.setting,
            from_ms: self.from_ms,
            to_ms: self.to_ms,
            filter: self.filter,
            superseded: self.superseded,
            retracted: self.retracted,
            ..RecordQuery::default()
        }
    }
}
