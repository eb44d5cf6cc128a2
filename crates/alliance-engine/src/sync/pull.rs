//! Asking for records: which log next, from which peer, how much at once.

use std::collections::BTreeMap;

use alliance_record::{ChapterName, LogName};
use alliance_wire::{LogRef, Pull, RecordPart, SyncMessage, Want};

use crate::config::Bodies;
use crate::effect::{Effect, Effects};
use crate::engine::Engine;
use crate::limits::{GRANT_BYTES, WANTS_SHARED_MIN, WANTS_UNDER_WAY_MAX, WINDOW_BYTES};
use crate::sync::first::First;
use crate::sync::offer::{Offer, What};
use crate::sync::round::Round;
use crate::sync::{Asked, SessionId};

/// A log as it is known: by its name, or by its reference in a round.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Log {
    Named(LogName),
    Unknown(u64, LogRef),
}

/// Which session fetches which log: never two at once.
#[derive(Debug, Default)]
pub(crate) struct Fetching {
    logs: BTreeMap<Log, SessionId>,
    /// Something was released since those who wait last looked.
    released: bool,
}

impl Fetching {
    /// Whether a session may fetch a log, and from now on does.
    fn take(&mut self, log: Log, session: SessionId) -> bool {
        *self.logs.entry(log).or_insert(session) == session
    }

    /// A log turned out to have this name. Another session may be fetching it by its name: then both go on, and what
    /// comes twice is passed over.
    fn learn(&mut self, round: u64, log: LogRef, name: &LogName) {
        if let Some(session) = self.logs.remove(&Log::Unknown(round, log)) {
            self.logs.entry(Log::Named(name.clone())).or_insert(session);
        }
    }

    fn release(&mut self, session: SessionId, log: &Log) {
        if self.logs.get(log) == Some(&session) {
            self.logs.remove(log);
            self.released = true;
        }
    }

    /// A session ended. Says whether it was fetching anything.
    pub(crate) fn release_all(&mut self, session: SessionId) -> bool {
        let before = self.logs.len();
        self.logs.retain(|_, fetching| *fetching != session);
        let had_any = self.logs.len() < before;
        // Who waits for it may also wait for the alliance's own logs alone.
        self.released = true;
        had_any
    }
}

fn named(round: &Round, number: u64, log: LogRef) -> Log {
    match round.names.get(&log) {
        Some(name) => Log::Named(name.clone()),
        None => Log::Unknown(number, log),
    }
}

/// Wants by chapter and by how much of each record.
type Wants = BTreeMap<(ChapterName, RecordPart), Vec<Want>>;

/// What became of an offer that was looked at.
pub(super) enum Look {
    Fetch(Offer, u64),
    Elsewhere(Offer),
    /// It would bring what cannot be judged yet.
    TooEarly(Offer),
    Over,
}

impl Engine {
    /// Sends the next wants; ends the session when nothing is left.
    pub(crate) fn proceed(&mut self, session: SessionId, fx: &mut Effects) {
        let Some(asking) = self.sync.asking.get_mut(&session) else {
            return;
        };
        asking.retry_deferred(self.state.members.version());
        let mut room = self.room(session);
        let mut wants = Wants::new();
        while room > 0
            && let Some(offer) = self.next_offer(session)
        {
            match self.look(session, offer) {
                Look::Fetch(offer, from) => {
                    let want = Want {
                        log: offer.log,
                        from,
                        until: offer.until,
                    };
                    let part = self.part(&offer);
                    wants.entry((offer.chapter.clone(), part)).or_default().push(want);
                    self.begin_flow(session, offer);
                    room -= 1;
                }
                Look::Elsewhere(offer) => self.wait_for(session, offer),
                Look::TooEarly(offer) => self.defer(session, offer),
                Look::Over => {}
            }
        }
        self.send_wants(session, wants, fx);
        let version = self.state.members.version();
        if self
            .sync
            .asking
            .get(&session)
            .is_some_and(|asking| asking.is_over(version))
        {
            self.finish(session, fx);
        }
    }

    /// How many logs more a session may ask for now. While others run, no more than half of its share of what it knows,
    /// so that all have something to do and end together; and many at a time, because each pull costs the peer a look at
    /// all its heads.
    fn room(&self, session: SessionId) -> usize {
        let Some(asking) = self.sync.asking.get(&session) else {
            return 0;
        };
        let known = asking.under_way.len() + asking.offers.len();
        let most = match self.sync.asking.len() {
            0 | 1 => WANTS_UNDER_WAY_MAX,
            sessions => (known / (2 * sessions)).clamp(WANTS_SHARED_MIN, WANTS_UNDER_WAY_MAX),
        };
        let room = most.saturating_sub(asking.under_way.len());
        if room >= most / 2 { room } else { 0 }
    }

