//! An index from ids to places: the first 8 bytes of an id lead to where a record that has to do with it may stand.
//! Whether it does is seen at the record.
//!
//! Ids come in no order, and a tree that takes them one by one rewrites a leaf for each. So every group's entries are
//! written as one sorted run, and runs of like size are merged as digits are carried when counting. The directory of
//! runs is written after them: what it does not name is not there.

mod block;

use alliance_record::RecordId;
use bytes::Bytes;

use crate::error::ReadError;
use crate::kv::Keyspace;
use crate::trees::{IDS, LINKS, OWN_LINKS, Place, Trees, number_u32};
use crate::value::{Input, ValueError};
use block::{ENTRY_BYTES, packed, place, unpacked};
pub(crate) use block::{Entry, entry};

/// Entries of a block, the unit that a look-up reads: some 6 KiB.
const BLOCK_ENTRIES: usize = 512;
/// Runs of like size that are merged into one, and the factor by which sizes are alike.
const FAN: usize = 8;
/// Entries of a merged run: 10 MB, so that merging holds neither much memory nor the writer for long.
const RUN_ENTRIES_MAX: usize = 524_288;
const DIRECTORY_KEY: [u8; 1] = [0];
const BLOCK_TAG: u8 = 1;

/// A keyspace that holds such an index.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Runs<'a> {
    keyspace: &'a Keyspace,
    name: &'static str,
}

impl Trees {
    /// The index by id.
    pub(crate) const fn id_runs(&self) -> Runs<'_> {
        Runs {
            keyspace: &self.ids,
            name: IDS.name,
        }
    }

    /// The index of links.
    pub(crate) const fn link_runs(&self) -> Runs<'_> {
        Runs {
            keyspace: &self.links,
            name: LINKS.name,
        }
    }

    /// The index of what organisations say of records of theirs.
    pub(crate) const fn own_link_runs(&self) -> Runs<'_> {
        Runs {
            keyspace: &self.own_links,
            name: OWN_LINKS.name,
        }
    }
}

/// A sorted run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    number: u32,
    entries: u32,
}

/// Which runs there are.
#[derive(Debug, Default, PartialEq, Eq)]
struct Directory {
    next: u32,
    runs: Vec<Run>,
}

