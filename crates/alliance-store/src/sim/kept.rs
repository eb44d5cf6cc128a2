//! What a simulated disk keeps of something that is written change by change: what was flushed for certain, and of the
//! changes after that a prefix.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::kv::Value;

/// A change of something, and how much of it a crash can tear.
pub(super) trait Change {
    /// What is changed.
    type Of: Clone + Default + std::fmt::Debug;

    /// Into how many parts it can be torn; at least one.
    fn parts(&self) -> u64;

    /// Does the first `parts` of it.
    fn apply(&self, of: &mut Self::Of, parts: u64);
}

/// Something with its changes.
#[derive(Debug)]
pub(super) struct Kept<C: Change> {
    /// As its users see it.
    pub(super) now: C::Of,
    durable: C::Of,
    pending: Vec<C>,
}

impl<C: Change> Kept<C> {
    pub(super) fn new() -> Self {
        Self {
            now: C::Of::default(),
            durable: C::Of::default(),
            pending: Vec::new(),
        }
    }

    pub(super) fn write(&mut self, change: C) {
        change.apply(&mut self.now, change.parts());
        self.pending.push(change);
    }

    pub(super) fn flush(&mut self) {
        for change in self.pending.drain(..) {
            change.apply(&mut self.durable, change.parts());
        }
    }

    /// Drops all but what was flushed and a prefix of the rest; `choose` gives its length, from 0 to the parts there
    /// are.
    pub(super) fn crash(&mut self, choose: impl FnOnce(u64) -> u64) {
        let mut left = choose(self.pending.iter().map(Change::parts).sum());
        for change in self.pending.drain(..) {
            let parts = change.parts().min(left);
            change.apply(&mut self.durable, parts);
            left -= parts;
        }
        self.now = self.durable.clone();
    }
}

/// A change of a file's bytes.
#[derive(Debug)]
pub(super) enum FileChange {
    Write { at: usize, bytes: Vec<u8> },
    SetLen(usize),
}

impl Change for FileChange {
    type Of = Vec<u8>;

    fn parts(&self) -> u64 {
        match self {
            Self::Write { bytes, .. } => bytes.len().max(1) as u64,
            Self::SetLen(_) => 1,
        }
    }

    fn apply(&self, of: &mut Vec<u8>, parts: u64) {
        match self {
            _ if parts == 0 => {}
            Self::Write { at, bytes } => {
                let bytes = &bytes[..bytes.len().min(parts as usize)];
                of.resize(of.len().max(at + bytes.len()), 0);
                of[*at..at + bytes.len()].copy_from_slice(bytes);
            }
            Self::SetLen(bytes) => of.resize(*bytes, 0),
        }
    }
}

/// A change of names: which node is at a path, if any.
#[derive(Debug)]
pub(super) struct NameChange(pub(super) Vec<(PathBuf, Option<u64>)>);

impl Change for NameChange {
    type Of = BTreeMap<PathBuf, u64>;

    fn parts(&self) -> u64 {
        1
    }

    fn apply(&self, of: &mut BTreeMap<PathBuf, u64>, parts: u64) {
        for (path, node) in self.0.iter().filter(|_| parts > 0) {
            match node {
                Some(node) => of.insert(path.clone(), *node),
                None => of.remove(path),
            };
        }
    }
}

/// A keyspace's entries.
pub(super) type Tree = BTreeMap<Vec<u8>, Value>;

/// A change of one entry: its new value, or that it goes.
#[derive(Debug)]
pub(super) struct EntryChange {
    pub(super) tree: &'static str,
    pub(super) key: Vec<u8>,
    pub(super) value: Option<Value>,
}

impl Change for EntryChange {
    type Of = BTreeMap<&'static str, Tree>;

    fn parts(&self) -> u64 {
        1
    }

    fn apply(&self, of: &mut Self::Of, parts: u64) {
        if parts == 0 {
            return;
        }
        let tree = of.entry(self.tree).or_default();
        match &self.value {
            Some(value) => tree.insert(self.key.clone(), value.clone()),
            None => tree.remove(&self.key),
        };
    }
}
