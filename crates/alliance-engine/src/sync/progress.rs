//! How far catching up is: what is known to be missing, never more than was compared.

use std::collections::BTreeMap;

use alliance_record::{ChapterName, LogName};
use alliance_wire::LogRef;

use crate::effect::SyncProgress;
use crate::engine::Engine;
use crate::sync::SessionId;
use crate::sync::asking::Asking;
use crate::sync::offer::Offer;

/// One log in all sessions: by name, or by its reference in a round while nobody here knows the name.
type Key<'a> = Result<&'a LogName, (u64, LogRef)>;

impl Asking {
    /// Everything that the peer holds beyond this node, as far as it is known and not given up.
    fn lacked(&self) -> impl Iterator<Item = &Offer> {
        let under_way = self.under_way.values();
        let deferred = self.deferred.iter().map(|(offer, _)| offer);
        let waiting = self.elsewhere.iter().chain(deferred);
        self.offers.iter().chain(under_way).chain(waiting)
    }
}

impl Engine {
    /// Records that a session's peer holds and this node lacks, by chapter.
    pub(crate) fn missing_in(&self, session: SessionId) -> BTreeMap<ChapterName, u64> {
        let mut missing = BTreeMap::new();
        if let Some(asking) = self.sync.asking.get(&session) {
            for offer in asking.lacked() {
                self.count(asking.round, offer, &mut missing);
            }
        }
        missing
    }

    fn count(&self, round: u64, offer: &Offer, missing: &mut BTreeMap<ChapterName, u64>) {
        let Some(round) = self.sync.rounds.get(round) else {
            return;
        };
        let lacking = offer.lacking(round, &self.state);
        if lacking > 0 && self.state.replicated.contains(&offer.chapter) {
            let count = missing.entry(offer.chapter.clone()).or_default();
            *count = count.saturating_add(lacking);
        }
    }

    /// How far each running session is. Looks at every log that waits: not for every input.
    #[must_use]
    pub fn progress(&self) -> Vec<SyncProgress> {
        let sessions = self.sync.asking.iter();
        let progress = sessions.map(|(id, asking)| SyncProgress {
            peer: asking.peer,
            began_ms: asking.started_ms,
            heard_ms: asking.last_frame_ms,
            brought: asking.brought,
            brought_bytes: asking.received,
            missing: self.missing_in(*id),
        });
        progress.collect()
    }

    /// Records that this node is known to lack, by chapter: each counted once, however many peers have it.
    #[must_use]
    pub fn missing(&self) -> BTreeMap<ChapterName, u64> {
        let mut logs: BTreeMap<Key<'_>, (u64, &Offer)> = BTreeMap::new();
        for asking in self.sync.asking.values() {
            for offer in asking.lacked() {
                let name = self
                    .sync
                    .rounds
                    .get(asking.round)
                    .and_then(|round| round.names.get(&offer.log));
                let most = logs
                    .entry(name.ok_or((asking.round, offer.log)))
                    .or_insert((asking.round, offer));
                if offer.until > most.1.until {
                    *most = (asking.round, offer);
                }
            }
        }
        let mut missing = BTreeMap::new();
        for (round, offer) in logs.into_values() {
            self.count(round, offer, &mut missing);
        }
        missing
    }

    /// Whether any session runs in which this node asks.
    #[must_use]
    pub fn is_asking(&self) -> bool {
        !self.sync.asking.is_empty()
    }
}