impl Runs<'_> {
    /// Puts entries in. None cost nothing.
    pub(crate) fn put(self, entries: Vec<Entry>) -> Result<(), ReadError> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut directory = self.directory()?;
        self.add(&mut directory, entries)?;
        self.write(&directory)?;
        while let Some(alike) = directory.mergeable() {
            self.merge(&mut directory, &alike)?;
        }
        Ok(())
    }

    /// Takes away blocks that the directory does not name: a stop left them.
    pub(crate) fn trim(self) -> Result<(), ReadError> {
        let directory = self.directory()?;
        for key in self.keyspace.range([BLOCK_TAG]..).keys() {
            let key = key?;
            let number = key
                .get(1..5)
                .map_or(Err(ValueError::Truncated), number_u32)
                .map_err(|source| self.corrupt(source))?;
            if directory.runs.iter().all(|run| run.number != number) {
                self.keyspace.remove(key)?;
            }
        }
        Ok(())
    }

    /// Takes everything away.
    pub(crate) fn clear(self) -> Result<(), ReadError> {
        Ok(self.keyspace.clear()?)
    }

    /// The places under ids between `low` and `high`, both included, as far as the index can tell; in the order of the
    /// ids' first bytes and then of the places, at most `max`.
    pub(crate) fn places(self, low: &RecordId, high: &RecordId, max: usize) -> Result<Vec<Place>, ReadError> {
        let low = entry(low, Place { log: 0, sequence: 0 });
        let high = entry(
            high,
            Place {
                log: u32::MAX,
                sequence: u64::MAX,
            },
        );
        loop {
            let directory = self.directory()?;
            let mut found = Vec::new();
            for run in &directory.runs {
                self.find(*run, (&low, &high, max), &mut found)?;
                // Never more than twice what is wanted, however many runs there are.
                if found.len() > max {
                    found.sort_unstable();
                    found.dedup();
                    found.truncate(max);
                }
            }
            // A merge may have taken blocks away meanwhile.
            if directory != self.directory()? {
                continue;
            }
            found.sort_unstable();
            found.dedup();
            let place = |found: &Entry| place(found).map_err(|source| self.corrupt(source));
            return found.iter().map(place).collect();
        }
    }

    const fn corrupt(self, source: ValueError) -> ReadError {
        ReadError::CorruptList {
            tree: self.name,
            source,
        }
    }

    fn entries(self, block: &[u8]) -> Result<Vec<Entry>, ReadError> {
        unpacked(block).ok_or_else(|| self.corrupt(ValueError::Truncated))
    }

    fn directory(self) -> Result<Directory, ReadError> {
        let Some(value) = self.keyspace.get(DIRECTORY_KEY)? else {
            return Ok(Directory::default());
        };
        Directory::decode(&value).map_err(|source| self.corrupt(source))
    }

    fn write(self, directory: &Directory) -> Result<(), ReadError> {
        Ok(self.keyspace.insert(DIRECTORY_KEY, directory.encode())?)
    }

    /// Writes the blocks of a new run.
    fn add(self, directory: &mut Directory, mut entries: Vec<Entry>) -> Result<(), ReadError> {
        // A stable sort, because it makes use of the sorted runs that a merge brings.
        entries.sort();
        entries.dedup();
        let run = Run {
            number: directory.next,
            entries: entries.len() as u32,
        };
        for block in entries.chunks(BLOCK_ENTRIES) {
            self.keyspace.insert(run.block_key(&block[0]), packed(block))?;
        }
        directory.next += 1;
        directory.runs.push(run);
        Ok(())
    }

    fn merge(self, directory: &mut Directory, alike: &[Run]) -> Result<(), ReadError> {
        let mut all = Vec::with_capacity(alike.iter().map(|run| run.entries as usize).sum());
        for run in alike {
            for block in self.keyspace.scan_prefix(run.prefix()).values() {
                all.extend(self.entries(&block?)?);
            }
        }
        directory.runs.retain(|run| !alike.contains(run));
        self.add(directory, all)?;
        self.write(directory)?;
        alike.iter().try_for_each(|run| self.remove(*run))
    }

    fn remove(self, run: Run) -> Result<(), ReadError> {
        for key in self.keyspace.scan_prefix(run.prefix()).keys() {
            self.keyspace.remove(key?)?;
        }
        Ok(())
    }

    /// The entries of a run between two, both included, at most `max`.
    fn find(self, run: Run, (low, high, max): (&Entry, &Entry, usize), out: &mut Vec<Entry>) -> Result<(), ReadError> {
        let (first, last) = (run.block_key(&[0; ENTRY_BYTES]), run.block_key(high));
        let before = self
            .keyspace
            .range(first.clone()..=run.block_key(low))
            .next_back()
            .transpose()?;
        let from = before.map_or(first, |(key, _)| key.to_vec());
        let mut room = max;
        for block in self.keyspace.range(from..=last).values() {
            let entries = self.entries(&block?)?;
            let start = entries.partition_point(|entry| entry < low);
            let end = entries.partition_point(|entry| entry <= high).min(start + room);
            out.extend_from_slice(&entries[start..end]);
            room -= end - start;
            if room == 0 {
                break;
            }
        }
        Ok(())
    }
}

impl Run {
    /// What the keys of its blocks begin with.
    fn prefix(self) -> [u8; 5] {
        let mut prefix = [BLOCK_TAG; 5];
        prefix[1..].copy_from_slice(&self.number.to_be_bytes());
        prefix
    }

    fn block_key(self, first: &Entry) -> Vec<u8> {
        [&self.prefix()[..], first].concat()
    }

    /// Runs of the same level are alike in size.
    const fn level(self) -> u32 {
        match self.entries.checked_ilog(FAN as u32) {
            Some(level) => level,
            None => 0,
        }
    }
}

