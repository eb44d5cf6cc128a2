//! A node of the simulation: what survives a crash, and what runs until the next one.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use alliance_engine::{Effect, Engine, Input, SessionId};
use alliance_record::{ChapterName, LogName, OrganisationId, RecordId, SignedRecord, VerifiedRecord};
use alliance_store::sim::Disk;
use alliance_store::{Reader, Writer};

use super::bodies::Bodies;
use super::removing::Erasing;
use crate::cast::Saying;
use crate::dice::Dice;
use crate::durable::Durable;
use crate::lie::Lie;
use crate::oracle::Honesty;
use crate::plan::{Choice, Plan};

/// Messages that wait for a node's loop, as in the real one.
pub(crate) const INBOX_MAX: usize = 1024;

/// A node.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) organisation: usize,
    pub(crate) lies: Vec<Lie>,
    pub(crate) is_lying: bool,
    /// What its clock shows beyond the true time, milliseconds.
    pub(crate) offset_ms: i64,
    pub(crate) disk: Disk,
    pub(crate) disk_full: bool,
    /// Which bodies its operator has it keep, one choice for each start, over and over.
    pub(crate) choices: Vec<Choice>,
    pub(crate) starts: usize,
    /// Who let its organisation in: trusted before the roster is known.
    pub(crate) inviter: Option<usize>,
    /// Rises with every start and every crash.
    pub(crate) life: u32,
    /// What its disk holds for certain.
    pub(crate) durable: Durable,
    pub(crate) acknowledged: BTreeMap<RecordId, (LogName, u64)>,
    pub(crate) running: Option<Box<Running>>,
    pub(crate) has_begun: bool,
    /// A liar's other record of a log, for those who are to see that one.
    pub(crate) floods: u64,
    pub(crate) forks: BTreeMap<LogName, SignedRecord>,
}

/// What a crash takes away.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) engine: Engine,
    pub(crate) writer: Writer,
    pub(crate) reader: Reader,
    pub(crate) inbox: VecDeque<Mail>,
    pub(crate) effects: Vec<Effect>,
    /// What the disk is writing; the loop waits for it.
    pub(crate) writing: Option<Writing>,
    pub(crate) bodies: Bodies,
    pub(crate) erasing: Erasing,
    /// Records that its engine wanted stored since it was started, and that are.
    pub(crate) wanted_stored: u64,
    pub(crate) is_stored: u64,
    pub(crate) turn_noted: bool,
    pub(crate) sleeps: u64,
    pub(crate) sessions: BTreeMap<SessionId, u64>,
    pub(crate) opened_by_peers: u64,
    pub(crate) tickets: BTreeMap<u64, Ticket>,
    pub(crate) issued: u64,
    /// Gossip seen, and until when it is remembered.
    pub(crate) seen: BTreeMap<[u8; 32], i64>,
    pub(crate) following: BTreeSet<ChapterName>,
    /// Who may connect, as the last view showed it.
    pub(crate) roster: BTreeSet<OrganisationId>,
    /// Streams whose frames wait for room in the inbox.
    pub(crate) waiting_streams: BTreeSet<(u64, usize)>,
}

/// What a turn brought: to be written, and to be done afterwards.
#[derive(Debug, Default)]
pub(crate) struct Writing {
    /// Removed records, whose bodies go first.
    pub(crate) erased: Vec<RecordId>,
    pub(crate) appended: Vec<VerifiedRecord>,
    /// Bodies of records that are stored before them.
    pub(crate) filled: Vec<Vec<VerifiedRecord>>,
    pub(crate) rest: Vec<Effect>,
}

/// What waits for a node's loop.
#[derive(Debug)]
pub(crate) enum Mail {
    Draft(Saying),
    Gossip(Box<Gossiped>),
    Input(Box<Input>),
    Stream { stream: u64, from: usize },
    Ended { session: SessionId },
}

/// Gossip whose bytes are in order.
#[derive(Debug)]
pub(crate) struct Gossiped {
    pub(crate) record: VerifiedRecord,
    pub(crate) stored: Option<RecordId>,
    pub(crate) from: usize,
    pub(crate) message: super::Message,
}

/// Who waits for a verdict.
#[derive(Debug)]
pub(crate) enum Ticket {
    Local { record: Box<VerifiedRecord> },
    Gossip { from: usize, message: super::Message },
}

impl Node {
    pub(crate) fn new(index: usize, plan: &Plan, dice: &mut Dice) -> Self {
        let planned = &plan.nodes[index];
        Self {
            organisation: planned.organisation,
            lies: planned.lies.clone(),
            is_lying: !planned.lies.is_empty(),
            offset_ms: planned.skew_ms,
            disk: Disk::new(dice.next()),
            disk_full: false,
            choices: planned.choices.clone(),
            starts: 0,
            inviter: None,
            life: 0,
            durable: Durable::default(),
            acknowledged: BTreeMap::new(),
            running: None,
            has_begun: false,
            floods: 0,
            forks: BTreeMap::new(),
        }
    }

    /// Which bodies it keeps as it was last started.
    pub(crate) fn choice(&self) -> &Choice {
        &self.choices[self.starts.saturating_sub(1) % self.choices.len()]
    }

    pub(crate) fn honesty(&self) -> Honesty {
        if self.lies.is_empty() {
            Honesty::Honest
        } else {
            Honesty::Liar
        }
    }

    pub(crate) fn is_honest(&self) -> bool {
        self.lies.is_empty()
    }

    pub(crate) fn tells(&self, lie: Lie) -> bool {
        self.is_lying && self.lies.contains(&lie)
    }
}

impl Running {
    pub(crate) fn is_full(&self) -> bool {
        self.inbox.len() >= INBOX_MAX
    }
}
