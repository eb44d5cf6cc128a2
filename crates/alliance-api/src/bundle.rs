//! What became of records from a bundle.

use serde::{Deserialize, Serialize};

/// What became of ranges that were handed in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ImportReceipt {
    /// Records handed in.
    pub records: u64,
    /// Those that were new and are on the disk now.
    pub brought: u64,
    /// Ranges that were not taken, or not to their end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stopped: Vec<StoppedRange>,
}

/// A range that was not taken to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StoppedRange {
    /// The chapter.
    pub chapter: String,
    /// The first record that was not taken, in hexadecimal; `None` when it could not be read as far as that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// The verdict's stable word.
    pub code: String,
}
