//! Streams: ordered, with a window, in any order between each other, and breaking. Each end has a task that sends what it
//! is given first and takes what comes after, as the real one does.

use std::collections::VecDeque;

use alliance_engine::SessionId;
use alliance_record::TransportId;
use alliance_wire::Arriving;
use bytes::Bytes;

use super::node::Mail;
use super::{Event, Phase, World};
use crate::lie::Lie;
use crate::oracle::{Broken, broken};
use crate::session::{Outgoing, Received, Serving, Sides, receive};

/// Bytes under way in one direction before the sender has to wait.
const WINDOW_BYTES: usize = 262_144;
/// Things that wait for a session's task, as in the real node.
const OUTGOING_MAX: usize = 512;
/// How long an end that is done lets the other one finish.
const DRAIN_MS: i64 = 5_000;
/// Between two frames of a liar who trickles.
const TRICKLE_MS: (i64, i64) = (10_000, 50_000);
/// Between two frames of an answer without end.
const ENDLESS_MS: i64 = 400;

#[derive(Debug)]
enum Parcel {
    Opened,
    Frame(Bytes),
    Fin,
    Broken,
}

/// One direction of a stream.
#[derive(Debug, Default)]
struct Lane {
    parcels: VecDeque<(i64, Parcel)>,
    bytes: usize,
    last_ms: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
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
    life: u32,
    pub(crate) session: SessionId,
    stage: Stage,
    outgoing: VecDeque<Outgoing>,
    /// The desk has let go of it: what waits is sent, then it ends.
    let_go: bool,
    sending: VecDeque<Bytes>,
    serving: Serving,
    arriving: Arriving,
    /// A liar's frame that comes again and again.
    again: Option<(i64, Bytes)>,
}

