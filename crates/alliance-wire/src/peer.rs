//! Where a member can be reached: a hint, never an authority.

use alliance_record::TransportId;
use bytes::Bytes;

use crate::error::{WireError, at_most};
use crate::limits::{ADDRESS_BYTES_MAX, ADDRESSES_PER_PEER_MAX, PEERS_MAX};
use crate::proto::v1;

/// A member's node and its addresses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PeerAddress {
    /// Its transport key.
    pub transport: TransportId,
    /// Multiaddresses.
    pub addresses: Vec<String>,
}

pub(crate) fn read_addresses(addresses: Vec<String>) -> Result<Vec<String>, WireError> {
    at_most("addresses", addresses.len(), ADDRESSES_PER_PEER_MAX)?;
    for address in &addresses {
        at_most("address", address.len(), ADDRESS_BYTES_MAX)?;
    }
    Ok(addresses)
}

pub(crate) fn read_peers(peers: Vec<v1::PeerAddress>) -> Result<Vec<PeerAddress>, WireError> {
    at_most("peers", peers.len(), PEERS_MAX)?;
    let read = |peer: v1::PeerAddress| {
        let transport = TransportId::from_slice(&peer.transport).map_err(WireError::field("transport"))?;
        Ok(PeerAddress {
            transport,
            addresses: read_addresses(peer.addresses)?,
        })
    };
    peers.into_iter().map(read).collect()
}

pub(crate) fn write_peers(peers: &[PeerAddress]) -> Vec<v1::PeerAddress> {
    let write = |peer: &PeerAddress| v1::PeerAddress {
        transport: Bytes::copy_from_slice(peer.transport.as_bytes()),
        addresses: peer.addresses.clone(),
    };
    peers.iter().map(write).collect()
}
