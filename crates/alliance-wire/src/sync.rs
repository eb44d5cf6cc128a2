//! The sync stream's frames.

use alliance_record::{
    AllianceId, ChapterName, Head, InstanceId, LogName, OrganisationId, RecordId, SignedRecord, Verdict, WriterId,
};
use bytes::Bytes;
use prost::Message;

use crate::error::{WireError, at_most};
use crate::fingerprint::{Fingerprint, Nonce};
use crate::limits::{
    CHAPTERS_MAX, FRAME_BYTES_MAX, HEADS_PER_PAGE_MAX, RANGE_RECORDS_MAX, SYNC_VERSION, WANT_BYTES_MAX,
};
use crate::peer::{PeerAddress, read_peers, write_peers};
use crate::proto::v1;
use v1::sync_frame::Frame;

/// One frame of a sync stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncMessage {
    /// The asker opens.
    Hello(Hello),
    /// The answerer's heads of a chapter that differs.
    Heads(HeadsPage),
    /// The asker wants records.
    Want(Want),
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
    /// Keys the fingerprints.
    pub nonce: Nonce,
    /// Each chapter that the asker follows.
    pub chapters: Vec<ChapterView>,
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

/// Heads of one chapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadsPage {
    /// The chapter; `None` when no chapter differs.
    pub chapter: Option<ChapterName>,
    /// Its heads, all of this chapter.
    pub heads: Vec<Head>,
    /// Nothing follows.
    pub last: bool,
}

/// A wish for records of one log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Want {
    /// The log.
    pub log: LogName,
    /// First sequence wanted.
    pub from: u64,
    /// Most records to send.
    pub records_max: u32,
    /// Most bytes to send.
    pub bytes_max: u32,
}

/// Consecutive records of one log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RangePart {
    /// The log.
    pub log: LogName,
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
            Frame::Heads(heads) => read_heads(heads).map(Self::Heads),
            Frame::Want(want) => read_want(want).map(Self::Want),
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
        SyncMessage::Heads(page) => Frame::Heads(write_heads(page)),
        SyncMessage::Want(want) => Frame::Want(v1::SyncWant {
            writer: copy(want.log.writer.as_bytes()),
            instance: copy(want.log.instance.as_bytes()),
            chapter: want.log.chapter.to_string(),
            from: want.from,
            records_max: want.records_max,
            bytes_max: want.bytes_max,
        }),
        SyncMessage::Range(part) => Frame::Range(v1::SyncRange {
            writer: copy(part.log.writer.as_bytes()),
            instance: copy(part.log.instance.as_bytes()),
            chapter: part.log.chapter.to_string(),
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
    }
}

fn write_heads(page: &HeadsPage) -> v1::SyncHeads {
    let head = |head: &Head| v1::Head {
        writer: copy(head.log.writer.as_bytes()),
        instance: copy(head.log.instance.as_bytes()),
        sequence: head.sequence,
        record: copy(head.record.as_bytes()),
        organisation: copy(head.organisation.as_bytes()),
    };
    v1::SyncHeads {
        chapter: page.chapter.as_ref().map(ToString::to_string).unwrap_or_default(),
        heads: page.heads.iter().map(head).collect(),
        last: page.last,
    }
}

fn read_chapter(name: &str) -> Result<ChapterName, WireError> {
    name.parse().map_err(|_| WireError::BadEncoding { place: "chapter" })
}

fn read_log(writer: &[u8], instance: &[u8], chapter: ChapterName) -> Result<LogName, WireError> {
    Ok(LogName {
        writer: WriterId::from_slice(writer).map_err(WireError::field("writer"))?,
        instance: InstanceId::from_slice(instance).map_err(WireError::field("instance"))?,
        chapter,
    })
}

fn read_hello(message: v1::SyncHello) -> Result<Hello, WireError> {
    if message.version != SYNC_VERSION {
        return Err(WireError::BadEncoding { place: "version" });
    }
    at_most("chapters", message.chapters.len(), CHAPTERS_MAX)?;
    let view = |view: v1::ChapterView| {
        Ok(ChapterView {
            chapter: read_chapter(&view.chapter)?,
            fingerprint: view.fingerprint[..]
                .try_into()
                .map_err(|_| WireError::BadEncoding { place: "fingerprint" })?,
            logs: view.logs,
        })
    };
    Ok(Hello {
        alliance: AllianceId::from_slice(&message.alliance).map_err(WireError::field("alliance"))?,
        nonce: message.nonce[..]
            .try_into()
            .map_err(|_| WireError::BadEncoding { place: "nonce" })?,
        chapters: message.chapters.into_iter().map(view).collect::<Result<_, _>>()?,
    })
}

fn read_heads(message: v1::SyncHeads) -> Result<HeadsPage, WireError> {
    at_most("heads", message.heads.len(), HEADS_PER_PAGE_MAX)?;
    if message.chapter.is_empty() {
        return Ok(HeadsPage {
            chapter: None,
            heads: Vec::new(),
            last: message.last,
        });
    }
    let chapter = read_chapter(&message.chapter)?;
    let head = |head: v1::Head| {
        Ok(Head {
            log: read_log(&head.writer, &head.instance, chapter.clone())?,
            organisation: OrganisationId::from_slice(&head.organisation).map_err(WireError::field("organisation"))?,
            sequence: head.sequence,
            record: RecordId::from_slice(&head.record).map_err(WireError::field("record"))?,
        })
    };
    let heads = message.heads.into_iter().map(head).collect::<Result<_, WireError>>()?;
    Ok(HeadsPage {
        chapter: Some(chapter),
        heads,
        last: message.last,
    })
}

fn read_want(message: v1::SyncWant) -> Result<Want, WireError> {
    at_most("bytes_max", message.bytes_max as usize, WANT_BYTES_MAX)?;
    Ok(Want {
        log: read_log(&message.writer, &message.instance, read_chapter(&message.chapter)?)?,
        from: message.from,
        records_max: message.records_max,
        bytes_max: message.bytes_max,
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
        log: read_log(&message.writer, &message.instance, read_chapter(&message.chapter)?)?,
        from: message.from,
        records,
        more: message.more,
        fault,
    })
}
