//! The one door: judges records, takes those that may enter and what waited for them, and keeps aside those whose time
//! may come. Whatever brought a record, it comes through here.

use alliance_record::{Head, LogName, RecordId, Refusal, Verdict, VerifiedRecord};

use crate::admission::Bench;
use crate::effect::{Effect, Effects};
use crate::engine::Engine;

/// Records of which the first may not enter, and so those after it.
pub(crate) struct Stopped {
    pub(crate) run: Vec<VerifiedRecord>,
    pub(crate) verdict: Verdict,
}

impl Engine {
    /// The one door: judges a record and, if it may enter, takes it and everything that waited for it.
    pub(crate) fn admit(&mut self, record: VerifiedRecord, stored: Option<RecordId>, fx: &mut Effects) -> Verdict {
        let verdict = self.judge(&record, stored);
        match verdict {
            Verdict::Accepted => self.accept(record, fx),
            Verdict::Parked(_) if record.body().is_some() => self.parked.keep(record),
            Verdict::Refused(refusal @ (Refusal::Fork | Refusal::WrongPrevious)) => {
                self.prove_parted(std::slice::from_ref(&record), refusal, fx);
            }
            Verdict::Parked(_) | Verdict::Duplicate | Verdict::NotFollowed | Verdict::Refused(_) => {}
        }
        verdict
    }

    /// Takes consecutive records of one log of which the last carries a signature: all of them or none. What is held
    /// already is passed over.
    ///
    /// The error begins with the record that may not enter.
    pub(crate) fn admit_run(
        &mut self,
        mut run: Vec<VerifiedRecord>,
        brought: &mut u64,
        fx: &mut Effects,
    ) -> Result<(), Stopped> {
        let is_new = |record: &VerifiedRecord| self.judge(record, None) != Verdict::Duplicate;
        let held = run.iter().position(is_new).unwrap_or(run.len());
        run.drain(..held);
        let Some(first) = run.first() else { return Ok(()) };
        if !self.state.replicated.contains(&first.header().log.chapter) {
            let verdict = Verdict::NotFollowed;
            return Err(Stopped { run, verdict });
        }
        if let Err((index, verdict)) = self.bench(first, None).judge_run(&run) {
            return Err(Stopped {
                verdict,
                run: run.split_off(index),
            });
        }
        if !first.header().log.chapter.is_alliance() {
            *brought += run.len() as u64;
            self.take_run(run, fx);
            return Ok(());
        }
        self.take_governance(run, brought, fx)
    }

    /// Takes judged records of the alliance's own: each may change by what the next is judged.
    fn take_governance(
        &mut self,
        run: Vec<VerifiedRecord>,
        brought: &mut u64,
        fx: &mut Effects,
    ) -> Result<(), Stopped> {
        for record in run {
            // A record kept aside may have been let in by the one before it, and be this one. An end that lies within the
            // run does not tear it: its last record proves it.
            let bench = self.bench(&record, None);
            match (Bench { end: None, ..bench }).judge(&record) {
                Verdict::Accepted => {
                    self.accept(record, fx);
                    *brought += 1;
                }
                Verdict::Duplicate => {}
                verdict => {
                    let run = vec![record];
                    return Err(Stopped { run, verdict });
                }
            }
        }
        Ok(())
    }

    pub(crate) fn judge(&self, record: &VerifiedRecord, stored: Option<RecordId>) -> Verdict {
        if !self.state.replicated.contains(&record.header().log.chapter) {
            return Verdict::NotFollowed;
        }
        self.bench(record, stored).judge(record)
    }

