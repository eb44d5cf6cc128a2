//! Snapshots: records as they stood, under a name that others can make again.

use serde::{Deserialize, Serialize};

use crate::ExportQuery;

/// Make a snapshot of the records that fit now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SnapshotRequest {
    /// Which records, as an export takes it. How cells are written is not asked: they are formula-safe.
    #[serde(default)]
    pub filter: ExportQuery,
    /// What people are to call it; on one line. It is not part of the identifier.
    #[serde(default)]
    pub title: Option<String>,
}

/// A DOI that somebody had registered for a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DoiRequest {
    /// `10.…/…`, or its address at doi.org. Its form is checked, and not whether it is registered.
    pub doi: String,
}

/// A snapshot in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SnapshotSummary {
    /// Its identifier: `snapshot-` and 64 hexadecimal digits.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// What was asked for, in its canonical written form; empty for everything.
    pub filter: String,
    /// Records in it.
    pub records: u64,
    /// When this node made it or took it in, milliseconds since 1970 UTC. Not part of the identifier.
    pub made_at_ms: i64,
    /// A DOI, where somebody gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doi: Option<String>,
}

/// A snapshot that is kept no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeletedSnapshot {
    /// Its identifier.
    pub id: String,
    /// When this node deleted it, milliseconds since 1970 UTC.
    pub deleted_at_ms: i64,
}

/// A snapshot, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SnapshotView {
    /// What a list shows.
    #[serde(flatten)]
    pub summary: SnapshotSummary,
    /// The alliance's id.
    pub alliance: String,
    /// The chapters whose heads it names.
    pub chapters: Vec<String>,
    /// Heads that it names.
    pub heads: u64,
    /// Version of the code lists.
    pub code_lists: String,
    /// Records of it that were removed, retracted or superseded since it was made.
    pub withdrawn: Vec<Withdrawn>,
    /// Why its bundle cannot be made here now; `None` when it can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unavailable: Option<Unavailable>,
}

/// A record that does not stand any more as it did in a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Withdrawn {
    /// The record's id.
    pub record: String,
    /// `removed`, `retracted` or `superseded`.
    pub state: String,
    /// The notices, acts or newer versions that say so: ids in hexadecimal.
    pub by: Vec<String>,
}

/// Why a bundle cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Unavailable {
    /// A stable word, as the problem of asking for the bundle has it.
    pub code: String,
    /// What it is, and what would help.
    pub detail: String,
}
