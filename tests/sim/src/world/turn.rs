//! A node's loop: takes what waits for it, hands it to the engine, lets the disk write, and only then acts. The order is
//! the real desk's: append, view, judge, send, tell.

use alliance_engine::{Effect, Effects, Input, SessionId, Source};
use alliance_record::{InstanceId, LogPosition, Salt, Verdict};

use super::node::{Gossiped, Mail, Running, Ticket, Writing};
use super::{Event, World};
use crate::cast::{Follow, Saying};
use crate::oracle::{Broken, broken};
use crate::session;

/// Messages taken in one turn, as in the real loop.
const TURN_MESSAGES_MAX: usize = 256;
/// The loop never sleeps longer than this, so that time always moves on.
const SLEEP_MS_MAX: i64 = 600_000;

impl World {
    pub(crate) fn is_alive(&self, node: usize, life: u32) -> bool {
        self.nodes[node].life == life && self.nodes[node].running.is_some()
    }

    pub(crate) fn running(&mut self, node: usize) -> Option<&mut Running> {
        self.nodes[node].running.as_deref_mut()
    }

    /// Puts something before a node's loop.
    pub(crate) fn post(&mut self, node: usize, mail: Mail) {
        if let Some(running) = self.running(node) {
            running.inbox.push_back(mail);
            self.note_turn(node);
        }
    }

    fn note_turn(&mut self, node: usize) {
        let life = self.nodes[node].life;
        let Some(running) = self.running(node) else { return };
        if !running.turn_noted && running.writing.is_none() {
            running.turn_noted = true;
            self.note_in(0, Event::Turn { node, life });
        }
    }

    pub(crate) fn told(&mut self, node: usize, life: u32, input: Input) -> Result<(), Broken> {
        if self.is_alive(node, life) {
            self.post(node, Mail::Input(Box::new(input)));
        }
        Ok(())
    }

    pub(crate) fn woken(&mut self, node: usize, life: u32, number: u64) -> Result<(), Broken> {
        let sleeps = self
            .running(node)
            .map(|running| (running.sleeps, running.writing.is_none()));
        if self.is_alive(node, life) && sleeps == Some((number, true)) {
            self.post(node, Mail::Input(Box::new(Input::Wake)));
        }
        Ok(())
    }

    pub(crate) fn turn(&mut self, node: usize, life: u32) -> Result<(), Broken> {
        if !self.is_alive(node, life) {
            return Ok(());
        }
        let now_ms = self.clock(node);
        let Some(running) = self.running(node) else {
            return Ok(());
        };
        running.turn_noted = false;
        // What came while the disk writes waits for it.
        if running.writing.is_some() {
            return Ok(());
        }
        // A full inbox must not stop the clock.
        if running.engine.next_wake() <= now_ms {
            self.input(node, Input::Wake)?;
        }
        for _ in 0..TURN_MESSAGES_MAX {
            let Some(running) = self.running(node) else {
                return Ok(());
            };
            let version = running.engine.state().members.version();
            let Some(mail) = running.inbox.pop_front() else { break };
            self.take(node, mail)?;
            let after = self
                .running(node)
                .map(|running| running.engine.state().members.version());
            if after != Some(version) {
                self.onboard(node)?;
            }
        }
        let waiting = self
            .running(node)
            .map(|running| std::mem::take(&mut running.waiting_streams));
        for (stream, side) in waiting.unwrap_or_default() {
            self.note_in(0, Event::Pump { stream, side });
        }
        self.end_turn(node)
    }

    fn take(&mut self, node: usize, mail: Mail) -> Result<(), Broken> {
        match mail {
            Mail::Draft(saying) => self.draft(node, saying),
            Mail::Gossip(gossiped) => self.take_gossip(node, *gossiped),
            Mail::Input(input) => self.input(node, *input),
            Mail::Stream { stream, from } => {
                let Some(running) = self.running(node) else {
                    return Ok(());
                };
                let session = SessionId::Theirs(running.opened_by_peers);
                running.opened_by_peers += 1;
                running.sessions.insert(session, stream);
                self.answer_stream(node, stream, session);
                let peer = self.cast.actors[from].transport;
                self.input(node, Input::Opened { session, peer })
            }
            Mail::Ended { session } => {
                if let Some(running) = self.running(node) {
                    running.sessions.remove(&session);
                }
                self.input(node, Input::Closed { session })
            }
        }
    }

