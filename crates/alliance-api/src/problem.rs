//! Errors as RFC 9457 problem details, with stable codes.

use serde::{Deserialize, Serialize};

mod codes;

pub use codes::{ProblemCode, problem_codes};

/// What went wrong, for a program and for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, thiserror::Error)]
#[error("{title}: {detail}")]
pub struct Problem {
    /// `about:blank`, as the code says it all.
    #[serde(rename = "type", default)]
    pub kind: ProblemType,
    /// The short sentence.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened here, and the remedy.
    pub detail: String,
    /// Stable snake_case word.
    pub code: String,
    /// Faults of a document, with their places.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
}

/// The problem's type, as RFC 9457 asks for one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub enum ProblemType {
    /// Nothing beyond the HTTP status; `code` tells the problems apart.
    #[default]
    #[serde(rename = "about:blank")]
    AboutBlank,
}

/// One fault or warning of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Finding {
    /// `error`: must be mended. `block`: looks like a personal detail, and stops publication unless a second reader agrees
    /// to a reason. `warning`: is published once its author accepts it. `overridden`: blocks, and a reason was given.
    /// `note`: tells what was done.
    pub severity: String,
    /// Stable snake_case word.
    pub code: String,
    /// The field, as `core_components[2].text`.
    pub place: String,
    /// Line of the document, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Column of the line, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// What is wrong.
    pub message: String,
    /// What mends it.
    pub remedy: String,
}
