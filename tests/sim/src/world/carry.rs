//! What one end of a stream sends and takes: frames on their way, within the window, as the weather is.

use bytes::Bytes;

use super::node::Mail;
use super::stream::{Parcel, Stage};
use super::{Event, Phase, World};
use crate::lie::Lie;
use crate::oracle::{Broken, broken};
use crate::session::{Outgoing, Received, Sides, receive};

/// Bytes under way in one direction before the sender has to wait.
const WINDOW_BYTES: usize = 262_144;
/// Between two frames of a liar who trickles.
const TRICKLE_MS: (i64, i64) = (10_000, 50_000);
/// Between two frames of an answer without end.
const ENDLESS_MS: i64 = 400;

impl World {
    /// Puts a parcel on its way to one side.
    pub(super) fn ship(&mut self, id: u64, to: usize, parcel: Parcel) {
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
        let bytes = if let Parcel::Frame(bytes) = &parcel {
            bytes.len()
        } else {
            0
        };
        self.quiet_bytes(id, bytes);
        let Some(stream) = self.streams.get_mut(&id) else {
            return;
        };
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

    /// Sends one thing; false when there is nothing to send, or no room for it.
    pub(super) fn send_next(&mut self, id: u64, side: usize) -> Result<bool, Broken> {
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
            end.sending.extend(frames);
            return self.note_in(ENDLESS_MS, Event::Pump { stream: id, side });
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
            return false;
        }
        stream.ends[side].again = Some((now_ms + ENDLESS_MS, bytes.clone()));
        self.note_in(ENDLESS_MS, Event::Pump { stream: id, side });
        self.coverage.lie(Lie::Endless);
        self.ship(id, 1 - side, Parcel::Frame(bytes));
        true
    }

    /// Takes one parcel; false when none is there for it.
    pub(super) fn receive(&mut self, id: u64, side: usize) -> Result<bool, Broken> {
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
}
