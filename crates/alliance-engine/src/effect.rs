//! What the engine wants done. No effect waits for an answer.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::schema::Kind;
use alliance_record::{ChapterName, LogName, OrganisationId, RecordId, TransportId, Verdict, VerifiedRecord};
use alliance_wire::{LogRef, PeerAddress, RecordPart, SyncMessage};
use bytes::Bytes;

use crate::sync::SessionId;

/// One thing to do.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Store these records, in this order, before anything that follows is done.
    Append {
        /// The records.
        records: Vec<VerifiedRecord>,
    },
    /// Store the bodies of these records, whose headers are stored: consecutive ones of one log. After what is to be
    /// appended. Bodies that are not what the stored headers commit to are told as [`Input::Unfillable`](crate::Input).
    Fill {
        /// The records, each with its body.
        records: Vec<VerifiedRecord>,
    },
    /// Answer for a record that came with a ticket.
    Judge {
        /// The ticket.
        ticket: u64,
        /// The verdict.
        verdict: Verdict,
    },
    /// Answer for records that came from a bundle.
    Imported {
        /// The ticket.
        ticket: u64,
        /// Records that were new, and are stored.
        brought: u64,
        /// The first record that may not enter, and why. Those after it were not looked at.
        stopped: Option<(RecordId, Verdict)>,
    },
    /// Gossip a record that was signed here.
    Broadcast {
        /// The record.
        record: Box<VerifiedRecord>,
    },
    /// Compare these records of a log, consecutive and the last with a signature, with those that are stored at their
    /// places, up to a signature as well, and say what was found by [`Input::Proved`](crate::Input).
    Prove {
        /// The records; bodies are not needed.
        other: Vec<VerifiedRecord>,
    },
    /// Publish a statement in a record of this node's own in the alliance's chapter.
    Carry {
        /// The statement.
        statement: ToCarry,
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
    /// Read records from the store and send them, in this order and after what is still to be served, while the session
    /// has credit: a frame may go out when any is left.
    Serve {
        /// Which session.
        session: SessionId,
        /// What was asked for.
        served: Vec<Served>,
    },
    /// The session may send so many bytes of ranges more.
    Credit {
        /// Which session.
        session: SessionId,
        /// Bytes of frames.
        bytes: u64,
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
    /// Somebody says that this record is removed. If it is held, and [`State::removed_by`](crate::State::removed_by) says so
    /// of its organisation, its body is erased.
    Erase {
        /// Which.
        record: RecordId,
    },
    /// The roster changed: judge connections again.
    RosterChanged,
    /// Tell whoever listens.
    Tell {
        /// What.
        notice: Notice,
    },
}

/// What proves itself, whoever carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToCarry {
    /// One that was made here.
    New {
        /// The kind of the record that carries it.
        kind: Kind,
        /// The record's body.
        bytes: Bytes,
    },
    /// The kind and the body of a record that is stored.
    Held {
        /// The record.
        record: RecordId,
    },
}

/// Records to be served from the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// What the session calls the log.
    pub reference: LogRef,
    /// The log; `None` when this node knows none by that reference: the answer is empty.
    pub log: Option<LogName>,
    /// How much of each record.
    pub part: RecordPart,
    /// First sequence.
    pub from: u64,
    /// Last sequence; when its record has no signature, the range goes on to the first that has. Whole records are given up
    /// to the first whose body is not there.
    pub until: u64,
}

/// Something worth telling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// An organisation became a member.
    MemberAdmitted {
        /// The organisation.
        organisation: OrganisationId,
    },
    /// An organisation is not a member any more.
    MemberLeft {
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
    /// A peer did not give all the records that it named.
    FellShort {
        /// The peer.
        peer: TransportId,
        /// The chapter.
        chapter: ChapterName,
    },
    /// A peer that owed records sent none for too long, or too few in all: the others are asked instead.
    Stalled {
        /// The peer.
        peer: TransportId,
    },
    /// Two records stand at one place of a log: the writer signed twice.
    Forked {
        /// The log.
        log: LogName,
        /// The place.
        sequence: u64,
    },
    /// A log that is held ends before its newest record: at a fork.
    LogEnded {
        /// The log.
        log: LogName,
        /// Sequence of the first record that does not count.
        next: u64,
    },
    /// A session with a peer ended in order.
    Synced {
        /// How the replicas compare.
        status: PeerSync,
    },
}

/// How a peer's replica compared with this one when a session ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerSync {
    /// The peer.
    pub peer: TransportId,
    /// When that was, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Records that the session brought.
    pub brought: u64,
    /// Records that this node still lacked then, for each chapter in which it lacked any. A log whose records could
    /// not be had counts as one.
    pub missing: BTreeMap<ChapterName, u64>,
    /// Chapters of which the session cannot say what this node lacked: taken up since it began, too many for one
    /// session, or with logs that share a reference by chance. Another session is to tell.
    pub unsettled: BTreeSet<ChapterName>,
}

impl PeerSync {
    /// Whether this node lacked nothing that the peer has.
    #[must_use]
    pub fn is_in_step(&self) -> bool {
        self.missing.is_empty() && self.unsettled.is_empty()
    }
}

/// How far a session is that still runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncProgress {
    /// The peer.
    pub peer: TransportId,
    /// When the session began, in milliseconds since 1970 UTC.
    pub began_ms: i64,
    /// When the peer last sent a frame.
    pub heard_ms: i64,
    /// Records that it brought so far: new headers.
    pub brought: u64,
    /// Bytes of ranges that it brought so far.
    pub brought_bytes: u64,
    /// Records that this node is known to lack, for each chapter in which it lacks any.
    pub missing: BTreeMap<ChapterName, u64>,
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

    /// Adds consecutive records to be stored, as [`Effects::append`] does one.
    pub(crate) fn append_all(&mut self, mut records: Vec<VerifiedRecord>) {
        match self.0.last_mut() {
            Some(Effect::Append { records: before }) => before.append(&mut records),
            _ => self.push(Effect::Append { records }),
        }
    }

    pub(crate) fn erase(&mut self, records: Vec<RecordId>) {
        let effects = records.into_iter().map(|record| Effect::Erase { record });
        self.0.extend(effects);
    }

    pub(crate) fn tell(&mut self, notice: Notice) {
        self.push(Effect::Tell { notice });
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes them out, in order.
    pub fn drain(&mut self) -> impl Iterator<Item = Effect> + '_ {
        self.0.drain(..)
    }
}