    fn bench(&self, record: &VerifiedRecord, stored: Option<RecordId>) -> Bench<'_> {
        Bench {
            alliance: &self.config.alliance,
            members: &self.state.members,
            head: self.state.held(&record.header().log),
            end: (self.state.members).end_of(&record.header().log, &record.header().organisation),
            stored,
            now_ms: self.now_ms,
            bodies: self.config.bodies.of(&record.header().log.chapter),
            removals: &self.state.removals,
        }
    }

    pub(crate) fn accept(&mut self, record: VerifiedRecord, fx: &mut Effects) {
        let version = self.state.members.version();
        let log = record.header().log.clone();
        self.take(record, fx);
        self.take_waiting(&log, fx);
        if self.state.members.version() != version {
            self.take_all_waiting(fx);
            fx.push(Effect::RosterChanged);
        }
    }

    /// Stores judged records of one log that is not the alliance's own, and what waited for them.
    fn take_run(&mut self, run: Vec<VerifiedRecord>, fx: &mut Effects) {
        let Some(head) = run.last().map(head_at) else {
            return;
        };
        let log = head.log.clone();
        self.advance(head);
        let mut erased = Vec::new();
        let run = run.into_iter().map(|record| self.kept(record, &mut erased)).collect();
        fx.append_all(run);
        fx.erase(erased);
        self.take_waiting(&log, fx);
    }

    /// Stores one record, and folds it if it is the alliance's own.
    fn take(&mut self, record: VerifiedRecord, fx: &mut Effects) {
        self.advance(head_at(&record));
        if record.header().log.chapter.is_alliance() {
            self.fold(&record, fx);
        }
        let mut erased = Vec::new();
        let record = self.kept(record, &mut erased);
        fx.append(record);
        fx.erase(erased);
    }

    /// A record as it is kept: without a body that this node does not keep, and with a note of one that is to come.
    /// Those whose bodies nobody is to keep are noted in `erased`.
    fn kept(&mut self, record: VerifiedRecord, erased: &mut Vec<RecordId>) -> VerifiedRecord {
        let header = record.header();
        if self.is_removed(&record) {
            erased.push(record.id());
            return record.without_body();
        }
        if !self.config.keeps_bodies(&header.organisation, &header.log.chapter) {
            return record.without_body();
        }
        if record.body().is_none() {
            self.lagging.note(&header.log, header.sequence);
        }
        record
    }

    /// Whether nobody is to keep a record's body.
    pub(crate) fn is_removed(&self, record: &VerifiedRecord) -> bool {
        self.state.removed_by(&record.id(), record.header()).is_some()
    }

    /// Notes the newest record of a log. One that begins here may be on offer in sessions that do not know its name.
    fn advance(&mut self, head: Head) {
        if self.state.held(&head.log).is_none() {
            self.meet(&head.log);
        }
        self.state.insert_head(head);
    }

    /// Takes the records of a log that waited for the one before them.
    fn take_waiting(&mut self, log: &LogName, fx: &mut Effects) {
        while let Some(head) = self.state.held(log) {
            let next = head.sequence.saturating_add(1);
            self.parked.forget_below(log, next);
            let Some(record) = self.parked.take(log, next) else {
                return;
            };
            match self.judge(&record, None) {
                Verdict::Accepted => self.take(record, fx),
                Verdict::Parked(_) => return self.parked.keep(record),
                Verdict::Duplicate | Verdict::NotFollowed | Verdict::Refused(_) => return,
            }
        }
    }

    /// Judges again what waited for a larger roster or a later hour, until nothing more enters.
    pub(crate) fn take_all_waiting(&mut self, fx: &mut Effects) {
        loop {
            let version = self.state.members.version();
            for (log, sequence) in self.parked.firsts() {
                self.take_first(&log, sequence, fx);
            }
            if self.state.members.version() == version {
                return;
            }
        }
    }

    fn take_first(&mut self, log: &LogName, sequence: u64, fx: &mut Effects) {
        let Some(record) = self.parked.take(log, sequence) else {
            return;
        };
        match self.judge(&record, None) {
            Verdict::Accepted => {
                self.take(record, fx);
                self.take_waiting(log, fx);
            }
            Verdict::Parked(_) => self.parked.keep(record),
            Verdict::Duplicate | Verdict::NotFollowed | Verdict::Refused(_) => {}
        }
    }
}

fn head_at(record: &VerifiedRecord) -> Head {
    let header = record.header();
    Head {
        log: header.log.clone(),
        organisation: header.organisation,
        sequence: header.sequence,
        record: record.id(),
    }
}
