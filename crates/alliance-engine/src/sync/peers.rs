//! Connected members, and when each is to be asked.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::{ChapterName, LogName, TransportId};

use crate::effect::PeerSync;
use crate::limits::{RETRY_MS, RETRY_MS_MAX, SESSION_PAUSE_MS};
use crate::random::Random;
use crate::sync::SessionId;

/// One connected member's node.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) last: Option<PeerSync>,
    pub(crate) asked_in: Option<SessionId>,
    due_ms: Option<i64>,
    /// When it is greeted if nothing else was reason to ask it before.
    beat_ms: i64,
    /// Chapters that it replicates, of those that this node does, as its last hello says; `None` before that.
    follows: Option<BTreeSet<ChapterName>>,
    /// The last log whose bodies it was tried for, though it may have none.
    tried_until: Option<LogName>,
    /// Nobody asks earlier, for whatever reason.
    free_ms: i64,
    /// A difference alone is no reason to ask earlier: replicas that cannot agree must not ask for ever.
    calm_ms: i64,
    failures: u32,
    fruitless: u32,
}

impl Peer {
    /// When it is to be asked.
    fn next_ms(&self) -> i64 {
        let next_ms = self.due_ms.map_or(self.beat_ms, |due| due.min(self.beat_ms));
        next_ms.max(self.free_ms)
    }

    fn ask_at(&mut self, at_ms: i64) {
        self.due_ms = Some(self.due_ms.map_or(at_ms, |due| due.min(at_ms)));
    }
}

