//! How far catching up is, as the loop last saw it: of all sessions together, and of each connected peer.
//!
//! Says what is known and nothing else. A session that broke off leaves what it knew to be missing, until the peer, or
//! when it has gone any other, is compared with again.

use std::collections::{BTreeMap, BTreeSet};

use alliance_api::{ChapterMissing, SessionStatus, SyncStatus, SyncSummary};
use alliance_engine::{PeerSync, SyncProgress};
use alliance_record::{ChapterName, TransportId};

use super::pace::{Pace, Window};

/// Between two looks, and between two events: often enough for a person.
const LOOK_MS: i64 = 500;
/// A look costs at most one part in so many of the loop's time: there may be hundreds of thousands of logs to look at.
const LOOK_PART: i64 = 20;

type Missing = BTreeMap<ChapterName, u64>;

/// What the loop saw of its sessions.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    peers: BTreeMap<TransportId, Peer>,
    /// What the sessions under way know to be missing, each record once.
    missing: Missing,
    /// What was missing of peers that have gone.
    departed: Missing,
    in_step_since_ms: Option<i64>,
    looked_ms: i64,
    next_look_ms: i64,
    /// A session ended, or was under way at the last look.
    is_open: bool,
    told_ms: Option<i64>,
    /// Listeners know of something missing, and do not know yet that it is over.
    is_told: bool,
}

/// What is known of one connected peer.
#[derive(Debug, Default)]
struct Peer {
    /// How the last session ended that ended in order.
    last: Option<PeerSync>,
    /// What the last session left, however it ended.
    left: Missing,
    heard_ms: Option<i64>,
    session: Option<Session>,
    /// No session has compared every chapter with it that this node follows by now.
    is_unsettled: bool,
}

#[derive(Debug)]
struct Session {
    seen: SyncProgress,
    /// It has found something missing: it knows better than the one before it.
    has_compared: bool,
    window: Window,
}

/// What a look found, and when it began and ended.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) sessions: Vec<SyncProgress>,
    pub(crate) missing: Missing,
    /// Peers with which not every chapter has been compared since it was taken up.
    pub(crate) unsettled: BTreeSet<TransportId>,
    pub(crate) began_ms: i64,
    pub(crate) ended_ms: i64,
}

impl Progress {
    pub(crate) fn peer_up(&mut self, peer: TransportId) {
        self.peers.entry(peer).or_default();
    }

    pub(crate) fn peer_down(&mut self, peer: &TransportId, now_ms: i64) {
        if let Some(gone) = self.peers.remove(peer) {
            add_most(&mut self.departed, gone.missing());
            self.settle(now_ms);
        }
    }

    /// A session ended in order. A look follows.
    pub(crate) fn ended(&mut self, status: PeerSync) {
        self.is_open = true;
        if let Some(peer) = self.peers.get_mut(&status.peer) {
            self.departed.clear();
            peer.session = None;
            peer.left = status.missing.clone();
            peer.heard_ms = Some(status.at_ms);
            peer.last = Some(status);
        }
    }

    /// A chapter was taken up. A look follows.
    pub(crate) const fn taken_up(&mut self) {
        self.is_open = true;
        self.next_look_ms = 0;
    }

    /// Whether to look now: at the engine's own time, and at nothing at all while nothing runs.
    pub(crate) const fn is_due(&self, is_asking: bool, now_ms: i64) -> bool {
        if is_asking {
            now_ms >= self.next_look_ms || now_ms < self.looked_ms
        } else {
            self.is_open
        }
    }

    /// Takes what was seen; what listeners are to be told, if anything.
    pub(crate) fn look(&mut self, look: Look) -> Option<SyncSummary> {
        let now_ms = look.ended_ms;
        self.is_open = !look.sessions.is_empty();
        let mut seen: BTreeMap<_, _> = look.sessions.into_iter().map(|seen| (seen.peer, seen)).collect();
        for (id, peer) in &mut self.peers {
            peer.see(seen.remove(id), now_ms);
            peer.is_unsettled = look.unsettled.contains(id);
        }
        // The first that is found missing is shown at once.
        let pause_ms = if look.missing.is_empty() { 0 } else { LOOK_MS };
        let spent_ms = now_ms.saturating_sub(look.began_ms).max(0);
        self.looked_ms = now_ms;
        self.next_look_ms = now_ms.saturating_add(pause_ms.max(spent_ms.saturating_mul(LOOK_PART)));
        self.missing = look.missing;
        self.settle(now_ms);
        self.tell(now_ms)
    }

    fn tell(&mut self, now_ms: i64) -> Option<SyncSummary> {
        let summary = self.summary(now_ms);
        if !self.is_open {
            let is_news = std::mem::take(&mut self.is_told) || summary.missing > 0;
            return is_news.then_some(summary);
        }
        let is_early = |told_ms: i64| (told_ms..told_ms.saturating_add(LOOK_MS)).contains(&now_ms);
        if summary.missing == 0 || self.told_ms.is_some_and(is_early) {
            return None;
        }
        self.told_ms = Some(now_ms);
        self.is_told = true;
        Some(summary)
    }

