//! The sync conversation as the simulator sees it: served in pieces, put together again, lied about, and checked. All that
//! depends on the conversation's frames stands here.

mod lies;
mod shown;
mod watch;

use std::collections::VecDeque;

use alliance_engine::{Input, Served, SessionId};
use alliance_record::SignedRecord;
use alliance_store::{RangeLimits, ReadError, Reader};
use alliance_wire::{Arriving, ReadFrame, RecordPart, SyncMessage, WireError, range_frames};
use bytes::Bytes;

pub(crate) use shown::{shown_effect, shown_input};
pub(crate) use watch::Watch;

use crate::lie::Lie;
use crate::oracle::{Broken, broken};
use crate::world::World;

/// Logs that wait to be served in one session, as in the real node.
const SERVED_MAX: usize = 4096;

/// What a node's loop wants sent.
#[derive(Debug, Clone)]
pub(crate) enum Outgoing {
    Frame(SyncMessage),
    Serve(Vec<Served>),
    Credit(u64),
    /// Bytes of a liar's own making.
    Bytes(Bytes),
    Close,
}

/// What came of a frame.
#[derive(Debug)]
pub(crate) enum Received {
    Input(Box<Input>),
    Unreadable(&'static str),
}

/// How much is read from the store at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece {
    pub(crate) records: usize,
    pub(crate) bytes: usize,
}

/// What one end still has to send of what its peer asked for.
#[derive(Debug, Default)]
pub(crate) struct Serving {
    queue: VecDeque<Served>,
    frames: VecDeque<Bytes>,
    credit: u64,
}

/// A part of an answer.
struct Read {
    served: Served,
    records: Vec<SignedRecord>,
    more: bool,
}

impl Serving {
    /// False when the peer asks for more than it may.
    pub(crate) fn push(&mut self, served: Vec<Served>) -> bool {
        let fits = self.queue.len() + served.len() <= SERVED_MAX;
        if fits {
            self.queue.extend(served);
        }
        fits
    }

    pub(crate) const fn grant(&mut self, bytes: u64) {
        self.credit = self.credit.saturating_add(bytes);
    }

    pub(crate) fn may_send(&self) -> bool {
        self.credit > 0 && (!self.frames.is_empty() || !self.queue.is_empty())
    }
}

fn read(reader: &Reader, served: Served, piece: Piece) -> Result<Read, ReadError> {
    let wanted = served.until.saturating_sub(served.from).saturating_add(1);
    let limits = RangeLimits {
        records_max: usize::try_from(wanted).unwrap_or(piece.records).min(piece.records),
        bytes_max: piece.bytes,
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
    Ok(Read { served, records, more })
}

/// Reads one frame, as a session's task does.
pub(crate) fn receive(arriving: &mut Arriving, session: SessionId, bytes: Bytes) -> Received {
    let arrived = ReadFrame::read(bytes).and_then(|read| match read {
        ReadFrame::Message(message) => Ok(Input::Frame { session, message }),
        ReadFrame::Range(frame) => arriving.take(frame).map(|arrived| Input::Range {
            session,
            log: arrived.log,
            records: arrived.records,
            fault: arrived.fault,
            more: arrived.more,
            bytes: arrived.bytes,
        }),
    });
    match arrived {
        Ok(input) => Received::Input(Box::new(input)),
        Err(WireError::BadEncoding { place }) => Received::Unreadable(place),
        Err(WireError::TooLarge { place, .. }) => Received::Unreadable(place),
        Err(WireError::Record { verdict }) => Received::Unreadable(verdict.code()),
    }
}

/// Two ends of a stream as one of them sees them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sides {
    pub(crate) stream: u64,
    pub(crate) node: usize,
    pub(crate) peer: usize,
    pub(crate) answers: bool,
}

impl World {
    /// The frames of what a node wants sent, changed if it lies.
    pub(crate) fn frames_of(&mut self, sides: Sides, outgoing: Outgoing) -> Result<Vec<Bytes>, Broken> {
        if sides.answers && self.nodes[sides.node].tells(Lie::Stall) {
            self.coverage.lie(Lie::Stall);
            return Ok(Vec::new());
        }
        if sides.answers && self.nodes[sides.node].tells(Lie::Busy) {
            self.coverage.lie(Lie::Busy);
            let retry_after_ms = [0, 2_000, u32::MAX][self.dice.index(3)];
            return Ok(vec![SyncMessage::Busy { retry_after_ms }.encode()]);
        }
        let frame = match outgoing {
            Outgoing::Frame(message) => self.maybe_wrong(sides, message).encode(),
            Outgoing::Bytes(bytes) => bytes,
            Outgoing::Serve(_) | Outgoing::Credit(_) | Outgoing::Close => return Ok(Vec::new()),
        };
        self.out(sides, vec![frame])
    }

    /// The next frames of what the peer asked for; `None` when the store could not be read.
    pub(crate) fn serve_next(&mut self, sides: Sides, serving: &mut Serving) -> Result<Option<Vec<Bytes>>, Broken> {
        if self.nodes[sides.node].tells(Lie::StallAtRecords) {
            self.coverage.lie(Lie::StallAtRecords);
            serving.queue.clear();
            return Ok(Some(Vec::new()));
        }
        if serving.frames.is_empty() {
            let Some(served) = serving.queue.pop_front() else {
                return Ok(Some(Vec::new()));
            };
            let piece = self.plan.piece;
            let Some(running) = self.running(sides.node) else {
                return Ok(None);
            };
            let Ok(read) = read(&running.reader, served, piece) else {
                return Ok(None);
            };
            let next = read.served.from + read.records.len() as u64;
            if read.more {
                serving.queue.push_front(Served {
                    from: next,
                    ..read.served.clone()
                });
            }
            let records = self.maybe_spoiled(sides, &read.served, read.records);
            let more = read.more || self.nodes[sides.node].tells(Lie::Endless);
            serving
                .frames
                .extend(range_frames(read.served.reference, read.served.from, records, more));
        }
        let Some(frame) = serving.frames.pop_front() else {
            return Ok(Some(Vec::new()));
        };
        serving.credit = serving.credit.saturating_sub(frame.len() as u64);
        self.out(sides, vec![frame]).map(Some)
    }

    /// What leaves a node: garbled, if it is a liar of that kind, and never too large if it is honest.
    fn out(&mut self, sides: Sides, mut frames: Vec<Bytes>) -> Result<Vec<Bytes>, Broken> {
        if self.nodes[sides.node].tells(Lie::Garbage) && self.dice.one_in(4) {
            self.coverage.lie(Lie::Garbage);
            frames = frames.into_iter().map(|frame| self.garbled(&frame)).collect();
        }
        let too_large = frames
            .iter()
            .find(|frame| frame.len() > alliance_wire::limits::FRAME_BYTES_MAX);
        match too_large.filter(|_| self.nodes[sides.node].is_honest()) {
            Some(frame) => broken("frames_are_bounded", format!("{} bytes", frame.len())),
            None => Ok(frames),
        }
    }
}
