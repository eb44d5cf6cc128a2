//! The engine: one value, one door. Delegates every concern; decides nothing itself but the order.

use std::collections::BTreeSet;

use alliance_record::{
    ChapterName, Head, LogName, LogPosition, RecordId, Refusal, TransportId, Verdict, VerifiedRecord,
};

use crate::carrying::Carrying;
use crate::chapters::Subscribed;
use crate::config::Config;
use crate::door::Stopped;
use crate::effect::{Effect, Effects, Notice, PeerSync};
use crate::input::{Input, Source};
use crate::lagging::Lagging;
use crate::parked::Parked;
use crate::parted::Partings;
use crate::state::State;
use crate::sync::{Asked, Sync, runs};

/// Everything a node remembers and decides. See [`Engine::handle`].
#[derive(Debug)]
pub struct Engine {
    pub(crate) config: Config,
    pub(crate) state: State,
    pub(crate) parked: Parked,
    /// Logs with records whose bodies are still to come.
    pub(crate) lagging: Lagging,
    pub(crate) sync: Sync,
    /// Logs of which peers hold another branch.
    pub(crate) partings: Partings,
    /// Statements that this node is to publish.
    pub(crate) carrying: Carrying,
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
        let sync = Sync::new(&config, now_ms);
        let mut state = State::default();
        state.replicated.insert(ChapterName::alliance());
        Self {
            config,
            state,
            parked: Parked::default(),
            lagging: Lagging::default(),
            sync,
            partings: Partings::default(),
            carrying: Carrying::default(),
            now_ms,
            judged_ms: now_ms,
        }
    }

    /// Keeps these chapters for the others, whether this node's organisation follows them or not. To be said before the first
    /// input.
    pub fn keep(&mut self, chapters: BTreeSet<ChapterName>) {
        self.state.keep(chapters, &self.config.organisation);
    }

    /// Takes a head from the store.
    pub fn restore_head(&mut self, head: Head) {
        self.state.insert_head(head);
    }

    /// Takes the first sequence of a stored log whose body is still to come.
    pub fn restore_lagging(&mut self, log: LogName, bodies_end: u64) {
        self.lagging.restore(&log, bodies_end);
    }

    /// Takes a stored record of the alliance's chapter into roster and chapters.
    pub fn restore_record(&mut self, record: &VerifiedRecord) {
        self.state.members.fold(&self.config.alliance, record);
        self.state.descriptions.hear(record);
        self.state.removals.hear(record);
        if let Some(said) = Subscribed::by(record) {
            self.state.subscribe(said, &self.config.organisation);
        }
        // Nobody listens yet.
        drop(self.clamp_again(record));
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

    /// The records kept aside, each with what it waits for.
    pub fn kept_aside(&self) -> impl Iterator<Item = (RecordId, Verdict)> + '_ {
        let records = self.parked.records();
        records.map(|record| (record.id(), self.judge(record, None)))
    }

    /// How each connected peer compared at the last session.
    pub fn peers(&self) -> impl Iterator<Item = (TransportId, Option<&PeerSync>)> + '_ {
        self.sync.peers()
    }

    /// The next free place of a log.
    #[must_use]
    pub fn next_position(&self, log: &LogName) -> LogPosition {
        // No place is used twice, be it beyond the log's end.
        match self.state.held(log) {
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
        let due = parked.into_iter().chain(self.carrying.next_due_ms());
        due.fold(self.sync.next_wake(), i64::min)
    }

    /// Takes one input at a moment and says what is to be done. Never fails, never blocks.
    ///
    /// A clock that is set back takes every wait back with it: nothing waits for the hour that was wrong.
    pub fn handle(&mut self, input: Input, now_ms: i64, fx: &mut Effects) {
        if now_ms < self.now_ms {
            let by_ms = self.now_ms.saturating_sub(now_ms);
            self.sync.turn_back(by_ms);
            self.carrying.turn_back(by_ms);
            self.partings.turn_back();
            self.judged_ms = self.judged_ms.min(now_ms);
        }
        self.now_ms = now_ms;
        match input {
            Input::Record { record, stored, source } => self.handle_record(*record, stored, source, fx),
            Input::PeerUp { peer } => self.sync.peer_up(peer, self.now_ms),
            Input::PeerDown { peer } => self.sync.peer_down(&peer),
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
            Input::Unfillable { log } => self.lagging.abandon(&log),
            Input::Proved {
                log,
                from,
                until,
                found,
            } => self.proved(&log, (from, until), found, fx),
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
                let lags = record.body().is_none();
                let verdict = self.admit(record, stored, fx);
                fx.push(Effect::Judge { ticket, verdict });
                // What is parked stays in the others' duplicate caches: it must be fetched, not awaited. So must a body.
                let shows_more = matches!(
                    verdict,
                    Verdict::Parked(_) | Verdict::Refused(Refusal::Fork | Refusal::WrongPrevious)
                );
                if shows_more || (verdict == Verdict::Accepted && lags) {
                    self.sync.ask_soon(&from, self.now_ms);
                }
            }
        }
    }

    /// Takes records of a bundle: by the same door, as those of a session.
    fn import(&mut self, ticket: u64, records: Vec<VerifiedRecord>, fx: &mut Effects) {
        let (mut brought, mut stopped) = (0, None);
        for run in runs(records) {
            let Err(Stopped { run, verdict }) = self.admit_run(run, &mut brought, fx) else {
                continue;
            };
            match verdict {
                // What does not count is no fault of the bundle's.
                Verdict::Refused(Refusal::LogEnded) => break,
                Verdict::Refused(refusal @ (Refusal::Fork | Refusal::WrongPrevious)) => {
                    self.prove_parted(&run, refusal, fx);
                }
                _ => {}
            }
            stopped = run.first().map(|record| (record.id(), verdict));
            break;
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

    pub(crate) fn fold(&mut self, record: &VerifiedRecord, fx: &mut Effects) {
        let changes = self.state.members.fold(&self.config.alliance, record);
        for organisation in changes.joined {
            fx.tell(Notice::MemberAdmitted { organisation });
        }
        for organisation in changes.left {
            fx.tell(Notice::MemberLeft { organisation });
        }
        self.state.descriptions.hear(record);
        let erased = self.state.removals.hear(record);
        fx.erase(erased);
        fx.erase(changes.erased);
        if let Some(said) = Subscribed::by(record) {
            self.subscribe(said, fx);
        }
        self.settle_ends(record, fx);
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
        self.tell_following(&before, fx);
    }

    /// Takes up the chapters that are replicated now and were not before, and leaves the others.
    pub(crate) fn tell_following(&mut self, before: &BTreeSet<ChapterName>, fx: &mut Effects) {
        for gained in self.state.replicated.difference(before) {
            fx.push(Effect::Follow {
                chapter: gained.clone(),
            });
            self.sync.take_up(gained, self.now_ms);
        }
        for lost in before.difference(&self.state.replicated) {
            fx.push(Effect::Unfollow { chapter: lost.clone() });
        }
    }

    fn wake(&mut self, fx: &mut Effects) {
        let version = self.state.members.version();
        self.take_all_waiting(fx);
        self.carry_due(fx);
        self.judged_ms = self.now_ms;
        if self.state.members.version() != version {
            fx.push(Effect::RosterChanged);
        }
        for session in self.sync.wake(&self.state.replicated, self.now_ms) {
            self.end_stale(session, fx);
        }
    }
}
