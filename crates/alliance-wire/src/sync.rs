//! The sync stream's frames.

use alliance_record::{AllianceId, ChapterName, SignedRecord, Verdict};
use bytes::Bytes;
use prost::Message;

use crate::error::{WireError, at_most};
use crate::limits::{
    CELLS_PER_FRAME_MAX, CHAPTERS_MAX, FRAME_BYTES_MAX, MARKS_PER_FRAME_MAX, RANGE_RECORDS_MAX, SYNC_VERSION,
    WANTS_PER_PULL_MAX,
};
use crate::packed::{packed, unpacked};
use crate::peer::{PeerAddress, read_peers, write_peers};
use crate::proto::v1;
use crate::sketch::{Cell, Fingerprint, LogRef, Mark, Nonce};
use v1::sync_frame::Frame;

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
    Compared,
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
            frame: Some(write(self)),
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
        match message.frame.ok_or(bad)? {
            Frame::Hello(hello) => read_hello(hello).map(Self::Hello),
            Frame::Sketch(sketch) => read_sketch(&sketch).map(Self::Sketch),
            Frame::List(list) => read_list(&list).map(Self::List),
            Frame::Compared(v1::SyncCompared {}) => Ok(Self::Compared),
            Frame::More(more) => read_more(&more).map(Self::More),
            Frame::Pull(pull) => read_pull(&pull).map(Self::Pull),
            Frame::Grant(grant) => Ok(Self::Grant { bytes: grant.bytes }),
            Frame::Range(range) => read_range(range).map(Self::Range),
            Frame::Done(v1::SyncDone {}) => Ok(Self::Done),
            Frame::Busy(busy) => Ok(Self::Busy {
                retry_after_ms: busy.retry_after_ms,
            }),
            Frame::Addresses(addresses) => read_peers(addresses.peers).map(Self::Addresses),
        }
    }
}

fn copy(bytes: &[u8]) -> Bytes {
    Bytes::copy_from_slice(bytes)
}

fn write(message: &SyncMessage) -> Frame {
    match message {
        SyncMessage::Hello(hello) => Frame::Hello(write_hello(hello)),
        SyncMessage::Sketch(part) => Frame::Sketch(write_sketch(part)),
        SyncMessage::List(part) => Frame::List(v1::SyncList {
            chapter: part.chapter.to_string(),
            marks: packed(&part.marks, |mark| mark.to_bytes()),
            more: part.more,
        }),
        SyncMessage::Compared => Frame::Compared(v1::SyncCompared {}),
        SyncMessage::More(more) => Frame::More(write_more(more)),
        SyncMessage::Pull(pull) => Frame::Pull(v1::SyncPull {
            chapter: pull.chapter.to_string(),
            logs: packed(&pull.wants, |want| want.log.to_bytes()),
            from: pull.wants.iter().map(|want| want.from).collect(),
            until: pull.wants.iter().map(|want| want.until).collect(),
        }),
        SyncMessage::Grant { bytes } => Frame::Grant(v1::SyncGrant { bytes: *bytes }),
        SyncMessage::Range(part) => Frame::Range(v1::SyncRange {
            log: copy(&part.log.to_bytes()),
            from: part.from,
            records: part.records.iter().map(SignedRecord::to_message).collect(),
            more: part.more,
        }),
        SyncMessage::Done => Frame::Done(v1::SyncDone {}),
        SyncMessage::Busy { retry_after_ms } => Frame::Busy(v1::SyncBusy {
            retry_after_ms: *retry_after_ms,
        }),
        SyncMessage::Addresses(peers) => Frame::Addresses(v1::SyncAddresses {
            peers: write_peers(peers),
        }),
    }
}

fn write_hello(hello: &Hello) -> v1::SyncHello {
    let view = |view: &ChapterView| v1::ChapterView {
        chapter: view.chapter.to_string(),
        fingerprint: copy(&view.fingerprint),
        logs: view.logs,
    };
    v1::SyncHello {
        version: SYNC_VERSION,
        alliance: copy(hello.alliance.as_bytes()),
        nonce: copy(&hello.nonce),
        chapters: hello.chapters.iter().map(view).collect(),
        addresses: hello.addresses,
    }
}

fn write_sketch(part: &SketchPart) -> v1::SyncSketch {
    v1::SyncSketch {
        chapter: part.view.chapter.to_string(),
        fingerprint: copy(&part.view.fingerprint),
        logs: part.view.logs,
        from: part.from,
        cells: packed(&part.cells, |cell| cell.to_bytes()),
    }
}

