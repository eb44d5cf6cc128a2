//! Owns what each event of the swarm means: for the node, for the kept addresses, for messages nobody heard.

use libp2p::{
    Multiaddr, TransportError,
    core::ConnectedPoint,
    gossipsub::{self, MessageAcceptance},
    identify, mdns, ping,
    swarm::{self, ConnectionError, ConnectionId, ListenError, SwarmEvent},
};
use tokio::time::Instant;

use super::{
    Task,
    behaviour::BehaviourEvent,
    commands::chance,
    dials::{self, Refused},
    peers::Line,
};
use crate::{
    Address, DialError, Direction, DownReason, Event, GossipId, PeerId, Standing, StreamPurpose,
    limits::{BUSY_RETRY_AFTER, PEER_ADDRESSES_MAX},
    streams::{behaviour::Inbound, session},
};

/// Characters of a peer's version that are kept.
const AGENT_CHARS_MAX: usize = 64;

impl Task {
    pub(super) fn on_event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::NewListenAddr { address, .. } => {
                self.outbox.send(Event::Listening {
                    address: Address::wrap(address),
                });
            }
            SwarmEvent::ConnectionEstablished {
                peer_id,
                connection_id,
                endpoint,
                ..
            } => {
                self.established(PeerId::wrap(peer_id), connection_id, &endpoint);
            }
            SwarmEvent::ConnectionClosed {
                peer_id,
                connection_id,
                cause,
                ..
            } => {
                self.closed(PeerId::wrap(peer_id), connection_id, cause.as_ref());
            }
            SwarmEvent::OutgoingConnectionError {
                connection_id, error, ..
            } => self.dial_failed(connection_id, &error),
            SwarmEvent::IncomingConnectionError {
                send_back_addr, error, ..
            } => {
                if let ListenError::Transport(error) = &error {
                    self.report_refusal(&send_back_addr, Direction::Inbound, error);
                }
                tracing::debug!(from = %send_back_addr, %error, "an inbound connection did not come to be");
            }
            SwarmEvent::ListenerClosed {
                addresses,
                reason: Err(error),
                ..
            } => {
                tracing::error!(?addresses, %error, "a listener closed; nobody can reach these addresses");
            }
            SwarmEvent::Behaviour(event) => self.on_behaviour(event),
            _ => {}
        }
    }

    fn on_behaviour(&mut self, event: BehaviourEvent) {
        match event {
            BehaviourEvent::Streams(inbound) => self.arrived(inbound),
            BehaviourEvent::Gossip(event) => self.on_gossip(event),
            BehaviourEvent::Identify(identify::Event::Received { peer_id, info, .. }) => {
                self.identified(PeerId::wrap(peer_id), info);
            }
            BehaviourEvent::Ping(event) => self.on_ping(event),
            BehaviourEvent::Mdns(mdns::Event::Discovered(found)) => self.discovered(found),
            _ => {}
        }
    }

    fn established(&mut self, peer: PeerId, connection: ConnectionId, endpoint: &ConnectedPoint) {
        let now = Instant::now();
        let standing = self.roll.standing(connection);
        if let Some(Standing::Member { organisation }) = standing {
            let address = Address::wrap(endpoint.get_remote_address().clone());
            let direction = if endpoint.is_dialer() {
                Direction::Outbound
            } else {
                Direction::Inbound
            };
            let line = Line {
                connection,
                address: address.clone(),
                direction,
            };
            if self.peers.add(peer, organisation, line) {
                self.outbox.send(Event::PeerUp {
                    peer,
                    organisation,
                    address,
                    direction,
                });
            }
            self.keeper.up(peer, organisation, now);
        }
        if let Some(kept) = self.dials.ended(connection, Ok(peer)) {
            match standing {
                Some(Standing::Member { .. }) => self.keeper.reached(&kept, peer),
                Some(Standing::Guest) | None => self.keeper.failed(&kept, now, chance()),
            }
        }
        self.redial();
    }

    fn closed(&mut self, peer: PeerId, connection: ConnectionId, cause: Option<&ConnectionError>) {
        let line_says = match cause {
            Some(ConnectionError::KeepAliveTimeout) => DownReason::Idle,
            Some(ConnectionError::IO(error)) => DownReason::Lost {
                cause: error.to_string(),
            },
            None => DownReason::Lost { cause: String::new() },
        };
        if let Some(reason) = self.peers.remove(peer, connection, line_says) {
            self.outbox.send(Event::PeerDown { peer, reason });
            self.keeper.down(peer, Instant::now(), chance());
            self.redial();
        }
    }

    fn dial_failed(&mut self, connection: ConnectionId, error: &swarm::DialError) {
        if let swarm::DialError::Transport(attempts) = error {
            for (address, error) in attempts {
                self.report_refusal(address, Direction::Outbound, error);
            }
        }
        let meaning = dials::meaning(error);
        if let Some(kept) = self.dials.ended(connection, Err(meaning.clone())) {
            tracing::debug!(address = %kept, %error, "a kept address was not reached");
            self.keeper.failed(&kept, Instant::now(), chance());
            if let DialError::AnotherPeer { found } = meaning {
                tracing::info!(address = %kept, peer = %found, "another node of a member answers at a kept address");
                self.keeper.answered_by(&kept, found);
            }
            self.redial();
        }
    }

    fn report_refusal(&mut self, address: &Multiaddr, direction: Direction, error: &TransportError<std::io::Error>) {
        let Some(Refused { peer, by, refusal }) = Refused::within(error) else {
            return;
        };
        tracing::info!(%peer, %address, ?by, %refusal, "refused");
        let address = Address::wrap(address.clone());
        self.outbox.send(Event::Refused {
            peer,
            address,
            direction,
            refusal,
            by,
        });
    }

    /// A stream is taken only if its event has a place already: no stream is lost after the other side was told "open".
    fn arrived(&mut self, inbound: Inbound) {
        let Inbound {
            peer,
            connection,
            purpose,
            stream,
        } = inbound;
        let Some(standing) = self.roll.standing(connection) else {
            return;
        };
        if standing == Standing::Guest && purpose != StreamPurpose::Join {
            return;
        }
        self.keeper.brought(peer);
        let Some((permit, place)) = self.tally.admit(purpose, peer).zip(self.outbox.reserve()) else {
            self.counts.streams_declined += 1;
            // If the line fails, the other side learns it from the line.
            tokio::spawn(async move { drop(session::decline(stream, BUSY_RETRY_AFTER).await) });
            return;
        };
        tokio::spawn(async move {
            match session::accept(stream, permit).await {
                Ok(stream) => drop(place.send(Event::Stream {
                    peer,
                    standing,
                    purpose,
                    stream,
                })),
                Err(error) => tracing::debug!(%peer, %purpose, %error, "a stream broke before it was open"),
            }
        });
    }

    fn on_gossip(&mut self, event: gossipsub::Event) {
        match event {
            gossipsub::Event::Message {
                propagation_source,
                message_id,
                message,
            } => {
                self.heard(PeerId::wrap(propagation_source), message_id, message);
            }
            gossipsub::Event::Subscribed { peer_id, topic } => {
                let Some(topic) = self.wire.topic(&topic) else { return };
                for bytes in self.unheard.take(&topic) {
                    // Kept messages are within the limit, so this cannot fail; if again nobody hears, they are kept again.
                    drop(self.publish(topic.clone(), bytes));
                }
                self.outbox.send(Event::Followed {
                    peer: PeerId::wrap(peer_id),
                    topic,
                });
            }
            gossipsub::Event::Unsubscribed { peer_id, topic } => {
                if let Some(topic) = self.wire.topic(&topic) {
                    self.outbox.send(Event::Left {
                        peer: PeerId::wrap(peer_id),
                        topic,
                    });
                }
            }
            gossipsub::Event::GossipsubNotSupported { peer_id } => {
                tracing::warn!(peer = %peer_id, "a member does not speak gossip; it hears only by sync");
            }
            gossipsub::Event::SlowPeer { failed_messages, .. } => {
                self.counts.slow_peer_dropped += (failed_messages.priority + failed_messages.non_priority) as u64;
            }
        }
    }

    fn heard(&mut self, from: PeerId, message: gossipsub::MessageId, received: gossipsub::Message) {
        self.keeper.brought(from);
        let id = GossipId { message, from };
        let Some(topic) = self.wire.topic(&received.topic) else {
            return;
        };
        let event = Event::Gossip {
            id: id.clone(),
            from,
            topic,
            bytes: received.data.into(),
        };
        if !self.outbox.offer(event) {
            self.counts.gossip_dropped += 1;
            let gossip = self.swarm.behaviour_mut().gossip.inner_mut();
            gossip.report_message_validation_result(&id.message, &from.inner(), MessageAcceptance::Ignore);
        }
    }

    fn identified(&mut self, peer: PeerId, info: identify::Info) {
        let agent: String = info
            .agent_version
            .chars()
            .filter(|c| !c.is_control())
            .take(AGENT_CHARS_MAX)
            .collect();
        self.peers.set_agent(peer, &agent);
        let usable = info.listen_addrs.into_iter().filter_map(Address::usable);
        let addresses: Vec<_> = usable.take(PEER_ADDRESSES_MAX).collect();
        if !addresses.is_empty() {
            self.outbox.send(Event::PeerAddresses { peer, addresses });
        }
    }

    fn on_ping(&mut self, event: ping::Event) {
        let peer = PeerId::wrap(event.peer);
        match event.result {
            Ok(round_trip) => {
                self.peers
                    .set_round_trip(peer, u64::try_from(round_trip.as_micros()).unwrap_or(u64::MAX));
            }
            Err(ping::Failure::Unsupported) => {}
            Err(error) => {
                tracing::debug!(%peer, %error, "a connection no longer answers");
                self.peers.note_closing(peer, event.connection, DownReason::Silent);
                self.swarm.close_connection(event.connection);
            }
        }
    }

    fn discovered(&mut self, found: Vec<(libp2p::PeerId, Multiaddr)>) {
        for (peer, address) in found.into_iter().take(PEER_ADDRESSES_MAX) {
            if let Some(address) = Address::usable(address) {
                self.outbox.send(Event::Discovered {
                    peer: PeerId::wrap(peer),
                    address,
                });
            }
        }
    }
}
