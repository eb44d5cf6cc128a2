//! What is watched of sessions: that nothing is asked for twice, that "in step" is true, that honest peers are believed.

use std::collections::BTreeMap;

use alliance_engine::limits::WINDOW_BYTES;
use alliance_engine::{Effect, Input, Notice, PeerSync, SessionId};
use alliance_record::{ChapterName, Head};
use alliance_wire::{Nonce, Pull, RecordPart, SessionKey, SyncMessage, Want};

use crate::oracle::{Broken, broken};
use crate::world::World;

/// What is known of sessions besides what the engines know.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// The nonce of each stream's hello, as the answerer read it.
    nonces: BTreeMap<u64, Nonce>,
    /// The chapters of each stream's hello.
    chapters: BTreeMap<u64, Vec<ChapterName>>,
    /// What honest answerers held when they were greeted.
    held: BTreeMap<u64, Vec<Head>>,
    /// The nonce of each session that a node opened in its present life.
    asked: BTreeMap<(usize, u32, SessionId), Nonce>,
    /// Bytes of ranges that each such session granted, and that came.
    paced: BTreeMap<(usize, SessionId), (u64, u64)>,
}

impl Watch {
    pub(crate) fn nonce(&self, stream: u64) -> Option<Nonce> {
        self.nonces.get(&stream).copied()
    }

    /// The chapters of which a stream's asker said what it holds.
    pub(crate) fn greeted(&self, stream: u64) -> impl Iterator<Item = &ChapterName> {
        self.chapters.get(&stream).into_iter().flatten()
    }

    /// A stream is over.
    pub(crate) fn forget(&mut self, stream: u64) {
        self.nonces.remove(&stream);
        self.chapters.remove(&stream);
        self.held.remove(&stream);
    }

    pub(crate) fn forget_life(&mut self, node: usize) {
        self.asked.retain(|(of, ..), _| *of != node);
        self.paced.retain(|(of, _), _| *of != node);
    }
}

