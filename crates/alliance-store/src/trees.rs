//! Every keyspace of the database, in one place: name, key, value, version, and whether it can be rebuilt. Owns the
//! layout of keys; never interprets values.
//!
//! Keys are in log order, so that ranges are sequential reads and appends. `put ‖ together`, numbers big-endian.

use alliance_record::{ChapterName, InstanceId, LogName, WriterId};

use crate::arrival::Arrival;
use crate::error::StoreFault;
use crate::keys::KeyFile;
use crate::kv::{Engine, Keyspace};
use crate::value::ValueError;

/// Whether a keyspace can be rebuilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Holds what nothing else here holds.
    Core,
    /// Follows the arrival feed; rebuildable from nothing.
    Projection,
}

/// What is known of a keyspace.
#[derive(Debug, Clone, Copy)]
pub struct TreeSpec {
    /// Its name in the database.
    pub name: &'static str,
    /// Layout of its keys.
    pub key: &'static str,
    /// Layout of its values.
    pub value: &'static str,
    /// Version of the layout. A projection of another version is rebuilt; core is migrated.
    pub version: u32,
    /// Whether it can be rebuilt.
    pub role: Role,
}

/// The records without their bodies.
pub const HEADERS: TreeSpec = TreeSpec {
    name: "headers",
    key: "log number u32 ‖ sequence u64 of a page's first; look up the greatest key not above",
    value: "a page of headers (see the page module)",
    version: 1,
    role: Role::Core,
};
/// The bodies. There is none for a record whose body lags.
pub const BODIES: TreeSpec = TreeSpec {
    name: "bodies",
    key: "as in headers, with pages of their own",
    value: "a page of bodies (see the page module), sealed (see the keys module)",
    version: 2,
    role: Role::Core,
};
/// The logs and their heads.
pub const LOGS: TreeSpec = TreeSpec {
    name: "logs",
    key: "chapter ‖ 0x00 ‖ writer 32 ‖ instance 8",
    value: "log number u32 ‖ organisation 32 ‖ tip ‖ tip before the newest group",
    version: 1,
    role: Role::Core,
};
/// The names of the logs' numbers.
pub const NAMES: TreeSpec = TreeSpec {
    name: "names",
    key: "log number u32",
    value: "the key in logs",
    version: 1,
    role: Role::Core,
};
/// The arrival feed, in runs of consecutive records of one log.
pub const FEED: TreeSpec = TreeSpec {
    name: "feed",
    key: "first arrival u64",
    value: "log number u32 ‖ first sequence u64 ‖ count u32 ‖ u8 (0: records, 1: bodies that came later)",
    version: 1,
    role: Role::Core,
};
/// Small values: format, commit point, cursors, what the node keeps here.
pub const META: TreeSpec = TreeSpec {
    name: "meta",
    key: "a word",
    value: "as the word says",
    version: 1,
    role: Role::Core,
};
/// The index by id.
pub const IDS: TreeSpec = TreeSpec {
    name: "ids",
    key: "0x00: the directory of runs; 0x01 ‖ run u32 ‖ first entry 20: a block of a sorted run",
    value: "entries: first 8 bytes of the record id ‖ log number ‖ sequence (see the runs module)",
    version: 2,
    role: Role::Projection,
};
/// The index of links.
pub const LINKS: TreeSpec = TreeSpec {
    name: "links",
    key: "as in ids",
    value: "entries: first 8 bytes of the id referred to ‖ log number ‖ sequence of the record that refers",
    version: 1,
    role: Role::Projection,
};
/// What organisations say of records of theirs, apart from the links of others: see the links module.
pub const OWN_LINKS: TreeSpec = TreeSpec {
    name: "own_links",
    key: "as in ids",
    value: "as in ids, under the hash of the record referred to and the organisation that refers",
    version: 1,
    role: Role::Projection,
};
/// The rows of the listing, in blocks.
pub const LISTING: TreeSpec = TreeSpec {
    name: "listing",
    key: "arrival u64 of the block's first row",
    value: "rows of consecutive arrivals (see the listing module), sealed (see the keys module)",
    version: 3,
    role: Role::Projection,
};
/// Whose the keys of sealed pages are.
pub const SLOTS: TreeSpec = TreeSpec {
    name: "slots",
    key: "slot u32",
    value: "arrival u64 before which nothing of this changed ‖ key in bodies 12, or in listing 8",
    version: 1,
    role: Role::Core,
};
/// What is erased, whether it is stored here or not.
pub const ERASED: TreeSpec = TreeSpec {
    name: "erased",
    key: "0x01 ‖ record id: it is erased; 0x00 ‖ record id: and not gone from the disk for certain",
    value: "nothing",
    version: 1,
    role: Role::Core,
};

