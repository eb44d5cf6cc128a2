//! A disk in memory, to simulate crashes on: it keeps what was flushed, and of the rest what a seed chooses. The
//! store's own logic runs on it unchanged. Deterministic to the byte: no clock, no thread, no randomness but the seeds
//! given.

mod kept;
mod keyspace;
mod state;

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(crate) use keyspace::{Database, End, Entries, Keyspace};
use state::State;

/// Shared by whoever holds a clone; outlives the stores opened on it.
#[derive(Debug, Clone)]
pub struct Disk {
    state: Arc<Mutex<State>>,
}

impl Disk {
    /// An empty disk. Whatever a store on it makes up (the names of its databases) follows from the seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let state = Arc::new(Mutex::new(State::new(seed)));
        Self { state }
    }

    /// The machine stops: what was flushed stays, and of what was written after that a prefix that the seed chooses,
    /// for the database (by operation) and each file (by byte). A store that is still open on the disk finds that every
    /// further read and write fails; drop it, and open another.
    pub fn crash(&self, seed: u64) {
        self.lock().crash(seed);
    }

    /// No space is left: every write and flush fails, until [`Disk::make_room`].
    pub fn fill_up(&self) {
        self.fill_up_after(0);
    }

    /// As [`Disk::fill_up`], after so many further writes and flushes: whoever is writing then is caught in the middle.
    pub fn fill_up_after(&self, changes: u64) {
        self.lock().room = Some(changes);
    }

    /// There is space again.
    pub fn make_room(&self) {
        self.lock().room = None;
    }

    /// Flushes so far, of the database and of files: what a slow disk would make its owner wait for.
    #[must_use]
    pub fn flushes(&self) -> u64 {
        self.lock().flushes
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something to the disk as it was when `life` began; fails when the machine has stopped since.
    fn at<T>(&self, life: u64, work: impl FnOnce(&mut State) -> io::Result<T>) -> io::Result<T> {
        let mut state = self.lock();
        match state.life == life {
            true => work(&mut state),
            false => Err(io::Error::other("the machine stopped")),
        }
    }

    /// Sixteen bytes that no other call on this disk gives.
    pub(crate) fn fresh_name(&self) -> [u8; 16] {
        self.lock().fresh_name()
    }

    /// Every byte that was ever written.
    #[cfg(test)]
    pub(crate) fn written(&self) -> Vec<Vec<u8>> {
        self.lock().written.clone()
    }

    /// Bytes that no other call on this disk gives.
    pub(crate) fn fill(&self, out: &mut [u8]) {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.fresh_name());
        hasher.finalize_xof().fill(out);
    }

    /// Takes the disk for one store; `None` while another has it.
    pub(crate) fn take(&self) -> Option<Taken> {
        let mut state = self.lock();
        if state.is_taken {
            return None;
        }
        state.is_taken = true;
        Some(Taken {
            disk: self.clone(),
            life: state.life,
        })
    }

    /// The database at `path`, made if there is none.
    pub(crate) fn database(&self, path: &Path) -> io::Result<Database> {
        let mut state = self.lock();
        let node = state.node_at(path, state::Node::database)?;
        let life = state.life;
        drop(state);
        Ok(Database {
            disk: self.clone(),
            life,
            node,
        })
    }

    /// The file at `path`, made if there is none.
    pub(crate) fn file(&self, path: &Path) -> io::Result<SimulatedFile> {
        let mut state = self.lock();
        let node = state.node_at(path, state::Node::file)?;
        let life = state.life;
        drop(state);
        Ok(SimulatedFile {
            disk: self.clone(),
            life,
            node,
        })
    }

    /// The paths of what is in a directory, in their order.
    pub(crate) fn list(&self, dir: &Path) -> Vec<std::path::PathBuf> {
        let state = self.lock();
        let inside = state.names.now.keys().filter(|path| path.parent() == Some(dir));
        inside.cloned().collect()
    }

    pub(crate) fn exists(&self, path: &Path) -> bool {
        self.lock().names.now.contains_key(path)
    }

    pub(crate) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.lock().rename(from, to)
    }

    pub(crate) fn remove(&self, path: &Path) -> io::Result<()> {
        self.lock().remove(path)
    }

    /// Makes names durable: those of the whole disk, which is small.
    pub(crate) fn sync_names(&self) -> io::Result<()> {
        self.lock().sync_names()
    }
}

/// Frees the disk for the next store when it is dropped.
#[derive(Debug)]
pub(crate) struct Taken {
    disk: Disk,
    life: u64,
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut state = self.disk.lock();
        if state.life == self.life {
            state.is_taken = false;
        }
    }
}

/// An opened file.
#[derive(Debug)]
pub(crate) struct SimulatedFile {
    disk: Disk,
    life: u64,
    node: u64,
}

impl SimulatedFile {
    pub(crate) fn len(&self) -> io::Result<u64> {
        self.disk
            .at(self.life, |state| Ok(state.file(self.node)?.now.len() as u64))
    }

    pub(crate) fn read_at(&self, at: u64, out: &mut [u8]) -> io::Result<()> {
        self.disk.at(self.life, |state| {
            let bytes = &state.file(self.node)?.now;
            let found = bytes.get(at as usize..at as usize + out.len());
            out.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
            Ok(())
        })
    }

    pub(crate) fn write_at(&self, at: u64, bytes: &[u8]) -> io::Result<()> {
        let change = kept::FileChange::Write {
            at: at as usize,
            bytes: bytes.to_vec(),
        };
        self.change(change)
    }

    pub(crate) fn set_len(&self, bytes: u64) -> io::Result<()> {
        self.change(kept::FileChange::SetLen(bytes as usize))
    }

    fn change(&self, change: kept::FileChange) -> io::Result<()> {
        self.disk.at(self.life, |state| {
            state.check_room()?;
            #[cfg(test)]
            if let kept::FileChange::Write { bytes, .. } = &change {
                state.written.push(bytes.clone());
            }
            state.file(self.node)?.write(change);
            Ok(())
        })
    }

    pub(crate) fn sync(&self) -> io::Result<()> {
        self.disk.at(self.life, |state| {
            state.check_room()?;
            state.flushes += 1;
            state.file(self.node)?.flush();
            Ok(())
        })
    }
}
