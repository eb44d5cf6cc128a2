//! Records that a session brought: through the same door as all others.

use alliance_record::limits::CHECKPOINT_RECORDS;
use alliance_record::{LogName, Parking, RecordId, Refusal, Verdict, VerifiedRecord};
use alliance_wire::limits::FRAME_BYTES_MAX;

use crate::door::Stopped;
use crate::effect::{Effect, Effects, Notice};
use crate::engine::Engine;
use crate::sync::offer::{Offer, What};
use crate::sync::waiting::Early;
use crate::sync::{Asked, SessionId};

/// How the log of a record stands to the reference under which it came.
pub(super) enum Meaning {
    /// It is the one that was asked for.
    Same,
    /// It has this reference, and so has another one that is known.
    Collides,
    Other,
}

/// What became of the records of a range.
pub(super) enum Outcome {
    Taken,
    Waiting,
    /// The chapter is not followed any more.
    Unwanted,
    /// Another log of this reference was met first.
    Collided,
    /// It is of another branch than the one held.
    Parted(Refusal),
    Refused(Refusal),
}

impl Engine {
    /// Takes a range, and asks for what follows it.
    pub(crate) fn handle_range(&mut self, asked: Asked, records: Vec<VerifiedRecord>, fx: &mut Effects) {
        let now_ms = self.now_ms;
        let Some(asking) = self.sync.asking_mut(asked.session) else {
            return;
        };
        asking.last_frame_ms = now_ms;
        asking.received = asking.received.saturating_add(asked.bytes);
        // A frame may begin while any credit is left.
        if asking.received > asking.granted.saturating_add(FRAME_BYTES_MAX as u64) {
            return self.refuse_and_drop(asked.session, Refusal::TooLarge, fx);
        }
        let Some(offer) = asking.under_way.get(&asked.log).cloned() else {
            return self.pass_over(&asked, fx);
        };
        // A range goes on to the next signature and no further.
        let last = records.last().map_or(0, |record| record.header().sequence);
        if last > offer.until.saturating_add(CHECKPOINT_RECORDS) {
            return self.refuse_and_drop(asked.session, Refusal::WrongSequence, fx);
        }
        let outcome = match offer.what {
            What::Records => self.admit_range(&asked, &offer, records, fx),
            What::Bodies => self.fill_range(&asked, &offer, records, fx),
            What::Branch => self.gather_branch(&asked, &offer, records),
        };
        match (outcome, asked.fault) {
            (Outcome::Collided, _) => self.range_collided(&asked, fx),
            (Outcome::Refused(refusal), _) => self.range_refused(&asked, refusal, fx),
            (Outcome::Parted(_), None) => self.range_parted(&asked, fx),
            (Outcome::Parted(refusal), Some(_)) => self.range_refused(&asked, refusal, fx),
            (_, Some(Verdict::Refused(fault))) => {
                self.tell_refused(asked.session, None, fault.into(), fx);
                self.range_refused(&asked, fault, fx);
            }
            (Outcome::Waiting, _) | (_, Some(_)) => self.range_deferred(&asked, fx),
            (Outcome::Unwanted, None) => drop(self.end_flow(&asked)),
            (Outcome::Taken, None) if !asked.more && offer.what == What::Branch => self.branch_ended(&asked, fx),
            (Outcome::Taken, None) if !asked.more => self.range_ended(&asked, fx),
            (Outcome::Taken, None) => {}
        }
        self.grant(asked.session, fx);
        if !asked.more {
            self.proceed(asked.session, fx);
        }
    }

    /// A frame of an answer that is of no use any more. Of a log that was not asked for there can be none.
    fn pass_over(&mut self, asked: &Asked, fx: &mut Effects) {
        let Some(asking) = self.sync.asking_mut(asked.session) else {
            return;
        };
        if !asking.leftover.contains(&asked.log) {
            return self.refuse_and_drop(asked.session, Refusal::WrongLog, fx);
        }
        if !asked.more {
            asking.leftover.remove(&asked.log);
            asking.branches.remove(&asked.log);
            // It may be asked for again, if the roster has grown since it was put off.
            asking.tried_at_version = None;
        }
        self.grant(asked.session, fx);
        if !asked.more {
            self.proceed(asked.session, fx);
        }
    }

