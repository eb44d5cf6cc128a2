//! The sync stream's frames.

mod read;
mod write;

use alliance_record::{AllianceId, ChapterName, SignedRecord, Verdict};
use bytes::Bytes;
use prost::Message;

use crate::error::{WireError, at_most};
use crate::limits::FRAME_BYTES_MAX;
use crate::peer::PeerAddress;
use crate::proto::v1;
use crate::sketch::{Cell, Fingerprint, LogRef, Mark, Nonce};

/// One frame of a sync stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncMessage {
    /// The asker opens.
    Hello(Hello),
    /// Cells of a chapter that differs, from the answerer.
    Sketch(SketchPart),
    /// All heads of a chapter that differs, from the answerer.
    List(ListPart),
    /// The answerer has named every chapter that differs.
    Compared {
        /// Chapters of the hello of which it lacks bodies.
        lagging: Vec<ChapterName>,
    },
    /// The asker wants more cells, or the list.
    More(More),
    /// The asker wants records.
    Pull(Pull),
    /// The asker takes so many bytes of ranges more.
    Grant {
        /// Bytes of range frames.
        bytes: u64,
    },
    /// Records of one log.
    Range(RangePart),
    /// The asker has what it wanted.
    Done,
    /// Not now.
    Busy {
        /// When to ask again, milliseconds.
        retry_after_ms: u32,
    },
    /// Where other members are.
    Addresses(Vec<PeerAddress>),
}

/// The asker's view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// The alliance meant.
    pub alliance: AllianceId,
    /// Keys what the session compares.
    pub nonce: Nonce,
    /// Each chapter that the asker follows.
    pub chapters: Vec<ChapterView>,
    /// Whether it wants to hear where other members are.
    pub addresses: bool,
}

/// One chapter as one side sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChapterView {
    /// The chapter.
    pub chapter: ChapterName,
    /// Over its heads.
    pub fingerprint: Fingerprint,
    /// How many heads.
    pub logs: u32,
}

/// Consecutive cells of a sketch of one chapter's heads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SketchPart {
    /// The chapter, and the heads that are sketched.
    pub view: ChapterView,
    /// Number of the first cell.
    pub from: u32,
    /// The cells.
    pub cells: Vec<Cell>,
}

/// Marks of one chapter's heads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPart {
    /// The chapter.
    pub chapter: ChapterName,
    /// The marks.
    pub marks: Vec<Mark>,
    /// Whether more of the same list follow.
    pub more: bool,
}

/// A wish for more of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct More {
    /// The chapter.
    pub chapter: ChapterName,
    /// What is wanted of it.
    pub wanted: MoreOf,
}

/// What more is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MoreOf {
    /// Cells `from..until` of the sketch with this fingerprint; all up to `until` of a newer one.
    Cells {
        /// Of the heads whose cells are held.
        fingerprint: Fingerprint,
        /// First cell.
        from: u32,
        /// The cell after the last.
        until: u32,
    },
    /// The list of all heads.
    List,
}

/// A wish for records of logs of one chapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pull {
    /// The chapter.
    pub chapter: ChapterName,
    /// What is wanted, in this order.
    pub wants: Vec<Want>,
    /// What is wanted of each record.
    pub part: RecordPart,
}

/// How much of a record is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordPart {
    /// Header and body.
    Whole,
    /// The header; the body may be asked for later.
    Header,
}

/// A wish for records of one log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Want {
    /// The log.
    pub log: LogRef,
    /// First sequence wanted.
    pub from: u64,
    /// Last sequence wanted.
    pub until: u64,
}

/// Consecutive records of one log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RangePart {
    /// The log.
    pub log: LogRef,
    /// Sequence of the first record.
    pub from: u64,
    /// The records.
    pub records: Vec<SignedRecord>,
    /// Whether more frames of this answer follow.
    pub more: bool,
    /// Why the record after these could not be read; those before it can be used. Never sent.
    pub fault: Option<Verdict>,
}

impl SyncMessage {
    /// The frame's bytes.
    #[must_use]
    pub fn encode(&self) -> Bytes {
        v1::SyncFrame {
            frame: Some(write::frame(self)),
        }
        .encode_to_vec()
        .into()
    }

    /// Reads a frame.
    ///
    /// # Errors
    /// [`WireError`] naming the part that cannot be read.
    pub fn decode(bytes: Bytes) -> Result<Self, WireError> {
        at_most("sync frame", bytes.len(), FRAME_BYTES_MAX)?;
        let bad = WireError::BadEncoding { place: "sync frame" };
        let message = v1::SyncFrame::decode(bytes).map_err(|_| bad.clone())?;
        read::frame(message.frame.ok_or(bad)?)
    }
}
