//! Owns the names of nodes and places: peer identifiers and addresses. It never resolves or dials.

use std::{fmt, str::FromStr};

use libp2p::{Multiaddr, identity, multiaddr::Protocol};

/// The identifier of a node: the hash of its transport key, shown in base58.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(libp2p::PeerId);

/// A text or bytes that name no peer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeerIdError {
    /// The text is not the base58 form of a peer identifier.
    #[error("\"{text}\" is not a peer identifier ({reason}); copy the whole identifier, it begins with 12D3Koo")]
    Text {
        /// What was read, cut to 80 characters.
        text: String,
        /// What was wrong with it.
        reason: String,
    },
    /// The bytes are not the binary form of a peer identifier.
    #[error("these {length_bytes} bytes are not a peer identifier")]
    Bytes {
        /// How many bytes were given.
        length_bytes: usize,
    },
}

impl PeerId {
    /// The identifier of the node that holds this Ed25519 transport secret (32 bytes of seed).
    #[must_use]
    pub fn of_secret(secret: &[u8; 32]) -> Self {
        Self(keypair(secret).public().to_peer_id())
    }

    /// Reads the binary form (38 bytes for an Ed25519 key).
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PeerIdError> {
        libp2p::PeerId::from_bytes(bytes)
            .map(Self)
            .map_err(|_| PeerIdError::Bytes {
                length_bytes: bytes.len(),
            })
    }

    /// The binary form (38 bytes for an Ed25519 key).
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.to_bytes()
    }

    pub(crate) fn wrap(peer: libp2p::PeerId) -> Self {
        Self(peer)
    }

    pub(crate) fn inner(self) -> libp2p::PeerId {
        self.0
    }
}

/// The transport key pair of a seed. The seed is copied, since the conversion erases what it is given.
pub(crate) fn keypair(secret: &[u8; 32]) -> identity::Keypair {
    let mut seed = *secret;
    match identity::ed25519::SecretKey::try_from_bytes(&mut seed) {
        Ok(secret) => identity::ed25519::Keypair::from(secret).into(),
        Err(_) => unreachable!("every 32 bytes are an Ed25519 seed"),
    }
}

impl fmt::Display for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PeerId({})", self.0)
    }
}

impl FromStr for PeerId {
    type Err = PeerIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse()
            .map(Self)
            .map_err(|error: libp2p::identity::ParseError| PeerIdError::Text {
                text: cut(text),
                reason: error.to_string(),
            })
    }
}

/// A place where a node listens or may be dialled, as a multiaddress: `/ip4/192.0.2.7/tcp/4001`, `/dns4/hub.example.org/tcp/4001`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(Multiaddr);

/// A text that is no address this node can use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// The text is not a multiaddress.
    #[error(
        "\"{text}\" is not an address ({reason}); write it like /dns4/hub.example.org/tcp/4001 or /ip4/192.0.2.7/tcp/4001"
    )]
    Syntax {
        /// What was read, cut to 80 characters.
        text: String,
        /// What was wrong with it.
        reason: String,
    },
    /// A multiaddress, but not of a host and a TCP port.
    #[error(
        "\"{text}\" has no host and TCP port; only /ip4, /ip6, /dns, /dns4 and /dns6 followed by /tcp/<port> can be carried"
    )]
    NotTcp {
        /// What was read, cut to 80 characters.
        text: String,
    },
}

impl Address {
    /// The peer that the address names with its `/p2p/` part, if it has one.
    #[must_use]
    pub fn peer(&self) -> Option<PeerId> {
        self.0.iter().find_map(|part| match part {
            Protocol::P2p(peer) => Some(PeerId(peer)),
            _ => None,
        })
    }

    /// The same place without its `/p2p/` part.
    #[must_use]
    pub fn without_peer(&self) -> Self {
        Self(bare(&self.0))
    }

    /// The same place, naming this peer.
    #[must_use]
    pub fn with_peer(&self, peer: PeerId) -> Self {
        Self(bare(&self.0).with(Protocol::P2p(peer.0)))
    }

