//! Owns what a node must say before it can be carried, and what can be wrong with it.

use crate::{
    Address,
    gossip::settings::GossipSettingsError,
    limits::{
        CONNECTIONS_PER_HUB_MAX, CONNECTIONS_PER_LEAF_MAX, CONNECTIONS_PER_ORGANISATION_MAX, SESSIONS_PER_HUB_MAX,
        SESSIONS_PER_LEAF_MAX,
    },
    roll::Places,
};

/// Hexadecimal digits of an alliance id, at most: a 64-byte hash. Longer names do not fit into a protocol's name.
const PROTOCOL_CHARS_MAX: usize = 128;

/// What part a node plays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Can be reached from outside; others keep their connections with it.
    Hub,
    /// Only dials, and keeps connections with two or three hubs.
    #[default]
    Leaf,
}

/// How a node is carried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The alliance id in lower-case hexadecimal digits. It is part of every protocol's and topic's name: nodes of different
    /// alliances fail at the first step.
    pub protocol: String,
    /// Where to listen; none for a leaf behind a firewall. Port 0 lets the system choose.
    pub listen: Vec<Address>,
    /// The part this node plays.
    pub role: Role,
    /// Whether to announce and look for nodes on the local network by mDNS. Found nodes are only reported.
    pub mdns: bool,
    /// Connections in all; by role when none: 512 for a hub, 32 for a leaf.
    pub connections_max: Option<usize>,
    /// Connections of one organisation. Never by IP: hospitals share one egress.
    pub connections_per_organisation_max: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            protocol: String::new(),
            listen: Vec::new(),
            role: Role::default(),
            mdns: false,
            connections_max: None,
            connections_per_organisation_max: CONNECTIONS_PER_ORGANISATION_MAX,
        }
    }
}

/// Why the network did not start. Nothing is left open.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The alliance id is not what it should be.
    #[error("the alliance id \"{shown}\" must be 1 to {PROTOCOL_CHARS_MAX} hexadecimal digits in lower case")]
    Protocol {
        /// What was given, cut to 128 characters.
        shown: String,
    },
    /// An address cannot be listened on.
    #[error("cannot listen on {address}: {reason}; free the port, or choose an address of this machine")]
    Listen {
        /// The address.
        address: Address,
        /// What the system said.
        reason: String,
    },
    /// The line's security could not be set up.
    #[error("the keys for the line could not be set up: {reason}")]
    Security {
        /// What was wrong.
        reason: String,
    },
    /// The settings of gossip are at fault.
    #[error(transparent)]
    Gossip(#[from] GossipSettingsError),
    /// The local network cannot be searched.
    #[error("nodes on the local network cannot be looked for: {0}; switch mdns off")]
    Mdns(std::io::Error),
    /// Called outside of a tokio runtime.
    #[error("the network needs a running tokio runtime")]
    NoRuntime,
}

impl Settings {
    pub(crate) fn check(&self) -> Result<(), StartError> {
        let fits = (1..=PROTOCOL_CHARS_MAX).contains(&self.protocol.len());
        if fits
            && self
                .protocol
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        {
            return Ok(());
        }
        Err(StartError::Protocol {
            shown: self.protocol.chars().take(PROTOCOL_CHARS_MAX).collect(),
        })
    }

    pub(crate) fn places(&self) -> Places {
        let by_role = match self.role {
            Role::Hub => CONNECTIONS_PER_HUB_MAX,
            Role::Leaf => CONNECTIONS_PER_LEAF_MAX,
        };
        Places {
            total: self.connections_max.unwrap_or(by_role),
            per_organisation: self.connections_per_organisation_max,
        }
    }

    pub(crate) fn sessions_max(&self) -> usize {
        match self.role {
            Role::Hub => SESSIONS_PER_HUB_MAX,
            Role::Leaf => SESSIONS_PER_LEAF_MAX,
        }
    }

    /// The name of one of this alliance's protocols.
    pub(crate) fn protocol_name(&self, part: &str) -> String {
        format!("/alliance/{}/{part}/1", self.protocol)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alliance_id_is_hexadecimal() {
        for (protocol, good) in [
            ("0a", true),
            ("", false),
            ("0A", false),
            ("a/b", false),
            (&"a".repeat(129), false),
        ] {
            let settings = Settings {
                protocol: protocol.to_owned(),
                ..Settings::default()
            };
            assert_eq!(settings.check().is_ok(), good, "{protocol}");
        }
    }
}
