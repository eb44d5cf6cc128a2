//! Owns what the handle asks of the swarm task, and the errors of the answers.

use bytes::Bytes;
use tokio::sync::oneshot;

use crate::{
    Address, Counts, GossipId, GossipVerdict, KeepError, PeerId, PeerInfo, Published, Refusal, RefusedBy,
    StreamPurpose, Topic,
    limits::{PUBLISH_BYTES_MAX, TOPICS_MAX},
    streams::behaviour::OpenReply,
};

pub(crate) type Reply<T> = oneshot::Sender<T>;
pub(crate) type Judged = (GossipId, GossipVerdict);

/// What can be asked. The task answers each in its turn; a caller that went away is no fault.
#[derive(Debug)]
pub(crate) enum Command {
    Listening {
        reply: Reply<Vec<Address>>,
    },
    Keep {
        address: Address,
        peer: Option<PeerId>,
        reply: Reply<Result<(), KeepError>>,
    },
    Forget {
        address: Address,
        reply: Reply<bool>,
    },
    Dial {
        address: Address,
        reply: Reply<Result<PeerId, DialError>>,
    },
    Disconnect {
        peer: PeerId,
        reason: String,
        reply: Reply<bool>,
    },
    Follow {
        topic: Topic,
        reply: Reply<Result<(), FollowError>>,
    },
    Leave {
        topic: Topic,
        reply: Reply<bool>,
    },
    Publish {
        topic: Topic,
        bytes: Bytes,
        reply: Reply<Result<Published, PublishError>>,
    },
    Open {
        peer: PeerId,
        purpose: StreamPurpose,
        reply: OpenReply,
    },
    Rejudge {
        reply: Reply<usize>,
    },
    Peers {
        reply: Reply<Vec<PeerInfo>>,
    },
    Counts {
        reply: Reply<Counts>,
    },
}

/// The network was shut down; nothing was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the network was shut down")]
pub struct Stopped;

/// Why a topic is not followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FollowError {
    /// There are enough.
    #[error("{TOPICS_MAX} topics are followed already; leave one first")]
    TooMany,
    /// The network was shut down.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Why a message is not published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// The message is too long; nothing was sent.
    #[error("a message of {bytes} bytes is over the limit of {PUBLISH_BYTES_MAX} for gossip; leave it to sync")]
    TooLong {
        /// Its bytes.
        bytes: usize,
    },
    /// The network was shut down.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Why a dial did not lead to a connection. Nothing is left behind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// One of the gates refused.
    #[error("{} refused: {refusal}", match by { RefusedBy::Us => "we", RefusedBy::Them => "the node" })]
    Refused {
        /// Who refused.
        by: RefusedBy,
        /// Why.
        refusal: Refusal,
    },
    /// Another node answered than the address names.
    #[error("at this address answers {found}, not the node that was expected; ask for its new address")]
    AnotherPeer {
        /// Who answered.
        found: PeerId,
    },
    /// The address is our own.
    #[error("this address is our own")]
    Ourselves,
    /// What answers is no node of this alliance.
    #[error("what answers there does not speak this alliance's protocol; check the address and the alliance")]
    OtherProtocol,
    /// No connection within 10 s.
    #[error("nobody answered within 10 s; check the address, and that the port is open")]
    TimedOut,
    /// The line could not be opened.
    #[error("the node cannot be reached: {reason}")]
    Unreachable {
        /// What the line said.
        reason: String,
    },
    /// Too many dials are under way.
    #[error("too many dials are under way; wait for one to end")]
    TooMany,
    /// The network was shut down.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}
