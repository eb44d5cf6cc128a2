//! How far catching up is.

use serde::{Deserialize, Serialize};

use crate::status::PeerStatus;

/// Everything `sync` shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SyncReport {
    /// This node as a whole.
    pub sync: SyncSummary,
    /// Connected nodes.
    pub peers: Vec<PeerStatus>,
    /// Organisations on the roster, this node's own among them.
    pub members: u64,
    /// Chapters with records whose bodies this node does not hold.
    pub bodies: Vec<ChapterBodies>,
}

/// Records of a chapter whose headers are here and whose bodies are not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ChapterBodies {
    /// The chapter's name.
    pub chapter: String,
    /// How many.
    pub missing: u64,
    /// Bytes of those bodies.
    pub missing_bytes: u64,
    /// Whether they are to come; false where this node keeps headers only.
    pub awaited: bool,
}

/// How far this node is with catching up. Figures that are not known are left out; none is guessed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SyncSummary {
    /// Whether this node is asking a member.
    pub running: bool,
    /// Records that this node is known to lack, each counted once, however many members have it.
    pub missing: u64,
    /// The same by chapter, as far as any are missing there.
    pub chapters: Vec<ChapterMissing>,
    /// Records that the sessions under way have brought so far.
    pub brought: u64,
    /// Records a second over the last seconds. `None` until there are seconds to measure, and when nothing runs.
    pub records_per_s: Option<u64>,
    /// Bytes a second over the last seconds, of records with all that proves them.
    pub bytes_per_s: Option<u64>,
    /// Seconds until nothing is missing, at the pace of the last seconds.
    pub remaining_s: Option<u64>,
    /// Milliseconds since which nothing is known to be missing. `None` while something is, and when no member that is
    /// connected has been compared with.
    pub in_step_ms: Option<u64>,
}

/// Records that are missing in a chapter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ChapterMissing {
    /// The chapter's name.
    pub chapter: String,
    /// How many, at least one.
    pub missing: u64,
}

/// How a peer's replica compares with this one: during a session as it finds out, otherwise as the last one left it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SyncStatus {
    /// Whether this node lacks nothing that the peer is known to have. `None` until that is known.
    pub in_step: Option<bool>,
    /// Records that the peer has and this node lacks.
    pub missing: u64,
    /// The same by chapter, as far as any are missing there.
    pub chapters: Vec<ChapterMissing>,
    /// Milliseconds since the last session with it ended in order.
    pub checked_ms_ago: Option<u64>,
    /// Milliseconds since it last answered in a session.
    pub last_contact_ms_ago: Option<u64>,
    /// The session in which this node is asking it; `None` when there is none.
    pub session: Option<SessionStatus>,
}

/// A session in which this node is asking a peer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SessionStatus {
    /// Milliseconds since it began.
    pub began_ms_ago: u64,
    /// Records that it brought so far.
    pub brought: u64,
    /// Bytes that it brought so far, of records with all that proves them.
    pub brought_bytes: u64,
    /// Records a second over the last seconds; `None` until there are seconds to measure.
    pub records_per_s: Option<u64>,
    /// Bytes a second over the last seconds.
    pub bytes_per_s: Option<u64>,
}
