//! Starting and crashing: what the disk kept is what the next life begins with.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use alliance_engine::{Config, Engine};
use alliance_record::{ChapterName, RecordId};
use alliance_store::{BodyState, OpenEvent, Options, Reader, Store};

use super::bodies::Bodies;
use super::closure::unreadable;
use super::node::Running;
use super::removing::Erasing;
use super::{Event, World};
use crate::durable::Durable;
use crate::oracle::{Broken, broken};

/// How long a supervisor waits before it starts a node again.
const RESTART_MS: i64 = 3_000;

impl World {
    /// Starts a node, if its disk lets it; else it is tried again.
    pub(crate) fn start(&mut self, index: usize) -> Result<(), Broken> {
        if self.nodes[index].running.is_some() {
            return Ok(());
        }
        let node = &mut self.nodes[index];
        node.has_begun = true;
        let (writer, reader, report) = match Store::open_on(&node.disk, Options::default()) {
            Ok(opened) => opened,
            Err(error) if node.disk_full => {
                note!(self, "{index} cannot start: {error}");
                self.coverage.fault("disk_full_at_start");
                self.start_later(index);
                return Ok(());
            }
            Err(error) => return broken("an_opening_always_succeeds", format!("node {index}: {error}")),
        };
        for event in &report.events {
            self.coverage.seen(&format!("open_{}", name_of(event)), 1);
            note!(self, "{index} found on opening: {}", name_of(event));
        }
        let lost = |event: &OpenEvent| {
            matches!(
                event,
                OpenEvent::DatabaseSetAside { .. } | OpenEvent::RecordsLost { .. }
            )
        };
        if report.events.iter().any(lost) {
            return broken("nothing_acknowledged_is_lost", format!("node {index}: {report}"));
        }
        let damaged = report.events.iter().any(|event| {
            matches!(
                event,
                OpenEvent::JournalDamaged { .. }
                    | OpenEvent::JournalHeldBack { .. }
                    | OpenEvent::JournalContradicted { .. }
            )
        });
        if damaged {
            return broken("a_crash_does_no_damage", format!("node {index}: {report}"));
        }
        self.survived(index, &reader)?;
        self.bring_up(index, writer, reader)
    }

    /// What an engine is made with, by its operator's present choice.
    pub(crate) fn config(&self, index: usize, seed: [u8; 32]) -> Config {
        Config {
            alliance: self.cast.alliance,
            organisation: self.cast.actors[index].author.organisation,
            seed,
            sync_interval_ms: self.plan.sync_interval_ms,
            heartbeat_ms: self.plan.heartbeat_ms,
            bodies: self.nodes[index].choice().kept(),
        }
    }

    /// Everything acknowledged is there, links, and was really signed.
    fn survived(&mut self, index: usize, reader: &Reader) -> Result<(), Broken> {
        let found = self.found(reader)?;
        let node = &mut self.nodes[index];
        node.durable.survived_as(&found)?;
        if found.records() > node.durable.records() {
            self.coverage.seen("unacknowledged_survived", 1);
        }
        let gone_on_with = found.erased().difference(node.durable.erased()).count();
        if gone_on_with > 0 {
            self.coverage.seen("erased_on_opening", gone_on_with as u64);
        }
        for (id, (log, sequence)) in &node.acknowledged {
            if !found.still_holds(log, *sequence, id) {
                return broken(
                    "nothing_acknowledged_is_lost",
                    format!("node {index}: own record {}", id.short()),
                );
            }
        }
        node.durable = found;
        Ok(())
    }

    /// What a disk has. Nothing of it was made up.
    pub(super) fn found(&mut self, reader: &Reader) -> Result<Durable, Broken> {
        let mut found = Durable::default();
        for chapter in reader.chapters().map_err(unreadable)? {
            for stored in reader.chapter_records(&chapter).map_err(unreadable)? {
                let stored = stored.map_err(unreadable)?;
                if stored.record.body().is_some() != (stored.body == BodyState::Held) {
                    let id = stored.record.id();
                    return broken("erased_is_erased", format!("{} says {:?}", id.short(), stored.body));
                }
                found.found(&stored.record, stored.body)?;
                self.oracle.stored(&stored.record)?;
            }
        }
        let first = RecordId([0; 32]);
        for id in reader.erased_ids(&first, usize::MAX).map_err(unreadable)? {
            found.found_erased(id);
        }
        Ok(found)
    }