impl World {
    /// What is noted of a frame that arrived, before the engine sees it.
    pub(crate) fn check_received(&mut self, node: usize, peer: usize, input: &Input) -> Result<(), Broken> {
        let Input::Range { records, fault, .. } = input else {
            return Ok(());
        };
        self.quiet_records(node, peer, records)?;
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

    /// Before a frame leaves: a peer is never more than the window ahead of the disk.
    pub(crate) fn check_leaving(
        &mut self,
        node: usize,
        session: SessionId,
        message: &SyncMessage,
    ) -> Result<(), Broken> {
        let (SyncMessage::Grant { bytes }, Some(running)) = (message, &self.nodes[node].running) else {
            return Ok(());
        };
        let (granted, came) = self.watch.paced.entry((node, session)).or_default();
        *granted = granted.saturating_add(*bytes);
        let is_on_disk = running.is_stored == running.wanted_stored;
        if *granted > *came + WINDOW_BYTES || !is_on_disk {
            let detail = format!("node {node} granted {granted}, {came} came, all is on the disk: {is_on_disk}");
            return broken("a_peer_is_never_beyond_the_window", detail);
        }
        Ok(())
    }

    /// Before the engine sees an input: what an honest answerer holds when it is asked, and how much came of what was
    /// granted.
    pub(crate) fn before_input(&mut self, node: usize, input: &Input) {
        if let Input::Range { session, bytes, .. } = input {
            self.watch.paced.entry((node, *session)).or_default().1 += *bytes;
        }
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
        let chapters = hello.chapters.iter().map(|view| view.chapter.clone());
        self.watch.chapters.entry(stream).or_insert_with(|| chapters.collect());
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
                    notice: Notice::FellShort { peer, chapter },
                } => {
                    self.coverage.seen("fell_short", 1);
                    let peer = self.by_transport.get(peer).copied().unwrap_or_default();
                    if self.nodes[peer].is_honest() && self.nodes[node].is_honest() {
                        let detail = format!("node {node} says that {peer} fell short in {chapter}");
                        return broken("honest_peers_are_not_accused", detail);
                    }
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
            SyncMessage::Compared { lagging } => return self.check_lagging(node, session, lagging),
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

    /// Who answers names every chapter of whose records it lacks bodies.
    fn check_lagging(&mut self, node: usize, session: SessionId, lagging: &[ChapterName]) -> Result<(), Broken> {
        self.coverage.seen("lagging_told", u64::from(!lagging.is_empty()));
        let Some(running) = self.nodes[node]
            .running
            .as_ref()
            .filter(|_| self.nodes[node].is_honest())
        else {
            return Ok(());
        };
        let Some(stream) = running.sessions.get(&session) else {
            return Ok(());
        };
        let state = running.engine.state();
        let lacks =
            |chapter: &&ChapterName| state.replicated.contains(*chapter) && running.bodies.lacks(chapter, state);
        let lacks = |chapter: &&ChapterName| lacks(chapter) && !lagging.contains(chapter);
        match self.watch.greeted(*stream).find(lacks) {
            Some(chapter) => broken(
                "who_lacks_bodies_says_so",
                format!("node {node} lacks bodies in {chapter}"),
            ),
            None => Ok(()),
        }
    }

    /// Nothing that is held is asked for again, but bodies that lag, and a place at which a peer shows another record.
    fn check_pull(&mut self, node: usize, session: SessionId, nonce: &Nonce, pull: &Pull) -> Result<(), Broken> {
        let is_headers = pull.part == RecordPart::Header;
        let name = if is_headers { "headers_wanted" } else { "records_wanted" };
        self.coverage.seen(name, pull.wants.len() as u64);
        let Some(running) = &self.nodes[node].running else {
            return Ok(());
        };
        let may_be_bare = running.bodies.may_be_bare(&pull.chapter);
        let stream = running.sessions.get(&session);
        let stream = stream.and_then(|stream| self.streams.get(stream));
        let peer_is_honest = stream.is_some_and(|stream| self.nodes[stream.ends[1].node].is_honest());
        let key = SessionKey::new(nonce);
        let held: BTreeMap<_, _> = running
            .engine
            .state()
            .heads_of(&pull.chapter)
            .map(|head| (key.log_ref(&head.log), head))
            .collect();
        let is_branch = |want: &Want| {
            let head = held.get(&want.log);
            let is_lying = head.is_some_and(|head| self.oracle.lying.contains(&head.log));
            // It may part right behind the newest record held.
            is_lying && head.is_some_and(|head| want.from <= head.sequence + 1)
        };
        if is_headers && !may_be_bare && !pull.wants.iter().all(is_branch) {
            let detail = format!("node {node} asks for headers of {}", pull.chapter);
            return broken("headers_alone_only_where_chosen", detail);
        }
        let (mut bodies, mut branches) = (0, 0);
        for want in &pull.wants {
            let head = held.get(&want.log).copied();
            if !is_headers && head.is_some_and(|head| running.bodies.awaits(head, want)) {
                bodies += 1;
                continue;
            }
            if may_be_bare && !is_headers {
                return broken("headers_come_first", format!("node {node} asks for {want:?} whole"));
            }
            let Some(head) = head else { continue };
            if is_headers && is_branch(want) {
                branches += 1;
                continue;
            }
            let may_differ = !peer_is_honest || self.oracle.lying.contains(&head.log);
            check_want(node, head, want, may_differ)?;
        }
        self.coverage.seen("bodies_wanted", bodies);
        self.coverage.seen("branches_wanted", branches);
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

/// Records that follow those held, or, where it may differ, another one at the place of the newest.
fn check_want(node: usize, head: &Head, want: &Want, may_differ: bool) -> Result<(), Broken> {
    let is_probe = may_differ && want.from == want.until;
    let holds = format!(
        "node {node} asks for {}..={} and holds {}",
        want.from, want.until, head.sequence
    );
    if want.from <= head.sequence && !is_probe {
        return broken("nothing_is_fetched_twice", holds);
    }
    if want.from > head.sequence + 1 {
        return broken("nothing_is_skipped", holds);
    }
    Ok(())
}
