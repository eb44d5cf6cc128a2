//! Owns the settings of gossipsub, each with its unit and the measurement or reason behind it.

use std::time::Duration;

use libp2p::gossipsub::{
    Behaviour, Config, ConfigBuilder, IdentityTransform, MaxCountSubscriptionFilter, Message, MessageAuthenticity,
    MessageId, PeerScoreParams, PeerScoreThresholds, TopicScoreParams, ValidationMode, score_parameter_decay,
};

use super::topic::Wire;
use crate::{
    Role,
    limits::{GOSSIP_TRANSMIT_BYTES_MAX, TOPICS_MAX},
};

/// Gossipsub as this crate uses it.
pub(crate) type Gossip = Behaviour<IdentityTransform, MaxCountSubscriptionFilter<Wire>>;

/// Bytes of a message's identifier: 20 bytes of a hash do not collide by chance, and lists of them stay short.
const ID_BYTES: usize = 20;
/// How often the mesh is tended.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// Heartbeats for which a message can still be asked for.
const HISTORY_HEARTBEATS: usize = 12;
/// Heartbeats for which a message is announced.
const HISTORY_GOSSIPED_HEARTBEATS: usize = 6;
/// After leaving a mesh, when to try again: a leaf with three hubs cannot wait a minute.
const PRUNE_BACKOFF: Duration = Duration::from_secs(15);
/// How long a message is known as seen: longer than any path through the mesh and the announcements.
const DUPLICATE_CACHE: Duration = Duration::from_secs(300);
/// Messages waiting for one peer before some are dropped.
const HANDLER_QUEUE_MESSAGES: usize = 512;
/// How long an own message may wait in a queue.
const PUBLISH_QUEUE: Duration = Duration::from_secs(10);
/// How long a forwarded message may wait in a queue.
const FORWARD_QUEUE: Duration = Duration::from_secs(5);
/// Below this many bytes "do not send me this" was measured to cost more than it saves.
const IDONTWANT_BYTES_MIN: usize = 8 * 1024;
/// At the default of 16 KiB a long announcement closes the stream and the link stays silent.
const CONTROL_BYTES_MAX: usize = 64 * 1024;
/// Identifiers in one announcement: with their overhead they stay far below the limit above.
const CONTROL_MESSAGES_SENT_MAX: usize = 1000;
/// Subscriptions in one message: as many as a peer may have.
const SUBSCRIPTIONS_PER_MESSAGE_MAX: usize = TOPICS_MAX;

/// Peers in a mesh, and how many are told of what they missed.
struct Mesh {
    wanted: usize,
    low: usize,
    high: usize,
    gossip_factor: f64,
}

/// A hub serves everybody who reaches it: with the usual mesh of six, a star of leaves delivered only 87 %.
const HUB: Mesh = Mesh {
    wanted: 200,
    low: 6,
    high: 400,
    gossip_factor: 1.0,
};
/// A leaf has two or three hubs.
const LEAF: Mesh = Mesh {
    wanted: 3,
    low: 2,
    high: 4,
    gossip_factor: 0.25,
};

/// The square of the number of provably bad messages counts against their sender.
const BAD_MESSAGE_WEIGHT: f64 = -1.0;
/// How long until a bad message is forgotten: one broken release must not cut a member off for a day.
const BAD_MESSAGE_MEMORY: Duration = Duration::from_secs(600);
/// Four bad messages within the memory: no more announcements to or from the peer.
const SCORE_NO_GOSSIP: f64 = -10.0;
/// Eight: nothing of ours is sent to it.
const SCORE_NO_PUBLISH: f64 = -50.0;
/// Ten: nothing of it is read.
const SCORE_GRAYLIST: f64 = -100.0;

/// Why gossipsub could not be set up: only our own constants can be at fault.
#[derive(Debug, thiserror::Error)]
#[error("the settings of gossip are at fault: {0}")]
pub struct GossipSettingsError(String);

/// Gossipsub with these settings.
pub(crate) fn behaviour(role: Role, wire: Wire) -> Result<Gossip, GossipSettingsError> {
    let config = config(role).map_err(|error| GossipSettingsError(error.to_string()))?;
    let filter = MaxCountSubscriptionFilter {
        filter: wire,
        max_subscribed_topics: TOPICS_MAX,
        max_subscriptions_per_request: SUBSCRIPTIONS_PER_MESSAGE_MAX,
    };
    let mut gossip = Gossip::new_with_subscription_filter(MessageAuthenticity::Anonymous, config, filter)
        .map_err(|error| GossipSettingsError(error.to_owned()))?;
    gossip
        .with_peer_score(score(), thresholds())
        .map_err(GossipSettingsError)?;
    Ok(gossip)
}

