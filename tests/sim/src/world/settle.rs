//! Liveness: once faults end, all honest nodes come into step within a bound, stay there, and fall silent.

use std::collections::{BTreeMap, BTreeSet};

use alliance_engine::{BodiesKept, Config, Effects, Engine, Input, Source};
use alliance_record::limits::{CHECKPOINT_RECORDS, CLAIMED_AHEAD_MS_MAX};
use alliance_record::{ChapterName, LogName, SignedRecord, TransportId, VerifiedRecord, chapter_digest, verify_range};
use alliance_store::{RangeLimits, Reader};

use super::life::restored;
use super::stream::Stream;
use super::{Phase, World};
use crate::oracle::{Broken, broken};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Between two looks at whether all are in step.
const LOOK_MS: i64 = 5_000;
/// Everything is in step after so long: some back-offs of a minute each.
const SETTLED_MS: i64 = 6 * MINUTE_MS;
/// Longer, while liars hold sessions of ten minutes each.
const SETTLED_AMONG_LIARS_MS: i64 = 30 * MINUTE_MS;
/// Each byte crosses a node's line so many times at most, on its way in and out.
const TIMES_CARRIED: i64 = 4;
/// Records whose time comes within this are not asked for yet.
const GRACE_MS: i64 = MINUTE_MS;

