//! What one session owes its peer: records read from the store, in the order asked for, as far as there is credit.
//!
//! Reads ahead by one piece, so that the disk works while the socket does; never holds more than two pieces.

use std::collections::VecDeque;

use alliance_engine::Served;
use alliance_store::{RangeLimits, ReadError, Reader};
use alliance_wire::{RecordPart, range_frames, signed_range_frames};
use bytes::Bytes;
use tokio::task::JoinHandle;

use crate::access::Held;
use crate::settings::Signatures;

/// Records and bytes read from the store at once: a few frames.
const PIECE_RECORDS: usize = 1024;
const PIECE_BYTES: usize = 524_288;
/// Logs that wait to be served in one session; an asker has fewer under way.
const SERVED_MAX: usize = 4096;

/// A part of an answer as frames, and what is still to be read of it.
struct Piece {
    frames: Vec<Bytes>,
    rest: Option<Served>,
}

/// What a session still has to send.
pub(super) struct Serving {
    queue: VecDeque<Served>,
    frames: VecDeque<Bytes>,
    reading: Option<JoinHandle<Result<Piece, ReadError>>>,
    /// Bytes of frames that the peer takes in all, and that were sent: a frame may go over, and counts.
    granted: u64,
    sent: u64,
    signatures: Signatures,
}

/// The peer asked for more than it may.
#[derive(Debug)]
pub(super) struct TooMany;

impl Serving {
    pub(super) fn new(signatures: Signatures) -> Self {
        Self {
            queue: VecDeque::new(),
            frames: VecDeque::new(),
            reading: None,
            granted: 0,
            sent: 0,
            signatures,
        }
    }

    pub(super) fn push(&mut self, served: Vec<Served>) -> Result<(), TooMany> {
        if self.queue.len() + served.len() > SERVED_MAX {
            return Err(TooMany);
        }
        self.queue.extend(served);
        Ok(())
    }

    pub(super) fn grant(&mut self, bytes: u64) {
        self.granted = self.granted.saturating_add(bytes);
    }

    /// Whether a frame may go out now.
    pub(super) fn may_send(&self) -> bool {
        self.sent < self.granted && (!self.frames.is_empty() || self.reading.is_some() || !self.queue.is_empty())
    }

    /// The next frame, once [`Serving::may_send`] says so. The error is told already.
    pub(super) async fn next(&mut self, reader: &Held) -> Option<Bytes> {
        while self.frames.is_empty() {
            let reading = self.reading.take().or_else(|| self.begin(reader))?;
            match reading.await {
                Ok(Ok(piece)) => {
                    self.frames.extend(piece.frames);
                    piece.rest.into_iter().for_each(|rest| self.queue.push_front(rest));
                }
                failed => {
                    tracing::warn!(failed = ?failed.map(|piece| piece.err()), "a range could not be read");
                    return None;
                }
            }
            self.reading = self.begin(reader);
        }
        let frame = self.frames.pop_front()?;
        self.sent = self.sent.saturating_add(frame.len() as u64);
        Some(frame)
    }

    fn begin(&mut self, reader: &Held) -> Option<JoinHandle<Result<Piece, ReadError>>> {
        let served = self.queue.pop_front()?;
        // A piece that is read while the node ends keeps the database open: the node has to know of it.
        let (reader, signatures) = (reader.clone(), self.signatures);
        Some(tokio::task::spawn_blocking(move || read(&reader, served, signatures)))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(reading) = &self.reading {
            reading.abort();
        }
    }
}

fn read(reader: &Reader, served: Served, signatures: Signatures) -> Result<Piece, ReadError> {
    let wanted = served.until.saturating_sub(served.from).saturating_add(1);
    let limits = RangeLimits {
        records_max: usize::try_from(wanted).unwrap_or(PIECE_RECORDS).min(PIECE_RECORDS),
        bytes_max: PIECE_BYTES,
    };
    let records = match &served.log {
        Some(log) if served.from <= served.until => match served.part {
            RecordPart::Whole => reader.whole(reader.range(log, served.from, limits)?)?,
            RecordPart::Header => reader.headers(log, served.from, limits)?,
        },
        Some(_) | None => Vec::new(),
    };
    let next = served.from + records.len() as u64;
    let more = !records.is_empty() && next <= served.until;
    let to_frames = match signatures {
        Signatures::Needed => range_frames,
        Signatures::All => signed_range_frames,
    };
    let frames = to_frames(served.reference, served.from, records, more);
    let rest = more.then_some(Served { from: next, ..served });
    Ok(Piece { frames, rest })
}
