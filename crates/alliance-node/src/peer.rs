//! Peer ids and transport keys: two spellings of one thing.

use alliance_net::PeerId;
use alliance_record::TransportId;

/// What stands before the 32 bytes of an Ed25519 key in a libp2p peer id: an identity multihash of 36 bytes, holding
/// a protobuf with key type 1 (field 1) and the key (field 2, 32 bytes).
const PREFIX: [u8; 6] = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20];

/// The peer id of a transport key; `None` for 32 bytes that are no key.
pub(crate) fn peer_id(transport: &TransportId) -> Option<PeerId> {
    let bytes = [&PREFIX[..], transport.as_bytes()].concat();
    PeerId::from_bytes(&bytes).ok()
}

/// The transport key of a peer id; `None` for ids of other kinds of key.
pub(crate) fn transport_id(peer: &PeerId) -> Option<TransportId> {
    let bytes = peer.to_bytes();
    TransportId::from_slice(bytes.strip_prefix(&PREFIX[..])?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_name_the_same_key() {
        let secret = alliance_record::SecretKey::from_seed(&[5; 32]);
        let peer = PeerId::of_secret(&[5; 32]);
        assert_eq!(transport_id(&peer), Some(secret.transport()));
        assert_eq!(peer_id(&secret.transport()), Some(peer));
    }
}
