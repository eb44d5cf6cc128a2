//! What is watched of sessions: that nothing is asked for twice, that "in step" is true, that honest peers are believed.

use std::collections::BTreeMap;

use alliance_engine::{Effect, Input, Notice, PeerSync, SessionId};
use alliance_record::Head;
use alliance_wire::{Nonce, Pull, SessionKey, SyncMessage};

use crate::oracle::{Broken, broken};
use crate::world::World;

/// What is known of sessions besides what the engines know.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// The nonce of each stream's hello, as the answerer read it.
    nonces: BTreeMap<u64, Nonce>,
    /// What honest answerers held when they were greeted.
    held: BTreeMap<u64, Vec<Head>>,
    /// The nonce of each session that a node opened in its present life.
    asked: BTreeMap<(usize, u32, SessionId), Nonce>,
}

impl Watch {
    pub(crate) fn nonce(&self, stream: u64) -> Option<Nonce> {
        self.nonces.get(&stream).copied()
    }

    /// A stream is over.
    pub(crate) fn forget(&mut self, stream: u64) {
        self.nonces.remove(&stream);
        self.held.remove(&stream);
    }

    pub(crate) fn forget_life(&mut self, node: usize) {
        self.asked.retain(|(of, ..), _| *of != node);
    }
}

impl World {
    /// What is noted of a frame that arrived, before the engine sees it.
    pub(crate) fn check_received(&mut self, node: usize, peer: usize, input: &Input) -> Result<(), Broken> {
        let Input::Range { records, fault, .. } = input else {
            return Ok(());
        };
        let held = &self.nodes[node].durable;
        let is_held =
            |record: &&alliance_record::VerifiedRecord| record.header().sequence < held.next(&record.header().log);
        let again = records.iter().filter(is_held).count() as u64;
        self.coverage.seen("records_fetched", records.len() as u64);
        self.coverage.seen("records_fetched_again", again);
        if let Some(fault) = fault {
            self.coverage.seen(&format!("range_fault_{}", fault.code()), 1);
            if self.nodes[peer].is_honest() {
                return broken("honest_ranges_verify", format!("{node} from {peer}: {}", fault.code()));
            }
        }
        Ok(())
    }

    /// Before the engine sees an input: what an honest answerer holds when it is asked.
    pub(crate) fn before_input(&mut self, node: usize, input: &Input) {
        let Input::Frame {
            session: session @ SessionId::Theirs(_),
            message: SyncMessage::Hello(hello),
        } = input
        else {
            return;
        };
        let Some(running) = &self.nodes[node].running else {
            return;
        };
        let Some(stream) = running.sessions.get(session).copied() else {
            return;
        };
        self.watch.nonces.entry(stream).or_insert(hello.nonce);
        if self.nodes[node].is_honest() {
            let state = running.engine.state();
            let shared = hello
                .chapters
                .iter()
                .filter(|view| state.replicated.contains(&view.chapter));
            let heads = shared.flat_map(|view| state.heads_of(&view.chapter).cloned()).collect();
            self.watch.held.entry(stream).or_insert(heads);
        }
    }

    /// What sessions ask for and how they end.
    pub(crate) fn check_session_effects(&mut self, node: usize, effects: &[Effect]) -> Result<(), Broken> {
        let mut closed = None;
        for effect in effects {
            match effect {
                Effect::Send { session, message } => self.check_sent(node, *session, message)?,
                Effect::Close { session } => closed = Some(*session),
                Effect::Tell {
                    notice: Notice::Synced { status },
                } => self.check_synced(node, closed, status)?,
                Effect::Tell {
                    notice: Notice::FellShort { peer, .. },
                } => {
                    self.coverage.seen("fell_short", 1);
                    let peer = self.by_transport.get(peer).copied().unwrap_or_default();
                    self.coverage.seen(
                        if self.nodes[peer].is_honest() {
                            "fell_short_honest"
                        } else {
                            "fell_short_liar"
                        },
                        1,
                    );
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn check_sent(&mut self, node: usize, session: SessionId, message: &SyncMessage) -> Result<(), Broken> {
        let life = self.nodes[node].life;
        match message {
            SyncMessage::Hello(hello) => {
                self.watch.asked.insert((node, life, session), hello.nonce);
            }
            SyncMessage::Done => {
                self.watch.asked.remove(&(node, life, session));
            }
            SyncMessage::Sketch(_) => self.coverage.seen("sketch_sent", 1),
            SyncMessage::More(_) => self.coverage.seen("more_asked", 1),
            SyncMessage::Grant { .. } => self.coverage.seen("grants", 1),
            SyncMessage::Pull(pull) => {
                let nonce = self.watch.asked.get(&(node, life, session)).copied();
                if let Some(nonce) = nonce.filter(|_| self.nodes[node].is_honest()) {
                    return self.check_pull(node, session, &nonce, pull);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Nothing that is held is asked for again, but for a place at which a peer shows another record.
    fn check_pull(&mut self, node: usize, session: SessionId, nonce: &Nonce, pull: &Pull) -> Result<(), Broken> {
        let Some(running) = &self.nodes[node].running else {
            return Ok(());
        };
        let stream = running
            .sessions
            .get(&session)
            .and_then(|stream| self.streams.get(stream));
        let peer_is_honest = stream.is_some_and(|stream| self.nodes[stream.ends[1].node].is_honest());
        let key = SessionKey::new(nonce);
        for head in running.engine.state().heads_of(&pull.chapter) {
            let reference = key.log_ref(&head.log);
            let Some(want) = pull.wants.iter().find(|want| want.log == reference) else {
                continue;
            };
            let may_differ = !peer_is_honest || self.oracle.lying.contains(&head.log);
            let is_probe = may_differ && want.from == want.until;
            if want.from <= head.sequence && !is_probe {
                let detail = format!("node {node} asks for {} and holds {}", want.from, head.sequence);
                return broken("nothing_is_fetched_twice", detail);
            }
            if want.from > head.sequence + 1 {
                let detail = format!("node {node} asks for {} and holds only {}", want.from, head.sequence);
                return broken("nothing_is_skipped", detail);
            }
        }
        Ok(())
    }

    fn check_synced(&mut self, node: usize, session: Option<SessionId>, status: &PeerSync) -> Result<(), Broken> {
        let in_step = status.is_in_step();
        self.coverage.seen(
            if in_step {
                "session_in_step"
            } else {
                "session_not_in_step"
            },
            1,
        );
        let Some(running) = &self.nodes[node].running else {
            return Ok(());
        };
        let stream = session.and_then(|session| running.sessions.get(&session));
        let Some(heads) = stream.and_then(|stream| self.watch.held.get(stream)) else {
            return Ok(());
        };
        let state = running.engine.state();
        for head in heads.iter().filter(|_| in_step) {
            let wanted = state.replicated.contains(&head.log.chapter) && !self.oracle.lying.contains(&head.log);
            let held = state.head(&head.log).map(|own| own.sequence);
            if wanted && held < Some(head.sequence) {
                let detail = format!(
                    "node {node} holds {held:?} of {} in {}",
                    head.sequence, head.log.chapter
                );
                return broken("in_step_is_true", detail);
            }
        }
        Ok(())
    }
}