/// What passes between honest nodes in the quiet hour.
#[derive(Debug, Default)]
pub(crate) struct Quiet {
    /// Wrong clocks or forks keep them apart, at its beginning or at its end.
    cannot_agree: bool,
    sessions: u64,
    bytes: u64,
}

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
        if let Some(lacking) = self.lacking()? {
            return broken("in_step_stays_in_step", lacking);
        }
        self.check_quiet(liars_go_on)?;
        self.check_end()
    }

    fn honest(&self) -> Vec<usize> {
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
        if self.all_equal(&honest) {
            return Ok(None);
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
    fn all_equal(&self, honest: &[usize]) -> bool {
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

    /// Nodes need not be equal when clocks are wrong or a liar forked: then each must hold all that its connected honest
    /// peers hold and its own roster and clock admit.
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

    /// What a node would hold if all that its peers hold and serve were put before its own engine, again and again.
    fn closure(&self, node: usize, peers: &[usize]) -> Result<Option<Engine>, Broken> {
        let Some(running) = &self.nodes[node].running else {
            return Ok(None);
        };
        let config = Config {
            alliance: self.cast.alliance,
            organisation: self.cast.actors[node].author.organisation,
            seed: [0; 32],
            sync_interval_ms: self.plan.sync_interval_ms,
            heartbeat_ms: self.plan.heartbeat_ms,
            bodies: BodiesKept::default(),
        };
        let now_ms = self.clock(node) - GRACE_MS;
        let mut engine = restored(config, now_ms, &running.reader).map_err(unreadable)?;
        let offered = self.offered(node, peers)?;
        loop {
            let before = engine.state().heads.clone();
            for record in &offered {
                let input = Input::Record {
                    record: Box::new(record.clone()),
                    stored: None,
                    source: Source::Gossip {
                        ticket: 0,
                        from: TransportId([0; 32]),
                    },
                };
                engine.handle(input, now_ms, &mut Effects::new());
            }
            if engine.state().heads == before {
                return Ok(Some(engine));
            }
        }
    }

    /// Records that peers hold in chapters which they serve, and that the node does not hold: the alliance's own first.
    fn offered(&self, node: usize, peers: &[usize]) -> Result<Vec<VerifiedRecord>, Broken> {
        let held = &self.nodes[node].durable;
        let mut offered: BTreeMap<(ChapterName, LogName, u64), VerifiedRecord> = BTreeMap::new();
        for peer in peers {
            let Some(running) = &self.nodes[*peer].running else {
                continue;
            };
            for chapter in &running.engine.state().replicated {
                for head in running.reader.heads(chapter).map_err(unreadable)? {
                    let from = held.next(&head.log);
                    if head.sequence < from {
                        continue;
                    }
                    let fork = self.oracle.forked.get(&head.log).copied().unwrap_or(u64::MAX);
                    let records = all_from(&running.reader, &head.log, from).map_err(unreadable)?;
                    let ahead = self.ahead_at(node, &records);
                    for record in records {
                        let sequence = record.header().sequence;
                        if sequence < fork.min(ahead)
                            && let Ok(record) = VerifiedRecord::from_own_store(record)
                        {
                            offered.insert((chapter.clone(), head.log.clone(), sequence), record);
                        }
                    }
                }
            }
        }
        Ok(offered.into_values().collect())
    }

    /// From where on records may be held up by one of them whose time has not come: what one signature proves is taken as a
    /// whole or not at all.
    fn ahead_at(&self, node: usize, records: &[SignedRecord]) -> u64 {
        let now_ms = self.clock(node) - GRACE_MS;
        let is_ahead = |record: &&SignedRecord| record.header().claimed_at_ms > now_ms + CLAIMED_AHEAD_MS_MAX;
        let first = records.iter().find(is_ahead).map(|record| record.header().sequence);
        first.map_or(u64::MAX, |sequence| (sequence + 1).saturating_sub(CHECKPOINT_RECORDS))
    }

    fn check_quiet(&mut self, liars_go_on: bool) -> Result<(), Broken> {
        let honest = self.honest();
        let count = honest.len() as u64;
        // At each look a follower of each chapter, and no more often than all; and each, twice a heartbeat at most.
        let looks = HOUR_MS / self.plan.sync_interval_ms + 2 * HOUR_MS / self.plan.heartbeat_ms;
        let looks = count * count * looks as u64;
        // Who is refused by a liar asks the others, once a minute at most; replicas that cannot agree ask once a minute.
        let liars = self.nodes.iter().filter(|node| node.is_lying).count() as u64;
        let cannot_agree = self.quiet.cannot_agree || !self.all_equal(&honest);
        let because_of_liars = if liars_go_on { 2 * liars * count * count * 60 } else { 0 };
        let because_of_differences = if cannot_agree { 3 * count * count * 60 } else { 0 };
        let most = looks + because_of_liars + because_of_differences + 2 * count;
        let bytes_each = if cannot_agree { 60_000 } else { 1_600 };
        let Quiet { sessions, bytes, .. } = self.quiet;
        self.coverage.seen("quiet_sessions", sessions);
        self.coverage.seen("quiet_bytes", bytes);
        if sessions > most || bytes > most * bytes_each {
            let detail =
                format!("{sessions} sessions and {bytes} bytes in an hour, at most {most} and {bytes_each} each");
            return broken("in_step_is_quiet", detail);
        }
        Ok(())
    }

    /// The stores themselves, and the engines as folds of them.
    fn check_end(&mut self) -> Result<(), Broken> {
        for node in self.honest() {
            let Some(running) = &self.nodes[node].running else {
                continue;
            };
            let (reader, state) = (running.reader.clone(), running.engine.state().clone());
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
            let config = Config {
                alliance: self.cast.alliance,
                organisation: self.cast.actors[node].author.organisation,
                seed: [0; 32],
                sync_interval_ms: self.plan.sync_interval_ms,
                heartbeat_ms: self.plan.heartbeat_ms,
                bodies: BodiesKept::default(),
            };
            let again = restored(config, self.now_ms, &reader).map_err(unreadable)?;
            if *again.state() != state {
                return broken("the_state_is_a_fold_of_the_store", format!("node {node}"));
            }
        }
        Ok(())
    }

    /// A session between honest nodes begins in the quiet hour.
    pub(crate) fn quiet_session(&mut self, stream: &Stream) {
        if self.phase == Phase::Quiet && stream.ends.iter().all(|end| self.nodes[end.node].is_honest()) {
            self.quiet.sessions += 1;
        }
    }

    pub(crate) fn quiet_bytes(&mut self, stream: u64) {
        let Some(stream) = self.streams.get(&stream) else {
            return;
        };
        if self.phase == Phase::Quiet && stream.ends.iter().all(|end| self.nodes[end.node].is_honest()) {
            self.quiet.bytes += stream.bytes;
        }
    }
}

fn unreadable(error: alliance_store::ReadError) -> Broken {
    Broken {
        promise: "what_is_stored_can_be_read",
        detail: error.to_string(),
    }
}

/// All records of a log from a place on.
fn all_from(reader: &Reader, log: &LogName, mut from: u64) -> Result<Vec<SignedRecord>, alliance_store::ReadError> {
    let limits = RangeLimits {
        records_max: 4096,
        bytes_max: 1 << 24,
    };
    let mut records = Vec::new();
    loop {
        let range = reader.range(log, from, limits)?;
        let Some(last) = range.last() else { return Ok(records) };
        from = last.header().sequence + 1;
        records.extend(range);
    }
}