fn write_more(more: &More) -> v1::SyncMore {
    let chapter = more.chapter.to_string();
    match &more.wanted {
        MoreOf::Cells {
            fingerprint,
            from,
            until,
        } => v1::SyncMore {
            chapter,
            fingerprint: copy(fingerprint),
            from: *from,
            until: *until,
        },
        MoreOf::List => v1::SyncMore {
            chapter,
            ..v1::SyncMore::default()
        },
    }
}

fn read_chapter(name: &str) -> Result<ChapterName, WireError> {
    name.parse().map_err(|_| WireError::BadEncoding { place: "chapter" })
}

fn read_fingerprint(bytes: &[u8]) -> Result<Fingerprint, WireError> {
    let bad = |_| WireError::BadEncoding { place: "fingerprint" };
    bytes.try_into().map_err(bad)
}

fn read_log(bytes: &[u8]) -> Result<LogRef, WireError> {
    let bad = |_| WireError::BadEncoding { place: "log" };
    bytes.try_into().map(LogRef::from_bytes).map_err(bad)
}

fn read_hello(message: v1::SyncHello) -> Result<Hello, WireError> {
    if message.version != SYNC_VERSION {
        return Err(WireError::BadEncoding { place: "version" });
    }
    at_most("chapters", message.chapters.len(), CHAPTERS_MAX)?;
    let view = |view: v1::ChapterView| {
        Ok(ChapterView {
            chapter: read_chapter(&view.chapter)?,
            fingerprint: read_fingerprint(&view.fingerprint)?,
            logs: view.logs,
        })
    };
    Ok(Hello {
        alliance: AllianceId::from_slice(&message.alliance).map_err(WireError::field("alliance"))?,
        nonce: message.nonce[..]
            .try_into()
            .map_err(|_| WireError::BadEncoding { place: "nonce" })?,
        chapters: message.chapters.into_iter().map(view).collect::<Result<_, _>>()?,
        addresses: message.addresses,
    })
}

fn read_sketch(message: &v1::SyncSketch) -> Result<SketchPart, WireError> {
    Ok(SketchPart {
        view: ChapterView {
            chapter: read_chapter(&message.chapter)?,
            fingerprint: read_fingerprint(&message.fingerprint)?,
            logs: message.logs,
        },
        from: message.from,
        cells: unpacked("cells", &message.cells, CELLS_PER_FRAME_MAX, Cell::from_bytes)?,
    })
}

fn read_list(message: &v1::SyncList) -> Result<ListPart, WireError> {
    Ok(ListPart {
        chapter: read_chapter(&message.chapter)?,
        marks: unpacked("marks", &message.marks, MARKS_PER_FRAME_MAX, Mark::from_bytes)?,
        more: message.more,
    })
}

fn read_more(message: &v1::SyncMore) -> Result<More, WireError> {
    let wanted = match message.until {
        0 => MoreOf::List,
        until => MoreOf::Cells {
            fingerprint: read_fingerprint(&message.fingerprint)?,
            from: message.from,
            until,
        },
    };
    Ok(More {
        chapter: read_chapter(&message.chapter)?,
        wanted,
    })
}

fn read_pull(message: &v1::SyncPull) -> Result<Pull, WireError> {
    let logs = unpacked("logs", &message.logs, WANTS_PER_PULL_MAX, |bytes| {
        Ok(LogRef::from_bytes(*bytes))
    })?;
    if message.from.len() != logs.len() || message.until.len() != logs.len() {
        return Err(WireError::BadEncoding { place: "wants" });
    }
    let places = message.from.iter().zip(&message.until);
    let want = |(log, (from, until)): (LogRef, (&u64, &u64))| Want {
        log,
        from: *from,
        until: *until,
    };
    Ok(Pull {
        chapter: read_chapter(&message.chapter)?,
        wants: logs.into_iter().zip(places).map(want).collect(),
    })
}

fn read_range(message: v1::SyncRange) -> Result<RangePart, WireError> {
    at_most("records", message.records.len(), RANGE_RECORDS_MAX)?;
    let (mut records, mut fault) = (Vec::with_capacity(message.records.len()), None);
    for envelope in message.records {
        match SignedRecord::from_message(envelope) {
            Ok(record) => records.push(record),
            Err(verdict) => {
                fault = Some(verdict);
                break;
            }
        }
    }
    Ok(RangePart {
        log: read_log(&message.log)?,
        from: message.from,
        records,
        more: message.more,
        fault,
    })
}
