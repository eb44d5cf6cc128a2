//! The index by id: the first 8 bytes of a record's id lead to where it may stand. Whether it does is seen at the
//! record.
//!
//! Ids come in no order, and a tree that takes them one by one rewrites a leaf for each. So every group's ids are
//! written as one sorted run, and runs of like size are merged as digits are carried when counting. The directory of
//! runs is written after them: what it does not name is not there.

use alliance_record::RecordId;
use bytes::Bytes;

use crate::error::ReadError;
use crate::group::Placed;
use crate::trees::{IDS, Place, Trees, number_u32};
use crate::value::{Input, ValueError};

/// Bytes of an id that are indexed: among a hundred million records, chance makes two share them once in 3,700 stores.
const PREFIX_BYTES: usize = 8;
const ENTRY_BYTES: usize = PREFIX_BYTES + 12;
/// Entries of a block, the unit that a look-up reads: 10 KiB.
const BLOCK_ENTRIES: usize = 512;
/// Runs of like size that are merged into one, and the factor by which sizes are alike.
const FAN: usize = 8;
/// Entries of a merged run: 10 MB, so that merging holds neither much memory nor the writer for long.
const RUN_ENTRIES_MAX: usize = 524_288;
/// Places that one run gives for a look-up: more than any prefix worth asking for has, and 64 records with the same 8
/// bytes cannot be made.
const PLACES_MAX: usize = 64;
const DIRECTORY_KEY: [u8; 1] = [0];
const BLOCK_TAG: u8 = 1;

type Entry = [u8; ENTRY_BYTES];

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

