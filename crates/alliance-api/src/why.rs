//! Why a record is here, or is not.

use serde::{Deserialize, Serialize};

/// What a node knows of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhyState {
    /// It is held and counts.
    Present,
    /// It is held, and stands beyond the end of its log.
    Disputed,
    /// Its header is held; its body was removed.
    Removed,
    /// It came and cannot be judged yet.
    Parked,
    /// It came and was refused.
    Refused,
    /// It is no record, but an act.
    Act,
    /// It never came, as far as this node remembers.
    Unknown,
}

/// Why a record is here, or is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WhyView {
    /// Its id in hexadecimal, or as much of it as was asked for.
    pub record: String,
    /// What this node knows of it.
    pub state: WhyState,
    /// The verdict's stable word, of a record that was parked or refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What ends its log before it: `fork`, `organisation`, or an act's id in hexadecimal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ended_by: Vec<String>,
    /// The node that passed it on, when it was refused: peer id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer: Option<String>,
    /// When it was refused, milliseconds since 1970 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_ms: Option<i64>,
    /// The act, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Box<crate::ActView>>,
    /// What it means, and what mends it.
    pub detail: String,
}
