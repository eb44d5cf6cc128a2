//! The database under the store: sled's keyspaces on a real disk, or those of a simulated one. Owns what is asked of a
//! database, and nothing of what is kept in it.

use std::fs::File;
use std::ops::RangeBounds;
use std::path::Path;
use std::sync::Arc;

use crate::error::StoreFault;
#[cfg(any(test, feature = "sim"))]
use crate::sim;

/// Bytes of a key or of a value; cheap to clone.
pub(crate) type Value = sled::IVec;
/// A key with its value.
pub(crate) type Pair = Result<(Value, Value), StoreFault>;

/// An opened database.
#[derive(Debug, Clone)]
pub(crate) enum Engine {
    /// sled, and the file under it.
    Sled(sled::Db, Arc<File>),
    /// In memory.
    #[cfg(any(test, feature = "sim"))]
    Simulated(sim::Database),
}

impl Engine {
    /// Takes an opened sled whose files are in `dir`.
    pub(crate) fn of_sled(db: sled::Db, dir: &Path) -> Result<Self, StoreFault> {
        // Some systems sync only files that are open for writing.
        let file = File::options().read(true).write(true).open(dir.join("db"))?;
        Ok(Self::Sled(db, Arc::new(file)))
    }

    pub(crate) fn keyspace(&self, name: &'static str) -> Result<Keyspace, StoreFault> {
        match self {
            Self::Sled(db, _) => Ok(Keyspace::Sled(db.open_tree(name)?)),
            #[cfg(any(test, feature = "sim"))]
            Self::Simulated(database) => Ok(Keyspace::Simulated(database.keyspace(name))),
        }
    }

    /// Writes everything to the disk and waits for it. sled's own flush only asks for its ranges to be written, which is
    /// no promise across a power cut; hence the second step.
    pub(crate) fn make_durable(&self) -> Result<(), StoreFault> {
        match self {
            Self::Sled(db, file) => {
                db.flush()?;
                Ok(file.sync_data()?)
            }
            #[cfg(any(test, feature = "sim"))]
            Self::Simulated(database) => Ok(database.flush()?),
        }
    }
}

/// A keyspace: keys in their order, each with a value.
#[derive(Debug, Clone)]
pub(crate) enum Keyspace {
    /// sled's tree.
    Sled(sled::Tree),
    /// In memory.
    #[cfg(any(test, feature = "sim"))]
    Simulated(sim::Keyspace),
}

impl Keyspace {
    pub(crate) fn get(&self, key: impl AsRef<[u8]>) -> Result<Option<Value>, StoreFault> {
        match self {
            Self::Sled(tree) => Ok(tree.get(key)?),
            #[cfg(any(test, feature = "sim"))]
            Self::Simulated(keyspace) => Ok(keyspace.get(key.as_ref())?),
        }
    }

    pub(crate) fn insert(&self, key: impl AsRef<[u8]>, value: impl Into<Value>) -> Result<(), StoreFault> {
        match self {
            Self::Sled(tree) => Ok(tree.insert(key, value).map(drop)?),
            #[cfg(any(test, feature = "sim"))]
            Self::Simulated(keyspace) => Ok(keyspace.insert(key.as_ref(), value.into())?),
        }
    }

    pub(crate) fn remove(&self, key: impl AsRef<[u8]>) -> Result<(), StoreFault> {
        match self {
            Self::Sled(tree) => Ok(tree.remove(key).map(drop)?),
            #[cfg(any(test, feature = "sim"))]
            Self::Simulated(keyspace) => Ok(keyspace.remove(key.as_ref())?),
        }
    }

    /// The entries between two keys. Not a snapshot: what is written meanwhile may be seen or not.
    pub(crate) fn range<K: AsRef<[u8]>>(&self, range: impl RangeBounds<K>) -> Entries {
        match self {
            Self::Sled(tree) => Entries::Sled(tree.range(range)),
            #[cfg(any(test, feature = "sim"))]
            Self::Simulated(keyspace) => Entries::Simulated(keyspace.range(&range)),
        }
    }

    pub(crate) fn scan_prefix(&self, prefix: impl AsRef<[u8]>) -> Entries {
        match self {
            Self::Sled(tree) => Entries::Sled(tree.scan_prefix(prefix)),
            #[cfg(any(test, feature = "sim"))]
            Self::Simulated(keyspace) => Entries::Simulated(keyspace.scan_prefix(prefix.as_ref())),
        }
    }

    pub(crate) fn last(&self) -> Result<Option<(Value, Value)>, StoreFault> {
        self.range::<&[u8]>(..).next_back().transpose()
    }

    pub(crate) fn is_empty(&self) -> Result<bool, StoreFault> {
        Ok(self.range::<&[u8]>(..).next().transpose()?.is_none())
    }

    pub(crate) fn clear(&self) -> Result<(), StoreFault> {
        for key in self.range::<&[u8]>(..).keys() {
            self.remove(key?)?;
        }
        Ok(())
    }
}

/// Entries of a keyspace in the order of their keys, from either end.
pub(crate) enum Entries {
    /// sled's.
    Sled(sled::Iter),
    /// In memory.
    #[cfg(any(test, feature = "sim"))]
    Simulated(sim::Entries),
}

impl Entries {
    pub(crate) fn keys(self) -> impl DoubleEndedIterator<Item = Result<Value, StoreFault>> {
        self.map(|entry| Ok(entry?.0))
    }

    pub(crate) fn values(self) -> impl DoubleEndedIterator<Item = Result<Value, StoreFault>> {
        self.map(|entry| Ok(entry?.1))
    }
}

impl Iterator for Entries {
    type Item = Pair;

    fn next(&mut self) -> Option<Pair> {
        match self {
            Self::Sled(iter) => iter.next().map(|entry| Ok(entry?)),
            #[cfg(any(test, feature = "sim"))]
            Self::Simulated(entries) => entries.step(sim::End::Front).map(|entry| Ok(entry?)),
        }
    }
}

impl DoubleEndedIterator for Entries {
    fn next_back(&mut self) -> Option<Pair> {
        match self {
            Self::Sled(iter) => iter.next_back().map(|entry| Ok(entry?)),
            #[cfg(any(test, feature = "sim"))]
            Self::Simulated(entries) => entries.step(sim::End::Back).map(|entry| Ok(entry?)),
        }
    }
}
