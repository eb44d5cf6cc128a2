//! Owns the wall between guests and a behaviour: on a guest's connection the behaviour has no handler, and never learns
//! that the connection exists.

use std::{
    collections::HashMap,
    convert::Infallible,
    task::{Context, Poll, ready},
};

use libp2p::{
    Multiaddr, PeerId,
    core::{Endpoint, transport::PortUse},
    swarm::{
        ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, NotifyHandler, THandler, THandlerInEvent,
        THandlerOutEvent, ToSwarm,
        behaviour::{AddressChange, ConnectionClosed, ConnectionEstablished},
        derive_prelude::Either,
        dummy,
    },
};

use crate::{Standing, admission::NotOnRoll, roll::Roll};

/// A behaviour that only members' connections reach.
pub(crate) struct MembersOnly<B> {
    inner: B,
    roll: Roll,
    members: HashMap<PeerId, Vec<ConnectionId>>,
}

type HandlerOf<B> = Either<THandler<B>, dummy::ConnectionHandler>;

impl<B: NetworkBehaviour> MembersOnly<B> {
    pub(crate) fn new(inner: B, roll: Roll) -> Self {
        Self {
            inner,
            roll,
            members: HashMap::new(),
        }
    }

    pub(crate) fn inner(&self) -> &B {
        &self.inner
    }

    pub(crate) fn inner_mut(&mut self) -> &mut B {
        &mut self.inner
    }

    fn is_member(&self, connection: ConnectionId) -> Result<bool, ConnectionDenied> {
        let standing = self
            .roll
            .standing(connection)
            .ok_or_else(|| ConnectionDenied::new(NotOnRoll))?;
        Ok(standing != Standing::Guest)
    }

    fn knows(&self, peer: &PeerId, connection: ConnectionId) -> bool {
        self.members.get(peer).is_some_and(|known| known.contains(&connection))
    }

    /// The inner behaviour counts connections, so it must be told the count of those that it sees.
    fn established(&mut self, event: ConnectionEstablished<'_>) {
        if !matches!(self.is_member(event.connection_id), Ok(true)) {
            return;
        }
        let known = self.members.entry(event.peer_id).or_default();
        let other_established = known.len();
        known.push(event.connection_id);
        self.inner
            .on_swarm_event(FromSwarm::ConnectionEstablished(ConnectionEstablished {
                other_established,
                ..event
            }));
    }

    fn closed(&mut self, event: ConnectionClosed<'_>) {
        if !self.knows(&event.peer_id, event.connection_id) {
            return;
        }
        let known = self.members.entry(event.peer_id).or_default();
        known.retain(|connection| *connection != event.connection_id);
        let remaining_established = known.len();
        if known.is_empty() {
            self.members.remove(&event.peer_id);
        }
        self.inner.on_swarm_event(FromSwarm::ConnectionClosed(ConnectionClosed {
            remaining_established,
            ..event
        }));
    }

    fn moved(&mut self, event: AddressChange<'_>) {
        if self.knows(&event.peer_id, event.connection_id) {
            self.inner.on_swarm_event(FromSwarm::AddressChange(event));
        }
    }

    /// "Any connection" must mean any that has a handler; without one the event has no receiver.
    fn direct(&self, peer: &PeerId, handler: NotifyHandler) -> Option<NotifyHandler> {
        match handler {
            NotifyHandler::One(connection) => self.knows(peer, connection).then_some(handler),
            NotifyHandler::Any => self
                .members
                .get(peer)?
                .last()
                .map(|connection| NotifyHandler::One(*connection)),
        }
    }
}

impl<B: NetworkBehaviour> NetworkBehaviour for MembersOnly<B> {
    type ConnectionHandler = HandlerOf<B>;
    type ToSwarm = B::ToSwarm;

    fn handle_pending_inbound_connection(
        &mut self,
        connection: ConnectionId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<(), ConnectionDenied> {
        self.inner.handle_pending_inbound_connection(connection, local, remote)
    }

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        local: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<HandlerOf<B>, ConnectionDenied> {
        if !self.is_member(connection)? {
            return Ok(Either::Right(dummy::ConnectionHandler));
        }
        self.inner
            .handle_established_inbound_connection(connection, peer, local, remote)
            .map(Either::Left)
    }

    fn handle_pending_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: Option<PeerId>,
        addresses: &[Multiaddr],
        role: Endpoint,
    ) -> Result<Vec<Multiaddr>, ConnectionDenied> {
        self.inner
            .handle_pending_outbound_connection(connection, peer, addresses, role)
    }

    fn handle_established_outbound_connection(
        &mut self,
        connection: ConnectionId,
        peer: PeerId,
        address: &Multiaddr,
        role: Endpoint,
        port_use: PortUse,
    ) -> Result<HandlerOf<B>, ConnectionDenied> {
        if !self.is_member(connection)? {
            return Ok(Either::Right(dummy::ConnectionHandler));
        }
        self.inner
            .handle_established_outbound_connection(connection, peer, address, role, port_use)
            .map(Either::Left)
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        match event {
            FromSwarm::ConnectionEstablished(event) => self.established(event),
            FromSwarm::ConnectionClosed(event) => self.closed(event),
            FromSwarm::AddressChange(event) => self.moved(event),
            event => self.inner.on_swarm_event(event),
        }
    }

    fn on_connection_handler_event(&mut self, peer: PeerId, connection: ConnectionId, event: THandlerOutEvent<Self>) {
        match event {
            Either::Left(event) => self.inner.on_connection_handler_event(peer, connection, event),
            Either::Right(never) => never_happens(never),
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<ToSwarm<B::ToSwarm, THandlerInEvent<Self>>> {
        loop {
            match ready!(self.inner.poll(cx)) {
                ToSwarm::NotifyHandler {
                    peer_id,
                    handler,
                    event,
                } => {
                    if let Some(handler) = self.direct(&peer_id, handler) {
                        let event = Either::Left(event);
                        return Poll::Ready(ToSwarm::NotifyHandler {
                            peer_id,
                            handler,
                            event,
                        });
                    }
                }
                action => return Poll::Ready(action.map_in(Either::Left)),
            }
        }
    }
}

fn never_happens(never: Infallible) {
    match never {}
}