    pub(crate) fn wrap(address: Multiaddr) -> Self {
        Self(address)
    }

    /// An address that a peer told, if this crate could dial it.
    pub(crate) fn usable(address: Multiaddr) -> Option<Self> {
        is_tcp(&address).then_some(Self(address))
    }

    pub(crate) fn inner(&self) -> &Multiaddr {
        &self.0
    }
}

/// The address without any `/p2p/` part: the swarm adds and removes it as it goes.
pub(crate) fn bare(address: &Multiaddr) -> Multiaddr {
    address
        .iter()
        .filter(|part| !matches!(part, Protocol::P2p(_)))
        .collect()
}

fn is_tcp(address: &Multiaddr) -> bool {
    let mut parts = address.iter();
    let host = matches!(
        parts.next(),
        Some(Protocol::Ip4(_) | Protocol::Ip6(_) | Protocol::Dns(_) | Protocol::Dns4(_) | Protocol::Dns6(_))
    );
    host && matches!(parts.next(), Some(Protocol::Tcp(_)))
        && matches!(parts.next(), None | Some(Protocol::P2p(_)))
        && parts.next().is_none()
}

fn cut(text: &str) -> String {
    text.chars().take(80).collect()
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({})", self.0)
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let address: Multiaddr = text
            .parse()
            .map_err(|error: libp2p::multiaddr::Error| AddressError::Syntax {
                text: cut(text),
                reason: error.to_string(),
            })?;
        if is_tcp(&address) {
            Ok(Self(address))
        } else {
            Err(AddressError::NotTcp { text: cut(text) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_or_refused_with_a_remedy() {
        let peer = PeerId::of_secret(&[7; 32]);
        let named = format!("/ip4/127.0.0.1/tcp/4001/p2p/{peer}");
        let cases = [
            ("/ip4/127.0.0.1/tcp/4001", Ok(())),
            ("/ip6/::1/tcp/0", Ok(())),
            ("/dns4/hub.example.org/tcp/4001", Ok(())),
            (named.as_str(), Ok(())),
            ("", Err("no host and TCP port")),
            ("hub.example.org:4001", Err("write it like /dns4/")),
            ("/ip4/300.0.0.1/tcp/1", Err("is not an address")),
            ("/ip4/127.0.0.1/udp/4001/quic-v1", Err("no host and TCP port")),
            ("/ip4/127.0.0.1/tcp/4001/ws", Err("no host and TCP port")),
            ("/ip4/127.0.0.1/tcp/4001/p2p-circuit", Err("no host and TCP port")),
        ];
        for (text, expected) in cases {
            match (text.parse::<Address>(), expected) {
                (Ok(address), Ok(())) => assert_eq!(address.to_string(), text),
                (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{text}: {error}"),
                (got, _) => panic!("{text}: {got:?}"),
            }
        }
    }

    #[test]
    fn an_address_may_name_its_peer() {
        let peer = PeerId::of_secret(&[7; 32]);
        let place: Address = "/ip4/127.0.0.1/tcp/4001".parse().unwrap();
        assert_eq!(place.peer(), None);
        assert_eq!(place.with_peer(peer).peer(), Some(peer));
        assert_eq!(place.with_peer(peer).without_peer(), place);
    }

    #[test]
    fn peer_identifiers_return_from_text_and_bytes() {
        let peer = PeerId::of_secret(&[1; 32]);
        assert_eq!(peer.to_string().parse::<PeerId>().unwrap(), peer);
        assert_eq!(PeerId::from_bytes(&peer.to_bytes()).unwrap(), peer);
        assert_eq!(peer.to_bytes().len(), 38);
        assert!("nobody".parse::<PeerId>().unwrap_err().to_string().contains("12D3Koo"));
        assert!(matches!(
            PeerId::from_bytes(&[1, 2]),
            Err(PeerIdError::Bytes { length_bytes: 2 })
        ));
    }
}