/// Puts records in.
pub(crate) fn put(trees: &Trees, placed: &[Placed<'_>]) -> Result<(), ReadError> {
    let mut directory = Directory::read(trees)?;
    let new = placed.iter().filter(|placed| !placed.is_body());
    let entries: Vec<Entry> = new.map(|placed| entry(&placed.record.id(), placed.place)).collect();
    if entries.is_empty() {
        return Ok(());
    }
    directory.add(trees, entries)?;
    directory.write(trees)?;
    while let Some(alike) = directory.mergeable() {
        directory.merge(trees, &alike)?;
    }
    Ok(())
}

/// Takes away blocks that the directory does not name: a stop left them.
pub(crate) fn trim(trees: &Trees) -> Result<(), ReadError> {
    let directory = Directory::read(trees)?;
    for key in trees.ids.range([BLOCK_TAG]..).keys() {
        let key = key?;
        let number = key
            .get(1..5)
            .map_or(Err(ValueError::Truncated), number_u32)
            .map_err(corrupt)?;
        if directory.runs.iter().all(|run| run.number != number) {
            trees.ids.remove(key)?;
        }
    }
    Ok(())
}

/// Where records may stand whose ids lie between `low` and `high`, both included, as far as the index can tell; in the
/// order of their ids, at most [`PLACES_MAX`].
pub(crate) fn places(trees: &Trees, low: &RecordId, high: &RecordId) -> Result<Vec<Place>, ReadError> {
    let low = entry(low, Place { log: 0, sequence: 0 });
    let high = entry(
        high,
        Place {
            log: u32::MAX,
            sequence: u64::MAX,
        },
    );
    loop {
        let directory = Directory::read(trees)?;
        let mut found = Vec::new();
        for run in &directory.runs {
            run.find(trees, (&low, &high), &mut found)?;
        }
        // A merge may have taken blocks away meanwhile.
        if directory != Directory::read(trees)? {
            continue;
        }
        found.sort_unstable();
        found.dedup();
        found.truncate(PLACES_MAX);
        return found
            .iter()
            .map(|entry| Place::from_key(&entry[PREFIX_BYTES..]).map_err(corrupt))
            .collect();
    }
}

fn corrupt(source: ValueError) -> ReadError {
    ReadError::CorruptList { tree: IDS.name, source }
}

fn entry(id: &RecordId, place: Place) -> Entry {
    let mut entry = [0; ENTRY_BYTES];
    entry[..PREFIX_BYTES].copy_from_slice(&id.as_bytes()[..PREFIX_BYTES]);
    entry[PREFIX_BYTES..].copy_from_slice(&place.to_key());
    entry
}

fn entries(block: &[u8]) -> Result<&[Entry], ReadError> {
    match block.as_chunks() {
        (entries, []) => Ok(entries),
        _ => Err(corrupt(ValueError::Truncated)),
    }
}

impl Run {
    fn block_key(self, first: &Entry) -> Vec<u8> {
        [&[BLOCK_TAG], &self.number.to_be_bytes()[..], first].concat()
    }

    /// All entries, in order.
    fn read(self, trees: &Trees, out: &mut Vec<Entry>) -> Result<(), ReadError> {
        for block in trees
            .ids
            .scan_prefix(self.block_key(&[0; ENTRY_BYTES]).get(..5).unwrap_or_default())
            .values()
        {
            out.extend_from_slice(entries(&block?)?);
        }
        Ok(())
    }

    /// The entries between two, both included, up to [`PLACES_MAX`].
    fn find(self, trees: &Trees, (low, high): (&Entry, &Entry), out: &mut Vec<Entry>) -> Result<(), ReadError> {
        let (first, last) = (self.block_key(&[0; ENTRY_BYTES]), self.block_key(high));
        let before = trees
            .ids
            .range(first.clone()..=self.block_key(low))
            .next_back()
            .transpose()?;
        let from = before.map_or(first, |(key, _)| key.to_vec());
        let mut room = PLACES_MAX;
        for block in trees.ids.range(from..=last).values() {
            let block = block?;
            let entries = entries(&block)?;
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

    fn remove(self, trees: &Trees) -> Result<(), ReadError> {
        let prefix = self.block_key(&[0; ENTRY_BYTES]);
        for key in trees.ids.scan_prefix(&prefix[..5]).keys() {
            trees.ids.remove(key?)?;
        }
        Ok(())
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
    fn read(trees: &Trees) -> Result<Self, ReadError> {
        let Some(value) = trees.ids.get(DIRECTORY_KEY)? else {
            return Ok(Self::default());
        };
        Self::decode(&value).map_err(corrupt)
    }

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

    fn write(&self, trees: &Trees) -> Result<(), ReadError> {
        let mut value = self.next.to_be_bytes().to_vec();
        for run in &self.runs {
            value.extend_from_slice(&run.number.to_be_bytes());
            value.extend_from_slice(&run.entries.to_be_bytes());
        }
        trees.ids.insert(DIRECTORY_KEY, value)?;
        Ok(())
    }

    /// Writes the blocks of a new run.
    fn add(&mut self, trees: &Trees, mut entries: Vec<Entry>) -> Result<(), ReadError> {
        // A stable sort, because it makes use of the sorted runs that a merge brings.
        entries.sort();
        entries.dedup();
        let run = Run {
            number: self.next,
            entries: entries.len() as u32,
        };
        for block in entries.chunks(BLOCK_ENTRIES) {
            trees.ids.insert(run.block_key(&block[0]), block.as_flattened())?;
        }
        self.next += 1;
        self.runs.push(run);
        Ok(())
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

    fn merge(&mut self, trees: &Trees, alike: &[Run]) -> Result<(), ReadError> {
        let mut all = Vec::with_capacity(alike.iter().map(|run| run.entries as usize).sum());
        for run in alike {
            run.read(trees, &mut all)?;
        }
        self.runs.retain(|run| !alike.contains(run));
        self.add(trees, all)?;
        self.write(trees)?;
        alike.iter().try_for_each(|run| run.remove(trees))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrival::{Arrival, BodyState};
    use crate::tests::fixture::{Log, open_well};

    #[test]
    fn runs_are_merged_and_every_id_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let (writer, _reader) = open_well(dir.path());
        let trees = writer.core.trees();
        let records = Log::new(1, "m49:150").take(1400);
        let place = |at: usize| Place {
            log: 3,
            sequence: at as u64,
        };
        let placed: Vec<_> = (0..records.len())
            .map(|at| Placed {
                arrival: Arrival(1),
                row: Arrival(1),
                place: place(at),
                record: &records[at],
                body: BodyState::Held,
            })
            .collect();
        let (singles, groups) = placed.split_at(600);
        singles
            .chunks(1)
            .chain(groups.chunks(37))
            .for_each(|group| put(trees, group).unwrap());
        let directory = Directory::read(trees).unwrap();
        assert!(directory.runs.len() < 4 * FAN, "{directory:?}");
        assert_eq!(directory.runs.iter().map(|run| run.entries).sum::<u32>(), 1400);
        for (at, record) in records.iter().enumerate() {
            assert_eq!(places(trees, &record.id(), &record.id()).unwrap(), [place(at)]);
        }
        let all = places(trees, &RecordId([0; 32]), &RecordId([0xff; 32])).unwrap();
        let mut first: Vec<_> = (0..1400).map(|at| (records[at].id(), place(at))).collect();
        first.sort();
        assert!(all.iter().eq(first[..PLACES_MAX].iter().map(|(_, place)| place)));
    }

    #[test]
    fn blocks_that_no_directory_names_are_taken_away() {
        let dir = tempfile::tempdir().unwrap();
        let (writer, _reader) = open_well(dir.path());
        let trees = writer.core.trees();
        let record = Log::new(1, "m49:150").next();
        let placed = Placed {
            arrival: Arrival(1),
            row: Arrival(1),
            place: Place { log: 0, sequence: 0 },
            record: &record,
            body: BodyState::Held,
        };
        put(trees, &[placed]).unwrap();
        Directory {
            next: 7,
            runs: Vec::new(),
        }
        .add(trees, vec![[5; ENTRY_BYTES]])
        .unwrap();
        assert_eq!(trees.ids.range::<&[u8]>(..).count(), 3);
        trim(trees).unwrap();
        assert_eq!(trees.ids.range::<&[u8]>(..).count(), 2);
        assert_eq!(places(trees, &record.id(), &record.id()).unwrap().len(), 1);
    }
}