    /// The operator's choice of this start.
    fn choose(&mut self, index: usize) {
        let node = &mut self.nodes[index];
        let before = (node.starts > 0).then(|| node.choice().clone());
        node.starts += 1;
        if before.is_some_and(|before| before != *node.choice()) {
            self.coverage.fault("other_bodies_chosen");
        }
    }

    fn bring_up(&mut self, index: usize, writer: alliance_store::Writer, reader: Reader) -> Result<(), Broken> {
        self.choose(index);
        let seed = self.dice.bytes();
        let config = self.config(index, seed);
        let bodies = Bodies::new(config.bodies.clone(), config.organisation, &self.nodes[index].durable);
        let engine = restored(config, self.clock(index), &reader).map_err(unreadable)?;
        let erasing = Erasing::begin(&engine);
        let following: BTreeSet<ChapterName> = engine.state().replicated.clone();
        let roster = engine.state().members.organisations();
        let node = &mut self.nodes[index];
        node.life += 1;
        self.watch.forget_life(index);
        let node = &mut self.nodes[index];
        node.running = Some(Box::new(Running {
            engine,
            writer,
            reader,
            inbox: VecDeque::new(),
            effects: Vec::new(),
            writing: None,
            bodies,
            erasing,
            wanted_stored: 0,
            is_stored: 0,
            turn_noted: false,
            sleeps: 0,
            sessions: BTreeMap::new(),
            opened_by_peers: 0,
            tickets: BTreeMap::new(),
            issued: 0,
            seen: BTreeMap::new(),
            following,
            roster,
            waiting_streams: BTreeSet::new(),
        }));
        let (life, choice) = (self.nodes[index].life, self.nodes[index].choice().clone());
        note!(self, "{index} starts, life {life}, {choice:?}");
        self.onboard(index)?;
        self.end_turn(index)?;
        for other in 0..self.nodes.len() {
            if other != index {
                let delay = self.dice.between(5, 500);
                self.note_in(delay, Event::Dial { one: index, other });
            }
        }
        Ok(())
    }

    /// The machine stops; what was not flushed is gone, as far as the dice say.
    pub(crate) fn crash(&mut self, index: usize) {
        if self.nodes[index].running.is_none() {
            return;
        }
        note!(self, "{index} crashes");
        self.torn_append(index);
        let seed = self.dice.next();
        let node = &mut self.nodes[index];
        node.life += 1;
        node.disk.crash(seed);
        node.running = None;
        self.forget_streams_of(index);
        self.links_of_a_dead_node(index);
    }

    /// The process ends by itself, as it does when its store fails.
    pub(crate) fn stop(&mut self, index: usize) {
        note!(self, "{index} ends");
        self.nodes[index].life += 1;
        self.nodes[index].running = None;
        self.forget_streams_of(index);
        self.links_of_a_dead_node(index);
        self.start_later(index);
    }

    pub(crate) fn start_later(&mut self, index: usize) {
        let delay = RESTART_MS + self.dice.between(0, RESTART_MS);
        self.note_in(delay, Event::Fault(super::Fault::Restart { node: index }));
    }

    /// What a node's clock shows.
    pub(crate) fn clock(&self, index: usize) -> i64 {
        self.now_ms.saturating_add(self.nodes[index].offset_ms)
    }
}

/// What an engine makes of a store at its start.
pub(crate) fn restored(config: Config, now_ms: i64, reader: &Reader) -> Result<Engine, alliance_store::ReadError> {
    let mut engine = Engine::new(config, now_ms);
    for head in reader.all_heads()? {
        let bodies_end = reader.bodies_end(&head.log)?;
        if bodies_end <= head.sequence {
            engine.restore_lagging(head.log.clone(), bodies_end);
        }
        engine.restore_head(head);
    }
    for stored in reader.chapter_records(&ChapterName::alliance())? {
        engine.restore_record(&stored?.record);
    }
    Ok(engine)
}

fn name_of(event: &OpenEvent) -> String {
    let shown = format!("{event:?}");
    shown.split([' ', '{']).next().unwrap_or_default().to_owned()
}