    fn admit_range(&mut self, asked: &Asked, offer: &Offer, records: Vec<VerifiedRecord>, fx: &mut Effects) -> Outcome {
        let Some(first) = records.first() else {
            return Outcome::Taken;
        };
        let (id, name) = (first.id(), first.header().log.clone());
        match self.meaning(asked, offer, &name) {
            Meaning::Same => {}
            Meaning::Collides => return Outcome::Collided,
            Meaning::Other => {
                self.tell_refused(asked.session, Some(id), Refusal::WrongLog.into(), fx);
                return Outcome::Refused(Refusal::WrongLog);
            }
        }
        if let Some(round) = self.sync.asking_mut(asked.session).map(|asking| asking.round) {
            self.learn(round, asked.log, &name);
        }
        for run in runs(records) {
            let next = self.state.next_sequence(&name);
            let next = run.iter().find(|record| record.header().sequence == next).cloned();
            let early = Early::of(&run, self.now_ms);
            let mut brought = 0;
            let admitted = self.admit_run(run, &mut brought, fx);
            if let Some(asking) = self.sync.asking_mut(asked.session) {
                asking.brought += brought;
            }
            self.sync.came(&name.chapter, brought);
            match admitted {
                Ok(()) => {}
                Err(stopped) => {
                    if let Verdict::Parked(parking) = stopped.verdict
                        && let (Some(next), Some(record)) = (next, stopped.run.first())
                    {
                        self.note_waiting(&next, (record.id(), parking), early);
                    }
                    return self.stopped_by(asked, &stopped, fx);
                }
            }
        }
        Outcome::Taken
    }

    /// What becomes of a range of which a record may not enter.
    fn stopped_by(&mut self, asked: &Asked, stopped: &Stopped, fx: &mut Effects) -> Outcome {
        let Some(record) = stopped.run.first() else {
            return Outcome::Taken;
        };
        match stopped.verdict {
            Verdict::Parked(_) => Outcome::Waiting,
            // What lies beyond an end is not lacking.
            Verdict::NotFollowed | Verdict::Refused(Refusal::LogEnded) => Outcome::Unwanted,
            Verdict::Refused(refusal) => {
                let is_parted = matches!(refusal, Refusal::Fork | Refusal::WrongPrevious);
                let is_news = is_parted && self.note_parted(record, fx);
                self.tell_refused(asked.session, Some(record.id()), refusal.into(), fx);
                if is_news {
                    Outcome::Parted(refusal)
                } else {
                    Outcome::Refused(refusal)
                }
            }
            Verdict::Accepted | Verdict::Duplicate => Outcome::Taken,
        }
    }

    /// Remembers why the next record of a log could not enter: by itself, or because of a later one of its run.
    fn note_waiting(&mut self, next: &VerifiedRecord, parked: (RecordId, Parking), early: Option<Early>) {
        let (parked, parking) = parked;
        if next.id() == parked {
            let version = self.state.members.version();
            self.sync.waiting.note(next, parking, version);
        } else if let (Parking::FutureTime, Some(early)) = (parking, early) {
            self.sync.waiting.note_held_up(next, early, self.now_ms);
        }
    }

    /// Takes the bodies of records that are held, as far as they follow the last one that has its body.
    fn fill_range(&mut self, asked: &Asked, offer: &Offer, records: Vec<VerifiedRecord>, fx: &mut Effects) -> Outcome {
        let Some(log) = records.first().map(|record| record.header().log.clone()) else {
            return Outcome::Taken;
        };
        match self.meaning(asked, offer, &log) {
            Meaning::Same => {}
            Meaning::Collides => return Outcome::Collided,
            Meaning::Other => {
                self.tell_refused(asked.session, None, Refusal::WrongLog.into(), fx);
                return Outcome::Refused(Refusal::WrongLog);
            }
        }
        let newest = self.state.head(&log).map(|head| head.sequence);
        let Some(awaited) = newest.and_then(|newest| self.lagging.awaited(&log, newest)) else {
            return Outcome::Taken;
        };
        let is_meant = |record: &VerifiedRecord| awaited.contains(&record.header().sequence);
        let held = records
            .into_iter()
            .filter(is_meant)
            .take_while(|record| record.body().is_some() || self.is_removed(record));
        let records: Vec<_> = held.collect();
        if let (Some(first), Some(newest)) = (records.first(), records.last())
            && first.header().sequence == *awaited.start()
        {
            self.lagging.filled(&log, newest.header().sequence + 1, &awaited);
            // A removed record lies between what is filled, and stays without its body.
            for records in records
                .split(|record| self.is_removed(record))
                .filter(|run| !run.is_empty())
            {
                let records = records.to_vec();
                fx.push(Effect::Fill { records });
            }
        }
        Outcome::Taken
    }