    fn take_gossip(&mut self, node: usize, gossiped: Gossiped) -> Result<(), Broken> {
        let Gossiped {
            record,
            stored,
            from,
            message,
        } = gossiped;
        let ticket = self.issue(node, Ticket::Gossip { from, message });
        let source = Source::Gossip {
            ticket,
            from: self.cast.actors[from].transport,
        };
        let record = Box::new(record);
        self.input(node, Input::Record { record, stored, source })
    }

    fn issue(&mut self, node: usize, ticket: Ticket) -> u64 {
        let Some(running) = self.running(node) else { return 0 };
        running.issued += 1;
        running.tickets.insert(running.issued, ticket);
        running.issued
    }

    /// Hands an input to the engine, and checks what it makes of it.
    pub(crate) fn input(&mut self, node: usize, input: Input) -> Result<(), Broken> {
        let now_ms = self.clock(node);
        note!(self, "{node} <- {}", session::shown_input(&input));
        let circumstances = self.circumstances(node, &input);
        let before = self.brought(node, &input);
        self.before_input(node, &input);
        let Some(running) = self.running(node) else {
            return Ok(());
        };
        let mut fx = Effects::new();
        running.engine.handle(input, now_ms, &mut fx);
        let effects: Vec<Effect> = fx.drain().collect();
        for effect in &effects {
            note!(self, "{node} -> {}", session::shown_effect(effect));
        }
        self.check_bodies(node, &before, &effects)?;
        self.check_effects(node, circumstances, &effects)?;
        if let Some(running) = self.running(node) {
            running.effects.extend(effects);
        }
        self.check_bounds(node)
    }

    /// Signs as the next of its log and hands it to the engine.
    pub(super) fn draft(&mut self, node: usize, saying: Saying) -> Result<(), Broken> {
        self.live_on(node);
        let salt = Salt(self.dice.bytes());
        let mut author = self.cast.actors[node].author.clone();
        if let Some(life) = saying.life {
            author.instance = InstanceId(life.to_be_bytes());
        }
        let draft = saying.draft(self.clock(node));
        let Some(running) = self.running(node) else {
            return Ok(());
        };
        let position: LogPosition = running.engine.next_position(&author.log(draft.chapter.clone()));
        let signed = author.sign(draft.clone(), position, salt).map_err(|error| Broken {
            promise: "the_simulator_is_right",
            detail: error.to_string(),
        })?;
        self.oracle.sign(&signed, self.nodes[node].honesty());
        let verified = signed.verify().map_err(|refusal| Broken {
            promise: "own_records_verify",
            detail: refusal.code().to_owned(),
        })?;
        self.maybe_fork(node, draft, position);
        let ticket = self.issue(
            node,
            Ticket::Local {
                record: Box::new(verified.clone()),
            },
        );
        let record = Box::new(verified);
        let source = Source::Local { ticket };
        self.input(
            node,
            Input::Record {
                record,
                stored: None,
                source,
            },
        )
    }

    /// Says what this node may say by now, as a real one does at its start and whenever the roster grows.
    pub(crate) fn onboard(&mut self, node: usize) -> Result<(), Broken> {
        for _ in 0..64 {
            let Some(saying) = self.next_to_say(node) else {
                return Ok(());
            };
            let log = self.cast.actors[node].author.log(saying.chapter.clone());
            let before = self.head_in_engine(node, &log);
            self.draft(node, saying)?;
            if self.head_in_engine(node, &log) == before {
                return Ok(());
            }
        }
        broken("the_simulator_is_right", "a node that never stops introducing itself")
    }

    fn head_in_engine(&self, node: usize, log: &alliance_record::LogName) -> Option<alliance_record::Head> {
        let running = self.nodes[node].running.as_ref()?;
        running.engine.state().head(log).cloned()
    }

    fn next_to_say(&self, node: usize) -> Option<Saying> {
        let running = self.nodes[node].running.as_ref()?;
        let (state, actor) = (running.engine.state(), &self.cast.actors[node]);
        let own = &actor.author.organisation;
        if state.members.charter().is_none() {
            return (node == 0).then(|| Saying::charter(self.cast.charter.clone()));
        }
        if !state.members.is_member(own) {
            return None;
        }
        if !state.members.is_certified(&actor.author.key.writer(), own) {
            return Some(Saying::certificate(actor.certificate.clone()));
        }
        if state.members.profile(own).is_none() {
            return Some(Saying::profile(&format!(
                "organisation {}",
                self.nodes[node].organisation
            )));
        }
        let wanted = self.plan.follows[self.nodes[node].organisation].iter();
        let mut wanted = wanted.filter_map(|(name, deep)| Some((name.parse().ok()?, *deep)));
        let (chapter, deep) = wanted.find(|(chapter, _)| !state.chapters.has_said(own, chapter))?;
        Some(Saying::subscription(&chapter, super::work::depth(deep), Follow::Yes))
    }

