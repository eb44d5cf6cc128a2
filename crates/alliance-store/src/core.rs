//! What writer and readers share: the opened keyspaces, and the arrival number up to which everything is durable.

use std::sync::atomic::{AtomicU64, Ordering};

use alliance_record::LogName;

use crate::arrival::Arrival;
use crate::disk::Lock;
use crate::error::{ReadError, StoreFault};
use crate::keys::KeyFile;
use crate::kv::Engine;
use crate::logs::LogEntry;
use crate::trees::{LOGS, NAMES, Trees, log_from_key, log_key};

/// An opened database and its keyspaces.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) engine: Engine,
    pub(crate) trees: Trees,
}

impl Database {
    pub(crate) fn new(engine: Engine, keys: KeyFile) -> Result<Self, StoreFault> {
        let trees = Trees::open(&engine, keys)?;
        Ok(Self { engine, trees })
    }

    /// Writes everything to the disk and waits for it.
    pub(crate) fn make_durable(&self) -> Result<(), StoreFault> {
        self.engine.make_durable()
    }
}

/// Shared by the writer and all readers; the lock is held as long as any of them lives.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) database: Database,
    /// Names this database: arrival numbers mean nothing under another.
    pub(crate) feed_id: [u8; 16],
    visible: AtomicU64,
    _lock: Lock,
}

impl Core {
    pub(crate) const fn new(database: Database, feed_id: [u8; 16], visible: Arrival, lock: Lock) -> Self {
        Self {
            database,
            feed_id,
            visible: AtomicU64::new(visible.0),
            _lock: lock,
        }
    }

    pub(crate) const fn trees(&self) -> &Trees {
        &self.database.trees
    }

    /// The newest arrival that readers may see. All before it are durable.
    pub(crate) fn visible(&self) -> Arrival {
        Arrival(self.visible.load(Ordering::Acquire))
    }

    pub(crate) fn publish(&self, arrival: Arrival) {
        self.visible.store(arrival.0, Ordering::Release);
    }
}

impl Trees {
    /// The log's entry, whatever part of it is durable.
    pub(crate) fn log(&self, log: &LogName) -> Result<Option<LogEntry>, ReadError> {
        let value = self.logs.get(log_key(log))?;
        value.map(|value| decode_log(&value)).transpose()
    }

    /// All logs whose key begins with `prefix`, in the order of their keys.
    pub(crate) fn logs_under(
        &self,
        prefix: &[u8],
    ) -> impl Iterator<Item = Result<(LogName, LogEntry), ReadError>> + use<> {
        self.logs.scan_prefix(prefix).map(|entry| {
            let (key, value) = entry?;
            let name = log_from_key(&key).map_err(|source| ReadError::CorruptList {
                tree: LOGS.name,
                source,
            })?;
            Ok((name, decode_log(&value)?))
        })
    }

    pub(crate) fn log_name(&self, number: u32) -> Result<Option<LogName>, ReadError> {
        let key = self.names.get(number.to_be_bytes())?;
        let name = key.map(|key| log_from_key(&key));
        name.transpose().map_err(|source| ReadError::CorruptList {
            tree: NAMES.name,
            source,
        })
    }
}

fn decode_log(value: &[u8]) -> Result<LogEntry, ReadError> {
    LogEntry::decode(value).map_err(|source| ReadError::CorruptList {
        tree: LOGS.name,
        source,
    })
}