    /// The log to look at next. The alliance's own come first, whoever fetches them, and again whenever the roster has
    /// grown by them: all others are judged by it, and would be fetched in vain.
    fn next_offer(&mut self, session: SessionId) -> Option<Offer> {
        let is_held_up = self.must_wait_for(First::Alliance);
        let asking = self.sync.asking.get_mut(&session)?;
        if asking.offers.has_alliance() {
            return asking.offers.pop_alliance();
        }
        // The roster's chapter must have been compared before the others are asked for.
        let is_compared = asking.compared || !asking.named.contains(&ChapterName::alliance());
        let is_settled = is_compared && !asking.comparing.contains_key(&ChapterName::alliance());
        if is_held_up || !is_settled {
            return None;
        }
        asking.offers.pop_other().or_else(|| self.next_lagging(session))
    }

    /// The next log whose bodies are still to come, once nobody fetches records any more: until then more such
    /// logs come up. Each comes once in a session.
    fn next_lagging(&mut self, session: SessionId) -> Option<Offer> {
        if self.must_wait_for(First::Headers) {
            return None;
        }
        let asking = self.sync.asking.get_mut(&session)?;
        if !asking.compared || !asking.comparing.is_empty() {
            return None;
        }
        let round = self.sync.rounds.get_mut(asking.round)?;
        loop {
            let log = self.lagging.next(&mut asking.bodies, &asking.hello)?;
            let Some(head) = self.state.head(log) else { continue };
            let Some(awaited) = self.lagging.awaited(log, head.sequence) else {
                continue;
            };
            if !self.config.keeps_bodies(&head.organisation, &log.chapter) {
                continue;
            }
            let may_have_none =
                asking.lagging.contains(&log.chapter) || self.sync.peers.is_no_follower(&asking.peer, &log.chapter);
            if may_have_none {
                if !asking.may_try_bodies() {
                    continue;
                }
                self.sync.peers.tried(&asking.peer, log);
            }
            let reference = round.key.log_ref(log);
            round.names.insert(reference, log.clone());
            return Some(Offer {
                log: reference,
                chapter: log.chapter.clone(),
                from: Some(*awaited.start()),
                until: *awaited.end(),
                what: What::Bodies,
            });
        }
    }

    /// How much of each record is asked for.
    fn part(&self, offer: &Offer) -> RecordPart {
        match (offer.what, self.config.bodies.of(&offer.chapter)) {
            (What::Branch, _) | (What::Records, Bodies::AfterHeaders | Bodies::Not) => RecordPart::Header,
            (What::Bodies, _) | (What::Records, Bodies::WithHeaders) => RecordPart::Whole,
        }
    }

    /// Whether all else still waits for what any session is fetching: not for ever.
    fn must_wait_for(&mut self, first: First) -> bool {
        let mut under_way = self.sync.asking.values().flat_map(|asking| asking.under_way.values());
        let is_under_way = under_way.any(|offer| match first {
            First::Alliance => offer.chapter.is_alliance(),
            First::Headers => offer.what == What::Records,
        });
        let patience = match first {
            First::Alliance => &mut self.sync.alliance_first,
            First::Headers => &mut self.sync.headers_first,
        };
        if is_under_way {
            return patience.lasts(self.now_ms);
        }
        patience.renew();
        false
    }

    fn look(&mut self, session: SessionId, offer: Offer) -> Look {
        let Some(asking) = self.sync.asking.get(&session) else {
            return Look::Over;
        };
        let Some(round) = self.sync.rounds.get(asking.round) else {
            return Look::Over;
        };
        // A log that is asked for twice would be answered twice.
        if asking.under_way.contains_key(&offer.log) || !offer.is_wanted(round, &self.state) {
            return Look::Over;
        }
        let name = round.names.get(&offer.log);
        let offer = match self.advised(asking, round, offer) {
            Ok(offer) => offer,
            Err(look) => return look,
        };
        // Another session may have brought them since.
        let lags = |name: &LogName| {
            let awaited = self.lagging.awaited(name, offer.until);
            awaited.is_some_and(|awaited| Some(*awaited.start()) == offer.from)
        };
        if offer.what == What::Bodies && !name.is_some_and(lags) {
            return Look::Over;
        }
        let version = self.state.members.version();
        if let Some(name) = name
            && offer.from.is_none()
            && (self.sync.waiting).holds_back(name, offer.next(round, &self.state)..=offer.until, version, self.now_ms)
        {
            return Look::TooEarly(offer);
        }
        let log = named(round, asking.round, offer.log);
        if self.sync.fetching.take(log, session) {
            let from = offer.begin(round, &self.state);
            Look::Fetch(offer, from)
        } else {
            Look::Elsewhere(offer)
        }
    }

