//! What is on a simulated disk: names, and the files and databases under them.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use super::kept::{EntryChange, FileChange, Kept, NameChange};

/// What a name leads to.
#[derive(Debug)]
pub(super) enum Node {
    File(Kept<FileChange>),
    Database(Kept<EntryChange>),
}

impl Node {
    pub(super) fn file() -> Self {
        Self::File(Kept::new())
    }

    pub(super) fn database() -> Self {
        Self::Database(Kept::new())
    }
}

#[derive(Debug)]
pub(super) struct State {
    seed: u64,
    names_made: u64,
    /// Grows with each crash.
    pub(super) life: u64,
    pub(super) is_taken: bool,
    /// Writes and flushes until there is no space left; `None` while there is plenty.
    pub(super) room: Option<u64>,
    pub(super) flushes: u64,
    /// Every byte that was ever written, in the order of the writes: what a disk may still hold.
    #[cfg(test)]
    pub(super) written: Vec<Vec<u8>>,
    pub(super) names: Kept<NameChange>,
    nodes: BTreeMap<u64, Node>,
    next_node: u64,
}

impl State {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            names_made: 0,
            life: 0,
            is_taken: false,
            room: None,
            flushes: 0,
            #[cfg(test)]
            written: Vec::new(),
            names: Kept::new(),
            nodes: BTreeMap::new(),
            next_node: 0,
        }
    }

    pub(super) fn crash(&mut self, seed: u64) {
        self.life += 1;
        self.is_taken = false;
        let mut draws = Draws(seed);
        self.names.crash(|most| draws.up_to(most));
        for node in self.nodes.values_mut() {
            match node {
                Node::File(file) => file.crash(|most| draws.up_to(most)),
                Node::Database(database) => database.crash(|most| draws.up_to(most)),
            }
        }
        let named: Vec<u64> = self.names.now.values().copied().collect();
        self.nodes.retain(|node, _| named.contains(node));
    }

    pub(super) fn fresh_name(&mut self) -> [u8; 16] {
        self.names_made += 1;
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.seed.to_be_bytes());
        hasher.update(&self.names_made.to_be_bytes());
        let mut name = [0; 16];
        name.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        name
    }

    pub(super) fn check_room(&mut self) -> io::Result<()> {
        match &mut self.room {
            Some(0) => Err(io::ErrorKind::StorageFull.into()),
            Some(room) => {
                *room -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// The node at `path`; a new one if there is none.
    pub(super) fn node_at(&mut self, path: &Path, new: fn() -> Node) -> io::Result<u64> {
        if let Some(node) = self.names.now.get(path) {
            return Ok(*node);
        }
        self.check_room()?;
        let node = self.next_node;
        self.next_node += 1;
        self.nodes.insert(node, new());
        self.names.write(NameChange(vec![(path.to_owned(), Some(node))]));
        Ok(node)
    }

    pub(super) fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let node = self.names.now.get(from).copied().ok_or(io::ErrorKind::NotFound)?;
        self.check_room()?;
        let change = NameChange(vec![(from.to_owned(), None), (to.to_owned(), Some(node))]);
        self.names.write(change);
        Ok(())
    }

    pub(super) fn remove(&mut self, path: &Path) -> io::Result<()> {
        if !self.names.now.contains_key(path) {
            return Err(io::ErrorKind::NotFound.into());
        }
        self.names.write(NameChange(vec![(path.to_owned(), None)]));
        Ok(())
    }

    pub(super) fn sync_names(&mut self) -> io::Result<()> {
        self.check_room()?;
        self.flushes += 1;
        self.names.flush();
        Ok(())
    }

    pub(super) fn file(&mut self, node: u64) -> io::Result<&mut Kept<FileChange>> {
        match self.nodes.get_mut(&node) {
            Some(Node::File(file)) => Ok(file),
            _ => Err(io::Error::other("not a file")),
        }
    }

    pub(super) fn database(&mut self, node: u64) -> io::Result<&mut Kept<EntryChange>> {
        match self.nodes.get_mut(&node) {
            Some(Node::Database(database)) => Ok(database),
            _ => Err(io::Error::other("not a database")),
        }
    }
}

/// Numbers that follow from a seed (splitmix64).
struct Draws(u64);

impl Draws {
    /// A number from 0 to `most`, both included.
    const fn up_to(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        match most.checked_add(1) {
            Some(choices) => mixed % choices,
            None => mixed,
        }
    }
}
