//! Forks: what a node's hands do about them, and what must have come of each when faults have ended.

use alliance_engine::{Input, ToCarry};
use alliance_record::{ForkProof, InstanceId, LogEnd, LogName, RecordId, SignedRecord, VerifiedRecord};
use alliance_store::RangeLimits;

use super::World;
use super::closure::unreadable;
use crate::cast::Saying;
use crate::oracle::{Broken, broken};

/// A clock that is off by more may keep a record waiting, and its log behind it.
const CLOCK_OFF_MS_MAX: i64 = 8 * 60_000;

impl World {
    /// Compares another branch with what the store holds, as the real desk does.
    pub(super) fn prove(&mut self, node: usize, other: &[VerifiedRecord]) -> Result<(), Broken> {
        let (Some(first), Some(last)) = (other.first(), other.last()) else {
            return broken("what_is_compared_is_something", format!("node {node}"));
        };
        let (log, from, until) = (
            first.header().log.clone(),
            first.header().sequence,
            last.header().sequence,
        );
        if !self.oracle.lying.contains(&log) {
            return broken(
                "honest_writers_are_not_accused",
                format!("node {node} compares branches"),
            );
        }
        let Some(running) = self.running(node) else {
            return Ok(());
        };
        let limits = RangeLimits {
            records_max: other.len(),
            bytes_max: 1 << 20,
        };
        let held = running.reader.headers(&log, from, limits).map_err(unreadable)?;
        let other: Vec<SignedRecord> = other.iter().cloned().map(VerifiedRecord::into_signed).collect();
        let found = ForkProof::between(&held, &other);
        let input = Input::Proved {
            log,
            from,
            until,
            found,
        };
        self.input(node, input)
    }

    /// Publishes a statement, as the real desk does.
    pub(super) fn carry(&mut self, node: usize, statement: ToCarry) -> Result<(), Broken> {
        self.coverage.seen("statements_carried", 1);
        let (kind, bytes) = match statement {
            ToCarry::New { kind, bytes } => (kind, bytes),
            ToCarry::Held { record } => {
                self.coverage.seen("statements_carried_again", 1);
                let Some(running) = self.running(node) else {
                    return Ok(());
                };
                let stored = running.reader.record(&record).map_err(unreadable)?;
                let body = stored.as_ref().and_then(|stored| stored.record.body());
                let (Some(stored), Some(body)) = (&stored, body) else {
                    return broken("what_is_carried_is_held", record.short());
                };
                (stored.record.header().kind, body.bytes.clone())
            }
        };
        self.draft(node, Saying::governance(kind, bytes))
    }

    /// A log is told to have ended: never one that an honest node writes.
    pub(super) fn log_ended(&mut self, node: usize, log: &LogName) -> Result<(), Broken> {
        self.coverage.seen("log_ended", 1);
        if self.oracle.forked.contains_key(log) {
            return Ok(());
        }
        broken(
            "honest_writers_are_never_ended",
            format!("node {node} ends a log in {}", log.chapter),
        )
    }

    /// The life in which a node writes: another one when a log of the present one has ended.
    pub(super) fn live_on(&mut self, node: usize) {
        let author = self.cast.actors[node].author.clone();
        let is_ended = self.nodes[node].running.as_ref().is_some_and(|running| {
            let members = &running.engine.state().members;
            members.is_instance_ended(&author.key.writer(), &author.instance, &author.organisation)
        });
        if is_ended {
            self.coverage.seen("lived_on", 1);
            let lived = u64::from_be_bytes(author.instance.0);
            self.cast.actors[node].author.instance = InstanceId(lived.wrapping_add(1).to_be_bytes());
        }
    }

    /// Whether no clock of this history could keep a record waiting.
    pub(super) fn clocks_are_right(&self) -> bool {
        let off = |planned: &crate::plan::NodePlan| planned.skew_ms.abs() > CLOCK_OFF_MS_MAX;
        self.plan.strikes.clock_jumps == 0 && !self.plan.nodes.iter().any(off)
    }

    /// Whether every node keeps every body with its header: of what is held bare not everybody can have the whole.
    pub(super) fn all_keep_bodies(&self) -> bool {
        let all = crate::plan::Choice::default();
        let mut choices = self.plan.nodes.iter().flat_map(|planned| &planned.choices);
        choices.all(|choice| *choice == all)
    }

    /// A fork that not all honest nodes know of, though between them they hold both branches.
    pub(super) fn unproven(&self, honest: &[usize]) -> Option<String> {
        let forks = self.oracle.forked.iter();
        forks
            .filter_map(|(log, place)| self.unproven_at(honest, log, *place))
            .next()
    }

    fn unproven_at(&self, honest: &[usize], log: &LogName, place: u64) -> Option<String> {
        let at = |node: &usize| self.nodes[*node].durable.at(log, place).map(|held| held.id);
        let mut branches: Vec<RecordId> = honest.iter().filter_map(at).collect();
        branches.sort_unstable();
        branches.dedup();
        let ends: Vec<Option<LogEnd>> = honest.iter().map(|node| self.end_at(*node, log)).collect();
        if branches.len() < 2 && ends.iter().all(Option::is_none) {
            return None;
        }
        let is_there = |end: &Option<LogEnd>| end.is_some_and(|end| end.next == place) && *end == ends[0];
        let without = ends.iter().position(|end| !is_there(end))?;
        let node = honest[without];
        Some(format!(
            "node {node} sees {} end at {:?} and not at {place}",
            log.chapter, ends[without]
        ))
    }

    fn end_at(&self, node: usize, log: &LogName) -> Option<LogEnd> {
        let actors = self.cast.actors.iter();
        let mut writers = actors.filter(|actor| actor.author.key.writer() == log.writer);
        let organisation = writers.next()?.author.organisation;
        let running = self.nodes[node].running.as_ref()?;
        running.engine.state().members.end_of(log, &organisation)
    }
}
