//! A session in which this node asks: what it lacks, what it has asked for, what must wait.

use std::collections::{BTreeMap, VecDeque};

use alliance_record::{ChapterName, Head, LogName, TransportId};
use alliance_wire::limits::CHAPTERS_MAX;
use alliance_wire::{ChapterView, HeadsPage, Hello, SyncMessage, Want, fingerprint};

use crate::effect::{Effect, Effects, Notice, PeerSync};
use crate::engine::Engine;
use crate::limits::{
    ASKING_SESSIONS_MAX, QUEUED_LOGS_MAX, SESSION_IDLE_MS, SESSION_MS_MAX, WANT_BYTES, WANT_RECORDS,
    WANTS_UNDER_WAY_MAX,
};
use crate::random::Random;
use crate::state::State;
use crate::sync::{SessionId, Sync};

/// A log of which the peer holds more.
#[derive(Debug, Clone)]
pub(crate) struct Gap {
    pub(crate) log: LogName,
    /// Where to begin; `None` after the records held.
    pub(crate) from: Option<u64>,
    /// The peer's head.
    pub(crate) until: u64,
}

/// What was asked for of one log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// First sequence asked for.
    pub(crate) from: u64,
    /// The peer's head.
    pub(crate) until: u64,
}

/// One session of ours.
#[derive(Debug)]
pub(crate) struct Asking {
    pub(crate) peer: TransportId,
    pub(crate) started_ms: i64,
    pub(crate) last_frame_ms: i64,
    pub(crate) queue: VecDeque<Gap>,
    pub(crate) under_way: BTreeMap<LogName, Wanted>,
    /// Logs whose next record cannot be judged yet.
    pub(crate) deferred: Vec<Gap>,
    /// The roster's version when `deferred` was last tried.
    pub(crate) tried_at_version: u64,
    pub(crate) heads_done: bool,
    /// Whether any chapter's heads were not the same.
    pub(crate) differed: bool,
    pub(crate) brought: u64,
    /// Logs that could not be completed.
    pub(crate) given_up: u64,
}

/// How many records the state lacks of a gap.
fn lacking(state: &State, gap: &Gap) -> u64 {
    gap.until
        .saturating_add(1)
        .saturating_sub(state.next_sequence(&gap.log))
}

impl Engine {
    /// Opens sessions with peers that are due, as many as may run.
    pub(crate) fn start_sessions(&mut self, fx: &mut Effects) {
        while self.sync.asking.len() < ASKING_SESSIONS_MAX {
            let Some(peer) = self.sync.peers.next_to_ask(self.now_ms) else {
                return;
            };
            self.start_session(peer, fx);
        }
    }

    fn start_session(&mut self, peer: TransportId, fx: &mut Effects) {
        let session = SessionId::Ours(self.sync.opened);
        self.sync.opened += 1;
        let nonce = self.sync.random.bytes();
        let view = |chapter: &ChapterName| {
            let heads = self.state.heads_of(chapter);
            let logs = u32::try_from(heads.len()).unwrap_or(u32::MAX);
            ChapterView {
                chapter: chapter.clone(),
                fingerprint: fingerprint(&nonce, chapter, heads),
                logs,
            }
        };
        let chapters = self.state.replicated.iter();
        let chapters = in_turn(chapters.collect(), &mut self.sync.random).map(view).collect();
        let hello = Hello {
            alliance: self.config.alliance,
            nonce,
            chapters,
        };
        self.sync.peers.asked(&peer, session);
        let asking = Asking {
            peer,
            started_ms: self.now_ms,
            last_frame_ms: self.now_ms,
            queue: VecDeque::new(),
            under_way: BTreeMap::new(),
            deferred: Vec::new(),
            tried_at_version: self.state.members.version(),
            heads_done: false,
            differed: false,
            brought: 0,
            given_up: 0,
        };
        self.sync.asking.insert(session, asking);
        fx.push(Effect::Open { session, peer });
        fx.push(Effect::Send {
            session,
            message: SyncMessage::Hello(hello),
        });
    }

    /// Learns what the peer holds beyond this node.
    pub(crate) fn handle_heads(&mut self, session: SessionId, page: HeadsPage, fx: &mut Effects) {
        let Some(asking) = self.sync.asking.get_mut(&session) else {
            return;
        };
        let replicated = page
            .chapter
            .as_ref()
            .is_some_and(|chapter| self.state.replicated.contains(chapter));
        asking.differed |= page.chapter.is_some();
        for head in page.heads.into_iter().filter(|_| replicated) {
            compare(&self.state, asking, head);
        }
        asking.heads_done |= page.last;
        self.proceed(session, fx);
    }

