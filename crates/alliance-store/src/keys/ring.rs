//! The writer's side of the key file: keys made ready and synced before they are used, and destroyed when nothing
//! durable needs them any more.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fmt, io};

use super::{KEY_BYTES, Key, NO_KEY, place, sealed};
use crate::arrival::Arrival;
use crate::disk::{Files, OpenFile};
use crate::error::StoreFault;

/// Keys that are made ready at a time: 16 KiB, so that one sync serves some hundred pages.
const READY_KEYS: u32 = 512;

/// Hands out keys and destroys them.
pub(crate) struct KeyRing {
    files: Files,
    file: OpenFile,
    slots: u32,
    /// On the disk and never used; the next one last.
    ready: Vec<(u32, Key)>,
    /// Of pages that are no longer there, as far as the database has been told; not yet written over.
    released: Vec<u32>,
    /// Slots that are written over.
    free: BTreeSet<u32>,
    /// The arrival before which nothing is sealed or released any more.
    since: Arrival,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing")
            .field("slots", &self.slots)
            .field("ready", &self.ready.len())
            .field("released", &self.released)
            .field("free", &self.free.len())
            .finish_non_exhaustive()
    }
}

impl KeyRing {
    /// Destroys every key but those in the slots `held`, which a durable page needs, and makes new ones ready.
    pub(crate) fn open(files: &Files, path: &Path, held: &BTreeSet<u32>, since: Arrival) -> io::Result<Self> {
        let bytes = files.read(path)?.unwrap_or_default();
        let mut file = files.open(path)?;
        // What is left of a slot at the end was never used.
        let slots = bytes.len() / KEY_BYTES;
        let (keys, _) = bytes.as_chunks::<KEY_BYTES>();
        let unneeded = (0..slots as u32).filter(|slot| !held.contains(slot));
        let free: BTreeSet<u32> = unneeded.collect();
        let unwritten = free.iter().copied().filter(|slot| keys[*slot as usize] != NO_KEY);
        write_over(&mut file, &unwritten.collect::<Vec<_>>())?;
        let mut ring = Self {
            files: files.clone(),
            file,
            slots: slots as u32,
            ready: Vec::new(),
            released: Vec::new(),
            free,
            since,
        };
        ring.make_ready()?;
        Ok(ring)
    }

    /// From now on, pages are sealed and released for what follows this arrival.
    pub(crate) const fn begin(&mut self, last: Arrival) {
        self.since = last.next();
    }

    pub(crate) const fn since(&self) -> Arrival {
        self.since
    }

    /// Seals a page with a key that was never used. Gives the key's slot, and the value.
    pub(crate) fn seal(&mut self, page: &[u8]) -> Result<(u32, Vec<u8>), StoreFault> {
        let (slot, key) = self.take_key()?;
        Ok((slot, sealed(slot, &key, page)?))
    }

    /// A key that was never used, on the disk for certain.
    fn take_key(&mut self) -> Result<(u32, Key), StoreFault> {
        if self.ready.is_empty() {
            self.make_ready()?;
        }
        let next = self.ready.pop();
        Ok(next.ok_or_else(|| io::Error::other("no key is ready"))?)
    }

    /// Takes note that no page needs the key any more, once the database is durable.
    pub(crate) fn release(&mut self, slot: u32) {
        self.released.push(slot);
    }

    /// Writes over the keys that were released. The database must be durable as it is: it may not come to need them
    /// again.
    pub(crate) fn write_over_released(&mut self) -> Result<(), StoreFault> {
        self.released.sort_unstable();
        write_over(&mut self.file, &self.released)?;
        self.free.extend(self.released.drain(..));
        Ok(())
    }

    /// As [`KeyRing::write_over_released`], and waits until the disk has it.
    pub(crate) fn destroy_released(&mut self) -> Result<(), StoreFault> {
        self.write_over_released()?;
        Ok(self.file.sync()?)
    }

    /// Writes new keys into free slots, and waits until the disk has them.
    fn make_ready(&mut self) -> io::Result<()> {
        let reused: Vec<u32> = self.free.iter().copied().take(READY_KEYS as usize).collect();
        let added = READY_KEYS - reused.len() as u32;
        let end = self.slots.checked_add(added).ok_or(io::ErrorKind::StorageFull)?;
        let slots: Vec<u32> = reused.iter().copied().chain(self.slots..end).collect();
        let mut bytes = vec![0; slots.len() * KEY_BYTES];
        self.files.random(&mut bytes)?;
        for_runs(&slots, |from, count| {
            let bytes = &bytes[from * KEY_BYTES..(from + count) * KEY_BYTES];
            self.file.write_at(place(slots[from]), bytes)
        })?;
        self.file.sync()?;
        self.slots = end;
        for slot in &reused {
            self.free.remove(slot);
        }
        let (keys, _) = bytes.as_chunks::<KEY_BYTES>();
        self.ready = slots.into_iter().zip(keys.iter().copied()).rev().collect();
        Ok(())
    }
}

fn write_over(file: &mut OpenFile, slots: &[u32]) -> io::Result<()> {
    for_runs(slots, |from, count| {
        file.write_at(place(slots[from]), &vec![0; count * KEY_BYTES])
    })
}

/// Does something with each run of consecutive slots: its index, and how many they are.
fn for_runs(slots: &[u32], mut work: impl FnMut(usize, usize) -> io::Result<()>) -> io::Result<()> {
    let mut from = 0;
    slots.chunk_by(|one, next| one + 1 == *next).try_for_each(|run| {
        work(from, run.len())?;
        from += run.len();
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_given_twice_and_released_ones_are_gone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("body-keys");
        let open =
            |held: &[u32]| KeyRing::open(&Files::Real, &path, &held.iter().copied().collect(), Arrival(1)).unwrap();
        let read = |slot: u32| std::fs::read(&path).unwrap()[slot as usize * KEY_BYTES..][..KEY_BYTES].to_vec();
        let mut ring = open(&[]);
        let mut given: Vec<(u32, Key)> = (0..1300).map(|_| ring.take_key().unwrap()).collect();
        for (slot, key) in &given {
            assert_eq!(read(*slot), key);
        }
        given[..40]
            .iter()
            .chain(&given[50..70])
            .for_each(|(slot, _)| ring.release(*slot));
        ring.destroy_released().unwrap();
        assert!((0..40).chain(50..70).all(|at: usize| read(given[at].0) == NO_KEY));
        assert_eq!(read(given[45].0), given[45].1);
        drop(ring);
        let held: Vec<u32> = given[70..].iter().map(|(slot, _)| *slot).collect();
        let mut ring = open(&held);
        for (slot, key) in &given[70..] {
            assert_eq!(read(*slot), key, "what is held stays");
        }
        assert_ne!(read(given[45].0), given[45].1, "what nothing refers to goes");
        given.extend((0..700).map(|_| ring.take_key().unwrap()));
        let keys: BTreeSet<Key> = given.iter().map(|(_, key)| *key).collect();
        assert_eq!(keys.len(), 2000);
    }
}
