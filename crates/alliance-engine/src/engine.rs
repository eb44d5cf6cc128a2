//! The engine: one value, one door. Delegates every concern; decides nothing itself but the order.

use alliance_record::{
    ChapterName, Head, LogName, LogPosition, RecordId, Refusal, TransportId, Verdict, VerifiedRecord,
};

use crate::admission::Bench;
use crate::chapters::Subscribed;
use crate::config::Config;
use crate::effect::{Effect, Effects, Notice, PeerSync};
use crate::input::{Input, Source};
use crate::parked::Parked;
use crate::state::State;
use crate::sync::{Asked, Sync, runs};

/// Everything a node remembers and decides. See [`Engine::handle`].
#[derive(Debug)]
pub struct Engine {
    pub(crate) config: Config,
    pub(crate) state: State,
    parked: Parked,
    pub(crate) sync: Sync,
    pub(crate) now_ms: i64,
    /// When everything that waits was last judged.
    judged_ms: i64,
}

impl Engine {
    /// An engine that remembers nothing yet. Tell it what the store holds before the first input:
    /// [`Engine::restore_head`] for every head, [`Engine::restore_record`] for every record of the alliance's chapter,
    /// in any order.
    #[must_use]
    pub fn new(config: Config, now_ms: i64) -> Self {
        let sync = Sync::new(config.seed, config.sync_interval_ms, now_ms);
        let mut state = State::default();
        state.replicated.insert(ChapterName::alliance());
        Self {
            config,
            state,
            parked: Parked::default(),
            sync,
            now_ms,
            judged_ms: now_ms,
        }
    }

    /// Takes a head from the store.
    pub fn restore_head(&mut self, head: Head) {
        self.state.insert_head(head);
    }

    /// Takes a stored record of the alliance's chapter into roster and chapters.
    pub fn restore_record(&mut self, record: &VerifiedRecord) {
        self.state.members.fold(&self.config.alliance, record);
        if let Some(said) = Subscribed::by(record) {
            self.state.subscribe(said, &self.config.organisation);
        }
    }

    /// What follows from the admitted records.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// Records kept aside.
    #[must_use]
    pub const fn parked(&self) -> usize {
        self.parked.len()
    }

