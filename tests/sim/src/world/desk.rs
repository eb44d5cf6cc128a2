//! A node's hands: stores groups and performs effects, as the real desk does.

use alliance_engine::{Effect, Input, Notice, SessionId};
use alliance_record::{Verdict, VerifiedRecord};
use alliance_store::{BodyState, WriteError};
use alliance_wire::SyncMessage;

use super::World;
use super::append::{append_all, fill_all};
use super::node::Ticket;
use crate::oracle::{Broken, broken};
use crate::session::Outgoing;

impl World {
    /// Appends a turn's records; false when the store failed, after which the process ends.
    pub(crate) fn append(&mut self, node: usize, records: &[VerifiedRecord]) -> Result<bool, Broken> {
        if records.is_empty() {
            return Ok(true);
        }
        for record in records {
            self.oracle.check_signed(record)?;
        }
        let author = &self.cast.actors[node].author;
        let Some(running) = self.nodes[node].running.as_deref_mut() else {
            return Ok(false);
        };
        if let Err(error) = append_all(&mut running.writer, author, records.to_vec()) {
            return self.not_stored(node, &error);
        }
        running.is_stored += records.len() as u64;
        for record in records {
            self.oracle.stored(record)?;
            self.nodes[node].durable.append(record)?;
        }
        note!(self, "{node} stored {} records", records.len());
        Ok(true)
    }

    /// Stores bodies that came after their headers; false when the store failed.
    pub(crate) fn fill(&mut self, node: usize, filled: Vec<Vec<VerifiedRecord>>) -> Result<bool, Broken> {
        for records in filled {
            let Some(running) = self.nodes[node].running.as_deref_mut() else {
                return Ok(false);
            };
            let done = match fill_all(&mut running.writer, &records) {
                Ok(done) => done,
                Err(error) => return self.not_stored(node, &error),
            };
            running.is_stored += records.len() as u64;
            for record in &records[..done.held] {
                self.nodes[node].durable.fill(record)?;
            }
            note!(self, "{node} filled {} of {} bodies", done.held, records.len());
            self.coverage.seen("bodies_filled", done.held as u64);
            if done.refused.is_some() {
                self.unfillable(node, &records[done.held..])?;
            }
        }
        Ok(true)
    }

    /// A body is not what the stored header commits to: the engine is told.
    fn unfillable(&mut self, node: usize, rest: &[VerifiedRecord]) -> Result<(), Broken> {
        let Some(log) = rest.first().map(|record| record.header().log.clone()) else {
            return Ok(());
        };
        self.coverage.seen("bodies_unfillable", 1);
        if !self.oracle.forked.contains_key(&log) {
            let detail = format!("node {node} is given another body in {}", log.chapter);
            return broken("bodies_fit_their_headers", detail);
        }
        let durable = &self.nodes[node].durable;
        let places = rest.iter().map(|record| record.header().sequence);
        let is_bare = |at: &u64| {
            durable
                .at(&log, *at)
                .is_some_and(|held| held.body == BodyState::Lagging)
        };
        let bare = places.filter(is_bare);
        let bare: Vec<_> = bare.map(|at| (log.clone(), at)).collect();
        if let Some(running) = self.running(node) {
            running.bodies.refused(bare.into_iter());
        }
        self.input(node, Input::Unfillable { log })
    }

    pub(super) fn not_stored(&mut self, node: usize, error: &WriteError) -> Result<bool, Broken> {
        note!(self, "{node} could not store: {error}");
        if !self.nodes[node].disk_full {
            return broken("a_good_disk_takes_what_it_is_given", format!("node {node}: {error}"));
        }
        Ok(false)
    }

