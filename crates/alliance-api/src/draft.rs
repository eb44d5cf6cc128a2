//! Drafts on their way to publication: what an author confirms, who reads them a second time, and what they wait for.

use serde::{Deserialize, Serialize};

use crate::{DocumentFormat, Finding};

/// What an author confirms of every document. Kept with the draft and in the node's audit log; no part of the record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Confirmations {
    /// Nobody in it can be recognised by someone who was there.
    pub nobody_recognisable: bool,
    /// The organisation has the right to share it.
    pub right_to_share: bool,
    /// The people affected were involved, or asked.
    pub people_involved: bool,
}

impl Confirmations {
    /// All three.
    #[must_use]
    pub const fn all() -> Self {
        Self {
            nobody_recognisable: true,
            right_to_share: true,
            people_involved: true,
        }
    }
}

/// Publish in spite of what was found, for a reason. A second reader judges it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// The code of the findings.
    pub code: String,
    /// The field; absent: wherever the code was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Why it may stand. Never repeats what was found.
    pub reason: String,
}

/// What a draft waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DraftState {
    /// A second reader.
    SecondReader,
    /// The end of its cooling-off.
    CoolingOff,
    /// Nothing: it is published as soon as the node can.
    Due,
    /// Something that its author has to look at.
    HeldUp,
}

/// A draft: local, until it is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DraftView {
    /// Its id, in hexadecimal.
    pub id: String,
    /// What it waits for.
    pub state: DraftState,
    /// What is missing, in words.
    pub missing: Vec<String>,
    /// Its kind.
    pub kind: String,
    /// Its chapter.
    pub chapter: String,
    /// Its title.
    pub title: String,
    /// When it was handed in, milliseconds since 1970 UTC.
    pub made_at_ms: i64,
    /// When its cooling-off ends; `None` until a second reader has approved it.
    pub due_ms: Option<i64>,
    /// What its author confirmed.
    pub confirmations: Confirmations,
    /// Codes of the warnings that its author accepted.
    pub accepted: Vec<String>,
    /// What its author wants to publish in spite of what was found.
    pub overrides: Vec<Override>,
    /// Whether a second reader has to approve it.
    pub needs_second_reader: bool,
    /// Who approved it: the label of the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// What is found in it now.
    pub findings: Vec<Finding>,
    /// How the document is written.
    pub format: DocumentFormat,
    /// The text; absent in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
}

/// What a token lets its holder do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TokenRole {
    /// Read what the node shows: records, members, chapters, how the node is.
    Reader,
    /// Also write documents, and see the drafts that wait.
    Author,
    /// Read, see drafts, and approve them. A second reader cannot write, so that nobody approves their own.
    SecondReader,
    /// What an author may, and speak for the organisation: chapters, invitations, removals, acts.
    Steward,
    /// All but approving drafts: also the node's tokens, certificate and bundles.
    Operator,
}

impl TokenRole {
    /// The word for it, as it is written in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Author => "author",
            Self::SecondReader => "second-reader",
            Self::Steward => "steward",
            Self::Operator => "operator",
        }
    }
}

/// Make a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// What it is for.
    pub role: TokenRole,
    /// Whose it is: a role or a name, for the audit log of this node alone.
    pub label: String,
}

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TokenView {
    /// Its id, in hexadecimal; not secret.
    pub id: String,
    /// What it is for.
    pub role: TokenRole,
    /// Whose it is.
    pub label: String,
    /// When it was made, milliseconds since 1970 UTC.
    pub made_at_ms: i64,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at_ms: Option<i64>,
}

/// A token that was made just now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NewToken {
    /// The secret. Shown here and never again: the node keeps its hash.
    pub token: String,
    /// What is known of it from now on.
    #[serde(flatten)]
    pub view: TokenView,
}
