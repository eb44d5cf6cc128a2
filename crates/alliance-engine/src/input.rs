//! What the shell tells the engine.

use alliance_record::{Branches, LogName, RecordId, TransportId, Verdict, VerifiedRecord};
use alliance_wire::{LogRef, SyncMessage};

use crate::sync::SessionId;

/// Something that happened outside.
#[derive(Debug, Clone)]
pub enum Input {
    /// An authentic record arrived or was made here.
    Record {
        /// The record.
        record: Box<VerifiedRecord>,
        /// The record that the store holds at the same place of the log, if any, as the shell looked it up.
        stored: Option<RecordId>,
        /// Whence it came.
        source: Source,
    },
    /// A member's node is connected.
    PeerUp {
        /// Its transport key.
        peer: TransportId,
    },
    /// A member's node is gone.
    PeerDown {
        /// Its transport key.
        peer: TransportId,
    },
    /// A frame other than a range came in on a session.
    Frame {
        /// Which session.
        session: SessionId,
        /// The frame.
        message: SyncMessage,
    },
    /// Authentic consecutive records came in on a session that this node opened.
    Range {
        /// Which session.
        session: SessionId,
        /// The log that was asked for.
        log: LogRef,
        /// The records. Empty when the other side has none to give.
        records: Vec<VerifiedRecord>,
        /// What is wrong with the record after these, if one was.
        fault: Option<Verdict>,
        /// Whether more of the same answer follows.
        more: bool,
        /// Bytes of the frame that brought them.
        bytes: u64,
    },
    /// Authentic consecutive records of one log came from a bundle; the last carries a signature.
    Import {
        /// The shell's number for them.
        ticket: u64,
        /// The records.
        records: Vec<VerifiedRecord>,
    },
    /// The bodies of an [`Effect::Fill`](crate::Effect) are not those that the stored headers commit to: their writer signed
    /// twice.
    Unfillable {
        /// The log.
        log: LogName,
    },
    /// What became of an [`Effect::Prove`](crate::Effect).
    Proved {
        /// The log.
        log: LogName,
        /// Sequence of the first record compared.
        from: u64,
        /// Sequence of the last of those that were given.
        until: u64,
        /// What was found.
        found: Branches,
    },
    /// A peer opened a session with this node.
    Opened {
        /// The number that the shell gave it.
        session: SessionId,
        /// The peer.
        peer: TransportId,
    },
    /// A session's stream ended or could not be opened.
    Closed {
        /// Which session.
        session: SessionId,
    },
    /// The moment named by `next_wake` came.
    Wake,
}

/// Whence a record came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// It was signed here. The ticket comes back with the verdict.
    Local {
        /// The shell's number for it.
        ticket: u64,
    },
    /// It was gossiped.
    Gossip {
        /// The shell's number for it.
        ticket: u64,
        /// Who passed it on.
        from: TransportId,
    },
}
