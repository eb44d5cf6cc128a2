//! Owns streams of frames between two connected nodes: opening, choice of connection, limits, and polite refusal.
//! It never reads what they carry.

pub(crate) mod behaviour;
pub(crate) mod frame;
mod handler;
pub(crate) mod session;
pub(crate) mod tally;

use std::{fmt, time::Duration};

use crate::PeerId;

/// What a stream is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreamPurpose {
    /// Comparing heads and carrying ranges; members only.
    Sync,
    /// Becoming a member; open to guests and members.
    Join,
}

impl StreamPurpose {
    /// The word in the protocol's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Join => "join",
        }
    }
}

impl fmt::Display for StreamPurpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why no stream was opened. No error leaves anything behind on the connection.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no connection with the peer.
    #[error("{peer} is not connected; dial it first")]
    NotConnected {
        /// The peer.
        peer: PeerId,
    },
    /// There is a connection, but one side of it is a guest.
    #[error("a guest may only join: {purpose} is for members; join first, then connect again")]
    GuestMayOnlyJoin {
        /// What was asked for.
        purpose: StreamPurpose,
    },
    /// The other side does not offer this.
    #[error("{peer} does not offer {purpose}; it may run an older version")]
    Unsupported {
        /// The peer.
        peer: PeerId,
        /// What was asked for.
        purpose: StreamPurpose,
    },
    /// The other side, or this connection, has enough to do.
    #[error("{peer} is busy; ask again in {} s", retry_after.as_secs())]
    Busy {
        /// The peer.
        peer: PeerId,
        /// When to ask again.
        retry_after: Duration,
    },
    /// No answer within 10 s.
    #[error("{peer} did not answer within 10 s")]
    TimedOut {
        /// The peer.
        peer: PeerId,
    },
    /// The connection closed, or the answer made no sense.
    #[error("the connection with {peer} ended before the stream was open")]
    Closed {
        /// The peer.
        peer: PeerId,
    },
    /// The network was shut down.
    #[error("the network was shut down")]
    Stopped,
}
