//! Owns what each command does to the swarm. A caller that went away before its answer is no fault.

use bytes::Bytes;
use libp2p::{
    gossipsub::{self, MessageAcceptance},
    swarm::dial_opts::{DialOpts, PeerCondition},
};
use tokio::time::Instant;

use super::{Task, dials};
use crate::{
    Address, DialError, DownReason, FollowError, GossipId, GossipVerdict, PeerId, PeerInfo, PublishError, Published,
    Refusal, RefusalCode, Standing, Topic,
    command::{Command, Reply},
    gossip::settings::topic_score,
    limits::{PUBLISH_BYTES_MAX, TOPICS_MAX},
    redial::Due,
    roll::Shown,
};

impl Task {
    pub(super) fn perform(&mut self, command: Command) {
        match command {
            Command::Listening { reply } => answer(reply, self.listening()),
            Command::Keep { address, peer, reply } => {
                answer(reply, self.keeper.keep(&address, peer, Instant::now()));
                self.redial();
            }
            Command::Forget { address, reply } => {
                answer(reply, self.keeper.forget(&address));
                self.redial();
            }
            Command::Dial { address, reply } => self.dial(&address, reply),
            Command::Disconnect { peer, reason, reply } => answer(reply, self.disconnect(peer, reason)),
            Command::Follow { topic, reply } => answer(reply, self.follow(&topic)),
            Command::Leave { topic, reply } => answer(reply, self.leave(&topic)),
            Command::Publish { topic, bytes, reply } => answer(reply, self.publish(topic, bytes)),
            Command::Open { peer, purpose, reply } => self.swarm.behaviour_mut().streams.open(peer, purpose, reply),
            Command::Rejudge { reply } => answer(reply, self.rejudge()),
            Command::Peers { reply } => answer(reply, self.list()),
            Command::Counts { reply } => answer(reply, self.counts),
        }
    }

    pub(super) fn judged(&mut self, id: &GossipId, verdict: GossipVerdict) {
        let acceptance = match verdict {
            GossipVerdict::Accept => MessageAcceptance::Accept,
            GossipVerdict::Ignore => MessageAcceptance::Ignore,
            GossipVerdict::Reject => MessageAcceptance::Reject,
        };
        let gossip = self.swarm.behaviour_mut().gossip.inner_mut();
        if !gossip.report_message_validation_result(&id.message, &id.from.inner(), acceptance) {
            tracing::debug!(%id, "the verdict came after the message was forgotten");
        }
    }

    /// Dials whatever is due, and notes when to look again.
    pub(super) fn redial(&mut self) {
        while let Some(due) = self.keeper.due(Instant::now()) {
            self.dial_kept(due);
        }
        self.redial_at = self.keeper.next_wake();
    }

    fn dial_kept(&mut self, due: Due) {
        let options = options(&due.address, due.peer);
        let connection = options.connection_id();
        match self.swarm.dial(options) {
            Ok(()) => self.dials.kept(connection, due.address),
            Err(error) => {
                tracing::debug!(address = %due.address, %error, "a kept address cannot be dialled now");
                self.keeper.failed(&due.address, Instant::now(), chance());
            }
        }
    }

    fn dial(&mut self, address: &Address, reply: Reply<Result<PeerId, DialError>>) {
        if !self.dials.has_room() {
            return answer(reply, Err(DialError::TooMany));
        }
        let options = DialOpts::unknown_peer_id().address(address.inner().clone()).build();
        let connection = options.connection_id();
        match self.swarm.dial(options) {
            Ok(()) => self.dials.asked(connection, reply),
            Err(error) => answer(reply, Err(dials::meaning(&error))),
        }
    }

    fn listening(&self) -> Vec<Address> {
        self.swarm.listeners().cloned().map(Address::wrap).collect()
    }

    fn disconnect(&mut self, peer: PeerId, reason: String) -> bool {
        for connection in self.peers.connections(peer) {
            self.peers
                .note_closing(peer, connection, DownReason::Asked { reason: reason.clone() });
        }
        self.swarm.disconnect_peer_id(peer.inner()).is_ok()
    }

