//! Owns the composition of behaviours. Its order matters: admission first, so that no other sees a connection off the roll.

use std::io;

use libp2p::{
    StreamProtocol,
    connection_limits::{self, ConnectionLimits},
    identify, identity, mdns, ping,
    swarm::{NetworkBehaviour, behaviour::toggle::Toggle},
};

use crate::{
    Settings, StartError, admission,
    gossip::{settings as gossip_settings, settings::Gossip, topic::Wire},
    limits::{PENDING_INBOUND_MAX, PING_INTERVAL},
    members_only::MembersOnly,
    roll::Roll,
    streams,
};

/// Everything that speaks on a connection.
#[derive(NetworkBehaviour)]
pub(crate) struct Behaviour {
    pending: connection_limits::Behaviour,
    admission: admission::Behaviour,
    pub(crate) streams: streams::behaviour::Behaviour,
    pub(crate) gossip: MembersOnly<Gossip>,
    identify: MembersOnly<identify::Behaviour>,
    ping: MembersOnly<ping::Behaviour>,
    mdns: Toggle<mdns::tokio::Behaviour>,
}

impl Behaviour {
    pub(crate) fn new(
        key: &identity::PublicKey,
        settings: &Settings,
        wire: Wire,
        roll: &Roll,
    ) -> Result<Self, StartError> {
        let limits = ConnectionLimits::default().with_max_pending_incoming(Some(PENDING_INBOUND_MAX));
        let gossip = gossip_settings::behaviour(settings.role, wire)?;
        let ping = ping::Config::new()
            .with_interval(PING_INTERVAL)
            .with_timeout(PING_INTERVAL);
        Ok(Self {
            pending: connection_limits::Behaviour::new(limits),
            admission: admission::Behaviour::new(roll.clone()),
            streams: streams::behaviour::Behaviour::new(names(settings)?, roll.clone()),
            gossip: MembersOnly::new(gossip, roll.clone()),
            identify: MembersOnly::new(identify(key, settings), roll.clone()),
            ping: MembersOnly::new(ping::Behaviour::new(ping), roll.clone()),
            mdns: mdns(key, settings).map_err(StartError::Mdns)?.into(),
        })
    }
}

pub(crate) fn names(settings: &Settings) -> Result<streams::behaviour::Names, StartError> {
    Ok(streams::behaviour::Names {
        sync: name(settings, "sync")?,
        join: name(settings, "join")?,
    })
}

fn name(settings: &Settings, part: &str) -> Result<StreamProtocol, StartError> {
    let shown = settings.protocol.clone();
    StreamProtocol::try_from_owned(settings.protocol_name(part)).map_err(|_| StartError::Protocol { shown })
}

fn identify(key: &identity::PublicKey, settings: &Settings) -> identify::Behaviour {
    let agent = concat!("alliance/", env!("CARGO_PKG_VERSION")).to_owned();
    let config = identify::Config::new(settings.protocol_name("identify"), key.clone()).with_agent_version(agent);
    identify::Behaviour::new(config)
}

fn mdns(key: &identity::PublicKey, settings: &Settings) -> Result<Option<mdns::tokio::Behaviour>, io::Error> {
    if !settings.mdns {
        return Ok(None);
    }
    mdns::tokio::Behaviour::new(mdns::Config::default(), key.to_peer_id()).map(Some)
}