/// `base` doubled `times`, at most [`RETRY_MS_MAX`].
fn backed_off(base: i64, times: u32) -> i64 {
    base.checked_shl(times.min(16))
        .unwrap_or(RETRY_MS_MAX)
        .min(RETRY_MS_MAX)
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Peers(BTreeMap<TransportId, Peer>);

impl Peers {
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&TransportId, &Peer)> {
        self.0.iter()
    }

    /// A peer came. One that is there already keeps its session and its waits.
    pub(crate) fn up(&mut self, peer: TransportId, now_ms: i64) {
        if self.0.contains_key(&peer) {
            return self.ask_soon(&peer, now_ms);
        }
        let fresh = Peer {
            last: None,
            asked_in: None,
            due_ms: Some(now_ms),
            beat_ms: i64::MAX,
            follows: None,
            tried_until: None,
            free_ms: now_ms,
            calm_ms: now_ms,
            failures: 0,
            fruitless: 0,
        };
        self.0.insert(peer, fresh);
    }

    pub(crate) fn down(&mut self, peer: &TransportId) {
        self.0.remove(peer);
    }

    /// A chapter was taken up: no session so far compared it.
    pub(crate) fn unsettle(&mut self, chapter: &ChapterName) {
        for last in self.0.values_mut().filter_map(|peer| peer.last.as_mut()) {
            last.unsettled.insert(chapter.clone());
        }
    }

    /// Something is known to be missing.
    pub(crate) fn ask_soon(&mut self, peer: &TransportId, now_ms: i64) {
        if let Some(peer) = self.0.get_mut(peer) {
            peer.ask_at(now_ms.max(peer.free_ms));
        }
    }

    /// Something may be missing.
    pub(crate) fn ask_back(&mut self, peer: &TransportId, now_ms: i64) {
        if let Some(peer) = self.0.get_mut(peer) {
            peer.ask_at(now_ms.max(peer.free_ms).max(peer.calm_ms));
        }
    }

    pub(crate) fn ask_all_soon(&mut self, now_ms: i64, except: Option<&TransportId>) {
        let all: Vec<_> = self.0.keys().filter(|id| Some(*id) != except).copied().collect();
        for peer in all {
            self.ask_soon(&peer, now_ms);
        }
    }

    /// Asks a random one of those that replicate a chapter.
    pub(crate) fn ask_a_follower(&mut self, chapter: &ChapterName, random: &mut Random, now_ms: i64) {
        let followers: Vec<_> = self
            .0
            .iter()
            .filter(|(_, peer)| peer.follows.as_ref().is_some_and(|follows| follows.contains(chapter)))
            .map(|(id, _)| *id)
            .collect();
        if !followers.is_empty() {
            self.ask_soon(&followers[random.below(followers.len())], now_ms);
        }
    }

    /// Notes what a peer replicates.
    pub(crate) fn follows(&mut self, peer: &TransportId, chapters: BTreeSet<ChapterName>) {
        if let Some(peer) = self.0.get_mut(peer) {
            peer.follows = Some(chapters);
        }
    }

    /// Whether a peer's own word says that it does not replicate a chapter.
    pub(crate) fn is_no_follower(&self, peer: &TransportId, chapter: &ChapterName) -> bool {
        let follows = self.0.get(peer).and_then(|peer| peer.follows.as_ref());
        follows.is_some_and(|follows| !follows.contains(chapter))
    }

    /// The last log whose bodies a peer was tried for, though it may have none: the next session goes on behind it.
    pub(crate) fn tried_until(&self, peer: &TransportId) -> Option<LogName> {
        self.0.get(peer).and_then(|peer| peer.tried_until.clone())
    }

    pub(crate) fn tried(&mut self, peer: &TransportId, log: &LogName) {
        if let Some(peer) = self.0.get_mut(peer) {
            peer.tried_until = Some(log.clone());
        }
    }

    /// Greets a peer at this moment, if nothing else is reason to ask it before.
    pub(crate) fn greet_at(&mut self, peer: &TransportId, at_ms: i64) {
        if let Some(peer) = self.0.get_mut(peer) {
            peer.beat_ms = at_ms;
        }
    }

    /// The peer whose session has ended. None when it has gone since, or has come back and is asked in another.
    fn ended(&mut self, peer: &TransportId, session: SessionId) -> Option<&mut Peer> {
        let peer = self.0.get_mut(peer);
        let peer = peer.filter(|peer| peer.asked_in == Some(session))?;
        peer.asked_in = None;
        Some(peer)
    }

    /// Waits longer after each failure in a row.
    pub(crate) fn failed(&mut self, (peer, session): (&TransportId, SessionId), now_ms: i64) {
        let Some(peer) = self.ended(peer, session) else { return };
        peer.free_ms = now_ms + backed_off(RETRY_MS, peer.failures);
        peer.failures = peer.failures.saturating_add(1);
        peer.due_ms = Some(peer.free_ms);
    }

    pub(crate) fn postpone(&mut self, (peer, session): (&TransportId, SessionId), until_ms: i64) {
        let Some(peer) = self.ended(peer, session) else { return };
        peer.free_ms = until_ms;
        peer.due_ms = Some(until_ms);
    }

    /// A session ended in order; `differed` tells whether any chapter's heads were not the same.
    pub(crate) fn finished(&mut self, (status, session): (&PeerSync, SessionId), differed: bool, now_ms: i64) {
        let Some(peer) = self.ended(&status.peer, session) else {
            return;
        };
        peer.failures = 0;
        peer.fruitless = if differed && status.brought == 0 {
            peer.fruitless.saturating_add(1)
        } else {
            0
        };
        peer.free_ms = now_ms + SESSION_PAUSE_MS;
        peer.calm_ms = now_ms + backed_off(SESSION_PAUSE_MS, peer.fruitless);
        peer.due_ms = peer.due_ms.map(|due| due.max(peer.free_ms));
        if !status.missing.is_empty() {
            peer.ask_at(peer.calm_ms);
        }
        peer.last = Some(status.clone());
    }

    /// Whether no session with this peer has ended in order yet.
    pub(crate) fn is_new(&self, peer: &TransportId) -> bool {
        self.0.get(peer).is_none_or(|peer| peer.last.is_none())
    }

    /// The peer that has waited longest among those that are due and not being asked.
    pub(crate) fn next_to_ask(&self, now_ms: i64) -> Option<TransportId> {
        let waiting = self.0.iter().filter(|(_, peer)| peer.asked_in.is_none());
        let due = waiting.map(|(id, peer)| (peer.next_ms(), *id));
        due.filter(|(due, _)| *due <= now_ms).min().map(|(_, id)| id)
    }

    pub(crate) fn asked(&mut self, peer: &TransportId, session: SessionId) {
        if let Some(peer) = self.0.get_mut(peer) {
            peer.asked_in = Some(session);
            peer.due_ms = None;
            peer.beat_ms = i64::MAX;
        }
    }

    pub(crate) fn turn_back(&mut self, back: impl Fn(&mut i64)) {
        for peer in self.0.values_mut() {
            peer.due_ms.as_mut().map(&back);
            if peer.beat_ms != i64::MAX {
                back(&mut peer.beat_ms);
            }
            back(&mut peer.free_ms);
            back(&mut peer.calm_ms);
        }
    }

    pub(crate) fn next_due_ms(&self) -> Option<i64> {
        self.0
            .values()
            .filter(|peer| peer.asked_in.is_none())
            .map(Peer::next_ms)
            .min()
    }
}
