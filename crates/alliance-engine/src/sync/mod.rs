//! How two nodes reconcile: whom to ask and when, what to ask for, what to answer.
//!
//! A session goes one way: the asker learns what it lacks and fetches it. Who finds while answering that it may lack
//! something asks in turn.

mod answer;
mod asking;
mod peers;
mod ranges;

use std::collections::BTreeMap;

use alliance_record::{LogName, TransportId, Verdict};
use alliance_wire::SyncMessage;

use crate::effect::{Effect, Effects, PeerSync};
use crate::limits::{
    ANSWERING_PER_PEER_MAX, ANSWERING_SESSIONS_MAX, ASKING_SESSIONS_MAX, BUSY_RETRY_MS, SESSION_IDLE_MS,
};
use crate::random::Random;
use asking::Asking;
use peers::Peers;

/// A sync session. Numbers are given by the side that opens it, for each node apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SessionId {
    /// Opened by this node; numbered by the engine.
    Ours(u64),
    /// Opened by a peer; numbered by the shell.
    Theirs(u64),
}

/// A range that came in, without its records.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) session: SessionId,
    pub(crate) log: LogName,
    pub(crate) fault: Option<Verdict>,
    pub(crate) more: bool,
}

/// A session in which this node answers.
#[derive(Debug)]
struct Answering {
    peer: TransportId,
    last_frame_ms: i64,
    /// The peer has said hello: it may do so once.
    greeted: bool,
}

/// All sessions, and whom to ask next.
#[derive(Debug)]
pub(crate) struct Sync {
    peers: Peers,
    asking: BTreeMap<SessionId, Asking>,
    answering: BTreeMap<SessionId, Answering>,
    random: Random,
    opened: u64,
    interval_ms: i64,
    next_look_ms: i64,
}

impl Sync {
    pub(crate) fn new(seed: [u8; 32], interval_ms: i64, now_ms: i64) -> Self {
        Self {
            peers: Peers::default(),
            asking: BTreeMap::new(),
            answering: BTreeMap::new(),
            random: Random::new(seed),
            opened: 0,
            interval_ms,
            next_look_ms: now_ms + interval_ms,
        }
    }

    pub(crate) fn peers(&self) -> impl Iterator<Item = (TransportId, Option<PeerSync>)> + '_ {
        self.peers.iter().map(|(id, peer)| (*id, peer.last))
    }

    pub(crate) fn peer_up(&mut self, peer: TransportId, now_ms: i64) {
        self.peers.up(peer, now_ms);
    }

    /// Forgets a peer. Its sessions end as their streams do.
    pub(crate) fn peer_down(&mut self, peer: &TransportId) {
        self.peers.down(peer);
        self.asking.retain(|_, session| session.peer != *peer);
        self.answering.retain(|_, session| session.peer != *peer);
    }

    pub(crate) fn ask_soon(&mut self, peer: &TransportId, now_ms: i64) {
        self.peers.ask_soon(peer, now_ms);
    }

    pub(crate) fn ask_all_soon(&mut self, now_ms: i64) {
        self.peers.ask_all_soon(now_ms, None);
    }

    /// A peer opened a session. One too many is told to come back.
    pub(crate) fn opened(&mut self, session: SessionId, peer: TransportId, now_ms: i64, fx: &mut Effects) {
        let of_peer = self.answering.values().filter(|answering| answering.peer == peer);
        if self.answering.len() >= ANSWERING_SESSIONS_MAX || of_peer.count() >= ANSWERING_PER_PEER_MAX {
            let message = SyncMessage::Busy {
                retry_after_ms: BUSY_RETRY_MS,
            };
            fx.push(Effect::Send { session, message });
            fx.push(Effect::Close { session });
            return;
        }
        let answering = Answering {
            peer,
            last_frame_ms: now_ms,
            greeted: false,
        };
        self.answering.insert(session, answering);
    }

    /// A stream ended: a session of ours that was not finished is tried again.
    pub(crate) fn closed(&mut self, session: SessionId, now_ms: i64) {
        self.answering.remove(&session);
        if let Some(asking) = self.asking.remove(&session) {
            self.peers.failed(&asking.peer, now_ms);
        }
    }

    /// Ends a session of ours that went wrong.
    pub(crate) fn abandon(&mut self, session: SessionId, now_ms: i64, fx: &mut Effects) {
        self.closed(session, now_ms);
        fx.push(Effect::Close { session });
    }

    pub(crate) fn wake(&mut self, now_ms: i64, fx: &mut Effects) {
        if now_ms >= self.next_look_ms {
            self.next_look_ms = now_ms + self.interval_ms;
            self.peers.ask_one_of_all(&mut self.random, now_ms);
        }
        let stale: Vec<_> = self
            .ends()
            .filter(|(_, ends_ms)| now_ms >= *ends_ms)
            .map(|(id, _)| id)
            .collect();
        for session in stale {
            self.abandon(session, now_ms, fx);
        }
    }

    /// When each session is given up.
    fn ends(&self) -> impl Iterator<Item = (SessionId, i64)> + '_ {
        let asking = self.asking.iter().map(|(id, session)| (*id, session.ends_ms()));
        let answering = self.answering.iter();
        asking.chain(answering.map(|(id, session)| (*id, session.last_frame_ms.saturating_add(SESSION_IDLE_MS))))
    }

    /// The clock was set back: every wait with it.
    pub(crate) fn turn_back(&mut self, by_ms: i64) {
        let back = |at_ms: &mut i64| *at_ms = at_ms.saturating_sub(by_ms);
        back(&mut self.next_look_ms);
        self.asking
            .values_mut()
            .for_each(|session| back(&mut session.last_frame_ms));
        let answering = self.answering.values_mut();
        answering.for_each(|session| back(&mut session.last_frame_ms));
        self.peers.turn_back(back);
    }

    pub(crate) fn next_wake(&self) -> i64 {
        let ends = self.ends().map(|(_, ends_ms)| ends_ms).min();
        let due = self
            .peers
            .next_due_ms()
            .filter(|_| self.asking.len() < ASKING_SESSIONS_MAX);
        [ends, due].into_iter().flatten().fold(self.next_look_ms, i64::min)
    }
}
