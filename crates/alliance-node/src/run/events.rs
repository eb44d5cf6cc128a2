//! What the network tells, turned into messages for the loop.

use alliance_api::{Event as Told, Refused};
use alliance_net::{Direction, DownReason, Event, Net, PeerId, RefusalCode, RefusedBy, Standing, StreamPurpose};
use alliance_record::{OrganisationId, TransportId};
use alliance_wire::PeerAddress;
use std::sync::Arc;
use tokio::sync::mpsc;

use super::intake::{Gossiped, Intake};
use super::join::JoinHost;
use super::message::Message;
use crate::peer::transport_id;
use crate::random::now_ms;
use crate::shared::{PeerRow, Shared};

/// Listens to the network until it ends.
pub(crate) struct Listener {
    pub(crate) net: Net,
    pub(crate) intake: Intake,
    pub(crate) shared: Arc<Shared>,
    pub(crate) inbox: mpsc::Sender<Message>,
    pub(crate) host: Arc<JoinHost>,
}

/// Whether a refusal is shown in `status`.
#[derive(Clone, Copy)]
enum Remembered {
    Yes,
    No,
}

impl Listener {
    pub(crate) async fn run(self, mut events: mpsc::Receiver<Event>) {
        while let Some(event) = events.recv().await {
            self.handle(event).await;
        }
    }

    async fn handle(&self, event: Event) {
        match event {
            Event::PeerUp {
                peer,
                organisation,
                address,
                direction,
            } => {
                let row = PeerRow {
                    organisation: OrganisationId(organisation),
                    address: address.to_string(),
                    outbound: direction == Direction::Outbound,
                    since_ms: now_ms(),
                };
                self.peer_up(peer, row).await;
            }
            Event::PeerDown { peer, reason } => self.peer_down(peer, &reason).await,
            Event::Refused {
                peer,
                address,
                refusal,
                by,
                direction,
            } => {
                let refused = Refused {
                    peer: peer.to_string(),
                    address: address.to_string(),
                    by: if by == RefusedBy::Us { "us" } else { "them" }.to_owned(),
                    code: refusal.code.to_string(),
                    reason: refusal.reason().to_owned(),
                    at_ms: now_ms(),
                };
                // A node that called and did not want us is its own affair: it may only be new, or know us too little.
                let ours = by == RefusedBy::Us || direction == Direction::Outbound;
                self.refused(refused, if ours { Remembered::Yes } else { Remembered::No });
            }
            Event::Gossip { id, topic, bytes, .. } => self.intake.take(Gossiped { id, topic, bytes }).await,
            Event::Stream {
                peer,
                standing,
                purpose,
                stream,
            } => match (purpose, standing, transport_id(&peer)) {
                (StreamPurpose::Sync, Standing::Member { .. }, Some(peer)) => {
                    let _ = self.inbox.send(Message::Stream { peer, stream }).await;
                }
                (StreamPurpose::Join, _, Some(peer)) => {
                    tokio::spawn(Arc::clone(&self.host).answer(peer, stream));
                }
                (StreamPurpose::Sync, _, _) | (StreamPurpose::Join, _, None) => {}
            },
            Event::Discovered { peer, address } => self.keep(&peer, vec![address.to_string()]).await,
            Event::PeerAddresses { peer, addresses } => {
                self.keep(&peer, addresses.iter().map(ToString::to_string).collect())
                    .await;
            }
            Event::Listening { address } => {
                tracing::info!(%address, "listening for members");
                self.shared.listens();
            }
            Event::Followed { .. } | Event::Left { .. } => {}
        }
    }

    fn refused(&self, refused: Refused, remembered: Remembered) {
        let Refused {
            peer,
            address,
            by,
            code,
            reason,
            ..
        } = &refused;
        tracing::info!(peer, address, by, code, reason, "connection refused");
        if *code == RefusalCode::CertificateExpired.as_str() && by == "them" {
            tracing::warn!(
                address,
                "this node's certificate has ended, so no new connection is taken: run `alliance keys renew`"
            );
        }
        match remembered {
            Remembered::Yes => self.shared.refused(refused),
            Remembered::No => self.shared.tell(Told::Refused { refused }),
        }
    }

    async fn peer_up(&self, peer: PeerId, row: PeerRow) {
        let Some(transport) = transport_id(&peer) else { return };
        tracing::info!(%peer, organisation = %row.organisation.short(), address = %row.address, "member connected");
        if row.outbound {
            // An address that answered is worth more than one that was told.
            if let Err(error) = self.shared.addresses().reached(transport, row.address.clone()) {
                tracing::warn!(%error, "an address could not be remembered");
            }
            keep_one(&self.net, &transport, &row.address).await;
        }
        let _ = self.inbox.send(Message::PeerUp { peer: transport, row }).await;
    }

    async fn peer_down(&self, peer: PeerId, reason: &DownReason) {
        let Some(transport) = transport_id(&peer) else { return };
        tracing::info!(%peer, %reason, "member disconnected");
        let message = Message::PeerDown {
            peer: transport,
            reason: reason.to_string(),
        };
        let _ = self.inbox.send(message).await;
    }

    async fn keep(&self, peer: &PeerId, addresses: Vec<String>) {
        let Some(transport) = transport_id(peer) else { return };
        keep(&self.net, &self.shared, &PeerAddress { transport, addresses }).await;
    }
}

/// Remembers addresses and keeps trying to be connected to those that are new.
pub(crate) async fn keep(net: &Net, shared: &Shared, learned: &PeerAddress) {
    let fresh = match shared.addresses().learn(learned) {
        Ok(fresh) => fresh,
        Err(error) => return tracing::warn!(%error, "addresses could not be remembered"),
    };
    for address in fresh {
        keep_one(net, &learned.transport, &address).await;
    }
}

/// Keeps trying one address. What cannot be read or kept is left out: addresses are hints.
pub(crate) async fn keep_one(net: &Net, transport: &TransportId, address: &str) {
    let peer = crate::peer::peer_id(transport);
    let Ok(address) = address.parse::<alliance_net::Address>() else {
        return;
    };
    match net.keep(address.without_peer(), peer).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "an address is not kept"),
        Err(_) => {}
    }
}