    /// How each connected peer compared at the last session.
    pub fn peers(&self) -> impl Iterator<Item = (TransportId, Option<&PeerSync>)> + '_ {
        self.sync.peers()
    }

    /// The next free place of a log.
    #[must_use]
    pub fn next_position(&self, log: &LogName) -> LogPosition {
        match self.state.head(log) {
            Some(head) => LogPosition {
                sequence: head.sequence.saturating_add(1),
                previous: Some(head.record),
            },
            None => LogPosition {
                sequence: 0,
                previous: None,
            },
        }
    }

    /// The moment at which [`Input::Wake`] is due, in milliseconds since 1970 UTC.
    #[must_use]
    pub fn next_wake(&self) -> i64 {
        let parked = self.parked.next_due_ms(self.judged_ms);
        parked.map_or(self.sync.next_wake(), |due| due.min(self.sync.next_wake()))
    }

    /// Takes one input at a moment and says what is to be done. Never fails, never blocks.
    ///
    /// A clock that is set back takes every wait back with it: nothing waits for the hour that was wrong.
    pub fn handle(&mut self, input: Input, now_ms: i64, fx: &mut Effects) {
        if now_ms < self.now_ms {
            self.sync.turn_back(self.now_ms.saturating_sub(now_ms));
            self.judged_ms = self.judged_ms.min(now_ms);
        }
        self.now_ms = now_ms;
        match input {
            Input::Record { record, stored, source } => self.handle_record(*record, stored, source, fx),
            Input::PeerUp { peer } => self.sync.peer_up(peer, self.now_ms),
            Input::PeerDown { peer } => self.sync.peer_down(&peer, self.now_ms),
            Input::Frame { session, message } => self.handle_frame(session, message, fx),
            Input::Range {
                session,
                log,
                records,
                fault,
                more,
                bytes,
            } => {
                let asked = Asked {
                    session,
                    log,
                    fault,
                    more,
                    bytes,
                };
                self.handle_range(asked, records, fx);
            }
            Input::Import { ticket, records } => self.import(ticket, records, fx),
            Input::Opened { session, peer } => self.sync.opened(session, peer, self.now_ms, fx),
            Input::Closed { session } => self.sync.closed(session, self.now_ms),
            Input::Wake => self.wake(fx),
        }
        self.resume_waiting(fx);
        self.start_sessions(fx);
    }

    fn handle_record(&mut self, record: VerifiedRecord, stored: Option<RecordId>, source: Source, fx: &mut Effects) {
        match source {
            Source::Local { ticket } => self.handle_local(record, ticket, fx),
            Source::Gossip { ticket, from } => {
                let verdict = self.admit(record, stored, fx);
                fx.push(Effect::Judge { ticket, verdict });
                // What is parked stays in the others' duplicate caches: it must be fetched, not awaited.
                if matches!(verdict, Verdict::Parked(_)) {
                    self.sync.ask_soon(&from, self.now_ms);
                }
            }
        }
    }

    /// Takes records of a bundle: by the same door, as those of a session.
    fn import(&mut self, ticket: u64, records: Vec<VerifiedRecord>, fx: &mut Effects) {
        let (mut brought, mut stopped) = (0, None);
        for run in runs(records) {
            if let Err(error) = self.admit_run(run, &mut brought, fx) {
                stopped = Some(error);
                break;
            }
        }
        fx.push(Effect::Imported {
            ticket,
            brought,
            stopped,
        });
    }

    /// A record signed here is taken at once or not at all: kept aside, it would take the place of the next one.
    fn handle_local(&mut self, record: VerifiedRecord, ticket: u64, fx: &mut Effects) {
        let verdict = self.judge(&record, None);
        if verdict == Verdict::Accepted {
            self.accept(record.clone(), fx);
            fx.push(Effect::Judge { ticket, verdict });
            fx.push(Effect::Broadcast {
                record: Box::new(record),
            });
        } else {
            fx.push(Effect::Judge { ticket, verdict });
        }
    }

    /// The one door: judges a record and, if it may enter, takes it and everything that waited for it.
    pub(crate) fn admit(&mut self, record: VerifiedRecord, stored: Option<RecordId>, fx: &mut Effects) -> Verdict {
        let verdict = self.judge(&record, stored);
        match verdict {
            Verdict::Accepted => self.accept(record, fx),
            Verdict::Parked(_) if record.body().is_some() => self.parked.keep(record),
            Verdict::Refused(Refusal::Fork | Refusal::WrongPrevious) => fx.tell(fork_shown_by(&record)),
            Verdict::Parked(_) | Verdict::Duplicate | Verdict::NotFollowed | Verdict::Refused(_) => {}
        }
        verdict
    }

    /// Takes consecutive records of one log of which the last carries a signature: all of them or none. What is held
    /// already is passed over.
    ///
    /// The error names the record that may not enter.
    pub(crate) fn admit_run(
        &mut self,
        mut run: Vec<VerifiedRecord>,
        brought: &mut u64,
        fx: &mut Effects,
    ) -> Result<(), (RecordId, Verdict)> {
        let is_new = |record: &VerifiedRecord| self.judge(record, None) != Verdict::Duplicate;
        let held = run.iter().position(is_new).unwrap_or(run.len());
        run.drain(..held);
        let Some(first) = run.first() else { return Ok(()) };
        if !self.state.replicated.contains(&first.header().log.chapter) {
            return Err((first.id(), Verdict::NotFollowed));
        }
        if let Err((index, verdict)) = self.bench(first, None).judge_run(&run) {
            if let Verdict::Refused(Refusal::Fork | Refusal::WrongPrevious) = verdict {
                fx.tell(fork_shown_by(&run[index]));
            }
            return Err((run[index].id(), verdict));
        }
        if !first.header().log.chapter.is_alliance() {
            *brought += run.len() as u64;
            self.take_run(run, fx);
            return Ok(());
        }
        for record in run {
            // A record kept aside may have been let in by the one before it, and be this one.
            let id = record.id();
            match self.judge(&record, None) {
                Verdict::Accepted => {
                    self.accept(record, fx);
                    *brought += 1;
                }
                Verdict::Duplicate => {}
                verdict => return Err((id, verdict)),
            }
        }
        Ok(())
    }

    fn judge(&self, record: &VerifiedRecord, stored: Option<RecordId>) -> Verdict {
        if !self.state.replicated.contains(&record.header().log.chapter) {
            return Verdict::NotFollowed;
        }
        self.bench(record, stored).judge(record)
    }

    fn bench(&self, record: &VerifiedRecord, stored: Option<RecordId>) -> Bench<'_> {
        Bench {
            alliance: &self.config.alliance,
            members: &self.state.members,
            head: self.state.head(&record.header().log),
            stored,
            now_ms: self.now_ms,
        }
    }

    fn accept(&mut self, record: VerifiedRecord, fx: &mut Effects) {
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
        fx.append_all(run);
        self.take_waiting(&log, fx);
    }

    /// Stores one record, and folds it if it is the alliance's own.
    fn take(&mut self, record: VerifiedRecord, fx: &mut Effects) {
        self.advance(head_at(&record));
        if record.header().log.chapter.is_alliance() {
            self.fold(&record, fx);
        }
        fx.append(record);
    }

    /// Notes the newest record of a log. One that begins here may be on offer in sessions that do not know its name.
    fn advance(&mut self, head: Head) {
        if self.state.head(&head.log).is_none() {
            self.meet(&head.log);
        }
        self.state.insert_head(head);
    }

    fn fold(&mut self, record: &VerifiedRecord, fx: &mut Effects) {
        if let Some(organisation) = self.state.members.fold(&self.config.alliance, record) {
            fx.tell(Notice::MemberAdmitted { organisation });
        }
        if let Some(said) = Subscribed::by(record) {
            self.subscribe(said, fx);
        }
    }

    fn subscribe(&mut self, said: Subscribed, fx: &mut Effects) {
        let chapter = said.chapter.clone();
        let was_active = self.state.is_active(&chapter);
        let before = self.state.replicated.clone();
        self.state.subscribe(said, &self.config.organisation);
        let active = self.state.is_active(&chapter);
        if was_active != active {
            fx.tell(Notice::ChapterState { chapter, active });
        }
        for gained in self.state.replicated.difference(&before) {
            fx.push(Effect::Follow {
                chapter: gained.clone(),
            });
            self.sync.ask_all_soon(self.now_ms);
        }
        for lost in before.difference(&self.state.replicated) {
            fx.push(Effect::Unfollow { chapter: lost.clone() });
        }
    }

    /// Takes the records of a log that waited for the one before them.
    fn take_waiting(&mut self, log: &LogName, fx: &mut Effects) {
        while let Some(head) = self.state.head(log) {
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
    fn take_all_waiting(&mut self, fx: &mut Effects) {
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

    fn wake(&mut self, fx: &mut Effects) {
        let version = self.state.members.version();
        self.take_all_waiting(fx);
        self.judged_ms = self.now_ms;
        if self.state.members.version() != version {
            fx.push(Effect::RosterChanged);
        }
        for session in self.sync.wake(self.now_ms) {
            self.end_stale(session, fx);
        }
    }
}

/// The writer's own signature shows it: another record than the one held, or one that follows another.
fn fork_shown_by(record: &VerifiedRecord) -> Notice {
    let header = record.header();
    Notice::Forked {
        log: header.log.clone(),
        sequence: header.sequence,
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
