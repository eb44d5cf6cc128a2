//! Who this node is: not secret, and never changed by records.

use alliance_api::Commitment;
use serde::{Deserialize, Serialize};

use super::DataDir;
use super::file::{self, FileError};

/// What `init` wrote down, and what founding or joining added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Identity {
    /// The life of this data directory, hexadecimal.
    pub(crate) instance: String,
    /// What the organisation says of itself.
    pub(crate) wishes: Wishes,
    /// Its place in an alliance.
    pub(crate) membership: Option<Membership>,
}

/// What the node publishes about its organisation as soon as it may.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Wishes {
    pub(crate) name: String,
    pub(crate) name_en: String,
    pub(crate) country: String,
    pub(crate) subdivision: String,
    pub(crate) organisation_type: String,
    pub(crate) languages: Vec<String>,
    pub(crate) commitments: Vec<Commitment>,
}

/// A place in an alliance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Membership {
    /// The alliance's id, hexadecimal.
    pub(crate) alliance: String,
    /// Its name as the charter or the invitation gives it; display text.
    pub(crate) alliance_name: String,
    /// This node's certificate, hexadecimal; that of the writer before it where one took its place.
    pub(crate) certificate: String,
    /// By what this node's writer took the place of the one before it, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) succession: Option<String>,
    /// Statements that this node is to publish: kind and hexadecimal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) statements: Vec<(u32, String)>,
    /// The charter's bytes, hexadecimal, when this organisation founded the alliance.
    #[serde(default)]
    pub(crate) charter: Option<String>,
    /// The organisation that invited, hexadecimal: trusted until the roster has arrived.
    #[serde(default)]
    pub(crate) inviter: Option<String>,
    /// Organisations, hexadecimal, that a further node trusts until the roster has arrived: its own, and those that it
    /// was told of with its certificate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) trusted: Vec<String>,
}

impl Identity {
    pub(crate) fn read(dir: &DataDir) -> Result<Option<Self>, FileError> {
        file::read_json(&dir.identity())
    }

    pub(crate) fn write(&self, dir: &DataDir) -> Result<(), FileError> {
        file::replace_json(&dir.identity(), self)
    }
}
