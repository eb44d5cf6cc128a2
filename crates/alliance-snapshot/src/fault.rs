//! What is wrong with a bundle: the first thing, where it stands, and what mends it.

use serde::Serialize;

/// The checks, in the order in which they are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// It is a ZIP file of plain names, each once, of sizes that are taken.
    Archive,
    /// Every file has the checksum that is written for it.
    Checksums,
    /// The manifest can be read.
    Manifest,
    /// The identifier is the one that follows from the manifest.
    Identifier,
    /// It is of the alliance that was asked about.
    Alliance,
    /// Its own records make the membership.
    Membership,
    /// Every record is linked to its log's head, and the head is signed by the log's writer.
    Chain,
    /// Every log reaches the head that the manifest names.
    Heads,
    /// Every writer was certified for an organisation that was let in, and its log does not end before.
    Writers,
    /// Every record selected is there with the text that its header commits to, and no other text is.
    Bodies,
    /// The acts that mark records are those that the manifest names.
    Notices,
    /// There are the files that ought to be, and no others.
    Files,
    /// Every line of the data files is what the records say.
    Data,
    /// The maker's signature is good, and the maker's organisation a member.
    Signature,
}

impl Check {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Archive,
        Self::Checksums,
        Self::Manifest,
        Self::Identifier,
        Self::Alliance,
        Self::Membership,
        Self::Chain,
        Self::Heads,
        Self::Writers,
        Self::Bodies,
        Self::Notices,
        Self::Files,
        Self::Data,
        Self::Signature,
    ];

    /// A stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Archive => "archive",
            Self::Checksums => "checksums",
            Self::Manifest => "manifest",
            Self::Identifier => "identifier",
            Self::Alliance => "alliance",
            Self::Membership => "membership",
            Self::Chain => "chain",
            Self::Heads => "heads",
            Self::Writers => "writers",
            Self::Bodies => "bodies",
            Self::Notices => "notices",
            Self::Files => "files",
            Self::Data => "data",
            Self::Signature => "signature",
        }
    }
}

/// The first thing that is wrong with a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{place}: {found}")]
pub struct Fault {
    /// The check that did not pass; those before it did.
    pub check: Check,
    /// The file, with the line, record or log in it.
    pub place: String,
    /// What is wrong.
    pub found: String,
    /// What to do.
    pub remedy: String,
}

/// What mends a file that was altered or damaged.
const GET_IT_AGAIN: &str = "do not rely on this file: get the bundle again, from a node of the alliance, and verify that. A bundle that was unpacked and packed anew is another file, though nothing in it was changed";

impl Fault {
    /// A fault of a file that is not as its maker made it.
    pub(crate) fn new(check: Check, place: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            check,
            place: place.into(),
            found: found.into(),
            remedy: GET_IT_AGAIN.to_owned(),
        }
    }

    pub(crate) fn mend(self, remedy: &str) -> Self {
        let remedy = remedy.to_owned();
        Self { remedy, ..self }
    }
}
