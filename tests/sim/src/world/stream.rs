//! Streams: ordered, with a window, in any order between each other, and breaking. Each end has a task that sends what it
//! is given first and takes what comes after, as the real one does.

use std::collections::VecDeque;

use alliance_engine::SessionId;
use alliance_record::TransportId;
use alliance_wire::Arriving;
use bytes::Bytes;

use super::node::Mail;
use super::{Event, World};
use crate::oracle::Broken;
use crate::session::{Outgoing, Serving};

/// Things that wait for a session's task, as in the real node.
const OUTGOING_MAX: usize = 512;
/// How long an end that is done lets the other one finish.
const DRAIN_MS: i64 = 5_000;

/// What is on its way.
#[derive(Debug)]
pub(super) enum Parcel {
    Opened,
    Frame(Bytes),
    Fin,
    Broken,
}

/// One direction of a stream.
#[derive(Debug, Default)]
pub(super) struct Lane {
    pub(super) parcels: VecDeque<(i64, Parcel)>,
    pub(super) bytes: usize,
    pub(super) last_ms: i64,
}

/// How far an end is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Opening,
    Open,
    /// Its own side has ended; the other may still send.
    Draining,
    Ended,
}

/// One end of a stream with its task.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) node: usize,
    pub(super) life: u32,
    pub(crate) session: SessionId,
    pub(super) stage: Stage,
    pub(super) outgoing: VecDeque<Outgoing>,
    /// The desk has let go of it: what waits is sent, then it ends.
    pub(super) let_go: bool,
    pub(super) sending: VecDeque<Bytes>,
    pub(super) serving: Serving,
    pub(super) arriving: Arriving,
    /// A liar's frame that comes again and again.
    pub(super) again: Option<(i64, Bytes)>,
}

/// A stream: the asker's end, then the answerer's.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) ends: [End; 2],
    /// Towards each end.
    pub(super) lanes: [Lane; 2],
}

impl World {
    /// The engine opens a session. Without a connection it ends at once.
    pub(crate) fn open_stream(&mut self, node: usize, session: SessionId, peer: &TransportId) {
        let Some(other) = self.by_transport.get(peer).copied() else {
            return;
        };
        if !self.links.is_up(node, other) {
            return self.post(node, Mail::Ended { session });
        }
        self.streams_opened += 1;
        let id = self.streams_opened;
        let end = |node: usize, session, stage| End {
            node,
            life: self.nodes[node].life,
            session,
            stage,
            outgoing: VecDeque::new(),
            let_go: false,
            sending: VecDeque::new(),
            serving: Serving::default(),
            arriving: Arriving::default(),
            again: None,
        };
        let ends = [
            end(node, session, Stage::Open),
            end(other, SessionId::Theirs(u64::MAX), Stage::Opening),
        ];
        let stream = Stream {
            ends,
            lanes: [Lane::default(), Lane::default()],
        };
        self.quiet_session(&stream);
        self.streams.insert(id, stream);
        if let Some(running) = self.running(node) {
            running.sessions.insert(session, id);
        }
        self.ship(id, 1, Parcel::Opened);
    }

    /// The answerer's loop has taken the stream and given it a number.
    pub(crate) fn answer_stream(&mut self, node: usize, stream: u64, session: SessionId) {
        let waiting = self.streams.get_mut(&stream).map(|found| &mut found.ends[1]);
        let Some(end) = waiting.filter(|end| end.stage == Stage::Opening) else {
            // It broke before it was taken: the task finds out at once.
            return self.post(node, Mail::Ended { session });
        };
        end.session = session;
        end.stage = Stage::Open;
        self.note_in(0, Event::Pump { stream, side: 1 });
    }

    /// Gives a session's task something to do; false when it takes nothing more.
    pub(crate) fn hand_over(&mut self, stream: u64, node: usize, outgoing: Outgoing) -> bool {
        let Some(found) = self.streams.get_mut(&stream) else {
            return true;
        };
        let Some(side) = found.ends.iter().position(|end| end.node == node) else {
            return true;
        };
        let end = &mut found.ends[side];
        let fits = end.outgoing.len() < OUTGOING_MAX;
        if fits {
            end.outgoing.push_back(outgoing);
        } else {
            end.let_go = true;
        }
        self.note_in(0, Event::Pump { stream, side });
        fits
    }

    /// Lets one end's task go on as far as it can.
    pub(crate) fn pump(&mut self, id: u64, side: usize) -> Result<(), Broken> {
        loop {
            let Some(stream) = self.streams.get(&id) else {
                return Ok(());
            };
            let end = &stream.ends[side];
            if end.stage == Stage::Ended || !self.is_alive(end.node, end.life) {
                return Ok(());
            }
            let goes_on = match end.stage {
                Stage::Open => {
                    let sent = self.send_next(id, side)?;
                    self.receive(id, side)? || sent
                }
                Stage::Opening | Stage::Draining => self.receive(id, side)?,
                Stage::Ended => false,
            };
            if !goes_on {
                return Ok(());
            }
        }
    }

    pub(super) fn finish(&mut self, id: u64, side: usize) {
        if let Some(stream) = self.streams.get_mut(&id) {
            stream.ends[side].stage = Stage::Draining;
            self.ship(id, 1 - side, Parcel::Fin);
            self.note_in(DRAIN_MS, Event::Drained { stream: id, side });
        }
    }

    pub(crate) fn drained(&mut self, id: u64, side: usize) -> Result<(), Broken> {
        let draining = self
            .streams
            .get(&id)
            .is_some_and(|stream| stream.ends[side].stage == Stage::Draining);
        if draining {
            self.ended(id, side);
        }
        Ok(())
    }

    pub(super) fn ended(&mut self, id: u64, side: usize) {
        let Some(stream) = self.streams.get_mut(&id) else {
            return;
        };
        let end = &mut stream.ends[side];
        let was_answered = end.session != SessionId::Theirs(u64::MAX);
        end.stage = Stage::Ended;
        let (node, session, life) = (end.node, end.session, end.life);
        if stream.ends.iter().all(|end| end.stage == Stage::Ended) {
            self.streams.remove(&id);
            self.watch.forget(id);
        }
        if was_answered && self.is_alive(node, life) {
            self.post(node, Mail::Ended { session });
        }
    }

    /// The connection under the streams of two nodes is gone.
    pub(crate) fn break_streams(&mut self, one: usize, other: usize) {
        let between: Vec<u64> = self.streams_where(|stream| {
            let nodes = [stream.ends[0].node, stream.ends[1].node];
            nodes == [one, other] || nodes == [other, one]
        });
        for id in between {
            for side in 0..2 {
                let open = self
                    .streams
                    .get(&id)
                    .is_some_and(|stream| stream.ends[side].stage != Stage::Ended);
                if open {
                    self.ended(id, side);
                }
            }
        }
    }

    fn streams_where(&self, holds: impl Fn(&Stream) -> bool) -> Vec<u64> {
        let found = self.streams.iter().filter(|(_, stream)| holds(stream));
        found.map(|(id, _)| *id).collect()
    }

    /// A node died: its ends are gone without a word.
    pub(crate) fn forget_streams_of(&mut self, node: usize) {
        for id in self.streams_where(|stream| stream.ends.iter().any(|end| end.node == node)) {
            let Some(stream) = self.streams.get_mut(&id) else {
                continue;
            };
            for end in stream.ends.iter_mut().filter(|end| end.node == node) {
                end.stage = Stage::Ended;
            }
            if stream.ends.iter().all(|end| end.stage == Stage::Ended) {
                self.streams.remove(&id);
                self.watch.forget(id);
            }
        }
    }
}
