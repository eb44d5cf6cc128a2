//! Owns the tie between an admitted socket and the connection the swarm makes of it. A connection that is not on the roll is
//! denied: no other behaviour ever sees it.

use std::{
    convert::Infallible,
    task::{Context, Poll},
};

use libp2p::{
    Multiaddr,
    core::{Endpoint, transport::PortUse},
    swarm::{ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, ToSwarm, dummy},
};

use crate::{
    PeerId,
    roll::{Direction, Roll},
};

/// A connection that did not pass the security upgrade of this node.
#[derive(Debug, thiserror::Error)]
#[error("the connection is not on the roll of admitted connections")]
pub(crate) struct NotOnRoll;

/// The behaviour; it must come first, so that the others find the standing on the roll.
pub(crate) struct Behaviour {
    roll: Roll,
}

impl Behaviour {
    pub(crate) fn new(roll: Roll) -> Self {
        Self { roll }
    }

    fn claim(
        &self,
        connection: ConnectionId,
        peer: libp2p::PeerId,
        remote: &Multiaddr,
        direction: Direction,
    ) -> Result<dummy::ConnectionHandler, ConnectionDenied> {
        let claimed = self.roll.claim(connection, PeerId::wrap(peer), remote, direction);
        claimed
            .map(|_| dummy::ConnectionHandler)
            .ok_or_else(|| ConnectionDenied::new(NotOnRoll))
    }
}

impl NetworkBehaviour for Behaviour {
    type ConnectionHandler = dummy::ConnectionHandler;
    type ToSwarm = Infallible;

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: libp2p::PeerId,
        _: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<dummy::ConnectionHandler, ConnectionDenied> {
        self.claim(connection, peer, remote, Direction::Inbound)
    }

    fn handle_established_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: libp2p::PeerId,
        remote: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<dummy::ConnectionHandler, ConnectionDenied> {
        self.claim(connection, peer, remote, Direction::Outbound)
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        match event {
            FromSwarm::ConnectionClosed(closed) => self.roll.release(closed.connection_id),
            FromSwarm::DialFailure(failure) => self.roll.release(failure.connection_id),
            FromSwarm::ListenFailure(failure) => self.roll.release(failure.connection_id),
            _ => {}
        }
    }

    fn on_connection_handler_event(&mut self, _: libp2p::PeerId, _: ConnectionId, event: Infallible) {
        match event {}
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ToSwarm<Infallible, Infallible>> {
        Poll::Pending
    }
}
