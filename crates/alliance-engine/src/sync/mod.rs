//! How two nodes reconcile: whom to ask and when, what to ask for, what to answer.
//!
//! A session goes one way: the asker learns what it lacks and fetches it. Who finds while answering that it may lack
//! something asks in turn. Several sessions run at once and share the work: a log is fetched from one peer at a time.

mod answer;
mod asking;
mod branches;
mod compare;
mod first;
mod offer;
mod peers;
mod progress;
mod pull;
mod ranges;
mod round;
mod waiting;

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::{ChapterName, TransportId, Verdict};
use alliance_wire::{LogRef, Nonce, SyncMessage};

use crate::config::Config;
use crate::effect::{Effect, Effects, PeerSync};
use crate::limits::{
    ANSWERING_PER_PEER_MAX, ANSWERING_SESSIONS_MAX, ASKING_SESSIONS_MAX, BUSY_RETRY_MS, INTERVAL_MS_MIN,
    SESSION_IDLE_MS,
};
use crate::random::Random;
use asking::Asking;
use first::Patience;
use peers::Peers;
use pull::Fetching;
pub(crate) use ranges::runs;
use round::Rounds;
use waiting::Waiting;

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
    pub(crate) log: LogRef,
    pub(crate) fault: Option<Verdict>,
    pub(crate) more: bool,
    pub(crate) bytes: u64,
}

/// A session in which this node answers.
#[derive(Debug)]
struct Answering {
    peer: TransportId,
    last_frame_ms: i64,
    /// The peer's nonce, once it has said hello: it may do so once.
    nonce: Option<Nonce>,
    /// How often it asked for more of each chapter.
    more: BTreeMap<ChapterName, u32>,
}

/// All sessions, and whom to ask next.
#[derive(Debug)]
pub(crate) struct Sync {
    peers: Peers,
    rounds: Rounds,
    asking: BTreeMap<SessionId, Asking>,
    answering: BTreeMap<SessionId, Answering>,
    fetching: Fetching,
    waiting: Waiting,
    /// For how long others wait for the alliance's own logs, and bodies for headers.
    alliance_first: Patience,
    headers_first: Patience,
    random: Random,
    opened: u64,
    interval_ms: i64,
    heartbeat_ms: i64,
    next_look_ms: i64,
}

impl Sync {
    pub(crate) fn new(config: &Config, now_ms: i64) -> Self {
        let interval_ms = config.sync_interval_ms.max(INTERVAL_MS_MIN);
        Self {
            peers: Peers::default(),
            rounds: Rounds::default(),
            asking: BTreeMap::new(),
            answering: BTreeMap::new(),
            fetching: Fetching::default(),
            waiting: Waiting::default(),
            alliance_first: Patience::default(),
            headers_first: Patience::default(),
            random: Random::new(config.seed),
            opened: 0,
            interval_ms,
            heartbeat_ms: config.heartbeat_ms.max(INTERVAL_MS_MIN),
            next_look_ms: now_ms.saturating_add(interval_ms),
        }
    }

    pub(crate) fn peers(&self) -> impl Iterator<Item = (TransportId, Option<&PeerSync>)> + '_ {
        self.peers.iter().map(|(id, peer)| (*id, peer.last.as_ref()))
    }

    pub(crate) fn peer_up(&mut self, peer: TransportId, now_ms: i64) {
        self.peers.up(peer, now_ms);
    }

    /// Forgets a peer. Sessions in which it was asked end as their streams do: what has come already is not thrown away.
    pub(crate) fn peer_down(&mut self, peer: &TransportId) {
        self.answering.retain(|_, session| session.peer != *peer);
        self.peers.down(peer);
    }

    pub(crate) fn ask_soon(&mut self, peer: &TransportId, now_ms: i64) {
        self.peers.ask_soon(peer, now_ms);
    }

    /// A log waits for nothing any more.
    pub(crate) fn forget_waiting(&mut self, log: &alliance_record::LogName) {
        self.waiting.forget(log);
    }

    /// A number below `bound`, which must not be 0.
    pub(crate) fn draw_below(&mut self, bound: usize) -> usize {
        self.random.below(bound)
    }

    /// A chapter was taken up: whoever has it is asked, and until then nobody is known to be in step.
    pub(crate) fn take_up(&mut self, chapter: &ChapterName, now_ms: i64) {
        self.peers.unsettle(chapter);
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
            nonce: None,
            more: BTreeMap::new(),
        };
        self.answering.insert(session, answering);
    }

    /// A stream ended: a session of ours that was not finished is tried again.
    pub(crate) fn closed(&mut self, session: SessionId, now_ms: i64) {
        self.answering.remove(&session);
        if let Some(asking) = self.end_asking(session, now_ms) {
            self.peers.failed((&asking.peer, session), now_ms);
        }
    }

    /// Ends a session of ours that went wrong.
    pub(crate) fn abandon(&mut self, session: SessionId, now_ms: i64, fx: &mut Effects) {
        self.closed(session, now_ms);
        fx.push(Effect::Close { session });
    }

    /// Forgets a session of ours, however it ended. What it was fetching is left to the others, who are asked at once.
    fn end_asking(&mut self, session: SessionId, now_ms: i64) -> Option<Asking> {
        let asking = self.asking.remove(&session)?;
        if self.fetching.release_all(session) {
            self.peers.ask_all_soon(now_ms, Some(&asking.peer));
        }
        let in_use = |round: u64| self.asking.values().any(|asking| asking.round == round);
        self.rounds.retain(in_use);
        Some(asking)
    }

    /// Looks at a random follower of each of these chapters when it is time to, and names the sessions that are to end.
    pub(crate) fn wake(&mut self, chapters: &BTreeSet<ChapterName>, now_ms: i64) -> Vec<SessionId> {
        if now_ms >= self.next_look_ms {
            self.next_look_ms = now_ms + self.interval_ms;
            for chapter in chapters {
                self.peers.ask_a_follower(chapter, &mut self.random, now_ms);
            }
        }
        let stale = self.ends().filter(|(_, ends_ms)| now_ms >= *ends_ms);
        stale.map(|(id, _)| id).collect()
    }

    /// Notes that this node and a peer are known to compare as they do now. It is greeted again after a heartbeat: about
    /// so long, so that nodes that met at one moment do not all greet at one.
    pub(crate) fn compared(&mut self, peer: &TransportId, now_ms: i64) {
        let half = usize::try_from(self.heartbeat_ms / 2).unwrap_or(1).max(1);
        let early = self.random.below(half) as i64;
        let beat_ms = now_ms.saturating_add(self.heartbeat_ms).saturating_sub(early);
        self.peers.greet_at(peer, beat_ms);
    }

    /// Notes records that a session brought.
    fn came(&mut self, chapter: &ChapterName, brought: u64) {
        self.headers_first.earn(brought);
        if chapter.is_alliance() {
            self.alliance_first.earn(brought);
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
        for session in self.asking.values_mut() {
            back(&mut session.started_ms);
            back(&mut session.last_frame_ms);
            back(&mut session.owes_since_ms);
        }
        let answering = self.answering.values_mut();
        answering.for_each(|session| back(&mut session.last_frame_ms));
        self.alliance_first.turn_back(back);
        self.headers_first.turn_back(back);
        self.rounds.turn_back(back);
        self.waiting.turn_back();
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
