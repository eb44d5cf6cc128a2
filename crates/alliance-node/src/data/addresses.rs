//! Where other members were reached or are said to be: what a restarted node dials first.

use std::collections::BTreeMap;
use std::path::PathBuf;

use alliance_record::TransportId;
use alliance_wire::PeerAddress;
use alliance_wire::limits::{ADDRESSES_PER_PEER_MAX, PEERS_MAX};

use super::file::{self, FileError};

/// Members remembered; beyond, the book is full and new ones wait until one is forgotten.
const BOOK_PEERS_MAX: usize = 256;

/// Addresses by transport key.
#[derive(Debug)]
pub(crate) struct AddressBook {
    path: PathBuf,
    peers: BTreeMap<TransportId, Vec<String>>,
}

impl AddressBook {
    /// Reads the book. It can be learned again, so a damaged one is an empty one.
    pub(crate) fn open(path: PathBuf) -> Self {
        let texts: BTreeMap<String, Vec<String>> = file::read_json(&path).ok().flatten().unwrap_or_default();
        let peers = texts
            .into_iter()
            .filter_map(|(peer, addresses)| Some((peer.parse().ok()?, addresses)));
        Self {
            peers: peers.take(BOOK_PEERS_MAX).collect(),
            path,
        }
    }

    /// Takes addresses that were told. Returns those that are new and found room.
    pub(crate) fn learn(&mut self, learned: &PeerAddress) -> Result<Vec<String>, FileError> {
        if !self.peers.contains_key(&learned.transport) && self.peers.len() >= BOOK_PEERS_MAX {
            return Ok(Vec::new());
        }
        let held = self.peers.entry(learned.transport).or_default();
        let fresh: Vec<_> = learned
            .addresses
            .iter()
            .filter(|address| !held.contains(*address))
            .cloned()
            .collect();
        if fresh.is_empty() {
            return Ok(fresh);
        }
        // Hearsay goes behind, and never displaces what is known already.
        let room = ADDRESSES_PER_PEER_MAX.saturating_sub(held.len());
        let taken: Vec<_> = fresh.into_iter().take(room).collect();
        held.extend(taken.iter().cloned());
        if !taken.is_empty() {
            self.write()?;
        }
        Ok(taken)
    }

    /// Puts an address that answered first among its member's. Whoever was there before is there no more, as when a node was
    /// given other keys.
    pub(crate) fn reached(&mut self, transport: TransportId, address: String) -> Result<(), FileError> {
        let moved = self.moved_from(transport, &address);
        if moved {
            self.write()?;
        }
        if !self.peers.contains_key(&transport) && self.peers.len() >= BOOK_PEERS_MAX {
            return Ok(());
        }
        let held = self.peers.entry(transport).or_default();
        if held.first() == Some(&address) {
            return Ok(());
        }
        held.retain(|known| *known != address);
        held.insert(0, address);
        held.truncate(ADDRESSES_PER_PEER_MAX);
        self.write()
    }

    /// Takes an address from all but one. Whether anybody had it.
    fn moved_from(&mut self, to: TransportId, address: &str) -> bool {
        let place = without_peer(address);
        let mut moved = false;
        for (_, held) in self.peers.iter_mut().filter(|(peer, _)| **peer != to) {
            let before = held.len();
            held.retain(|known| without_peer(known) != place);
            moved |= held.len() != before;
        }
        self.peers.retain(|_, held| !held.is_empty());
        moved
    }

    /// All members, as many as one frame carries.
    pub(crate) fn to_share(&self) -> Vec<PeerAddress> {
        self.all().take(PEERS_MAX).collect()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = PeerAddress> + '_ {
        let peer = |(transport, addresses): (&TransportId, &Vec<String>)| PeerAddress {
            transport: *transport,
            addresses: addresses.clone(),
        };
        self.peers.iter().map(peer)
    }

    fn write(&self) -> Result<(), FileError> {
        let texts: BTreeMap<_, _> = self
            .peers
            .iter()
            .map(|(peer, addresses)| (peer.to_string(), addresses))
            .collect();
        file::replace_json(&self.path, &texts)
    }
}

/// The place alone: addresses may name who is expected there.
fn without_peer(address: &str) -> &str {
    address.split_once("/p2p/").map_or(address, |(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_another_node_answers_the_one_before_is_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("addresses.json");
        let mut book = AddressBook::open(path.clone());
        let [old, new, other] = [1, 2, 3].map(|n| TransportId([n; 32]));
        let there = "/ip4/192.0.2.1/tcp/4001";
        let elsewhere = "/ip4/192.0.2.2/tcp/4001";
        let learned = |transport, addresses: &[&str]| PeerAddress {
            transport,
            addresses: addresses.iter().map(ToString::to_string).collect(),
        };
        book.learn(&learned(old, &[&format!("{there}/p2p/12D3Koo")])).unwrap();
        book.learn(&learned(other, &[there, elsewhere])).unwrap();
        book.reached(new, format!("{there}/p2p/12D3Kop")).unwrap();
        let all: Vec<PeerAddress> = AddressBook::open(path).all().collect();
        assert_eq!(
            all,
            [
                learned(new, &[&format!("{there}/p2p/12D3Kop")]),
                learned(other, &[elsewhere])
            ]
        );
    }
}
