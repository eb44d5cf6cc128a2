//! A session in which this node asks: its beginning, what it remembers, its end.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::{ChapterName, LogName, TransportId, VerifiedRecord};
use alliance_wire::limits::CHAPTERS_MAX;
use alliance_wire::{ChapterView, Hello, LogRef, SyncMessage};

use crate::effect::{Effect, Effects, Notice, PeerSync};
use crate::engine::Engine;
use crate::lagging::Turn;
use crate::limits::{ASKING_SESSIONS_MAX, BODIES_TRIED_MAX, SESSION_IDLE_MS, SESSION_MS_MAX, STALL_MS, WAIT_MS};
use crate::random::Random;
use crate::sync::compare::Comparing;
use crate::sync::offer::{Offer, Offers};
use crate::sync::round::Round;
use crate::sync::{SessionId, Sync};

/// One session of ours.
#[derive(Debug)]
pub(crate) struct Asking {
    pub(crate) peer: TransportId,
    pub(crate) round: u64,
    pub(crate) started_ms: i64,
    pub(crate) last_frame_ms: i64,
    /// When it was last asked for something while it owed nothing.
    pub(crate) owes_since_ms: i64,
    /// Chapters of the hello.
    pub(crate) hello: BTreeSet<ChapterName>,
    /// Those that the peer has said nothing of.
    pub(crate) named: BTreeSet<ChapterName>,
    pub(crate) comparing: BTreeMap<ChapterName, Comparing>,
    /// The peer has named every chapter that differs.
    pub(crate) compared: bool,
    /// Chapters of which the peer lacks bodies itself.
    pub(crate) lagging: BTreeSet<ChapterName>,
    /// The turn over logs whose bodies are looked for, and in how many of them a peer that may have none was tried.
    pub(crate) bodies: Turn,
    bodies_tried: usize,
    /// Whether any chapter's heads were not the same.
    pub(crate) differed: bool,
    /// Whether logs that differ share a reference by chance.
    pub(crate) collided: bool,
    /// Chapters of which not all that differs could be taken up.
    pub(crate) cut_short: BTreeSet<ChapterName>,
    pub(crate) offers: Offers,
    /// Logs that were asked for.
    pub(crate) under_way: BTreeMap<LogRef, Offer>,
    /// Logs that another session is fetching.
    pub(crate) elsewhere: Vec<Offer>,
    /// Logs of which nothing more is taken, though the rest of the answer is still coming.
    pub(crate) leftover: BTreeSet<LogRef>,
    /// Offers of logs of which a branch is being compared with the one held, by name.
    pub(crate) proving: BTreeMap<LogName, Offer>,
    /// What has come so far of the branches that were asked for.
    pub(crate) branches: BTreeMap<LogRef, Vec<VerifiedRecord>>,
    /// Logs whose next record could not be judged by the roster of this version.
    pub(crate) deferred: Vec<(Offer, u64)>,
    /// The roster's version when `deferred` was last tried.
    pub(crate) tried_at_version: Option<u64>,
    /// Bytes that the peer may send in all, and has sent.
    pub(crate) granted: u64,
    pub(crate) received: u64,
    pub(crate) brought: u64,
    /// Logs that could not be completed, by chapter.
    pub(crate) given_up: BTreeMap<ChapterName, u64>,
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
        let chapters: Vec<_> = in_turn(self.state.replicated.iter().collect(), &mut self.sync.random).collect();
        let number = self.sync.rounds.join(&mut self.sync.random, self.now_ms);
        let Some(round) = self.sync.rounds.get(number) else {
            return;
        };
        let view = |chapter: &&ChapterName| self.view(round, chapter);
        let hello = Hello {
            alliance: self.config.alliance,
            nonce: round.nonce,
            chapters: chapters.iter().map(view).collect(),
            addresses: self.sync.peers.is_new(&peer),
        };
        let named = chapters.into_iter().cloned().collect();
        self.sync.peers.asked(&peer, session);
        let mut asking = Asking::new(peer, number, named, self.now_ms);
        asking.bodies = Turn::behind(self.sync.peers.tried_until(&peer));
        self.sync.asking.insert(session, asking);
        fx.push(Effect::Open { session, peer });
        let message = SyncMessage::Hello(hello);
        fx.push(Effect::Send { session, message });
    }

    fn view(&self, round: &Round, chapter: &ChapterName) -> ChapterView {
        let heads = self.state.heads_of(chapter);
        let logs = u32::try_from(heads.len()).unwrap_or(u32::MAX);
        ChapterView {
            chapter: chapter.clone(),
            fingerprint: round.key.fingerprint(chapter, heads),
            logs,
        }
    }

    /// Ends a session that has waited long enough: in order, when its peer owes nothing, or was at work all the time.
    pub(crate) fn end_stale(&mut self, session: SessionId, fx: &mut Effects) {
        let now_ms = self.now_ms;
        let is_at_work = |asking: &Asking| asking.brought > 0 && now_ms < asking.silent_ms();
        let is_in_order = |asking: &Asking| {
            let is_compared = asking.compared && asking.comparing.is_empty();
            is_compared && (asking.under_way.is_empty() || is_at_work(asking))
        };
        if self.sync.asking.get(&session).is_some_and(is_in_order) {
            self.finish(session, fx);
        } else {
            if let Some(asking) = self.sync.asking.get(&session).filter(|asking| asking.compared) {
                fx.tell(Notice::Stalled { peer: asking.peer });
            }
            self.sync.abandon(session, self.now_ms, fx);
        }
    }

    /// Ends a session that has nothing left to do.
    pub(crate) fn finish(&mut self, session: SessionId, fx: &mut Effects) {
        let missing = self.missing_in(session);
        let Some(mut asking) = self.sync.end_asking(session, self.now_ms) else {
            return;
        };
        let mut status = PeerSync {
            peer: asking.peer,
            at_ms: self.now_ms,
            brought: asking.brought,
            missing,
            unsettled: self.state.replicated.difference(&asking.hello).cloned().collect(),
        };
        asking
            .cut_short
            .retain(|chapter| self.state.replicated.contains(chapter));
        let is_cut_short = !asking.cut_short.is_empty();
        status.unsettled.append(&mut asking.cut_short);
        for (chapter, logs) in std::mem::take(&mut asking.given_up) {
            *status.missing.entry(chapter).or_default() += logs;
        }
        if asking.collided {
            self.sync.rounds.end(asking.round);
        }
        self.sync
            .peers
            .finished((&status, session), asking.differed, self.now_ms);
        self.sync.compared(&asking.peer, self.now_ms);
        if is_cut_short {
            self.sync.peers.ask_back(&asking.peer, self.now_ms);
        }
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
    fn new(peer: TransportId, round: u64, named: BTreeSet<ChapterName>, now_ms: i64) -> Self {
        Self {
            peer,
            round,
            started_ms: now_ms,
            last_frame_ms: now_ms,
            owes_since_ms: now_ms,
            hello: named.clone(),
            named,
            comparing: BTreeMap::new(),
            compared: false,
            lagging: BTreeSet::new(),
            bodies: Turn::default(),
            bodies_tried: 0,
            differed: false,
            collided: false,
            cut_short: BTreeSet::new(),
            offers: Offers::default(),
            under_way: BTreeMap::new(),
            elsewhere: Vec::new(),
            leftover: BTreeSet::new(),
            proving: BTreeMap::new(),
            branches: BTreeMap::new(),
            deferred: Vec::new(),
            tried_at_version: None,
            granted: 0,
            received: 0,
            brought: 0,
            given_up: BTreeMap::new(),
        }
    }

    /// When it is given up: no frame for too long, or too long in all.
    pub(crate) fn ends_ms(&self) -> i64 {
        self.silent_ms().min(self.started_ms.saturating_add(SESSION_MS_MAX))
    }

    /// When it has had no frame for too long.
    fn silent_ms(&self) -> i64 {
        let patience_ms = match (self.compared, self.under_way.is_empty()) {
            // The stream itself may still have to be opened.
            (false, true) => SESSION_IDLE_MS,
            (_, false) => STALL_MS,
            (true, true) => WAIT_MS,
        };
        self.last_frame_ms.max(self.owes_since_ms).saturating_add(patience_ms)
    }

    /// Queues an offer. What is over the bound comes in the next session.
    pub(crate) fn queue(&mut self, offer: Offer) {
        if let Err(offer) = self.offers.push(offer) {
            self.cut_short.insert(offer.chapter);
        }
    }

    /// Whether to look for bodies of one log more with a peer that may have none: it is not asked for all in vain with
    /// each session.
    pub(crate) fn may_try_bodies(&mut self) -> bool {
        self.bodies_tried += 1;
        self.bodies_tried <= BODIES_TRIED_MAX
    }

    /// A log of this session cannot be completed.
    pub(crate) fn give_up(&mut self, chapter: &ChapterName) {
        let logs = self.given_up.entry(chapter.clone()).or_default();
        *logs = logs.saturating_add(1);
    }
}

impl Sync {
    pub(crate) fn asking_mut(&mut self, session: SessionId) -> Option<&mut Asking> {
        self.asking.get_mut(&session)
    }
}

impl Asking {
    /// Whether nothing is left to compare, to fetch or to wait for.
    pub(super) fn is_over(&self, version: u64) -> bool {
        let is_idle =
            self.under_way.is_empty() && self.elsewhere.is_empty() && self.proving.is_empty() && self.offers.len() == 0;
        // What is due is asked for again as soon as the rest of the first answer has come.
        let is_waiting = self.deferred.iter().any(|(_, at)| *at != version);
        self.compared && self.comparing.is_empty() && is_idle && !is_waiting
    }

    /// What waited for a larger roster is asked for again, unless the answer to the first time is still coming.
    pub(super) fn retry_deferred(&mut self, version: u64) {
        if self.tried_at_version.replace(version) == Some(version) {
            return;
        }
        let leftover = &self.leftover;
        let is_free = |(offer, at): &mut (Offer, u64)| *at != version && !leftover.contains(&offer.log);
        let due: Vec<_> = self.deferred.extract_if(.., is_free).collect();
        due.into_iter()
            .rev()
            .for_each(|(offer, _)| self.offers.push_front(offer));
    }
}
