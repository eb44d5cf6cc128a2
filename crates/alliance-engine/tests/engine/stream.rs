//! What stands between an engine and a stream: answers cut into frames and sent while there is credit, and frames read
//! and proven as they come in.

use std::collections::VecDeque;

use alliance_engine::{Input, Served, SessionId};
use alliance_record::SignedRecord;
use alliance_wire::{Arriving, ReadFrame, SyncMessage, range_frames};
use bytes::Bytes;

/// One side's view of a stream.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) replica: usize,
    pub(crate) session: SessionId,
    pub(crate) open: bool,
    pub(crate) outbox: Outbox,
    /// How many frames, one after the other's arrival, led to what this side knows.
    pub(crate) heard: u64,
    /// Whether this side has sent any record.
    pub(crate) has_given: bool,
    arriving: Arriving,
}

/// What a hostile answerer does instead of sending a frame.
pub(crate) enum Deed {
    Send(Vec<Bytes>),
    HangUp,
}

/// What makes it of a frame.
pub(crate) type Lie = Box<dyn FnMut(SyncMessage) -> Deed>;

/// Frames of ranges that wait for credit.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    frames: VecDeque<Bytes>,
    granted: u64,
    sent: u64,
}

impl Outbox {
    pub(crate) fn push(&mut self, frame: Bytes) {
        self.frames.push_back(frame);
    }

    pub(crate) fn credit(&mut self, bytes: u64) {
        self.granted = self.granted.saturating_add(bytes);
    }

    /// The next frame, while any credit is left.
    pub(crate) fn pop(&mut self) -> Option<Bytes> {
        if self.sent >= self.granted {
            return None;
        }
        let frame = self.frames.pop_front()?;
        self.sent += frame.len() as u64;
        Some(frame)
    }
}

impl End {
    pub(crate) fn new(replica: usize, session: SessionId) -> Self {
        Self {
            replica,
            session,
            open: true,
            outbox: Outbox::default(),
            heard: 0,
            has_given: false,
            arriving: Arriving::default(),
        }
    }

    /// What the intake makes of a frame; `Closed` when it is none, or none that may stand here.
    pub(crate) fn received(&mut self, bytes: Bytes) -> Input {
        let session = self.session;
        match ReadFrame::read(bytes) {
            Ok(ReadFrame::Message(message)) => Input::Frame { session, message },
            Ok(ReadFrame::Range(frame)) => match self.arriving.take(frame) {
                Ok(arrived) => Input::Range {
                    session,
                    log: arrived.log,
                    records: arrived.records,
                    fault: arrived.fault,
                    more: arrived.more,
                    bytes: arrived.bytes,
                },
                Err(_) => Input::Closed { session },
            },
            Err(_) => Input::Closed { session },
        }
    }
}

/// An answer as frames of few records, as a shell cuts it that reads little at once.
pub(crate) fn answer(served: &Served, records: &[SignedRecord], frame_records: usize) -> Vec<Bytes> {
    if records.is_empty() {
        return range_frames(served.reference, served.from, Vec::new(), false);
    }
    let count = records.len().div_ceil(frame_records);
    let chunks = records.chunks(frame_records).enumerate();
    let frames = chunks.map(|(index, chunk)| {
        let from = served.from + (index * frame_records) as u64;
        range_frames(served.reference, from, chunk.to_vec(), index + 1 < count)
    });
    frames.flatten().collect()
}
