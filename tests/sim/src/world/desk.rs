//! A node's hands: stores groups and performs effects, as the real desk does.

use std::collections::BTreeSet;

use alliance_engine::{Effect, Notice, SessionId};
use alliance_record::{LogName, Verdict, VerifiedRecord};
use alliance_store::{GROUP_RECORDS_MAX, WriteError, Writer};
use alliance_wire::SyncMessage;

use super::World;
use super::node::Ticket;
use crate::oracle::{Broken, broken};
use crate::session::Outgoing;

impl World {
    /// Appends a turn's records; false when the store failed, after which the process ends.
    pub(crate) fn append(&mut self, node: usize, records: &[VerifiedRecord]) -> Result<bool, Broken> {
        for record in records {
            self.oracle.check_signed(record)?;
        }
        let author = &self.cast.actors[node].author;
        let (own, instance) = (author.key.writer(), author.instance);
        let Some(running) = self.nodes[node].running.as_deref_mut() else {
            return Ok(false);
        };
        let is_own =
            |record: &&VerifiedRecord| record.header().log.writer == own && record.header().log.instance == instance;
        let (ours, theirs): (Vec<&VerifiedRecord>, Vec<&VerifiedRecord>) = records.iter().partition(is_own);
        let (ours, theirs): (Vec<_>, Vec<_>) = (
            ours.into_iter().cloned().collect(),
            theirs.into_iter().cloned().collect(),
        );
        if let Err(error) = append_all(&mut running.writer, &ours, &theirs) {
            note!(self, "{node} could not store: {error}");
            if !self.nodes[node].disk_full {
                return broken("a_good_disk_takes_what_it_is_given", format!("node {node}: {error}"));
            }
            return Ok(false);
        }
        for record in ours.iter().chain(&theirs) {
            self.oracle.stored(record)?;
            self.nodes[node].durable.append(record)?;
        }
        note!(self, "{node} stored {} records", records.len());
        Ok(true)
    }

    pub(crate) fn perform(&mut self, node: usize, effect: Effect) -> Result<(), Broken> {
        match effect {
            Effect::Judge { ticket, verdict } => return self.judged(node, ticket, verdict),
            Effect::Broadcast { record } => return self.broadcast(node, &record),
            Effect::Open { session, peer } => self.open_stream(node, session, &peer),
            Effect::Send { session, message } => self.send(node, session, Outgoing::Frame(message)),
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
            Notice::Refused { verdict, .. } => self.coverage.verdict(verdict.code()),
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

/// As the real node does: own records through the journal, in groups that the store takes.
pub(crate) fn append_all(
    writer: &mut Writer,
    ours: &[VerifiedRecord],
    theirs: &[VerifiedRecord],
) -> Result<(), WriteError> {
    let written_here = ours.iter().all(|record| record.signature().is_some());
    for group in signed_groups(ours) {
        if written_here {
            writer.append_own(group)?;
        } else {
            writer.append(group)?;
        }
    }
    for group in signed_groups(theirs) {
        writer.append(group)?;
    }
    Ok(())
}

/// Cuts records into groups of which each ends every log at a signed record.
fn signed_groups(records: &[VerifiedRecord]) -> Vec<&[VerifiedRecord]> {
    let mut groups = Vec::new();
    let mut unproven: BTreeSet<&LogName> = BTreeSet::new();
    let (mut begin, mut proven) = (0, 0);
    for (index, record) in records.iter().enumerate() {
        if index - begin == GROUP_RECORDS_MAX && proven > begin {
            groups.push(&records[begin..proven]);
            begin = proven;
        }
        if record.signature().is_some() {
            unproven.remove(&record.header().log);
        } else {
            unproven.insert(&record.header().log);
        }
        if unproven.is_empty() {
            proven = index + 1;
        }
    }
    if begin < records.len() {
        groups.push(&records[begin..]);
    }
    groups
}
