//! Owns the list of connected members and their connections, and the reasons for which we close some. It closes none itself.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use libp2p::swarm::ConnectionId;

use crate::{Address, Direction, DownReason, PeerId, PeerInfo};

/// The connected members.
#[derive(Debug, Default)]
pub(crate) struct Peers {
    members: BTreeMap<PeerId, Member>,
    closing: HashMap<ConnectionId, DownReason>,
}

#[derive(Debug)]
struct Member {
    organisation: [u8; 32],
    lines: Vec<Line>,
    round_trip_micros: Option<u64>,
    agent: Option<Arc<str>>,
}

/// One connection with a member.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) connection: ConnectionId,
    pub(crate) address: Address,
    pub(crate) direction: Direction,
}

impl Peers {
    /// Adds a connection; true if it is the member's first.
    pub(crate) fn add(&mut self, peer: PeerId, organisation: [u8; 32], line: Line) -> bool {
        let fresh = || Member {
            organisation,
            lines: Vec::new(),
            round_trip_micros: None,
            agent: None,
        };
        let member = self.members.entry(peer).or_insert_with(fresh);
        member.lines.push(line);
        member.lines.len() == 1
    }

    /// Removes a connection. If it was the member's last, tells why: as we said when we closed it, or as the line says.
    pub(crate) fn remove(
        &mut self,
        peer: PeerId,
        connection: ConnectionId,
        line_says: DownReason,
    ) -> Option<DownReason> {
        let reason = self.closing.remove(&connection).unwrap_or(line_says);
        let member = self.members.get_mut(&peer)?;
        member.lines.retain(|line| line.connection != connection);
        if !member.lines.is_empty() {
            return None;
        }
        self.members.remove(&peer);
        Some(reason)
    }

    /// Notes why a connection is about to be closed. The first reason stays.
    pub(crate) fn note_closing(&mut self, peer: PeerId, connection: ConnectionId, reason: DownReason) {
        if self.connections(peer).contains(&connection) {
            self.closing.entry(connection).or_insert(reason);
        }
    }

    /// The connections with a member.
    pub(crate) fn connections(&self, peer: PeerId) -> Vec<ConnectionId> {
        let lines = self.members.get(&peer).map(|member| member.lines.iter());
        lines.into_iter().flatten().map(|line| line.connection).collect()
    }

    pub(crate) fn set_round_trip(&mut self, peer: PeerId, micros: u64) {
        if let Some(member) = self.members.get_mut(&peer) {
            member.round_trip_micros = Some(micros);
        }
    }

    pub(crate) fn set_agent(&mut self, peer: PeerId, agent: &str) {
        if let Some(member) = self.members.get_mut(&peer) {
            member.agent = Some(agent.into());
        }
    }

    /// All members; `gossips` tells with whom a stream for gossip is agreed.
    pub(crate) fn list(&self, gossips: impl Fn(&PeerId) -> bool) -> Vec<PeerInfo> {
        let info = |(peer, member): (&PeerId, &Member)| {
            let oldest = member.lines.first()?;
            Some(PeerInfo {
                peer: *peer,
                organisation: member.organisation,
                address: oldest.address.clone(),
                direction: oldest.direction,
                gossips: gossips(peer),
                round_trip_micros: member.round_trip_micros,
                agent: member.agent.clone(),
            })
        };
        self.members.iter().filter_map(info).collect()
    }
}
