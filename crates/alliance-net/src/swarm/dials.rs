//! Owns the dials under way, who awaits each, and what the errors of libp2p mean. It never decides to dial.

use std::collections::HashMap;

use libp2p::{
    TransportError,
    swarm::{self, ConnectionId},
};

use crate::{Address, DialError, PeerId, Refusal, RefusedBy, command::Reply, limits::DIALS_MAX, link::LinkError};

/// The dials under way.
#[derive(Debug, Default)]
pub(crate) struct Dials {
    asked: HashMap<ConnectionId, Reply<Result<PeerId, DialError>>>,
    kept: HashMap<ConnectionId, Address>,
}

impl Dials {
    pub(crate) fn has_room(&self) -> bool {
        self.asked.len() < DIALS_MAX
    }

    pub(crate) fn asked(&mut self, connection: ConnectionId, reply: Reply<Result<PeerId, DialError>>) {
        self.asked.insert(connection, reply);
    }

    pub(crate) fn kept(&mut self, connection: ConnectionId, address: Address) {
        self.kept.insert(connection, address);
    }

    /// Answers whoever asked for this dial, and returns the kept address if it was one.
    pub(crate) fn ended(&mut self, connection: ConnectionId, outcome: Result<PeerId, DialError>) -> Option<Address> {
        if let Some(reply) = self.asked.remove(&connection) {
            // The caller may have gone away.
            drop(reply.send(outcome));
        }
        self.kept.remove(&connection)
    }
}

/// A refusal found inside an error of the swarm.
#[derive(Debug, Clone)]
pub(crate) struct Refused {
    pub(crate) peer: PeerId,
    pub(crate) by: RefusedBy,
    pub(crate) refusal: Refusal,
}

impl Refused {
    pub(crate) fn within(error: &TransportError<std::io::Error>) -> Option<Self> {
        match link_error(error)? {
            LinkError::Refused { peer, by, refusal } => Some(Self {
                peer: *peer,
                by: *by,
                refusal: refusal.clone(),
            }),
            _ => None,
        }
    }
}

fn link_error(error: &TransportError<std::io::Error>) -> Option<&LinkError> {
    match error {
        TransportError::Other(error) => LinkError::within(error),
        TransportError::MultiaddrNotSupported(_) => None,
    }
}

/// What a failed dial means for the one who asked.
pub(crate) fn meaning(error: &swarm::DialError) -> DialError {
    match error {
        swarm::DialError::LocalPeerId { .. } => DialError::Ourselves,
        swarm::DialError::WrongPeerId { obtained, .. } => DialError::AnotherPeer {
            found: PeerId::wrap(*obtained),
        },
        swarm::DialError::Transport(attempts) => match attempts.first() {
            Some((_, error)) => transport_meaning(error),
            None => DialError::Unreachable {
                reason: "no address could be dialled".to_owned(),
            },
        },
        // The swarm leaves out our own listening addresses, so that none is left.
        swarm::DialError::NoAddresses => DialError::Ourselves,
        error => DialError::Unreachable {
            reason: error.to_string(),
        },
    }
}

fn transport_meaning(error: &TransportError<std::io::Error>) -> DialError {
    match link_error(error) {
        Some(LinkError::Refused { by, refusal, .. }) => DialError::Refused {
            by: *by,
            refusal: refusal.clone(),
        },
        Some(LinkError::OtherProtocol) => DialError::OtherProtocol,
        Some(LinkError::TimedOut) => DialError::TimedOut,
        Some(error) => DialError::Unreachable {
            reason: error.to_string(),
        },
        None => DialError::Unreachable {
            reason: error.to_string(),
        },
    }
}
