//! What the engine wants done. No effect asks for an answer.

use alliance_record::{ChapterName, LogName, OrganisationId, RecordId, TransportId, Verdict, VerifiedRecord};
use alliance_wire::{PeerAddress, SyncMessage};

use crate::sync::SessionId;

/// One thing to do.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Store these records, in this order, before anything that follows is done.
    Append {
        /// The records.
        records: Vec<VerifiedRecord>,
    },
    /// Answer for a record that came with a ticket.
    Judge {
        /// The ticket.
        ticket: u64,
        /// The verdict.
        verdict: Verdict,
    },
    /// Gossip a record that was signed here.
    Broadcast {
        /// The record.
        record: Box<VerifiedRecord>,
    },
    /// Open a sync stream to a peer.
    Open {
        /// The session's number.
        session: SessionId,
        /// The peer.
        peer: TransportId,
    },
    /// Send a frame on a session's stream.
    Send {
        /// Which session.
        session: SessionId,
        /// The frame.
        message: SyncMessage,
    },
    /// Read records from the store and send them, up to the limits, ending at one with a signature.
    SendRange {
        /// Which session.
        session: SessionId,
        /// What was asked for.
        served: Served,
    },
    /// Send the addresses of members that the shell knows.
    SendAddresses {
        /// Which session.
        session: SessionId,
    },
    /// Close a session's stream.
    Close {
        /// Which session.
        session: SessionId,
    },
    /// Addresses of members were learned.
    Learn {
        /// Where they are said to be.
        peers: Vec<PeerAddress>,
    },
    /// Take part in a chapter's gossip.
    Follow {
        /// The chapter.
        chapter: ChapterName,
    },
    /// Leave a chapter's gossip.
    Unfollow {
        /// The chapter.
        chapter: ChapterName,
    },
    /// The roster changed: judge connections again.
    RosterChanged,
    /// Tell whoever listens.
    Tell {
        /// What.
        notice: Notice,
    },
}

/// Records to be served from the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// The log.
    pub log: LogName,
    /// First sequence.
    pub from: u64,
    /// Most records.
    pub records_max: u32,
    /// Most bytes.
    pub bytes_max: u32,
}

/// Something worth telling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// An organisation became a member.
    MemberAdmitted {
        /// The organisation.
        organisation: OrganisationId,
    },
    /// A chapter has enough followers now, or too few.
    ChapterState {
        /// The chapter.
        chapter: ChapterName,
        /// Whether it is active.
        active: bool,
    },
    /// A record that came by sync was refused.
    Refused {
        /// The record, when it could be read.
        record: Option<RecordId>,
        /// The verdict.
        verdict: Verdict,
        /// Who sent it.
        peer: TransportId,
    },
    /// Two records stand at one place of a log: the writer signed twice.
    Forked {
        /// The log.
        log: LogName,
        /// The place.
        sequence: u64,
    },
    /// A session with a peer ended in order.
    Synced {
        /// How the replicas compare.
        status: PeerSync,
    },
}

/// How a peer's replica compared with this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerSync {
    /// The peer.
    pub peer: TransportId,
    /// Whether it lacked nothing that this session looked for.
    pub in_step: bool,
    /// Records that this node still lacks.
    pub missing: u64,
    /// Records that the session brought.
    pub brought: u64,
}

/// The effects of one or more inputs, in order.
#[derive(Debug, Default)]
pub struct Effects(Vec<Effect>);

impl Effects {
    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn push(&mut self, effect: Effect) {
        self.0.push(effect);
    }

    /// Adds a record to be stored, to the same append as the one before it where nothing came between.
    pub(crate) fn append(&mut self, record: VerifiedRecord) {
        if let Some(Effect::Append { records }) = self.0.last_mut() {
            records.push(record);
            return;
        }
        self.push(Effect::Append { records: vec![record] });
    }

    pub(crate) fn tell(&mut self, notice: Notice) {
        self.push(Effect::Tell { notice });
    }

    /// Takes them out, in order.
    pub fn drain(&mut self) -> impl Iterator<Item = Effect> + '_ {
        self.0.drain(..)
    }
}