/// A stream: the asker's end, then the answerer's.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) ends: [End; 2],
    /// Towards each end.
    lanes: [Lane; 2],
    pub(crate) frames: u64,
    pub(crate) bytes: u64,
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
            frames: 0,
            bytes: 0,
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

    /// Puts a parcel on its way to one side.
    fn ship(&mut self, id: u64, to: usize, parcel: Parcel) {
        let (latency, weather) = (self.latency(), self.plan.weather.clone());
        let troubled = self.phase == Phase::Troubled;
        let is_frame = matches!(parcel, Parcel::Frame(_));
        let again = if troubled && is_frame && self.dice.happens(weather.resent) {
            self.coverage.fault("stream_delayed");
            self.dice.between(1, 8) * weather.latency_ms.1
        } else {
            0
        };
        let trickle = if is_frame { self.trickle(id, 1 - to) } else { 0 };
        let cut = troubled && is_frame && self.dice.happens(weather.cut);
        let now_ms = self.now_ms;
        let Some(stream) = self.streams.get_mut(&id) else {
            return;
        };
        let bytes = if let Parcel::Frame(bytes) = &parcel {
            bytes.len()
        } else {
            0
        };
        stream.frames += u64::from(is_frame);
        stream.bytes += bytes as u64;
        let lane = &mut stream.lanes[to];
        let due = lane.last_ms.max(now_ms + latency + again + trickle) + bytes as i64 / weather.bytes_per_ms;
        lane.last_ms = due;
        lane.bytes += bytes;
        lane.parcels.push_back((due, if cut { Parcel::Broken } else { parcel }));
        self.note_in(due - now_ms, Event::Pump { stream: id, side: to });
        if cut {
            self.coverage.fault("stream_cut");
            self.ship_once(id, 1 - to, Parcel::Broken);
        }
    }

    fn ship_once(&mut self, id: u64, to: usize, parcel: Parcel) {
        let due = self.now_ms + self.latency();
        if let Some(stream) = self.streams.get_mut(&id) {
            let lane = &mut stream.lanes[to];
            lane.last_ms = lane.last_ms.max(due);
            lane.parcels.push_back((lane.last_ms, parcel));
            let delay = lane.last_ms - self.now_ms;
            self.note_in(delay, Event::Pump { stream: id, side: to });
        }
    }

    fn trickle(&mut self, id: u64, side: usize) -> i64 {
        let Some(node) = self.streams.get(&id).map(|stream| stream.ends[side].node) else {
            return 0;
        };
        if !self.nodes[node].tells(Lie::Trickle) {
            return 0;
        }
        self.coverage.lie(Lie::Trickle);
        self.dice.between(TRICKLE_MS.0, TRICKLE_MS.1)
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

    /// Sends one thing; false when there is nothing to send, or no room for it.
    fn send_next(&mut self, id: u64, side: usize) -> Result<bool, Broken> {
        let Some(stream) = self.streams.get_mut(&id) else {
            return Ok(false);
        };
        let has_room = stream.lanes[1 - side].bytes < WINDOW_BYTES;
        let sides = Sides {
            stream: id,
            node: stream.ends[side].node,
            peer: stream.ends[1 - side].node,
            answers: side == 1,
        };
        let end = &mut stream.ends[side];
        if !end.sending.is_empty() {
            let next = if has_room { end.sending.pop_front() } else { None };
            let is_sent = next.is_some();
            if let Some(bytes) = next {
                self.ship(id, 1 - side, Parcel::Frame(bytes));
            }
            return Ok(is_sent);
        }
        let (next, let_go) = (end.outgoing.pop_front(), end.let_go);
        match next {
            Some(Outgoing::Close) => self.finish(id, side),
            None if let_go => self.finish(id, side),
            Some(Outgoing::Credit(bytes)) => end.serving.grant(bytes),
            Some(Outgoing::Serve(served)) => {
                if !end.serving.push(served) {
                    self.coverage.seen("asked_for_too_many_logs", 1);
                    self.finish(id, side);
                }
            }
            Some(outgoing) => {
                let frames = self.frames_of(sides, outgoing)?;
                self.queue(id, side, frames);
            }
            None if end.serving.may_send() => {
                let mut serving = std::mem::take(&mut end.serving);
                let frames = self.serve_next(sides, &mut serving)?;
                if let Some(stream) = self.streams.get_mut(&id) {
                    stream.ends[side].serving = serving;
                }
                match frames {
                    Some(frames) => self.queue(id, side, frames),
                    None => self.finish(id, side),
                }
            }
            None => return Ok(self.send_again(id, side)),
        }
        Ok(true)
    }

    fn queue(&mut self, id: u64, side: usize, frames: Vec<Bytes>) {
        let at_ms = self.now_ms + ENDLESS_MS;
        let Some(stream) = self.streams.get_mut(&id) else {
            return;
        };
        let end = &mut stream.ends[side];
        if side == 1 && self.nodes[end.node].tells(Lie::Endless) {
            end.again = frames.last().cloned().map(|bytes| (at_ms, bytes)).or(end.again.take());
        }
        end.sending.extend(frames);
    }

    fn send_again(&mut self, id: u64, side: usize) -> bool {
        let now_ms = self.now_ms;
        let Some(stream) = self.streams.get_mut(&id) else {
            return false;
        };
        let has_room = stream.lanes[1 - side].bytes < WINDOW_BYTES;
        let goes_on = has_room && self.nodes[stream.ends[side].node].tells(Lie::Endless);
        let Some((at_ms, bytes)) = stream.ends[side].again.clone().filter(|_| goes_on) else {
            return false;
        };
        if now_ms < at_ms {
            self.note_in(at_ms - now_ms, Event::Pump { stream: id, side });
            return false;
        }
        stream.ends[side].again = Some((now_ms + ENDLESS_MS, bytes.clone()));
        self.coverage.lie(Lie::Endless);
        self.ship(id, 1 - side, Parcel::Frame(bytes));
        true
    }

    fn finish(&mut self, id: u64, side: usize) {
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

    /// Takes one parcel; false when none is there for it.
    fn receive(&mut self, id: u64, side: usize) -> Result<bool, Broken> {
        let Some(stream) = self.streams.get(&id) else {
            return Ok(false);
        };
        let (node, from) = (stream.ends[side].node, stream.ends[1 - side].node);
        let stage = stream.ends[side].stage;
        let due = stream.lanes[side]
            .parcels
            .front()
            .map(|(due, parcel)| (*due, matches!(parcel, Parcel::Opened)));
        let Some((due, is_opening)) = due else { return Ok(false) };
        if due > self.now_ms || self.links.is_blocked(from, node) || (stage == Stage::Opening && !is_opening) {
            return Ok(false);
        }
        if let Some(running) = self.running(node)
            && running.is_full()
        {
            running.waiting_streams.insert((id, side));
            return Ok(false);
        }
        let Some(stream) = self.streams.get_mut(&id) else {
            return Ok(false);
        };
        let Some((_, parcel)) = stream.lanes[side].parcels.pop_front() else {
            return Ok(false);
        };
        match parcel {
            Parcel::Opened => self.post(node, Mail::Stream { stream: id, from }),
            Parcel::Frame(bytes) => {
                stream.lanes[side].bytes -= bytes.len();
                self.note_in(
                    0,
                    Event::Pump {
                        stream: id,
                        side: 1 - side,
                    },
                );
                if stage == Stage::Open {
                    self.take_frame(id, side, bytes)?;
                }
            }
            Parcel::Fin if stage == Stage::Open => {
                self.ship(id, 1 - side, Parcel::Fin);
                self.ended(id, side);
            }
            Parcel::Fin | Parcel::Broken => self.ended(id, side),
        }
        Ok(true)
    }

    fn take_frame(&mut self, id: u64, side: usize, bytes: Bytes) -> Result<(), Broken> {
        let Some(stream) = self.streams.get_mut(&id) else {
            return Ok(());
        };
        let peer = stream.ends[1 - side].node;
        let end = &mut stream.ends[side];
        let (node, session) = (end.node, end.session);
        match receive(&mut end.arriving, session, bytes) {
            Received::Input(input) => {
                self.check_received(node, peer, &input)?;
                self.post(node, Mail::Input(input));
                Ok(())
            }
            Received::Unreadable(word) => {
                self.coverage.seen(&format!("frame_refused_{word}"), 1);
                if self.nodes[peer].is_honest() {
                    return broken("honest_frames_are_read", format!("{node} cannot read {peer}: {word}"));
                }
                self.finish(id, side);
                Ok(())
            }
        }
    }

    fn ended(&mut self, id: u64, side: usize) {
        let Some(stream) = self.streams.get_mut(&id) else {
            return;
        };
        let end = &mut stream.ends[side];
        let was_answered = end.session != SessionId::Theirs(u64::MAX);
        end.stage = Stage::Ended;
        let (node, session, life) = (end.node, end.session, end.life);
        if stream.ends.iter().all(|end| end.stage == Stage::Ended) {
            self.quiet_bytes(id);
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
