//! Bundles: the same ranges as a sync stream carries, in a file.
//!
//! ```text
//! "alliance-bundle-1\n" ‖ frame ‖ frame ‖ …       frame: length u32, big-endian ‖ BundleFrame
//! ```
//! A head, ranges, an end. Never judges a record: whoever takes a range verifies it as one of a stream.

use alliance_record::{AllianceId, ChapterName, SignedRecord, Verdict};
use bytes::Bytes;
use prost::Message;

use crate::error::{WireError, at_most};
use crate::fields::{FRAME_FIELDS_MAX, at_most_fields};
use crate::limits::{BUNDLE_CHAPTERS_MAX, BUNDLE_FRAME_BYTES_MAX, BUNDLE_RANGE_RECORDS_MAX};
use crate::proto::v1;
use v1::bundle_frame::Frame;

/// What a bundle's file begins with.
pub const BUNDLE_MAGIC: &[u8] = b"alliance-bundle-1\n";
/// Bytes of the length before a frame.
pub const BUNDLE_LENGTH_BYTES: usize = 4;
/// Version of the frames.
const VERSION: u32 = 1;

/// What a bundle says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleHead {
    /// The alliance.
    pub alliance: AllianceId,
    /// Chapters in it, in their order in the file.
    pub chapters: Vec<ChapterName>,
    /// Logs in it.
    pub logs: u64,
    /// Records in it.
    pub records: u64,
    /// When it was made, milliseconds since 1970 UTC, by its maker's clock.
    pub made_at_ms: i64,
}

/// One frame of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BundleFrame {
    /// The first.
    Head(BundleHead),
    /// Consecutive records of one log; the last carries a signature.
    Range(Vec<SignedRecord>),
    /// The last.
    End {
        /// Records in the file.
        records: u64,
        /// BLAKE3 over the file before this frame's length.
        hash: [u8; 32],
    },
}

impl BundleFrame {
    /// The frame with its length before it.
    #[must_use]
    pub fn encode(&self) -> Bytes {
        let frame = match self {
            Self::Head(head) => Frame::Head(v1::BundleHead {
                version: VERSION,
                alliance: Bytes::copy_from_slice(head.alliance.as_bytes()),
                chapters: head.chapters.iter().map(ToString::to_string).collect(),
                logs: head.logs,
                records: head.records,
                made_at_ms: head.made_at_ms,
            }),
            Self::Range(records) => Frame::Range(v1::BundleRange {
                records: records.iter().map(SignedRecord::to_message).collect(),
            }),
            Self::End { records, hash } => Frame::End(v1::BundleEnd {
                records: *records,
                hash: Bytes::copy_from_slice(hash),
            }),
        };
        let message = v1::BundleFrame { frame: Some(frame) };
        let length = message.encoded_len();
        let mut bytes = Vec::with_capacity(length + BUNDLE_LENGTH_BYTES);
        bytes.extend_from_slice(&(length as u32).to_be_bytes());
        bytes.extend_from_slice(&message.encode_to_vec());
        bytes.into()
    }

    /// Reads a frame, without its length.
    ///
    /// # Errors
    /// [`WireError`] naming the part that cannot be read.
    pub fn decode(bytes: Bytes) -> Result<Self, WireError> {
        at_most("bundle frame", bytes.len(), BUNDLE_FRAME_BYTES_MAX)?;
        at_most_fields("bundle frame", &bytes, BUNDLE_CHAPTERS_MAX + FRAME_FIELDS_MAX)?;
        let bad = WireError::BadEncoding { place: "bundle frame" };
        let message = v1::BundleFrame::decode(bytes).map_err(|_| bad.clone())?;
        match message.frame.ok_or(bad)? {
            Frame::Head(head) => read_head(&head).map(Self::Head),
            Frame::Range(range) => read_range(range).map(Self::Range),
            Frame::End(end) => Ok(Self::End {
                records: end.records,
                hash: end.hash[..]
                    .try_into()
                    .map_err(|_| WireError::BadEncoding { place: "hash" })?,
            }),
        }
    }

    /// Takes the first frame off bytes that hold several, with the length before each.
    ///
    /// # Errors
    /// As [`BundleFrame::decode`]; also when the bytes end within a frame.
    pub fn split(bytes: &mut Bytes) -> Result<Self, WireError> {
        let cut = WireError::BadEncoding { place: "length" };
        let length = bytes.first_chunk::<BUNDLE_LENGTH_BYTES>().ok_or(cut.clone())?;
        let length = u32::from_be_bytes(*length) as usize;
        at_most("bundle frame", length, BUNDLE_FRAME_BYTES_MAX)?;
        if bytes.len() < BUNDLE_LENGTH_BYTES + length {
            return Err(cut);
        }
        let _ = bytes.split_to(BUNDLE_LENGTH_BYTES);
        Self::decode(bytes.split_to(length))
    }
}

fn read_head(head: &v1::BundleHead) -> Result<BundleHead, WireError> {
    if head.version != VERSION {
        return Err(WireError::BadEncoding { place: "version" });
    }
    at_most("chapters", head.chapters.len(), BUNDLE_CHAPTERS_MAX)?;
    let chapter = |name: &String| name.parse().map_err(|_| WireError::BadEncoding { place: "chapter" });
    Ok(BundleHead {
        alliance: AllianceId::from_slice(&head.alliance).map_err(WireError::field("alliance"))?,
        chapters: head.chapters.iter().map(chapter).collect::<Result<_, _>>()?,
        logs: head.logs,
        records: head.records,
        made_at_ms: head.made_at_ms,
    })
}

fn read_range(range: v1::BundleRange) -> Result<Vec<SignedRecord>, WireError> {
    at_most("records", range.records.len(), BUNDLE_RANGE_RECORDS_MAX)?;
    let record =
        |envelope| SignedRecord::from_message(envelope).map_err(|verdict: Verdict| WireError::Record { verdict });
    range.records.into_iter().map(record).collect()
}
