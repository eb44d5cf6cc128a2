//! Owns the roll of admitted connections: who they are, what they showed, and how many there may be.
//! It never judges, and forgets a connection as soon as its socket is gone.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use libp2p::{Multiaddr, core::ConnectedPoint, swarm::ConnectionId};

use crate::{
    PeerId, Refusal, RefusalCode, Standing,
    address::bare,
    limits::{CONNECTIONS_PER_PEER_MAX, GUEST_CONNECTIONS_MAX},
};

/// How many connections may be admitted at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Places {
    pub(crate) total: usize,
    pub(crate) per_organisation: usize,
}

/// The roll, shared by the security upgrade, which writes it, and the behaviours, which read it.
#[derive(Debug, Clone)]
pub(crate) struct Roll {
    places: Places,
    entries: Arc<Mutex<Entries>>,
}

#[derive(Debug, Default)]
struct Entries {
    next: u64,
    seats: BTreeMap<u64, Entry>,
    by_connection: HashMap<ConnectionId, Standing>,
    /// A hostile node, which takes itself for a member whatever the other side says.
    #[cfg(test)]
    deaf: bool,
}

#[derive(Debug)]
struct Entry {
    peer: PeerId,
    inbound: bool,
    remote: Multiaddr,
    standing: Standing,
    shown: Arc<[u8]>,
    connection: Option<ConnectionId>,
}

/// A place on the roll. Lives inside the connection's socket; dropping it frees the place.
#[derive(Debug)]
pub(crate) struct Seat {
    number: u64,
    entries: Arc<Mutex<Entries>>,
}

/// A connected member and what it showed.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) peer: PeerId,
    pub(crate) connection: ConnectionId,
    pub(crate) bytes: Arc<[u8]>,
}

impl Roll {
    pub(crate) fn new(places: Places) -> Self {
        Self {
            places,
            entries: Arc::default(),
        }
    }

    /// Takes a place for a peer that was judged well, or says that there is none.
    pub(crate) fn seat(
        &self,
        peer: PeerId,
        endpoint: &ConnectedPoint,
        standing: Standing,
        shown: &[u8],
    ) -> Result<Seat, Refusal> {
        let mut entries = lock(&self.entries);
        entries.room_for(peer, standing, self.places)?;
        let number = entries.next;
        entries.next += 1;
        let entry = Entry {
            peer,
            inbound: endpoint.is_listener(),
            remote: bare(endpoint.get_remote_address()),
            standing,
            shown: shown.into(),
            connection: None,
        };
        entries.seats.insert(number, entry);
        Ok(Seat {
            number,
            entries: Arc::clone(&self.entries),
        })
    }

    /// Ties an admitted socket to the connection that the swarm made of it, and tells its standing.
    pub(crate) fn claim(
        &self,
        connection: ConnectionId,
        peer: PeerId,
        remote: &Multiaddr,
        direction: Direction,
    ) -> Option<Standing> {
        let remote = bare(remote);
        let mut entries = lock(&self.entries);
        let inbound = direction == Direction::Inbound;
        let free = |entry: &&mut Entry| {
            entry.connection.is_none() && entry.peer == peer && entry.inbound == inbound && entry.remote == remote
        };
        // Two dials to one address at once cannot be told apart: the lesser standing is the safe one for both.
        let entry = entries
            .seats
            .values_mut()
            .filter(free)
            .min_by_key(|entry| entry.standing)?;
        entry.connection = Some(connection);
        let standing = entry.standing;
        entries.by_connection.insert(connection, standing);
        Some(standing)
    }

    /// The standing of a connection that was claimed and is not yet released.
    pub(crate) fn standing(&self, connection: ConnectionId) -> Option<Standing> {
        lock(&self.entries).by_connection.get(&connection).copied()
    }

    /// Forgets a closed connection.
    pub(crate) fn release(&self, connection: ConnectionId) {
        lock(&self.entries).by_connection.remove(&connection);
    }

    /// Every connected member with what it showed, to be judged again.
    pub(crate) fn members(&self) -> Vec<Shown> {
        let entries = lock(&self.entries);
        let members = entries
            .seats
            .values()
            .filter(|entry| matches!(entry.standing, Standing::Member { .. }));
        members
            .filter_map(|entry| {
                let connection = entry.connection?;
                Some(Shown {
                    peer: entry.peer,
                    connection,
                    bytes: Arc::clone(&entry.shown),
                })
            })
            .collect()
    }

    #[cfg(test)]
    pub(crate) fn deafen(&self) {
        lock(&self.entries).deaf = true;
    }
}

/// Which side dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// They dialled us.
    Inbound,
    /// We dialled them.
    Outbound,
}