fn config(role: Role) -> Result<Config, libp2p::gossipsub::ConfigBuilderError> {
    let mesh = match role {
        Role::Hub => HUB,
        Role::Leaf => LEAF,
    };
    ConfigBuilder::default()
        .validation_mode(ValidationMode::Anonymous)
        .validate_messages()
        .message_id_fn(id)
        .mesh_n(mesh.wanted)
        .mesh_n_low(mesh.low)
        .mesh_n_high(mesh.high)
        // Guards against strangers that crowd the mesh by dialling in; here there are no strangers.
        .mesh_outbound_min(0)
        .gossip_factor(mesh.gossip_factor)
        .flood_publish(false)
        .heartbeat_interval(HEARTBEAT)
        .heartbeat_initial_delay(HEARTBEAT)
        .history_length(HISTORY_HEARTBEATS)
        .history_gossip(HISTORY_GOSSIPED_HEARTBEATS)
        .prune_backoff(PRUNE_BACKOFF)
        .duplicate_cache_time(DUPLICATE_CACHE)
        .connection_handler_queue_len(HANDLER_QUEUE_MESSAGES)
        .publish_queue_duration(PUBLISH_QUEUE)
        .forward_queue_duration(FORWARD_QUEUE)
        .max_transmit_size(GOSSIP_TRANSMIT_BYTES_MAX)
        .idontwant_message_size_threshold(IDONTWANT_BYTES_MIN)
        .max_control_message_size(CONTROL_BYTES_MAX)
        .max_control_messages_sent(CONTROL_MESSAGES_SENT_MAX)
        .build()
}

/// Over topic and all bytes: an identifier of a part would let a spoiled rest poison the memory of what was seen.
fn id(message: &Message) -> MessageId {
    let topic = message.topic.as_str().as_bytes();
    let mut hasher = blake3::Hasher::new();
    hasher
        .update(&(topic.len() as u64).to_be_bytes())
        .update(topic)
        .update(&message.data);
    MessageId::new(&hasher.finalize().as_bytes()[..ID_BYTES])
}

/// Only bad messages count. The rest of gossipsub's score punishes the quiet, the slow, and those who share an address.
fn score() -> PeerScoreParams {
    PeerScoreParams {
        topic_score_cap: 0.0,
        app_specific_weight: 0.0,
        ip_colocation_factor_weight: 0.0,
        behaviour_penalty_weight: 0.0,
        slow_peer_weight: 0.0,
        ..PeerScoreParams::default()
    }
}

fn thresholds() -> PeerScoreThresholds {
    PeerScoreThresholds {
        gossip_threshold: SCORE_NO_GOSSIP,
        publish_threshold: SCORE_NO_PUBLISH,
        graylist_threshold: SCORE_GRAYLIST,
        accept_px_threshold: 0.0,
        opportunistic_graft_threshold: 0.0,
    }
}

/// The score of one topic, to be set when it is followed.
pub(crate) fn topic_score() -> TopicScoreParams {
    TopicScoreParams {
        topic_weight: 1.0,
        time_in_mesh_weight: 0.0,
        first_message_deliveries_weight: 0.0,
        mesh_message_deliveries_weight: 0.0,
        mesh_failure_penalty_weight: 0.0,
        invalid_message_deliveries_weight: BAD_MESSAGE_WEIGHT,
        invalid_message_deliveries_decay: score_parameter_decay(BAD_MESSAGE_MEMORY),
        ..TopicScoreParams::default()
    }
}

#[cfg(test)]
mod tests {
    use libp2p::gossipsub::TopicHash;

    use super::*;

    #[test]
    fn gossipsub_takes_the_settings_of_both_roles() {
        for (role, wanted, low, high) in [(Role::Hub, 200, 6, 400), (Role::Leaf, 3, 2, 4)] {
            let config = config(role).unwrap();
            assert_eq!(
                (config.mesh_n(), config.mesh_n_low(), config.mesh_n_high()),
                (wanted, low, high)
            );
            assert!(config.validate_messages());
            assert!(!config.flood_publish());
            behaviour(role, Wire::new("ab")).unwrap();
        }
        assert!(topic_score().validate().is_ok());
    }

    #[test]
    fn the_identifier_covers_topic_and_all_bytes() {
        let message = |topic: &str, data: &[u8]| {
            let topic = TopicHash::from_raw(topic);
            id(&Message {
                source: None,
                data: data.to_vec(),
                sequence_number: None,
                topic,
            })
        };
        let first = message("ab", b"c");
        assert_eq!(first.0.len(), ID_BYTES);
        assert_eq!(first, message("ab", b"c"));
        for other in [
            message("a", b"bc"),
            message("ab", b"d"),
            message("ab", b"c\0"),
            message("abc", b""),
        ] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn ten_bad_messages_and_no_fewer_silence_a_peer() {
        let score = |count: f64| BAD_MESSAGE_WEIGHT * count * count;
        assert!(score(1.0) > SCORE_NO_GOSSIP);
        assert!(score(9.0) > SCORE_GRAYLIST && score(10.0) <= SCORE_GRAYLIST);
    }
}