impl Directory {
    fn decode(value: &[u8]) -> Result<Self, ValueError> {
        let mut input = Input::new(Bytes::copy_from_slice(value));
        let next = u32::from_be_bytes(input.array()?);
        let mut runs = Vec::new();
        while !input.is_empty() {
            let number = u32::from_be_bytes(input.array()?);
            let entries = u32::from_be_bytes(input.array()?);
            runs.push(Run { number, entries });
        }
        Ok(Self { next, runs })
    }

    fn encode(&self) -> Vec<u8> {
        let mut value = self.next.to_be_bytes().to_vec();
        for run in &self.runs {
            value.extend_from_slice(&run.number.to_be_bytes());
            value.extend_from_slice(&run.entries.to_be_bytes());
        }
        value
    }

    /// As many runs of one level as are merged at once, if there are.
    fn mergeable(&self) -> Option<Vec<Run>> {
        (0..=u32::BITS / 3).find_map(|level| {
            let alike: Vec<Run> = self
                .runs
                .iter()
                .copied()
                .filter(|run| run.level() == level)
                .take(FAN)
                .collect();
            let entries: usize = alike.iter().map(|run| run.entries as usize).sum();
            (alike.len() == FAN && entries <= RUN_ENTRIES_MAX).then_some(alike)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::fixture::open_well;

    const fn place(at: usize) -> Place {
        Place {
            log: 3,
            sequence: at as u64,
        }
    }

    fn id(at: usize) -> RecordId {
        RecordId(*blake3::hash(&at.to_le_bytes()).as_bytes())
    }

    #[test]
    fn runs_are_merged_and_every_id_is_found() {
        const MAX: usize = 64;
        let dir = tempfile::tempdir().unwrap();
        let (writer, _reader) = open_well(dir.path());
        for runs in [writer.core.trees().id_runs(), writer.core.trees().link_runs()] {
            let entries: Vec<_> = (0..1400).map(|at| entry(&id(at), place(at))).collect();
            let (singles, groups) = entries.split_at(600);
            singles
                .chunks(1)
                .chain(groups.chunks(37))
                .for_each(|group| runs.put(group.to_vec()).unwrap());
            let directory = runs.directory().unwrap();
            assert!(directory.runs.len() < 4 * FAN, "{directory:?}");
            assert_eq!(directory.runs.iter().map(|run| run.entries).sum::<u32>(), 1400);
            for at in 0..1400 {
                assert_eq!(runs.places(&id(at), &id(at), MAX).unwrap(), [place(at)]);
            }
            let all = runs.places(&RecordId([0; 32]), &RecordId([0xff; 32]), MAX).unwrap();
            let mut first: Vec<_> = (0..1400).map(|at| (id(at), place(at))).collect();
            first.sort();
            assert!(all.iter().eq(first[..MAX].iter().map(|(_, place)| place)));
        }
    }

    #[test]
    fn an_id_with_many_places_gives_the_first_of_them() {
        let dir = tempfile::tempdir().unwrap();
        let (writer, _reader) = open_well(dir.path());
        let runs = writer.core.trees().link_runs();
        // The later places first, and some of them twice.
        for at in (0..3000).rev().chain(0..40) {
            runs.put(vec![entry(&id(7), place(at)), entry(&id(8), place(at))])
                .unwrap();
        }
        for max in [1, 64, 1500, 3000, 9000] {
            let found = runs.places(&id(7), &id(7), max).unwrap();
            assert!(found.into_iter().eq((0..max.min(3000)).map(place)), "{max}");
        }
    }

    #[test]
    fn blocks_that_no_directory_names_are_taken_away() {
        let dir = tempfile::tempdir().unwrap();
        let (writer, _reader) = open_well(dir.path());
        let runs = writer.core.trees().id_runs();
        runs.put(vec![entry(&id(1), place(0))]).unwrap();
        let mut unwritten = Directory {
            next: 7,
            runs: Vec::new(),
        };
        runs.add(&mut unwritten, vec![[5; ENTRY_BYTES]]).unwrap();
        assert_eq!(runs.keyspace.range::<&[u8]>(..).count(), 3);
        runs.trim().unwrap();
        assert_eq!(runs.keyspace.range::<&[u8]>(..).count(), 2);
        assert_eq!(runs.places(&id(1), &id(1), 64).unwrap().len(), 1);
    }
}