    /// Lets the disk write what the turn brought; without any, acts at once.
    pub(crate) fn end_turn(&mut self, node: usize) -> Result<(), Broken> {
        let life = self.nodes[node].life;
        let erased = self.next_to_erase(node)?;
        let Some(running) = self.running(node) else {
            return Ok(());
        };
        let mut writing = Writing {
            erased,
            ..Writing::default()
        };
        for effect in running.effects.drain(..) {
            match effect {
                Effect::Append { records } => writing.appended.extend(records),
                Effect::Fill { records } => writing.filled.push(records),
                other => writing.rest.push(other),
            }
        }
        if writing.erased.is_empty() && writing.appended.is_empty() && writing.filled.is_empty() {
            self.act(node, writing.rest)?;
            if self.running(node).is_some_and(|running| !running.effects.is_empty()) {
                // What follows from performing.
                return self.end_turn(node);
            }
            self.sleep(node);
            return Ok(());
        }
        let erases = !writing.erased.is_empty();
        running.writing = Some(writing);
        let delay = self.disk_delay_ms();
        if erases {
            self.maybe_crash_in(node, delay);
        }
        self.note_in(delay, Event::Stored { node, life });
        Ok(())
    }

    fn disk_delay_ms(&mut self) -> i64 {
        let rate = self.plan.strikes.slow_disk;
        if self.phase == super::Phase::Troubled && self.dice.happens(rate) {
            self.coverage.fault("disk_slow");
            return self.dice.between(200, 8_000);
        }
        self.dice.between(0, 4)
    }

    /// The disk is done: the group is durable and may be shown.
    pub(crate) fn stored(&mut self, node: usize, life: u32) -> Result<(), Broken> {
        if !self.is_alive(node, life) {
            return Ok(());
        }
        let Some(writing) = self.running(node).and_then(|running| running.writing.take()) else {
            return Ok(());
        };
        let Writing {
            erased,
            appended,
            filled,
            rest,
        } = writing;
        if !self.erase(node, &erased)? || !self.append(node, &appended)? || !self.fill(node, filled)? {
            self.stop(node);
            return Ok(());
        }
        if appended.iter().any(|record| record.header().log.chapter.is_alliance())
            && let Some(running) = self.running(node)
        {
            running.roster = running.engine.state().members.organisations();
        }
        self.act(node, rest)?;
        if self.running(node).is_some_and(|running| !running.effects.is_empty()) {
            // What follows from performing.
            self.end_turn(node)?;
        } else {
            self.sleep(node);
        }
        self.note_turn_if_mail(node);
        Ok(())
    }

    fn note_turn_if_mail(&mut self, node: usize) {
        if self.running(node).is_some_and(|running| !running.inbox.is_empty()) {
            self.note_turn(node);
        }
    }

    /// Performs what the engine asked for: judge, send, tell.
    fn act(&mut self, node: usize, effects: Vec<Effect>) -> Result<(), Broken> {
        let (judged, rest): (Vec<_>, Vec<_>) = effects.into_iter().partition(|e| matches!(e, Effect::Judge { .. }));
        let (told, sent): (Vec<_>, Vec<_>) = rest.into_iter().partition(|e| matches!(e, Effect::Tell { .. }));
        for effect in judged.into_iter().chain(sent).chain(told) {
            self.perform(node, effect)?;
        }
        Ok(())
    }

    pub(crate) fn verdict_of(effects: &[Effect]) -> Option<(u64, Verdict)> {
        effects.iter().find_map(|effect| match effect {
            Effect::Judge { ticket, verdict } => Some((*ticket, *verdict)),
            _ => None,
        })
    }

    /// The loop sleeps until the engine wants to be woken; a clock that jumps meanwhile does not change that.
    fn sleep(&mut self, node: usize) {
        let (now_ms, life) = (self.clock(node), self.nodes[node].life);
        let Some(running) = self.running(node) else { return };
        running.sleeps += 1;
        let number = running.sleeps;
        let due = match running.erasing.is_idle() {
            true => running.engine.next_wake(),
            false => now_ms,
        };
        let wait = due.saturating_sub(now_ms).clamp(0, SLEEP_MS_MAX);
        self.note_in(wait, Event::Wake { node, life, number });
    }
}
