//! Owns what the carrier tells the node. Plain data: nothing here acts, except a stream that was handed over.

use std::{fmt, sync::Arc};

use bytes::Bytes;

use crate::{Address, Direction, FrameStream, GossipId, PeerId, Refusal, RefusedBy, Standing, StreamPurpose, Topic};

/// Something that happened on the network.
#[derive(Debug)]
pub enum Event {
    /// We listen here.
    Listening {
        /// Where; the port is the real one when port 0 was asked for.
        address: Address,
    },
    /// A member is connected: its first connection is up.
    PeerUp {
        /// The peer.
        peer: PeerId,
        /// The key of its organisation.
        organisation: [u8; 32],
        /// The other end, as we dialled it or as it dialled us.
        address: Address,
        /// Who dialled.
        direction: Direction,
    },
    /// A member's last connection is closed.
    PeerDown {
        /// The peer.
        peer: PeerId,
        /// Why.
        reason: DownReason,
    },
    /// Somebody was refused before there was a connection.
    Refused {
        /// The peer, as Noise proved it.
        peer: PeerId,
        /// The other end, as we dialled it or as it dialled us.
        address: Address,
        /// Who dialled.
        direction: Direction,
        /// Why.
        refusal: Refusal,
        /// Whose gate refused.
        by: RefusedBy,
    },
    /// A message, to be judged with [`crate::Net::judge`]; it is forwarded only when accepted.
    Gossip {
        /// What to name it in the verdict.
        id: GossipId,
        /// The peer that passed it on, which need not be its author.
        from: PeerId,
        /// Its chapter.
        topic: Topic,
        /// Its bytes, at most 128 KiB.
        bytes: Bytes,
    },
    /// A peer opened a stream, and was told that it is open.
    Stream {
        /// The peer.
        peer: PeerId,
        /// What the peer is on this connection. A guest comes only with [`StreamPurpose::Join`].
        standing: Standing,
        /// What the stream is for.
        purpose: StreamPurpose,
        /// The stream.
        stream: FrameStream,
    },
    /// A node on this local network announced itself. Asked for with [`crate::Settings::mdns`].
    Discovered {
        /// The peer it says it is.
        peer: PeerId,
        /// Where.
        address: Address,
    },
    /// A member told where it listens: at most 16 addresses, none of them tried.
    PeerAddresses {
        /// The peer.
        peer: PeerId,
        /// Where it says it listens.
        addresses: Vec<Address>,
    },
    /// A member follows a topic, of any chapter.
    Followed {
        /// The peer.
        peer: PeerId,
        /// The topic.
        topic: Topic,
    },
    /// A member follows a topic no longer.
    Left {
        /// The peer.
        peer: PeerId,
        /// The topic.
        topic: Topic,
    },
}

/// Why a member is no longer connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DownReason {
    /// We closed, on [`crate::Net::disconnect`].
    Asked {
        /// The reason that was given there.
        reason: String,
    },
    /// Our gate refuses the member now.
    Refused(Refusal),
    /// The member did not answer pings.
    Silent,
    /// Nobody used the connection.
    Idle,
    /// The member closed, or the line broke.
    Lost {
        /// What the line said, if anything.
        cause: String,
    },
}

impl fmt::Display for DownReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked { reason } => write!(f, "closed by us: {reason}"),
            Self::Refused(refusal) => write!(f, "refused by us since: {refusal}"),
            Self::Silent => f.write_str("it no longer answers"),
            Self::Idle => f.write_str("nobody used the connection"),
            Self::Lost { cause } if cause.is_empty() => f.write_str("closed by the other side"),
            Self::Lost { cause } => write!(f, "lost: {cause}"),
        }
    }
}

/// A connected member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerInfo {
    /// The peer.
    pub peer: PeerId,
    /// The key of its organisation.
    pub organisation: [u8; 32],
    /// The other end of its oldest connection.
    pub address: Address,
    /// Who dialled that connection.
    pub direction: Direction,
    /// Whether a stream for gossip is agreed. A member that stays without one hears nothing and should raise an alarm.
    pub gossips: bool,
    /// The last round trip, in microseconds, once one was measured.
    pub round_trip_micros: Option<u64>,
    /// The version its software tells, at most 64 characters, once told.
    pub agent: Option<Arc<str>>,
}

/// What was given up since the start, for the metrics. All of it comes again by sync.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Received messages dropped because the node did not keep up.
    pub gossip_dropped: u64,
    /// Messages to publish that were left to sync.
    pub publish_left_to_sync: u64,
    /// Messages in the queue of a slow peer that were dropped.
    pub slow_peer_dropped: u64,
    /// Inbound streams that were told "busy".
    pub streams_declined: u64,
}
