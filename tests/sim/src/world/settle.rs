//! Liveness: once faults end, all honest nodes come into step within a bound, stay there, and fall silent.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::{ChapterName, chapter_digest, verify_range};

use super::closure::{all_from, unreadable};
use super::life::restored;
use super::quiet::HOUR_MS;
use super::{Phase, World};
use crate::oracle::{Broken, broken};

const MINUTE_MS: i64 = 60_000;
/// Between two looks at whether all are in step.
const LOOK_MS: i64 = 5_000;
/// Within this a node has looked at all others that are there.
const LOOKING_MS: i64 = 2 * MINUTE_MS;
/// Everything is in step after so long: some back-offs of a minute each.
const SETTLED_MS: i64 = 6 * MINUTE_MS;
/// Longer, while liars hold sessions of ten minutes each.
const SETTLED_AMONG_LIARS_MS: i64 = 30 * MINUTE_MS;
/// Each byte crosses a node's line so many times at most, on its way in and out.
const TIMES_CARRIED: i64 = 4;

impl World {
    pub(crate) fn settle(&mut self) -> Result<(), Broken> {
        note!(self, "faults end");
        self.end_faults()?;
        self.phase = Phase::Settling;
        let liars_go_on = self.nodes.iter().any(|node| node.is_lying);
        let began_ms = self.now_ms;
        let base = if liars_go_on {
            SETTLED_AMONG_LIARS_MS
        } else {
            SETTLED_MS
        };
        let carrying = TIMES_CARRIED * self.oracle.bytes as i64 / self.plan.weather.bytes_per_ms;
        let deadline = began_ms + base + carrying;
        loop {
            self.until(self.now_ms + LOOK_MS)?;
            let Some(lacking) = self.lacking()? else { break };
            if self.now_ms >= deadline {
                return broken("all_come_into_step", lacking);
            }
        }
        note!(self, "all are in step after {} ms", self.now_ms - began_ms);
        self.coverage
            .seen("settled_s", ((self.now_ms - began_ms) / 1000) as u64);
        self.phase = Phase::Quiet;
        self.quiet.cannot_agree = !self.all_equal(&self.honest());
        self.until(self.now_ms + HOUR_MS)?;
        self.check_quiet(liars_go_on)?;
        self.phase = Phase::Settling;
        self.stays_in_step()?;
        self.check_end()
    }

    /// Nothing is lacking for longer than it takes to look: records whose time has just come are on their way.
    fn stays_in_step(&mut self) -> Result<(), Broken> {
        let deadline = self.now_ms + LOOKING_MS;
        while let Some(lacking) = self.lacking()? {
            if self.now_ms >= deadline {
                return broken("in_step_stays_in_step", lacking);
            }
            self.until(self.now_ms + LOOK_MS)?;
        }
        Ok(())
    }

    pub(super) fn honest(&self) -> Vec<usize> {
        let begun = |node: &usize| self.nodes[*node].is_honest() && self.nodes[*node].has_begun;
        (0..self.nodes.len()).filter(begun).collect()
    }

    /// What some honest node still lacks; `None` when all are in step.
    fn lacking(&mut self) -> Result<Option<String>, Broken> {
        let honest = self.honest();
        let missing =
            (0..self.nodes.len()).find(|node| self.nodes[*node].is_honest() && self.nodes[*node].running.is_none());
        if let Some(node) = missing {
            return Ok(Some(format!("node {node} does not run")));
        }
        for node in &honest {
            if let Some(lacking) = self.lacking_bodies(*node, &honest)? {
                return Ok(Some(lacking));
            }
            if let Some(kept) = self.kept_though_removed(*node)? {
                return Ok(Some(kept));
            }
        }
        if self.clocks_are_right()
            && let Some(unproven) = self.unproven(&honest)
        {
            return Ok(Some(unproven));
        }
        if self.all_equal(&honest) {
            return Ok(None);
        }
        if self.clocks_are_right() && self.all_keep_bodies() && !self.has_lapsed(&honest) {
            return Ok(Some("the heads of some chapter are not the same".to_owned()));
        }
        self.coverage.seen("settled_by_closure", 1);
        for node in &honest {
            if let Some(lacking) = self.lacking_at(*node, &honest)? {
                return Ok(Some(lacking));
            }
        }
        Ok(None)
    }

    /// Whether every honest pair is connected, and has the same digest of every chapter that both follow.
    pub(super) fn all_equal(&self, honest: &[usize]) -> bool {
        let digest = |node: usize, chapter: &ChapterName| {
            let running = self.nodes[node].running.as_ref()?;
            let state = running.engine.state();
            state
                .replicated
                .contains(chapter)
                .then(|| chapter_digest(chapter, state.heads_of(chapter)))
        };
        let chapters: BTreeSet<ChapterName> = honest
            .iter()
            .filter_map(|node| self.nodes[*node].running.as_ref())
            .flat_map(|running| running.engine.state().replicated.iter().cloned())
            .collect();
        let connected = honest.iter().all(|one| {
            honest
                .iter()
                .all(|other| one == other || self.links.is_up(*one, *other))
        });
        connected
            && chapters.iter().all(|chapter| {
                let mut digests = honest.iter().filter_map(|node| digest(*node, chapter));
                let first = digests.next();
                digests.all(|other| Some(other) == first)
            })
    }

    /// Nodes need not be equal when clocks are wrong, or when some keep headers alone of what others want whole: then each must hold all that its connected honest peers hold and its
    /// own roster and clock admit.
    fn lacking_at(&mut self, node: usize, honest: &[usize]) -> Result<Option<String>, Broken> {
        let peers: Vec<usize> = honest
            .iter()
            .copied()
            .filter(|peer| self.links.is_up(node, *peer))
            .collect();
        let Some(expected) = self.closure(node, &peers)? else {
            return Ok(None);
        };
        let Some(running) = &self.nodes[node].running else {
            return Ok(None);
        };
        let state = running.engine.state();
        for head in expected.state().heads.values().flat_map(BTreeMap::values) {
            let held = state.head(&head.log);
            if held.map(|held| held.sequence) < Some(head.sequence) {
                let detail = format!(
                    "node {node} holds {:?} of {} in {}",
                    held.map(|held| held.sequence),
                    head.sequence,
                    head.log.chapter
                );
                return Ok(Some(detail));
            }
        }
        Ok(None)
    }

    /// The stores themselves, and the engines as folds of them.
    fn check_end(&mut self) -> Result<(), Broken> {
        for node in self.honest() {
            let Some(running) = &self.nodes[node].running else {
                continue;
            };
            let (reader, state) = (running.reader.another(), running.engine.state().clone());
            self.check_disk(node, &reader)?;
            for head in reader.all_heads().map_err(unreadable)? {
                let records = all_from(&reader, &head.log, 0).map_err(unreadable)?;
                if records.len() as u64 != head.sequence + 1 {
                    return broken(
                        "what_is_stored_can_be_read",
                        format!("{} of {}", records.len(), head.sequence),
                    );
                }
                verify_range(records).map_err(|error| Broken {
                    promise: "every_stored_record_verifies",
                    detail: format!("node {node}: {} at {}", error.refusal.code(), error.index),
                })?;
            }
            let config = self.config(node, [0; 32]);
            let again = restored(config, self.now_ms, &reader).map_err(unreadable)?;
            if *again.state() != state {
                return broken("the_state_is_a_fold_of_the_store", format!("node {node}"));
            }
        }
        Ok(())
    }
}
