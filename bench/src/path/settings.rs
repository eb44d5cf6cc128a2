//! Gossipsub with the settings of a hub of ours, restated here because the crate that carries keeps them to itself. Only
//! the filter of topics is left out: these nodes know one topic.

use std::time::Duration;

use anyhow::{Result, anyhow};
use libp2p::gossipsub::{
    Behaviour, Config, ConfigBuilder, ConfigBuilderError, IdentTopic, Message, MessageAuthenticity, MessageId,
    PeerScoreParams, PeerScoreThresholds, TopicScoreParams, ValidationMode, score_parameter_decay,
};

const ID_BYTES: usize = 20;
/// As `HUB` of the crate that carries.
pub(super) const MESH_LOW: usize = 6;

/// The one topic; as long as ours.
pub(super) fn topic() -> IdentTopic {
    IdentTopic::new(format!("/alliance/{}/{}/1", "0".repeat(64), crate::document::CHAPTER))
}

pub(super) fn behaviour() -> Result<Behaviour> {
    let mut gossip = Behaviour::new(MessageAuthenticity::Anonymous, config()?).map_err(|error| anyhow!("{error}"))?;
    gossip
        .with_peer_score(score(), thresholds())
        .map_err(|error| anyhow!("{error}"))?;
    gossip
        .set_topic_params(topic(), topic_score())
        .map_err(|error| anyhow!("{error}"))?;
    gossip.subscribe(&topic())?;
    Ok(gossip)
}

fn config() -> Result<Config, ConfigBuilderError> {
    let second = Duration::from_secs(1);
    ConfigBuilder::default()
        .validation_mode(ValidationMode::Anonymous)
        .validate_messages()
        .message_id_fn(id)
        .mesh_n(200)
        .mesh_n_low(MESH_LOW)
        .mesh_n_high(400)
        .mesh_outbound_min(0)
        .gossip_factor(1.0)
        .flood_publish(false)
        .heartbeat_interval(second)
        .heartbeat_initial_delay(second)
        .history_length(12)
        .history_gossip(6)
        .prune_backoff(15 * second)
        .duplicate_cache_time(300 * second)
        .connection_handler_queue_len(512)
        .publish_queue_duration(10 * second)
        .forward_queue_duration(5 * second)
        .max_transmit_size(128 * 1024)
        .idontwant_message_size_threshold(8 * 1024)
        .max_control_message_size(64 * 1024)
        .max_control_messages_sent(1000)
        .build()
}

fn id(message: &Message) -> MessageId {
    let topic = message.topic.as_str().as_bytes();
    let mut hasher = blake3::Hasher::new();
    hasher
        .update(&(topic.len() as u64).to_be_bytes())
        .update(topic)
        .update(&message.data);
    MessageId::new(&hasher.finalize().as_bytes()[..ID_BYTES])
}

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
        gossip_threshold: -10.0,
        publish_threshold: -50.0,
        graylist_threshold: -100.0,
        accept_px_threshold: 0.0,
        opportunistic_graft_threshold: 0.0,
    }
}

fn topic_score() -> TopicScoreParams {
    TopicScoreParams {
        topic_weight: 1.0,
        time_in_mesh_weight: 0.0,
        first_message_deliveries_weight: 0.0,
        mesh_message_deliveries_weight: 0.0,
        mesh_failure_penalty_weight: 0.0,
        invalid_message_deliveries_weight: -1.0,
        invalid_message_deliveries_decay: score_parameter_decay(Duration::from_secs(600)),
        ..TopicScoreParams::default()
    }
}
