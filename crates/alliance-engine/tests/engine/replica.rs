//! One node of the room: an engine, its toy store, and what it was told.

use std::collections::BTreeMap;

use alliance_engine::{BodiesKept, Config, Engine, Notice, State};
use alliance_record::{SignedRecord, TransportId, Verdict, VerifiedRecord};

use crate::fixture::{Dice, NOW_MS, Node, alliance, organisation, seed, transport};
use crate::store::Store;
use crate::stream::Lie;
use crate::world::{HEARTBEAT_MS, INTERVAL_MS};

pub(crate) struct Replica {
    pub(crate) engine: Engine,
    pub(crate) store: Store,
    pub(crate) transport: TransportId,
    pub(crate) verdicts: BTreeMap<u64, Verdict>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) following: std::collections::BTreeSet<String>,
    /// Changes the records of each answer, when this replica is hostile.
    pub(crate) tamper: Option<fn(Vec<SignedRecord>) -> Vec<SignedRecord>>,
    /// What this replica makes of each frame of its answers, when it is hostile.
    pub(crate) lie: Option<Lie>,
    pub(crate) opened: u64,
    /// In what name it says what the engine wants said.
    pub(crate) pen: Node,
    pub(crate) carried: u64,
}

impl Replica {
    pub(crate) fn new(name: &str, now_ms: i64) -> Self {
        Self::keeping(name, now_ms, BodiesKept::default())
    }

    /// One that keeps bodies in its own way.
    pub(crate) fn keeping(name: &str, now_ms: i64, bodies: BodiesKept) -> Self {
        let may_be_bare = bodies != BodiesKept::default();
        let config = Config {
            alliance: alliance(),
            organisation: organisation(name.trim_end_matches(|c: char| c.is_ascii_digit())),
            seed: seed(name),
            sync_interval_ms: INTERVAL_MS,
            heartbeat_ms: HEARTBEAT_MS,
            bodies,
        };
        Self {
            engine: Engine::new(config, now_ms),
            store: Store::new(may_be_bare),
            transport: transport(name),
            verdicts: BTreeMap::new(),
            notices: Vec::new(),
            following: std::collections::BTreeSet::from(["alliance".to_owned()]),
            tamper: None,
            lie: None,
            opened: 0,
            pen: Node::living(name, 9),
            carried: 0,
        }
    }

    pub(crate) fn state(&self) -> &State {
        self.engine.state()
    }
}

/// What an engine makes of a store at its start, whatever the order in which the records are read.
pub(crate) fn restored(replica: &Replica, name: &str, order: &mut Dice) -> Engine {
    let mut fresh = Replica::new(name, NOW_MS).engine;
    replica.store.heads().for_each(|head| fresh.restore_head(head));
    let mut records = replica.store.arrivals().to_vec();
    order.shuffle(&mut records);
    for record in records {
        if record.header().log.chapter.is_alliance() {
            fresh.restore_record(&VerifiedRecord::from_own_store(record).unwrap());
        }
    }
    fresh
}