    /// Whether a log is the one that its reference was taken for. Who knows the nonce can look for one that has the
    /// reference of a log that others offer: they are not to be blamed for it.
    pub(super) fn meaning(&self, asked: &Asked, offer: &Offer, name: &LogName) -> Meaning {
        let asking = self.sync.asking.get(&asked.session);
        let Some(round) = asking.and_then(|asking| self.sync.rounds.get(asking.round)) else {
            return Meaning::Other;
        };
        let known = round.names.get(&asked.log);
        if known == Some(name) {
            return Meaning::Same;
        }
        match (
            name.chapter == offer.chapter && round.key.log_ref(name) == asked.log,
            known,
        ) {
            (false, _) => Meaning::Other,
            (true, None) => Meaning::Same,
            (true, Some(_)) => Meaning::Collides,
        }
    }

    /// Two logs of one reference: the next session has another nonce, which parts them.
    fn range_collided(&mut self, asked: &Asked, fx: &mut Effects) {
        if let Some(offer) = self.end_flow(asked)
            && let Some(asking) = self.sync.asking_mut(asked.session)
        {
            asking.collided = true;
            asking.cut_short.insert(offer.chapter);
        }
        self.proceed(asked.session, fx);
    }

    fn tell_refused(&mut self, session: SessionId, record: Option<RecordId>, verdict: Verdict, fx: &mut Effects) {
        let Some(asking) = self.sync.asking_mut(session) else {
            return;
        };
        fx.tell(Notice::Refused {
            record,
            verdict,
            peer: asking.peer,
        });
    }

    /// The answer is complete. What it lacks of what the peer named is asked of others: the peer did not keep its word.
    fn range_ended(&mut self, asked: &Asked, fx: &mut Effects) {
        let Some(offer) = self.end_flow(asked) else {
            return;
        };
        let Some(asking) = self.sync.asking.get_mut(&asked.session) else {
            return;
        };
        let Some(round) = self.sync.rounds.get(asking.round) else {
            return;
        };
        let is_whole = offer.from.is_some() || offer.lacking(round, &self.state) == 0;
        if !is_whole && self.state.replicated.contains(&offer.chapter) {
            let is_first = !asking.given_up.contains_key(&offer.chapter);
            asking.give_up(&offer.chapter);
            // One that said so has kept its word. Of the others it is told once: of how many logs is theirs to invent.
            if asking.lagging.contains(&offer.chapter) || !is_first {
                return;
            }
            let peer = asking.peer;
            fx.tell(Notice::FellShort {
                peer,
                chapter: offer.chapter,
            });
        }
    }

    fn range_deferred(&mut self, asked: &Asked, fx: &mut Effects) {
        let version = self.state.members.version();
        if let Some(offer) = self.end_flow(asked)
            && let Some(asking) = self.sync.asking_mut(asked.session)
        {
            asking.deferred.push((offer, version));
        }
        self.proceed(asked.session, fx);
    }

    /// A wrong record ends its log in this session. Bytes that are provably wrong end the session: the peer made or
    /// passed them on, and the others are asked instead.
    pub(super) fn range_refused(&mut self, asked: &Asked, refusal: Refusal, fx: &mut Effects) {
        if refusal.is_provable_from_bytes() {
            return self.drop_liar(asked.session, fx);
        }
        if let Some(offer) = self.end_flow(asked)
            && let Some(asking) = self.sync.asking_mut(asked.session)
        {
            asking.give_up(&offer.chapter);
        }
        self.proceed(asked.session, fx);
    }

    /// The peer sends what nobody asked for.
    fn refuse_and_drop(&mut self, session: SessionId, refusal: Refusal, fx: &mut Effects) {
        self.tell_refused(session, None, refusal.into(), fx);
        self.drop_liar(session, fx);
    }

    /// Ends a session whose peer does not keep the protocol; the others are asked at once.
    fn drop_liar(&mut self, session: SessionId, fx: &mut Effects) {
        let peer = self.sync.asking_mut(session).map(|asking| asking.peer);
        self.sync.abandon(session, self.now_ms, fx);
        self.sync.peers.ask_all_soon(self.now_ms, peer.as_ref());
    }
}

/// Cuts a range after each record that carries a signature: each piece is proven by its last record, and is taken as a
/// whole or not at all, so that the newest record held of a log can always be proven to others.
pub(crate) fn runs(records: Vec<VerifiedRecord>) -> Vec<Vec<VerifiedRecord>> {
    let mut runs = vec![Vec::new()];
    for record in records {
        let ends = record.signature().is_some();
        if let Some(run) = runs.last_mut() {
            run.push(record);
        }
        if ends {
            runs.push(Vec::new());
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}
