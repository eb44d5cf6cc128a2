//! Removed records, and who confirms that they are gone.

use serde::{Deserialize, Serialize};

use crate::{Named, Removed};

/// Remove a record of this organisation's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveRequest {
    /// Why: a code of the vocabulary `notice_reason`.
    pub reason: String,
}

/// A removed record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RemovalView {
    /// The record: id in hexadecimal.
    pub record: String,
    /// Whose it is.
    pub organisation: Named,
    /// Its chapter.
    pub chapter: String,
    /// What removes it.
    pub removed: Removed,
    /// Nodes that signed that they hold nothing of its body any more.
    pub confirmed: Vec<Confirmation>,
    /// Nodes of organisations that follow the chapter, or of its own, that have not said so yet.
    pub silent: Vec<Confirmation>,
}

/// A node that confirms, or is to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Confirmation {
    /// Whose node.
    pub organisation: Named,
    /// The node's signing key in hexadecimal.
    pub node: String,
}

/// A record, and whether this node put it aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct QuarantineView {
    /// The record: id in hexadecimal.
    pub record: String,
    /// Whose it is.
    pub organisation: Named,
    /// Whether it is this node's organisation's own.
    pub own: bool,
    /// Whether its text is shown to nobody here.
    pub quarantined: bool,
    /// What removes it everywhere, if anything does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<Removed>,
}
