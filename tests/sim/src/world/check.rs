//! Safety: what must hold at every moment.

use alliance_engine::limits::{ANSWERING_SESSIONS_MAX, ASKING_SESSIONS_MAX, PARKED_RECORDS_MAX};
use alliance_engine::{Effect, Input, SessionId};
use alliance_record::limits::CLAIMED_AHEAD_MS_MAX;
use alliance_record::{ChapterName, RecordId, Verdict, chapter_digest};

use super::World;
use crate::oracle::{Broken, broken};

/// Everything that a verdict may depend on: the record, the roster's records, the log's head, whether its time has come,
/// and whether the node takes headers alone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Circumstances {
    record: RecordId,
    has_body: bool,
    may_be_bare: bool,
    is_followed: bool,
    is_ahead: bool,
    stored: Option<RecordId>,
    head: Option<(u64, RecordId)>,
    roster: [u8; 32],
}

impl World {
    /// The circumstances of a record that is about to be judged.
    pub(crate) fn circumstances(&self, node: usize, input: &Input) -> Option<Circumstances> {
        let Input::Record { record, stored, .. } = input else {
            return None;
        };
        let running = self.nodes[node].running.as_ref()?;
        let (state, header) = (running.engine.state(), record.header());
        let alliance = ChapterName::alliance();
        Some(Circumstances {
            record: record.id(),
            has_body: record.body().is_some(),
            may_be_bare: running.bodies.may_be_bare(&header.log.chapter),
            is_followed: state.replicated.contains(&header.log.chapter),
            is_ahead: header.claimed_at_ms > self.clock(node).saturating_add(CLAIMED_AHEAD_MS_MAX),
            stored: *stored,
            head: state.held(&header.log).map(|head| (head.sequence, head.record)),
            roster: chapter_digest(&alliance, state.held_of(&alliance)),
        })
    }

    pub(crate) fn check_effects(
        &mut self,
        node: usize,
        circumstances: Option<Circumstances>,
        effects: &[Effect],
    ) -> Result<(), Broken> {
        if let Some(circumstances) = circumstances {
            let Some((_, verdict)) = Self::verdict_of(effects) else {
                return broken("every_record_is_answered", format!("node {node}"));
            };
            self.check_verdict(node, circumstances, verdict)?;
        }
        self.check_session_effects(node, effects)
    }

    /// The same circumstances give the same verdict on every node.
    fn check_verdict(&mut self, node: usize, circumstances: Circumstances, verdict: Verdict) -> Result<(), Broken> {
        let known = self.verdicts.entry(circumstances.clone()).or_insert(verdict);
        if *known != verdict {
            let detail = format!(
                "{}: node {node} says {}, another said {}",
                circumstances.record.short(),
                verdict.code(),
                known.code()
            );
            return broken("verdicts_are_a_function_of_records_and_roster", detail);
        }
        Ok(())
    }

    /// Nothing grows beyond its bounds.
    pub(crate) fn check_bounds(&self, node: usize) -> Result<(), Broken> {
        let Some(running) = &self.nodes[node].running else {
            return Ok(());
        };
        let parked = running.engine.parked();
        let ours = running
            .sessions
            .keys()
            .filter(|session| matches!(session, SessionId::Ours(_)))
            .count();
        let theirs = running.sessions.len() - ours;
        // What a connection's end has let go is still there until its stream says so.
        let let_go = 2 * self.nodes.len();
        let bounds = [
            ("parked records", parked, PARKED_RECORDS_MAX),
            ("sessions of ours", ours, ASKING_SESSIONS_MAX + let_go),
            ("sessions of peers", theirs, 2 * ANSWERING_SESSIONS_MAX + let_go),
            ("gossip remembered", running.seen.len(), 100_000),
        ];
        for (what, count, most) in bounds {
            if count > most {
                return broken(
                    "memory_is_bounded",
                    format!("node {node}: {count} {what}, at most {most}"),
                );
            }
        }
        Ok(())
    }
}
