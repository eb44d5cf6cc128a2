//! Ends of logs: what follows when one comes, moves or goes, and how forks are proven.

use std::collections::BTreeSet;

use alliance_record::{Branches, LogName, Refusal, VerifiedRecord, WriterId};

use crate::effect::{Effect, Effects, Notice};
use crate::engine::Engine;

impl Engine {
    /// Looks at what ends a folded record may have moved, and at whether its statement will reach the others.
    pub(crate) fn settle_ends(&mut self, record: &VerifiedRecord, fx: &mut Effects) {
        let chapters = self.state.chapters.said_by(self.state.members.ends_changed());
        let active: Vec<_> = chapters
            .into_iter()
            .map(|chapter| (self.state.is_active(&chapter), chapter))
            .collect();
        let before = self.state.replicated.clone();
        // Of what such a writer removed some may count now.
        for record in self.state.removals.said_by(self.state.members.ends_changed()) {
            fx.push(Effect::Erase { record });
        }
        let Some(ended) = self.clamp_again(record) else { return };
        for (was_active, chapter) in active {
            let active = self.state.is_active(&chapter);
            if was_active != active {
                fx.tell(Notice::ChapterState { chapter, active });
            }
        }
        self.tell_following(&before, fx);
        for (log, next) in ended {
            fx.tell(Notice::LogEnded { log, next });
        }
    }

    /// The same without telling anyone, as at the start. The logs that were cut short by it, each with the place from which
    /// on nothing counts; `None` when no end may have changed.
    pub(crate) fn clamp_again(&mut self, record: &VerifiedRecord) -> Option<Vec<(LogName, u64)>> {
        let changed = self.state.members.take_ends_changed();
        let mut adrift = changed.clone();
        let header = record.header();
        let end = self.state.members.end_of(&header.log, &header.organisation);
        if end.is_some_and(|end| !end.counts(header.sequence)) {
            adrift.insert(header.log.writer);
        }
        let on_acts = self.state.members.take_adrift_of_use();
        for held in self.state.members.adrift(&adrift).iter().chain(&on_acts) {
            self.carry_held(held);
        }
        if changed.is_empty() {
            return None;
        }
        let ended = self.state.clamp_again(&changed, &self.config.organisation);
        self.drop_beyond(&changed);
        Some(ended)
    }

    /// Nothing is kept aside, looked for or awaited any more that lies beyond an end.
    fn drop_beyond(&mut self, writers: &BTreeSet<WriterId>) {
        let members = &self.state.members;
        self.parked.retain(|record| {
            let header = record.header();
            let end = members.end_of(&header.log, &header.organisation);
            end.is_none_or(|end| end.counts(header.sequence))
        });
        for log in self.state.logs_by(writers) {
            let end = self.state.end(&log);
            self.lagging.end_at(&log, end.map(|end| end.next));
            if end.is_some() {
                self.partings.forget(&log);
                self.sync.forget_waiting(&log);
            }
        }
    }

    /// A record that its writer signed is of another branch than the one held. Whether that is news: it is none when the log
    /// is known to end by that place.
    pub(crate) fn note_parted(&mut self, record: &VerifiedRecord, fx: &mut Effects) -> bool {
        let header = record.header();
        let end = self.state.members.end_of(&header.log, &header.organisation);
        if end.is_some_and(|end| !end.counts(header.sequence)) {
            return false;
        }
        fx.tell(Notice::Forked {
            log: header.log.clone(),
            sequence: header.sequence,
        });
        self.partings.note(&header.log, header.sequence);
        true
    }

    /// As [`Engine::note_parted`], for records that came without a session in which more could be asked for: they may be
    /// proof enough. The last carries a signature.
    pub(crate) fn prove_parted(&mut self, records: &[VerifiedRecord], refusal: Refusal, fx: &mut Effects) {
        let Some(first) = records.first() else { return };
        if self.note_parted(first, fx) && refusal == Refusal::Fork {
            fx.push(Effect::Prove {
                other: records.to_vec(),
            });
        }
    }

    /// Takes what comparing two branches showed.
    pub(crate) fn proved(&mut self, log: &LogName, places: (u64, u64), found: Branches, fx: &mut Effects) {
        let (from, until) = places;
        let newest = self.state.held(log).map_or(0, |held| held.sequence);
        match found {
            Branches::Same => self.partings.same(log, until.min(newest)),
            Branches::PartedBefore => self.partings.parted_before(log, from),
            Branches::Parted(proof) => {
                self.partings.rest(log, self.now_ms);
                self.carry_proof(proof);
            }
            Branches::Unprovable => self.partings.rest(log, self.now_ms),
        }
        self.resume_comparing(log, fx);
    }
}
