//! A simulated database: keyspaces whose changes reach the disk in their order, all at a flush, else as far as a crash
//! lets them.

use std::io;
use std::ops::{Bound, RangeBounds};

use super::Disk;
use super::kept::{EntryChange, Tree};
use crate::kv::Value;

#[derive(Debug, Clone)]
pub(crate) struct Database {
    pub(super) disk: Disk,
    pub(super) life: u64,
    pub(super) node: u64,
}

impl Database {
    pub(crate) fn keyspace(&self, name: &'static str) -> Keyspace {
        Keyspace {
            database: self.clone(),
            name,
        }
    }

    pub(crate) fn flush(&self) -> io::Result<()> {
        self.disk.at(self.life, |state| {
            state.check_room()?;
            state.flushes += 1;
            state.database(self.node)?.flush();
            Ok(())
        })
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Keyspace {
    database: Database,
    name: &'static str,
}

impl Keyspace {
    pub(crate) fn get(&self, key: &[u8]) -> io::Result<Option<Value>> {
        self.read(|tree| tree.get(key).cloned())
    }

    pub(crate) fn insert(&self, key: &[u8], value: Value) -> io::Result<()> {
        self.change(key, Some(value))
    }

    pub(crate) fn remove(&self, key: &[u8]) -> io::Result<()> {
        self.change(key, None)
    }

    pub(crate) fn range<K: AsRef<[u8]>>(&self, range: &impl RangeBounds<K>) -> Entries {
        let owned = |bound: Bound<&K>| bound.map(|key| key.as_ref().to_vec());
        Entries {
            keyspace: self.clone(),
            low: owned(range.start_bound()),
            high: owned(range.end_bound()),
        }
    }

    pub(crate) fn scan_prefix(&self, prefix: &[u8]) -> Entries {
        Entries {
            keyspace: self.clone(),
            low: Bound::Included(prefix.to_vec()),
            high: after_prefix(prefix).map_or(Bound::Unbounded, Bound::Excluded),
        }
    }

    fn read<T>(&self, look: impl FnOnce(&Tree) -> Option<T>) -> io::Result<Option<T>> {
        let Database { disk, life, node } = &self.database;
        disk.at(*life, |state| {
            Ok(state.database(*node)?.now.get(self.name).and_then(look))
        })
    }

    fn change(&self, key: &[u8], value: Option<Value>) -> io::Result<()> {
        let Database { disk, life, node } = &self.database;
        disk.at(*life, |state| {
            state.check_room()?;
            #[cfg(test)]
            state.written.extend(value.iter().map(|value| value.to_vec()));
            state.database(*node)?.write(EntryChange {
                tree: self.name,
                key: key.to_vec(),
                value,
            });
            Ok(())
        })
    }
}

/// The first key that does not begin with `prefix` and comes after those that do.
fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte < 0xff)?;
    let mut after = prefix[..=last].to_vec();
    after[last] += 1;
    Some(after)
}

/// From which end the next entry is taken.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    Front,
    Back,
}

/// The entries between two bounds, which close in.
#[derive(Debug)]
pub(crate) struct Entries {
    keyspace: Keyspace,
    low: Bound<Vec<u8>>,
    high: Bound<Vec<u8>>,
}

impl Entries {
    pub(crate) fn step(&mut self, end: End) -> Option<io::Result<(Value, Value)>> {
        if self.is_over() {
            return None;
        }
        let bounds = (self.low.as_ref(), self.high.as_ref());
        let found = self.keyspace.read(|tree| {
            let mut range = tree.range::<Vec<u8>, _>(bounds);
            let entry = match end {
                End::Front => range.next(),
                End::Back => range.next_back(),
            };
            entry.map(|(key, value)| (key.clone(), value.clone()))
        });
        let (key, value) = match found.transpose()? {
            Ok(entry) => entry,
            Err(error) => return Some(Err(error)),
        };
        let item = (Value::from(&key[..]), value);
        match end {
            End::Front => self.low = Bound::Excluded(key),
            End::Back => self.high = Bound::Excluded(key),
        }
        Some(Ok(item))
    }

    /// Whether nothing can lie between the bounds; a tree refuses to be asked then.
    fn is_over(&self) -> bool {
        use Bound::{Excluded, Included};
        match (&self.low, &self.high) {
            (Included(low), Included(high)) => low > high,
            (Included(low) | Excluded(low), Included(high) | Excluded(high)) => low >= high,
            _ => false,
        }
    }
}
