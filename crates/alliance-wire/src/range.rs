//! Ranges on their way: cut into frames where they are served, put together and verified where they arrive.
//!
//! Never judges a record: it only finds out which ones a signature covers.

use alliance_record::limits::{CHECKPOINT_RECORDS, ENVELOPE_BYTES_MAX};
use alliance_record::{CheckedPiece, RangeProof, Refusal, SignedRecord, Verdict, VerifiedRecord, thin_signatures};
use bytes::Bytes;

use crate::error::WireError;
use crate::limits::{FRAME_BYTES_MAX, RANGE_BYTES_MAX, RANGE_RECORDS_MAX};
use crate::sketch::LogRef;
use crate::sync::{RangePart, SyncMessage};

/// Bytes of a record in a frame beside its header and body: signature, salt, and the tags and lengths of all fields.
const RECORD_FRAMING_BYTES: usize = 128;
/// Bytes of records held unproven: a checkpoint's worth of the largest ones, and the frame that ends them.
const UNPROVEN_BYTES_MAX: usize = CHECKPOINT_RECORDS as usize * ENVELOPE_BYTES_MAX + FRAME_BYTES_MAX;

fn bytes_of(record: &SignedRecord) -> usize {
    let body = record.body().map_or(0, |body| body.bytes.len());
    record.header_bytes().len() + body + RECORD_FRAMING_BYTES
}

/// Consecutive records of a log as frames, each within its limits, with no more signatures than needed. `more` tells
/// whether the answer goes on after them. Without records, one empty frame.
#[must_use]
pub fn range_frames(log: LogRef, from: u64, mut records: Vec<SignedRecord>, more: bool) -> Vec<Bytes> {
    thin_signatures(&mut records);
    signed_range_frames(log, from, records, more)
}

/// As [`range_frames`], with every signature that the records have: more to send and far more to verify.
#[must_use]
pub fn signed_range_frames(log: LogRef, from: u64, records: Vec<SignedRecord>, more: bool) -> Vec<Bytes> {
    let parts = in_parts(records);
    let last = parts.len() - 1;
    let mut next = from;
    let frame = |(index, records): (usize, Vec<SignedRecord>)| {
        let from = next;
        next += records.len() as u64;
        let part = RangePart {
            log,
            from,
            records,
            more: more || index < last,
            fault: None,
        };
        SyncMessage::Range(part).encode()
    };
    parts.into_iter().enumerate().map(frame).collect()
}

/// Cuts records into what one frame carries each, by bytes and by number; without any, one empty part.
fn in_parts(records: Vec<SignedRecord>) -> Vec<Vec<SignedRecord>> {
    let (mut parts, mut held) = (vec![Vec::new()], 0);
    for record in records {
        let bytes = bytes_of(&record);
        match parts.last_mut() {
            Some(part) if part.is_empty() || (held + bytes <= RANGE_BYTES_MAX && part.len() < RANGE_RECORDS_MAX) => {
                held += bytes;
                part.push(record);
            }
            Some(_) | None => {
                held = bytes;
                parts.push(vec![record]);
            }
        }
    }
    parts
}

/// A frame that was read and checked as far as it can be by itself. Frames of one stream may be read at the same time.
#[derive(Debug)]
pub enum ReadFrame {
    /// A range's.
    Range(RangeFrame),
    /// Any other.
    Message(SyncMessage),
}

/// One frame of a range, checked by itself.
#[derive(Debug)]
pub struct RangeFrame {
    log: LogRef,
    piece: CheckedPiece,
    fault: Option<Verdict>,
    more: bool,
    bytes: usize,
}

impl ReadFrame {
    /// Reads a frame; of a range, checks bodies, links and signatures.
    ///
    /// # Errors
    /// [`WireError`] naming the part that cannot be read.
    pub fn read(frame: Bytes) -> Result<Self, WireError> {
        let bytes = frame.len();
        match SyncMessage::decode(frame)? {
            SyncMessage::Range(part) => Ok(Self::Range(RangeFrame {
                log: part.log,
                piece: CheckedPiece::of(part.records),
                fault: part.fault,
                more: part.more,
                bytes,
            })),
            message => Ok(Self::Message(message)),
        }
    }
}

/// What a frame of a range came to.
#[derive(Debug)]
pub struct Arrived {
    /// The log, as it was asked for.
    pub log: LogRef,
    /// Records that a signature covers by now, consecutive.
    pub records: Vec<VerifiedRecord>,
    /// What is wrong with the record after these, if one was.
    pub fault: Option<Verdict>,
    /// Whether more of the same answer follows.
    pub more: bool,
    /// Bytes of the frame.
    pub bytes: u64,
}

/// Puts the frames of one stream's ranges together, in the order in which they came.
#[derive(Debug, Default)]
pub struct Arriving {
    /// The answer that is not at its end.
    log: Option<LogRef>,
    proof: RangeProof,
}

impl Arriving {
    /// Takes the next frame of a range.
    ///
    /// # Errors
    /// [`WireError`] when an answer begins within another, or more is held unproven than can be.
    pub fn take(&mut self, frame: RangeFrame) -> Result<Arrived, WireError> {
        if self.log.is_some_and(|log| log != frame.log) {
            return Err(WireError::BadEncoding { place: "log" });
        }
        let (records, broken) = self.proof.push(frame.piece);
        let unproven = self.proof.unproven();
        let mut fault = broken.map(Verdict::from).or(frame.fault);
        if !frame.more && fault.is_none() && !unproven.is_empty() {
            fault = Some(Refusal::BadSignature.into());
        }
        if unproven.iter().map(bytes_of).sum::<usize>() > UNPROVEN_BYTES_MAX {
            return Err(WireError::Record {
                verdict: Refusal::TooLarge.into(),
            });
        }
        self.log = (frame.more && fault.is_none()).then_some(frame.log);
        if self.log.is_none() {
            self.proof = RangeProof::default();
        }
        Ok(Arrived {
            log: frame.log,
            records,
            fault,
            more: frame.more,
            bytes: frame.bytes as u64,
        })
    }
}