/// All keyspaces.
pub const TREES: [TreeSpec; 12] = [
    HEADERS, BODIES, LOGS, NAMES, FEED, META, IDS, LINKS, OWN_LINKS, LISTING, SLOTS, ERASED,
];

/// The opened keyspaces.
#[derive(Debug)]
pub(crate) struct Trees {
    pub(crate) headers: Keyspace,
    pub(crate) bodies: Keyspace,
    pub(crate) logs: Keyspace,
    pub(crate) names: Keyspace,
    pub(crate) feed: Keyspace,
    pub(crate) meta: Keyspace,
    pub(crate) ids: Keyspace,
    pub(crate) links: Keyspace,
    pub(crate) own_links: Keyspace,
    pub(crate) listing: Keyspace,
    pub(crate) slots: Keyspace,
    pub(crate) erased: Keyspace,
    /// For sealed pages.
    pub(crate) keys: KeyFile,
}

impl Trees {
    pub(crate) fn open(engine: &Engine, keys: KeyFile) -> Result<Self, StoreFault> {
        Ok(Self {
            headers: engine.keyspace(HEADERS.name)?,
            bodies: engine.keyspace(BODIES.name)?,
            logs: engine.keyspace(LOGS.name)?,
            names: engine.keyspace(NAMES.name)?,
            feed: engine.keyspace(FEED.name)?,
            meta: engine.keyspace(META.name)?,
            ids: engine.keyspace(IDS.name)?,
            links: engine.keyspace(LINKS.name)?,
            own_links: engine.keyspace(OWN_LINKS.name)?,
            listing: engine.keyspace(LISTING.name)?,
            slots: engine.keyspace(SLOTS.name)?,
            erased: engine.keyspace(ERASED.name)?,
            keys,
        })
    }
}

/// Where a record stands: the store's number of its log, and its sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) log: u32,
    pub(crate) sequence: u64,
}

impl Place {
    pub(crate) fn to_key(self) -> [u8; 12] {
        let mut key = [0; 12];
        key[..4].copy_from_slice(&self.log.to_be_bytes());
        key[4..].copy_from_slice(&self.sequence.to_be_bytes());
        key
    }

    pub(crate) fn from_key(key: &[u8]) -> Result<Self, ValueError> {
        let (log, sequence) = key.split_at_checked(4).ok_or(ValueError::Truncated)?;
        Ok(Self {
            log: number_u32(log)?,
            sequence: number_u64(sequence)?,
        })
    }
}

pub(crate) fn number_u32(bytes: &[u8]) -> Result<u32, ValueError> {
    bytes
        .try_into()
        .map(u32::from_be_bytes)
        .map_err(|_| ValueError::Truncated)
}

pub(crate) fn number_u64(bytes: &[u8]) -> Result<u64, ValueError> {
    bytes
        .try_into()
        .map(u64::from_be_bytes)
        .map_err(|_| ValueError::Truncated)
}

pub(crate) fn arrival_key(arrival: Arrival) -> [u8; 8] {
    arrival.0.to_be_bytes()
}

/// Bytes of writer and instance at the end of a log's key.
const LOG_TAIL_BYTES: usize = 40;

pub(crate) fn log_key(log: &LogName) -> Vec<u8> {
    let mut key = chapter_prefix(&log.chapter);
    key.extend_from_slice(log.writer.as_bytes());
    key.extend_from_slice(log.instance.as_bytes());
    key
}

/// The keys of a chapter's logs begin with this; no chapter's name holds the separator.
pub(crate) fn chapter_prefix(chapter: &ChapterName) -> Vec<u8> {
    let mut prefix = Vec::with_capacity(chapter.as_str().len() + 1 + LOG_TAIL_BYTES);
    prefix.extend_from_slice(chapter.as_str().as_bytes());
    prefix.push(0);
    prefix
}

pub(crate) fn log_from_key(key: &[u8]) -> Result<LogName, ValueError> {
    let at = key.len().checked_sub(LOG_TAIL_BYTES + 1).ok_or(ValueError::Truncated)?;
    let (chapter, tail) = (&key[..at], &key[at + 1..]);
    let chapter: ChapterName = std::str::from_utf8(chapter)
        .ok()
        .and_then(|name| name.parse().ok())
        .ok_or(ValueError::BadText)?;
    Ok(LogName {
        writer: WriterId::from_slice(&tail[..32])?,
        instance: InstanceId::from_slice(&tail[32..])?,
        chapter,
    })
}
