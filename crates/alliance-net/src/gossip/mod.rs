//! Owns gossip: the settings of gossipsub, the names of its topics, and messages that nobody is there to hear yet.
//! It never judges a message; the node does, and forwarding waits for it.

pub(crate) mod settings;
pub(crate) mod topic;
pub(crate) mod unheard;

use std::fmt;

use crate::PeerId;

pub use topic::{Topic, TopicError};

/// A received message, to be judged: which one, and from whom it came.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GossipId {
    pub(crate) message: libp2p::gossipsub::MessageId,
    pub(crate) from: PeerId,
}

impl GossipId {
    /// The peer that passed the message on, which need not be its author.
    #[must_use]
    pub fn from(&self) -> PeerId {
        self.from
    }
}

impl fmt::Display for GossipId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} from {}", self.message, self.from)
    }
}

/// What becomes of a received message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GossipVerdict {
    /// Good: pass it on.
    Accept,
    /// Not decidable, or of no use: do not pass it on, blame nobody. Only sync can bring it again.
    Ignore,
    /// Provably bad bytes: do not pass it on, and lower the sender's score.
    Reject,
}

/// What became of a message to publish. None of these is an error: sync is the guarantee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Published {
    /// Handed to peers, now or before.
    Sent,
    /// Nobody follows the topic yet: kept, and sent when somebody does.
    Kept,
    /// All queues are full: left to sync, and counted.
    LeftToSync,
}