    pub(crate) fn perform(&mut self, node: usize, effect: Effect) -> Result<(), Broken> {
        match effect {
            Effect::Judge { ticket, verdict } => return self.judged(node, ticket, verdict),
            Effect::Broadcast { record } => return self.broadcast(node, &record),
            Effect::Prove { other } => return self.prove(node, &other),
            Effect::Carry { statement } => return self.carry(node, statement),
            Effect::Open { session, peer } => self.open_stream(node, session, &peer),
            Effect::Send { session, message } => {
                self.check_leaving(node, session, &message)?;
                self.send(node, session, Outgoing::Frame(message));
            }
            Effect::Serve { session, served } => self.send(node, session, Outgoing::Serve(served)),
            Effect::Credit { session, bytes } => self.send(node, session, Outgoing::Credit(bytes)),
            Effect::SendAddresses { session } => {
                self.send(node, session, Outgoing::Frame(SyncMessage::Addresses(Vec::new())));
            }
            Effect::Close { session } => {
                self.send(node, session, Outgoing::Close);
                if let Some(running) = self.running(node) {
                    running.sessions.remove(&session);
                }
            }
            Effect::Follow { chapter } => {
                if let Some(running) = self.running(node) {
                    running.following.insert(chapter);
                }
            }
            Effect::Unfollow { chapter } => {
                self.coverage.fault("chapter_left");
                if let Some(running) = self.running(node) {
                    running.following.remove(&chapter);
                }
            }
            Effect::RosterChanged => self.rejudge(node),
            Effect::Tell { notice } => return self.tell(node, &notice),
            Effect::Erase { record } => {
                if let Some(running) = self.running(node) {
                    running.erasing.note(record);
                }
            }
            Effect::Learn { .. } | Effect::Imported { .. } | Effect::Append { .. } | Effect::Fill { .. } => {}
        }
        Ok(())
    }

    fn judged(&mut self, node: usize, ticket: u64, verdict: Verdict) -> Result<(), Broken> {
        self.coverage.verdict(verdict.code());
        let ticket = self.running(node).and_then(|running| running.tickets.remove(&ticket));
        match ticket {
            Some(Ticket::Local { record }) if verdict == Verdict::Accepted => {
                let header = record.header();
                if !self.nodes[node]
                    .durable
                    .holds(&header.log, header.sequence, &record.id())
                {
                    return broken(
                        "durable_before_visible",
                        format!("{} acknowledged", record.id().short()),
                    );
                }
                let place = (header.log.clone(), header.sequence);
                self.count_removals(&record);
                self.nodes[node].acknowledged.insert(record.id(), place);
            }
            Some(Ticket::Gossip { from, message }) => self.gossip_judged(node, from, message, verdict),
            Some(Ticket::Local { .. }) | None => {}
        }
        Ok(())
    }

    fn tell(&mut self, node: usize, notice: &Notice) -> Result<(), Broken> {
        match notice {
            Notice::MemberAdmitted { organisation } => {
                let shown = self
                    .running(node)
                    .is_some_and(|running| running.roster.contains(organisation));
                if !shown {
                    return broken("the_view_comes_before_the_telling", organisation.short());
                }
            }
            Notice::Forked { log, .. } => {
                self.coverage.seen("fork_told", 1);
                if !self.oracle.lying.contains(log) {
                    return broken("honest_writers_are_not_accused", format!("node {node} tells of a fork"));
                }
            }
            Notice::LogEnded { log, .. } => return self.log_ended(node, log),
            Notice::Refused { verdict, .. } => self.coverage.verdict(verdict.code()),
            Notice::MemberLeft { organisation } => {
                return broken("nobody_leaves_unless_removed", organisation.short());
            }
            Notice::ChapterState { .. } | Notice::Synced { .. } | Notice::FellShort { .. } | Notice::Stalled { .. } => {
            }
        }
        Ok(())
    }

    /// Hands something to a session's task; one that takes nothing is closed.
    fn send(&mut self, node: usize, session: SessionId, outgoing: Outgoing) {
        let stream = self
            .running(node)
            .and_then(|running| running.sessions.get(&session).copied());
        if let Some(stream) = stream
            && !self.hand_over(stream, node, outgoing)
            && let Some(running) = self.running(node)
        {
            running.sessions.remove(&session);
        }
    }
}