    fn follow(&mut self, topic: &Topic) -> Result<(), FollowError> {
        let wire = gossipsub::IdentTopic::new(self.wire.hash(topic).into_string());
        let gossip = self.swarm.behaviour_mut().gossip.inner_mut();
        if gossip.topics().count() >= TOPICS_MAX && !gossip.topics().any(|followed| *followed == wire.hash()) {
            return Err(FollowError::TooMany);
        }
        // Both fail only for constants of ours: a score out of range, a topic outside of our own filter.
        if let Err(error) = gossip.set_topic_params(wire.clone(), topic_score()) {
            tracing::error!(%topic, %error, "the topic has no score");
        }
        if let Err(error) = gossip.subscribe(&wire) {
            tracing::error!(%topic, %error, "the topic could not be followed");
        }
        Ok(())
    }

    fn leave(&mut self, topic: &Topic) -> bool {
        let wire = gossipsub::IdentTopic::new(self.wire.hash(topic).into_string());
        self.swarm.behaviour_mut().gossip.inner_mut().unsubscribe(&wire)
    }

    pub(super) fn publish(&mut self, topic: Topic, bytes: Bytes) -> Result<Published, PublishError> {
        let hash = self.wire.hash(&topic);
        let gossip = self.swarm.behaviour_mut().gossip.inner_mut();
        match gossip.publish(hash, bytes.to_vec()) {
            Ok(_) | Err(gossipsub::PublishError::Duplicate) => Ok(Published::Sent),
            Err(gossipsub::PublishError::NoPeersSubscribedToTopic) => {
                self.counts.publish_left_to_sync += self.unheard.keep(topic, bytes);
                Ok(Published::Kept)
            }
            Err(gossipsub::PublishError::MessageTooLarge) if bytes.len() > PUBLISH_BYTES_MAX => {
                Err(PublishError::TooLong { bytes: bytes.len() })
            }
            Err(error) => {
                tracing::debug!(%topic, %error, "a message is left to sync");
                self.counts.publish_left_to_sync += 1;
                Ok(Published::LeftToSync)
            }
        }
    }

    fn rejudge(&mut self) -> usize {
        let refused: Vec<_> = self
            .roll
            .members()
            .into_iter()
            .filter_map(|shown| self.refused_now(shown))
            .collect();
        for (shown, refusal) in &refused {
            tracing::info!(peer = %shown.peer, %refusal, "a connected member is refused now");
            self.peers
                .note_closing(shown.peer, shown.connection, DownReason::Refused(refusal.clone()));
            self.swarm.close_connection(shown.connection);
        }
        refused.len()
    }

    fn refused_now(&self, shown: Shown) -> Option<(Shown, Refusal)> {
        let refusal = match self.gate.judge_again(&shown.peer, &shown.bytes) {
            Ok(Standing::Member { .. }) => return None,
            Ok(Standing::Guest) => Refusal::new(RefusalCode::NotOnRoster, "the node is a member no longer"),
            Err(refusal) => refusal,
        };
        Some((shown, refusal))
    }

    fn list(&self) -> Vec<PeerInfo> {
        let gossip = self.swarm.behaviour().gossip.inner();
        let agreed = |peer: &PeerId| {
            let kind = gossip
                .peer_protocol()
                .find(|(of, _)| **of == peer.inner())
                .map(|(_, kind)| kind);
            kind.is_some_and(|kind| kind.as_static_ref().starts_with("Gossipsub"))
        };
        self.peers.list(agreed)
    }
}

fn options(address: &Address, peer: Option<PeerId>) -> DialOpts {
    let place = address.inner().clone();
    match peer {
        Some(peer) => DialOpts::peer_id(peer.inner())
            .condition(PeerCondition::DisconnectedAndNotDialing)
            .addresses(vec![place])
            .build(),
        None => DialOpts::unknown_peer_id().address(place).build(),
    }
}

fn answer<T>(reply: Reply<T>, value: T) {
    if reply.send(value).is_err() {
        tracing::trace!("a caller went away before its answer");
    }
}

/// Chance that spreads the redials. Without a source of randomness they are merely not spread.
pub(super) fn chance() -> u64 {
    getrandom::u64().unwrap_or(u64::MAX)
}
