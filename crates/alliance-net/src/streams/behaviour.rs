//! Owns the choice of connection for a new stream, and passes on what arrives. It never queues a stream for long.

use std::{
    collections::{HashMap, VecDeque},
    task::{Context, Poll, Waker},
};

use libp2p::{
    Multiaddr, Stream,
    core::{Endpoint, transport::PortUse},
    swarm::{
        ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, NotifyHandler, THandlerInEvent, ToSwarm,
        behaviour::{ConnectionClosed, ConnectionEstablished},
    },
};

use super::{
    OpenError, StreamPurpose,
    handler::{Arrived, Handler, Open},
};
use crate::{PeerId, Standing, admission::NotOnRoll, roll::Roll};

pub(crate) use super::handler::{Names, OpenReply};

/// A stream that a peer opened, not yet answered.
#[derive(Debug)]
pub(crate) struct Inbound {
    pub(crate) peer: PeerId,
    pub(crate) connection: ConnectionId,
    pub(crate) purpose: StreamPurpose,
    pub(crate) stream: Stream,
}

/// The behaviour.
pub(crate) struct Behaviour {
    names: Names,
    roll: Roll,
    connections: HashMap<PeerId, Vec<(ConnectionId, Standing)>>,
    actions: VecDeque<ToSwarm<Inbound, Open>>,
    waker: Option<Waker>,
}

impl Behaviour {
    pub(crate) fn new(names: Names, roll: Roll) -> Self {
        Self {
            names,
            roll,
            connections: HashMap::new(),
            actions: VecDeque::new(),
            waker: None,
        }
    }

    /// Asks for a stream. The answer comes through `reply`; a dropped `reply` means that the connection closed.
    pub(crate) fn open(&mut self, peer: PeerId, purpose: StreamPurpose, reply: OpenReply) {
        match self.choose(peer, purpose) {
            Ok(connection) => {
                let event = Open { purpose, reply };
                let handler = NotifyHandler::One(connection);
                self.act(ToSwarm::NotifyHandler {
                    peer_id: peer.inner(),
                    handler,
                    event,
                });
            }
            Err(error) => drop(reply.send(Err(error))),
        }
    }

    /// The newest connection that may carry this: an older one may be dead without our knowing yet.
    fn choose(&self, peer: PeerId, purpose: StreamPurpose) -> Result<ConnectionId, OpenError> {
        let connections = self.connections.get(&peer).ok_or(OpenError::NotConnected { peer })?;
        let fit = |standing: Standing| purpose == StreamPurpose::Join || standing != Standing::Guest;
        let newest = connections.iter().rev().find(|(_, standing)| fit(*standing));
        newest
            .map(|(connection, _)| *connection)
            .ok_or(OpenError::GuestMayOnlyJoin { purpose })
    }

    fn handler(&self, connection: ConnectionId, peer: libp2p::PeerId) -> Result<Handler, ConnectionDenied> {
        let standing = self
            .roll
            .standing(connection)
            .ok_or_else(|| ConnectionDenied::new(NotOnRoll))?;
        Ok(Handler::new(PeerId::wrap(peer), standing, self.names.clone()))
    }

    fn act(&mut self, action: ToSwarm<Inbound, Open>) {
        self.actions.push_back(action);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    fn established(&mut self, event: ConnectionEstablished<'_>) {
        let Some(standing) = self.roll.standing(event.connection_id) else {
            return;
        };
        let connections = self.connections.entry(PeerId::wrap(event.peer_id)).or_default();
        connections.push((event.connection_id, standing));
    }

    fn closed(&mut self, event: ConnectionClosed<'_>) {
        let peer = PeerId::wrap(event.peer_id);
        let Some(connections) = self.connections.get_mut(&peer) else {
            return;
        };
        connections.retain(|(connection, _)| *connection != event.connection_id);
        if connections.is_empty() {
            self.connections.remove(&peer);
        }
    }
}

impl NetworkBehaviour for Behaviour {
    type ConnectionHandler = Handler;
    type ToSwarm = Inbound;

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: libp2p::PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<Handler, ConnectionDenied> {
        self.handler(connection, peer)
    }

    fn handle_established_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: libp2p::PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<Handler, ConnectionDenied> {
        self.handler(connection, peer)
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        match event {
            FromSwarm::ConnectionEstablished(event) => self.established(event),
            FromSwarm::ConnectionClosed(event) => self.closed(event),
            _ => {}
        }
    }

    fn on_connection_handler_event(&mut self, peer: libp2p::PeerId, connection: ConnectionId, arrived: Arrived) {
        let Arrived { purpose, stream } = arrived;
        let peer = PeerId::wrap(peer);
        self.act(ToSwarm::GenerateEvent(Inbound {
            peer,
            connection,
            purpose,
            stream,
        }));
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<ToSwarm<Inbound, THandlerInEvent<Self>>> {
        if let Some(action) = self.actions.pop_front() {
            return Poll::Ready(action);
        }
        self.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}
