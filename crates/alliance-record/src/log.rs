//! Logs: the sequence of one writer's records in one chapter, in one life of its data directory.

use crate::chapter::ChapterName;
use crate::id::{InstanceId, LogId, RecordId};
use crate::key::{OrganisationId, WriterId};

/// Domain tag of a log's id.
const LOG_TAG: &[u8] = b"alliance/v1/log\0";

/// What names a log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogName {
    /// The node that writes it.
    pub writer: WriterId,
    /// The life of that node's data directory.
    pub instance: InstanceId,
    /// The chapter it writes to.
    pub chapter: ChapterName,
}

impl LogName {
    /// BLAKE3 over the domain tag, writer, instance and the chapter's name.
    #[must_use]
    pub fn id(&self) -> LogId {
        let mut hasher = blake3::Hasher::new();
        hasher.update(LOG_TAG);
        hasher.update(self.writer.as_bytes());
        hasher.update(self.instance.as_bytes());
        hasher.update(self.chapter.as_str().as_bytes());
        LogId(*hasher.finalize().as_bytes())
    }
}

/// The newest record of a log, as one replica knows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Head {
    /// The log.
    pub log: LogName,
    /// The organisation that the log's records name.
    pub organisation: OrganisationId,
    /// Sequence of the newest record.
    pub sequence: u64,
    /// The newest record.
    pub record: RecordId,
}

/// Where a log ends for good, whatever its writer adds: at a fork, or at a cut. Of several ends the smallest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogEnd {
    /// Sequence of the first record that does not count.
    pub next: u64,
    /// The record before it; `None` when no record of the log counts.
    pub last: Option<RecordId>,
}

impl LogEnd {
    /// No record of the log counts.
    pub const NOTHING: Self = Self { next: 0, last: None };

    /// Whether the record at a place counts.
    #[must_use]
    pub const fn counts(&self, sequence: u64) -> bool {
        sequence < self.next
    }
}