    fn begin_flow(&mut self, session: SessionId, offer: Offer) {
        if let Some(asking) = self.sync.asking.get_mut(&session) {
            if asking.under_way.is_empty() {
                asking.owes_since_ms = self.now_ms;
            }
            asking.under_way.insert(offer.log, offer);
        }
    }

    fn wait_for(&mut self, session: SessionId, offer: Offer) {
        if let Some(asking) = self.sync.asking.get_mut(&session) {
            asking.elsewhere.push(offer);
        }
    }

    fn defer(&mut self, session: SessionId, offer: Offer) {
        let version = self.state.members.version();
        if let Some(asking) = self.sync.asking.get_mut(&session) {
            asking.deferred.push((offer, version));
        }
    }

    fn send_wants(&mut self, session: SessionId, wants: Wants, fx: &mut Effects) {
        let Some(asking) = self.sync.asking.get_mut(&session) else {
            return;
        };
        if !wants.is_empty() && asking.granted == 0 {
            asking.granted = WINDOW_BYTES;
            let message = SyncMessage::Grant { bytes: WINDOW_BYTES };
            fx.push(Effect::Send { session, message });
        }
        for ((chapter, part), wants) in wants {
            let message = SyncMessage::Pull(Pull { chapter, wants, part });
            fx.push(Effect::Send { session, message });
        }
    }

    /// Grants as much again as has been taken. Follows the append of what was taken, so that the peer never sends more
    /// than the window before it is on the disk.
    pub(crate) fn grant(&mut self, session: SessionId, fx: &mut Effects) {
        let Some(asking) = self.sync.asking.get_mut(&session) else {
            return;
        };
        let used = (asking.received + WINDOW_BYTES).saturating_sub(asking.granted);
        if asking.granted > 0 && used >= GRANT_BYTES {
            asking.granted += used;
            let message = SyncMessage::Grant { bytes: used };
            fx.push(Effect::Send { session, message });
        }
    }

    /// Ends what is under way of a log, for others to take up. The offer, if it was under way.
    pub(crate) fn end_flow(&mut self, asked: &Asked) -> Option<Offer> {
        let asking = self.sync.asking.get_mut(&asked.session)?;
        let offer = asking.under_way.remove(&asked.log)?;
        if asked.more {
            asking.leftover.insert(asked.log);
        }
        if let Some(round) = self.sync.rounds.get(asking.round) {
            let log = named(round, asking.round, asked.log);
            self.sync.fetching.release(asked.session, &log);
        }
        Some(offer)
    }

    /// Notes the name of a log that was asked for by its reference alone.
    pub(crate) fn learn(&mut self, round: u64, log: LogRef, name: &LogName) {
        let Some(known) = self.sync.rounds.get_mut(round) else {
            return;
        };
        if known.names.insert(log, name.clone()).is_none() {
            self.sync.fetching.learn(round, log, name);
        }
    }

    /// A log is held from now on, whoever brought it: where it is on offer, its beginning is not asked for any more.
    pub(crate) fn meet(&mut self, name: &LogName) {
        for (round, log) in self.sync.rounds.nameless(name) {
            self.learn(round, log, name);
        }
    }

    /// Lets sessions that wait for others look again, once something was released.
    pub(crate) fn resume_waiting(&mut self, fx: &mut Effects) {
        while std::mem::take(&mut self.sync.fetching.released) {
            let waiting: Vec<_> = self.sync.asking.keys().copied().collect();
            for session in waiting {
                if let Some(asking) = self.sync.asking.get_mut(&session) {
                    let elsewhere = std::mem::take(&mut asking.elsewhere);
                    elsewhere.into_iter().for_each(|offer| asking.queue(offer));
                }
                self.proceed(session, fx);
            }
        }
    }
}
