//! The quiet hour: all are in step, and next to nothing may pass between honest nodes.

use std::collections::BTreeMap;

use alliance_engine::limits::HELD_UP_MS;
use alliance_record::{RecordId, VerifiedRecord};

use super::stream::Stream;
use super::{Phase, World};
use crate::oracle::{Broken, broken};

pub(super) const HOUR_MS: i64 = 3_600_000;
/// Bytes of a session that finds nothing, beside its chapters: stream's frames, nonce, alliance.
const SESSION_BYTES: u64 = 160;
/// Bytes for each chapter of such a session, both ways: its name, fingerprint and number of logs, and that it lags.
const CHAPTER_BYTES: u64 = 64;
/// Bytes of a session between replicas that cannot agree: lists, cells, and a record or two of each branch.
const DIFFERING_SESSION_BYTES: u64 = 60_000;
/// Bytes of a frame that brings one record, beside it; and of a share in the pull that asked for it.
const RECORD_FRAME_BYTES: u64 = 64;
/// How often one record is brought to one node in the hour: once when its time comes, and whenever a node looks whether
/// what holds it up still does.
const TIMES_BROUGHT_MAX: u64 = 2 + (HOUR_MS / HELD_UP_MS) as u64;

/// What passes between honest nodes in the quiet hour.
#[derive(Debug, Default)]
pub(crate) struct Quiet {
    /// Wrong clocks or forks keep them apart, at its beginning or at its end.
    pub(super) cannot_agree: bool,
    sessions: u64,
    bytes: u64,
    /// Bytes of records that were brought to a node for the first time: beyond a place where a liar signed twice nobody
    /// promises bodies by the beginning of the hour, and they may come in it.
    new: u64,
    /// How often each record was brought to each node.
    brought: BTreeMap<(usize, RecordId), u64>,
}

impl World {
    fn passes_in_quiet(&self, stream: &Stream) -> bool {
        self.phase == Phase::Quiet && stream.ends.iter().all(|end| self.nodes[end.node].is_honest())
    }

    /// A session between honest nodes begins in the quiet hour.
    pub(crate) fn quiet_session(&mut self, stream: &Stream) {
        self.quiet.sessions += u64::from(self.passes_in_quiet(stream));
    }

    /// A frame leaves for its other end.
    pub(super) fn quiet_bytes(&mut self, stream: u64, bytes: usize) {
        let stream = self.streams.get(&stream);
        if stream.is_some_and(|stream| self.passes_in_quiet(stream)) {
            self.quiet.bytes += bytes as u64;
        }
    }

    /// Records arrive. What honest nodes wrote is not brought again and again.
    pub(crate) fn quiet_records(&mut self, node: usize, peer: usize, records: &[VerifiedRecord]) -> Result<(), Broken> {
        let are_honest = self.nodes[node].is_honest() && self.nodes[peer].is_honest();
        if self.phase != Phase::Quiet || !are_honest {
            return Ok(());
        }
        for record in records {
            let log = &record.header().log;
            let times = self.quiet.brought.entry((node, record.id())).or_default();
            *times += 1;
            if *times == 1 {
                self.quiet.new += record.encode().len() as u64 + RECORD_FRAME_BYTES;
            }
            let times = *times;
            if times > 1 && self.has_unheard(node, peer, log) {
                self.coverage.seen("fetched_before_its_notice", 1);
                // Those do not count that come before the notice.
                self.quiet.brought.insert((node, record.id()), 1);
                continue;
            }
            if times > TIMES_BROUGHT_MAX && !self.oracle.lying.contains(log) {
                let detail = format!(
                    "{} in {}: {times} times to node {node}",
                    record.id().short(),
                    log.chapter
                );
                return broken("nothing_is_fetched_for_ever", detail);
            }
        }
        Ok(())
    }

    pub(super) fn check_quiet(&mut self, liars_go_on: bool) -> Result<(), Broken> {
        let honest = self.honest();
        let count = honest.len() as u64;
        // Who is refused by a liar asks the others, once a minute at most; replicas that cannot agree ask once a minute.
        let liars = self.nodes.iter().filter(|node| node.is_lying).count() as u64;
        let cannot_agree = self.quiet.cannot_agree || !self.all_equal(&honest);
        let because_of_liars = if liars_go_on { 2 * liars * count * count * 60 } else { 0 };
        let because_of_differences = if cannot_agree { 3 * count * count * 60 } else { 0 };
        let calm = self.looks(&honest) + self.beats(count);
        let most = calm + because_of_liars + because_of_differences;
        let bytes_each = if cannot_agree {
            DIFFERING_SESSION_BYTES
        } else {
            let chapters = honest.iter().map(|node| self.chapters_of(*node)).max().unwrap_or(0);
            SESSION_BYTES + chapters * CHAPTER_BYTES
        };
        let Quiet {
            sessions, bytes, new, ..
        } = self.quiet;
        self.coverage.seen("quiet_sessions", sessions);
        self.coverage.seen("quiet_bytes", bytes);
        if sessions > most || bytes > most * bytes_each + new {
            let detail = format!(
                "{sessions} sessions and {bytes} bytes in an hour, at most {most} and {bytes_each} each, and {new} of new records"
            );
            return broken("in_step_is_quiet", detail);
        }
        Ok(())
    }

    fn chapters_of(&self, node: usize) -> u64 {
        let running = self.nodes[node].running.as_ref();
        running.map_or(0, |running| running.engine.state().replicated.len() as u64)
    }

    /// At each look a follower of each chapter, and none twice.
    fn looks(&self, honest: &[usize]) -> u64 {
        let others = honest.len() as u64 - 1;
        let looks = (HOUR_MS / self.plan.sync_interval_ms) as u64 + 1;
        let each = honest.iter().map(|node| self.chapters_of(*node).min(others));
        looks * each.sum::<u64>()
    }

    /// Two nodes greet each other, one of them, twice a heartbeat at most.
    fn beats(&self, count: u64) -> u64 {
        let each = (2 * HOUR_MS / self.plan.heartbeat_ms) as u64 + 1;
        count * (count - 1) / 2 * each
    }
}