impl Seat {
    /// Lowers the standing of a connection whose other side takes us for a guest only.
    pub(crate) fn lower(&self, standing: Standing) {
        let mut entries = lock(&self.entries);
        #[cfg(test)]
        if entries.deaf {
            return;
        }
        if let Some(entry) = entries.seats.get_mut(&self.number) {
            entry.standing = entry.standing.min(standing);
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        lock(&self.entries).seats.remove(&self.number);
    }
}

impl Entries {
    fn room_for(&self, peer: PeerId, standing: Standing, places: Places) -> Result<(), Refusal> {
        let of_peer = self.seats.values().filter(|entry| entry.peer == peer).count();
        let of_standing = self.seats.values().filter(|entry| entry.standing == standing).count();
        let (limit, whose) = match standing {
            Standing::Guest => (GUEST_CONNECTIONS_MAX, "guests"),
            Standing::Member { .. } => (places.per_organisation, "your organisation"),
        };
        let refuse = |limit: usize, whose: &str| {
            let reason = format!("this node already has {limit} connections of {whose}; try again later");
            Err(Refusal::new(RefusalCode::TooManyConnections, &reason))
        };
        if of_peer >= CONNECTIONS_PER_PEER_MAX {
            return refuse(CONNECTIONS_PER_PEER_MAX, "yours");
        }
        if of_standing >= limit {
            return refuse(limit, whose);
        }
        if self.seats.len() >= places.total {
            return refuse(places.total, "all nodes together");
        }
        Ok(())
    }
}

/// No holder of the lock can leave the entries half changed, so a poisoned lock is as good as a whole one.
fn lock(entries: &Mutex<Entries>) -> MutexGuard<'_, Entries> {
    entries.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use libp2p::core::{Endpoint, transport::PortUse};

    use super::*;

    fn dialed(port: u16) -> ConnectedPoint {
        let address = format!("/ip4/127.0.0.1/tcp/{port}").parse().unwrap();
        ConnectedPoint::Dialer {
            address,
            role_override: Endpoint::Dialer,
            port_use: PortUse::Reuse,
        }
    }

    fn member(organisation: u8) -> Standing {
        Standing::Member {
            organisation: [organisation; 32],
        }
    }

    fn peer(n: u8) -> PeerId {
        PeerId::of_secret(&[n; 32])
    }

    #[test]
    fn places_are_limited_by_peer_organisation_guests_and_in_all() {
        type Arrivals<'a> = &'a [(u8, Standing)];
        let cases: [(Places, Arrivals<'_>, &str); 4] = [
            (
                Places {
                    total: 9,
                    per_organisation: 9,
                },
                &[(1, member(1)), (1, member(1)), (1, member(1))],
                "yours",
            ),
            (
                Places {
                    total: 9,
                    per_organisation: 2,
                },
                &[(1, member(1)), (2, member(1)), (3, member(1))],
                "your organisation",
            ),
            (
                Places {
                    total: 2,
                    per_organisation: 2,
                },
                &[(1, member(1)), (2, member(2)), (3, member(3))],
                "all nodes",
            ),
            (
                Places {
                    total: 2,
                    per_organisation: 2,
                },
                &[(1, Standing::Guest), (2, member(2)), (3, Standing::Guest)],
                "all nodes",
            ),
        ];
        for (places, arrivals, word) in cases {
            let roll = Roll::new(places);
            let mut seats = Vec::new();
            for (n, standing) in &arrivals[..2] {
                seats.push(roll.seat(peer(*n), &dialed(1), *standing, b"").unwrap());
            }
            let (n, standing) = arrivals[2];
            let refusal = roll.seat(peer(n), &dialed(1), standing, b"").unwrap_err();
            assert_eq!(refusal.code, RefusalCode::TooManyConnections);
            assert!(refusal.reason().contains(word), "{refusal}");
            drop(seats.pop());
            roll.seat(peer(n), &dialed(1), standing, b"").unwrap();
        }
    }

    #[test]
    fn a_claim_finds_its_own_socket_and_only_once() {
        let roll = Roll::new(Places {
            total: 9,
            per_organisation: 9,
        });
        let seat = roll.seat(peer(1), &dialed(1), member(1), b"shown").unwrap();
        let connection = ConnectionId::new_unchecked(1);
        let address: Multiaddr = "/ip4/127.0.0.1/tcp/1".parse().unwrap();
        assert_eq!(roll.claim(connection, peer(2), &address, Direction::Outbound), None);
        assert_eq!(roll.claim(connection, peer(1), &address, Direction::Inbound), None);
        assert_eq!(
            roll.claim(connection, peer(1), &address, Direction::Outbound),
            Some(member(1))
        );
        assert_eq!(
            roll.claim(ConnectionId::new_unchecked(2), peer(1), &address, Direction::Outbound),
            None
        );
        assert_eq!(roll.standing(connection), Some(member(1)));
        assert_eq!(&*roll.members()[0].bytes, b"shown");
        drop(seat);
        roll.release(connection);
        assert!(roll.members().is_empty());
        assert_eq!(roll.standing(connection), None);
    }

    #[test]
    fn of_two_sockets_alike_the_guest_is_claimed_first() {
        let roll = Roll::new(Places {
            total: 9,
            per_organisation: 9,
        });
        let address: Multiaddr = "/ip4/127.0.0.1/tcp/1".parse().unwrap();
        let _first = roll.seat(peer(1), &dialed(1), member(1), b"").unwrap();
        let second = roll.seat(peer(1), &dialed(1), member(1), b"").unwrap();
        second.lower(Standing::Guest);
        let claimed = roll.claim(ConnectionId::new_unchecked(1), peer(1), &address, Direction::Outbound);
        assert_eq!(claimed, Some(Standing::Guest));
    }
}
