//! Records that a session brought: through the same door as all others.

use alliance_record::{RecordId, Refusal, Verdict, VerifiedRecord};

use crate::Effect;
use crate::effect::{Effects, Notice};
use crate::engine::Engine;
use crate::sync::asking::{Gap, Wanted};
use crate::sync::{Asked, SessionId};

/// What became of the records of a range.
enum Outcome {
    Taken,
    Waiting,
    /// The chapter is not followed any more.
    Unwanted,
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
        let Some(wanted) = asking.under_way.get(&asked.log).copied() else {
            return;
        };
        let gap = Gap {
            log: asked.log.clone(),
            from: None,
            until: wanted.until,
        };
        let mut brought = 0;
        let outcome = self.admit_range(&asked, records, &mut brought, fx);
        if let Some(asking) = self.sync.asking_mut(asked.session) {
            asking.brought += brought;
        }
        match (outcome, asked.fault) {
            (Outcome::Refused(refusal), _) => self.range_refused(asked.session, &gap, refusal, fx),
            (_, Some(Verdict::Refused(fault))) => {
                self.tell_refused(asked.session, None, fault.into(), fx);
                self.range_refused(asked.session, &gap, fault, fx);
            }
            (Outcome::Waiting, _) | (_, Some(_)) => self.range_deferred(asked.session, gap, fx),
            (Outcome::Unwanted, None) => self.range_dropped(asked.session, &gap, fx),
            (Outcome::Taken, None) if !asked.more => self.range_ended(asked.session, gap, wanted, fx),
            (Outcome::Taken, None) => {}
        }
    }

    fn admit_range(
        &mut self,
        asked: &Asked,
        records: Vec<VerifiedRecord>,
        brought: &mut u64,
        fx: &mut Effects,
    ) -> Outcome {
        if let Some(stranger) = records.iter().find(|record| record.header().log != asked.log) {
            let id = stranger.id();
            self.tell_refused(asked.session, Some(id), Refusal::WrongLog.into(), fx);
            return Outcome::Refused(Refusal::WrongLog);
        }
        for run in runs(records) {
            match self.admit_run(run, brought, fx) {
                Ok(()) => {}
                Err((_, Verdict::Parked(_))) => return Outcome::Waiting,
                Err((_, Verdict::NotFollowed)) => return Outcome::Unwanted,
                Err((record, verdict @ Verdict::Refused(refusal))) => {
                    self.tell_refused(asked.session, Some(record), verdict, fx);
                    return Outcome::Refused(refusal);
                }
                Err((_, Verdict::Accepted | Verdict::Duplicate)) => {}
            }
        }
        Outcome::Taken
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

    /// The answer is complete: asks for the rest of the log, or turns to the next one.
    fn range_ended(&mut self, session: SessionId, gap: Gap, wanted: Wanted, fx: &mut Effects) {
        let next = self.state.next_sequence(&gap.log);
        let Some(asking) = self.sync.asking_mut(session) else {
            return;
        };
        if next > gap.until {
            asking.under_way.remove(&gap.log);
        } else if next <= wanted.from {
            // The peer named a head and gave nothing towards it: another peer may.
            asking.under_way.remove(&gap.log);
            asking.given_up = asking.given_up.saturating_add(1);
        } else {
            let message = asking.want(&self.state, gap);
            fx.push(Effect::Send { session, message });
            return;
        }
        self.proceed(session, fx);
    }

    fn range_dropped(&mut self, session: SessionId, gap: &Gap, fx: &mut Effects) {
        if let Some(asking) = self.sync.asking_mut(session) {
            asking.under_way.remove(&gap.log);
        }
        self.proceed(session, fx);
    }

    fn range_deferred(&mut self, session: SessionId, gap: Gap, fx: &mut Effects) {
        let Some(asking) = self.sync.asking_mut(session) else {
            return;
        };
        asking.under_way.remove(&gap.log);
        asking.deferred.push(gap);
        self.proceed(session, fx);
    }

    /// A wrong record ends its log in this session. Bytes that are provably wrong end the session: the peer made or
    /// passed them on, and the others are asked instead.
    fn range_refused(&mut self, session: SessionId, gap: &Gap, refusal: Refusal, fx: &mut Effects) {
        let Some(asking) = self.sync.asking_mut(session) else {
            return;
        };
        let peer = asking.peer;
        if !refusal.is_provable_from_bytes() {
            asking.under_way.remove(&gap.log);
            asking.given_up = asking.given_up.saturating_add(1);
            return self.proceed(session, fx);
        }
        self.sync.abandon(session, self.now_ms, fx);
        self.sync.peers.ask_all_soon(self.now_ms, Some(&peer));
    }
}

/// Cuts a range after each record that carries a signature: each piece is proven by its last record, and is taken as a
/// whole or not at all, so that the newest record held of a log can always be proven to others.
fn runs(records: Vec<VerifiedRecord>) -> Vec<Vec<VerifiedRecord>> {
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
