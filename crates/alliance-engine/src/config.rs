//! What an engine must be told at its making.

use std::collections::BTreeSet;

use alliance_record::{AllianceId, ChapterName, OrganisationId};

/// What an engine must be told at its making.
#[derive(Debug, Clone)]
pub struct Config {
    /// The alliance.
    pub alliance: AllianceId,
    /// The organisation whose node this is.
    pub organisation: OrganisationId,
    /// Fresh random bytes: they make session nonces and choices of peers unpredictable to others.
    pub seed: [u8; 32],
    /// Milliseconds between two looks at the heads of a random follower of each chapter.
    pub sync_interval_ms: i64,
    /// Milliseconds after which a connected member that was not compared with is greeted.
    pub heartbeat_ms: i64,
    /// Which bodies this node keeps.
    pub bodies: BodiesKept,
}

impl Config {
    /// Whether the bodies of an organisation's records in a chapter are kept. An organisation keeps its own.
    pub(crate) fn keeps_bodies(&self, author: &OrganisationId, chapter: &ChapterName) -> bool {
        self.bodies.of(chapter) != Bodies::Not || *author == self.organisation
    }
}

/// Which bodies a node keeps, and in what order it fetches them. Of the alliance's own chapter always all, each with its
/// header: roster and chapters are made of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BodiesKept {
    /// Headers are fetched first, of all chapters, and the bodies after them.
    pub after_headers: bool,
    /// Chapters of whose records by other organisations only the headers are kept.
    pub headers_only: BTreeSet<ChapterName>,
}

/// How the bodies of one chapter are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bodies {
    WithHeaders,
    AfterHeaders,
    Not,
}

impl BodiesKept {
    pub(crate) fn of(&self, chapter: &ChapterName) -> Bodies {
        if chapter.is_alliance() {
            Bodies::WithHeaders
        } else if self.headers_only.contains(chapter) {
            Bodies::Not
        } else if self.after_headers {
            Bodies::AfterHeaders
        } else {
            Bodies::WithHeaders
        }
    }
}