    fn settle(&mut self, now_ms: i64) {
        let mut peers = self.peers.values();
        let is_compared = peers.any(|peer| peer.last.is_some() && !peer.is_unsettled);
        let since_ms = self.in_step_since_ms.unwrap_or(now_ms);
        self.in_step_since_ms = (is_compared && self.missing().is_empty()).then_some(since_ms);
    }

    /// Records that are known to be missing, by chapter: by the sessions under way once they know, and until then by
    /// those before.
    pub(crate) fn missing(&self) -> Missing {
        let mut sessions = self.peers.values().filter_map(|peer| peer.session.as_ref());
        if sessions.any(|session| session.has_compared) {
            return self.missing.clone();
        }
        let mut missing = self.departed.clone();
        for peer in self.peers.values() {
            add_most(&mut missing, &peer.left);
        }
        missing
    }

    /// All sessions together.
    pub(crate) fn summary(&self, now_ms: i64) -> SyncSummary {
        let missing = self.missing();
        let in_all = missing.values().sum();
        let sessions = || self.peers.values().filter_map(|peer| peer.session.as_ref());
        let pace = sessions()
            .filter_map(|session| session.window.pace(now_ms))
            .reduce(Pace::plus);
        SyncSummary {
            running: sessions().next().is_some(),
            missing: in_all,
            chapters: by_chapter(&missing),
            brought: sessions().map(|session| session.seen.brought).sum(),
            records_per_s: pace.map(Pace::records_per_s),
            bytes_per_s: pace.map(|pace| pace.bytes_per_s),
            remaining_s: pace.filter(|_| in_all > 0).and_then(|pace| pace.seconds_for(in_all)),
            in_step_ms: self.in_step_since_ms.map(|since_ms| between(since_ms, now_ms)),
        }
    }

    /// One peer.
    pub(crate) fn status(&self, peer: &TransportId, now_ms: i64) -> SyncStatus {
        self.peers.get(peer).map(|peer| peer.status(now_ms)).unwrap_or_default()
    }
}

impl Peer {
    /// Takes how its session stands, or that there is none.
    fn see(&mut self, seen: Option<SyncProgress>, now_ms: i64) {
        let before = self.session.take();
        let Some(seen) = seen else {
            if let Some(broken) = before.filter(|session| session.has_compared) {
                self.left = broken.seen.missing;
            }
            return;
        };
        let mut session = before
            .filter(|before| before.seen.began_ms == seen.began_ms && before.seen.brought <= seen.brought)
            .unwrap_or_else(|| Session {
                seen: seen.clone(),
                has_compared: false,
                window: Window::default(),
            });
        if seen.heard_ms > seen.began_ms {
            self.heard_ms = Some(seen.heard_ms);
        }
        session.has_compared |= !seen.missing.is_empty() || seen.brought > 0;
        session.window.note(now_ms, seen.brought, seen.brought_bytes);
        session.seen = seen;
        self.session = Some(session);
    }

    fn missing(&self) -> &Missing {
        match &self.session {
            Some(session) if session.has_compared => &session.seen.missing,
            Some(_) | None => &self.left,
        }
    }

    fn status(&self, now_ms: i64) -> SyncStatus {
        let missing = self.missing();
        let in_step = match &self.last {
            _ if !missing.is_empty() => Some(false),
            Some(_) if !self.is_unsettled => Some(true),
            Some(_) | None => None,
        };
        SyncStatus {
            in_step,
            missing: missing.values().sum(),
            chapters: by_chapter(missing),
            checked_ms_ago: self.last.as_ref().map(|last| between(last.at_ms, now_ms)),
            last_contact_ms_ago: self.heard_ms.map(|heard_ms| between(heard_ms, now_ms)),
            session: self.session.as_ref().map(|session| session.status(now_ms)),
        }
    }
}

impl Session {
    fn status(&self, now_ms: i64) -> SessionStatus {
        let pace = self.window.pace(now_ms);
        SessionStatus {
            began_ms_ago: between(self.seen.began_ms, now_ms),
            brought: self.seen.brought,
            brought_bytes: self.seen.brought_bytes,
            records_per_s: pace.map(Pace::records_per_s),
            bytes_per_s: pace.map(|pace| pace.bytes_per_s),
        }
    }
}

/// Milliseconds from then to now; 0 when the clock was set back between.
fn between(then_ms: i64, now_ms: i64) -> u64 {
    now_ms.saturating_sub(then_ms).max(0).unsigned_abs()
}

/// What several know to be missing is at least what one of them knows.
fn add_most(most: &mut Missing, known: &Missing) {
    for (chapter, missing) in known {
        let entry = most.entry(chapter.clone()).or_default();
        *entry = (*entry).max(*missing);
    }
}

fn by_chapter(missing: &Missing) -> Vec<ChapterMissing> {
    let of_chapter = |(chapter, missing): (&ChapterName, &u64)| ChapterMissing {
        chapter: chapter.to_string(),
        missing: *missing,
    };
    missing.iter().map(of_chapter).collect()
}

#[cfg(test)]
mod tests;
