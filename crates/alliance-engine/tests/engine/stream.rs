//! What stands between an engine and a stream: answers cut into frames and sent while there is credit, and frames read
//! and proven as they come in.

use std::collections::{BTreeMap, VecDeque};

use alliance_engine::{Input, Served, SessionId};
use alliance_record::{RecordId, SignedRecord};
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

/// The records that a frame carries, if it is a range's.
pub(crate) fn records_in(frame: &Bytes) -> Vec<SignedRecord> {
    match SyncMessage::decode(frame.clone()) {
        Ok(SyncMessage::Range(part)) => part.records,
        Ok(_) | Err(_) => Vec::new(),
    }
}

/// What has crossed so far.
#[derive(Debug, Default, Clone)]
pub(crate) struct Traffic {
    pub(crate) sessions: u64,
    pub(crate) frames: u64,
    pub(crate) bytes: usize,
    /// Bytes of frames that carry no records and grant none.
    pub(crate) control_bytes: usize,
    pub(crate) granting_bytes: usize,
    pub(crate) range_bytes: usize,
    pub(crate) records: usize,
    /// Those outside the alliance's own chapter.
    pub(crate) content_records: usize,
    /// Records by who sent them.
    pub(crate) records_from: BTreeMap<usize, usize>,
    /// Each record that was sent, and by whom.
    pub(crate) sent: Vec<(usize, RecordId)>,
    /// Round trips of a session before the one that brought its first record; the most of all sessions.
    pub(crate) trips_before_records: u64,
}

impl Traffic {
    /// Counts a frame that a replica sends; `hop` is how many frames, one after the other's arrival, it is the last of.
    pub(crate) fn count(&mut self, replica: usize, bytes: &Bytes, hop: u64) {
        self.frames += 1;
        self.bytes += bytes.len();
        match SyncMessage::decode(bytes.clone()) {
            Ok(SyncMessage::Range(part)) => {
                self.range_bytes += bytes.len();
                self.count_records(replica, &part.records, hop);
            }
            Ok(SyncMessage::Grant { .. }) => self.granting_bytes += bytes.len(),
            Ok(_) | Err(_) => self.control_bytes += bytes.len(),
        }
    }

    fn count_records(&mut self, replica: usize, records: &[SignedRecord], hop: u64) {
        if records.is_empty() {
            return;
        }
        let content = records
            .iter()
            .filter(|record| !record.header().log.chapter.is_alliance());
        self.content_records += content.count();
        self.records += records.len();
        self.sent.extend(records.iter().map(|record| (replica, record.id())));
        *self.records_from.entry(replica).or_default() += records.len();
        self.trips_before_records = self.trips_before_records.max(hop / 2 - 1);
    }
}