    /// Sends the next wants; ends the session when nothing is left.
    pub(crate) fn proceed(&mut self, session: SessionId, fx: &mut Effects) {
        let Some(asking) = self.sync.asking.get_mut(&session) else {
            return;
        };
        if !asking.heads_done {
            return;
        }
        let version = self.state.members.version();
        while asking.under_way.len() < WANTS_UNDER_WAY_MAX {
            let Some(gap) = asking.next_gap(version) else { break };
            let follows = self.state.replicated.contains(&gap.log.chapter);
            if follows && (gap.from.is_some() || lacking(&self.state, &gap) > 0) {
                let message = asking.want(&self.state, gap);
                fx.push(Effect::Send { session, message });
            }
        }
        if asking.under_way.is_empty() {
            self.finish(session, fx);
        }
    }

    fn finish(&mut self, session: SessionId, fx: &mut Effects) {
        let Some(asking) = self.sync.asking.remove(&session) else {
            return;
        };
        let lacking = asking.deferred.iter().map(|gap| lacking(&self.state, gap));
        let missing = lacking.fold(asking.given_up, u64::saturating_add);
        let status = PeerSync {
            peer: asking.peer,
            in_step: missing == 0,
            missing,
            brought: asking.brought,
        };
        self.sync.peers.finished(status, asking.differed, self.now_ms);
        fx.push(Effect::Send {
            session,
            message: SyncMessage::Done,
        });
        fx.push(Effect::Close { session });
        fx.tell(Notice::Synced { status });
    }
}

/// As many chapters as a hello names: the alliance's own, and of the others a run that begins anywhere, so that each has
/// its turn.
fn in_turn<'a>(mut chapters: Vec<&'a ChapterName>, random: &mut Random) -> impl Iterator<Item = &'a ChapterName> {
    if chapters.len() > CHAPTERS_MAX {
        let others = &mut chapters[1..];
        others.rotate_left(random.below(others.len()));
    }
    chapters.into_iter().take(CHAPTERS_MAX)
}

impl Asking {
    /// When it is given up: no frame for too long, or too long in all.
    pub(crate) fn ends_ms(&self) -> i64 {
        let idle = self.last_frame_ms.saturating_add(SESSION_IDLE_MS);
        idle.min(self.started_ms.saturating_add(SESSION_MS_MAX))
    }

    /// The log to ask for next. The alliance's own come first, and again whenever the roster has grown by them: all others
    /// are judged by it, and would be fetched in vain.
    fn next_gap(&mut self, version: u64) -> Option<Gap> {
        let is_own = |log: &LogName| log.chapter.is_alliance();
        if !self.queue.front().is_some_and(|gap| is_own(&gap.log)) {
            if self.under_way.keys().any(is_own) {
                return None;
            }
            if self.tried_at_version != version {
                self.tried_at_version = version;
                self.deferred.drain(..).rev().for_each(|gap| self.queue.push_front(gap));
            }
        }
        self.queue.pop_front()
    }

    /// Asks for the records of a log after the ones held.
    pub(crate) fn want(&mut self, state: &State, gap: Gap) -> SyncMessage {
        let from = gap.from.unwrap_or_else(|| state.next_sequence(&gap.log));
        let wanted = Wanted { from, until: gap.until };
        self.under_way.insert(gap.log.clone(), wanted);
        SyncMessage::Want(Want {
            log: gap.log,
            from,
            records_max: WANT_RECORDS,
            bytes_max: WANT_BYTES,
        })
    }
}

/// What a head means to this node: nothing, records that it lacks, or another record at the place of its own. Of the
/// last a peer's word is no proof: the record itself is asked for, and judged as any other.
fn compare(state: &State, asking: &mut Asking, theirs: Head) {
    let from = match state.head(&theirs.log) {
        Some(ours) if ours.sequence > theirs.sequence || ours.record == theirs.record => return,
        Some(ours) if ours.sequence == theirs.sequence => Some(theirs.sequence),
        Some(_) | None => None,
    };
    if asking.queue.len() < QUEUED_LOGS_MAX {
        asking.queue.push_back(Gap {
            log: theirs.log,
            from,
            until: theirs.sequence,
        });
    }
}

impl Sync {
    pub(crate) fn asking_mut(&mut self, session: SessionId) -> Option<&mut Asking> {
        self.asking.get_mut(&session)
    }
}
