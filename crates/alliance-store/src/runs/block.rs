//! Entries, and the bytes of a block of them.
//!
//! ```text
//! block = bytes of a log number u8 ‖ bytes of a sequence u8 ‖ entries: first 8 bytes of the id ‖ log number ‖ sequence
//! ```
//! What is written is what appending waits for, so numbers take no more bytes than the block's greatest needs.

use alliance_record::RecordId;

use crate::trees::Place;
use crate::value::ValueError;

/// Bytes of an id that are indexed: among a hundred million records, chance makes two share them once in 3,700 stores.
const PREFIX_BYTES: usize = 8;
const LOG_BYTES: usize = 4;
const SEQUENCE_BYTES: usize = 8;
pub(super) const ENTRY_BYTES: usize = PREFIX_BYTES + LOG_BYTES + SEQUENCE_BYTES;

/// An id's first bytes, and a place.
pub(crate) type Entry = [u8; ENTRY_BYTES];

/// The entry that leads from an id to a place.
pub(crate) fn entry(id: &RecordId, place: Place) -> Entry {
    let mut entry = [0; ENTRY_BYTES];
    entry[..PREFIX_BYTES].copy_from_slice(&id.as_bytes()[..PREFIX_BYTES]);
    entry[PREFIX_BYTES..].copy_from_slice(&place.to_key());
    entry
}

/// Where an entry leads.
pub(super) fn place(entry: &Entry) -> Result<Place, ValueError> {
    Place::from_key(&entry[PREFIX_BYTES..])
}

/// An entry's id, log number and sequence.
const fn parts(entry: &Entry) -> (&[u8], &[u8], &[u8]) {
    let (id, place) = entry.split_at(PREFIX_BYTES);
    let (log, sequence) = place.split_at(LOG_BYTES);
    (id, log, sequence)
}

/// The bytes of a block.
pub(super) fn packed(entries: &[Entry]) -> Vec<u8> {
    let needed = |number: &[u8]| number.len() - number.iter().take_while(|byte| **byte == 0).count();
    let (mut log_bytes, mut sequence_bytes) = (0, 0);
    for entry in entries {
        let (_, log, sequence) = parts(entry);
        log_bytes = log_bytes.max(needed(log));
        sequence_bytes = sequence_bytes.max(needed(sequence));
    }
    let mut block = Vec::with_capacity(2 + entries.len() * (PREFIX_BYTES + log_bytes + sequence_bytes));
    block.extend([log_bytes as u8, sequence_bytes as u8]);
    for entry in entries {
        let (id, log, sequence) = parts(entry);
        block.extend_from_slice(id);
        block.extend_from_slice(&log[LOG_BYTES - log_bytes..]);
        block.extend_from_slice(&sequence[SEQUENCE_BYTES - sequence_bytes..]);
    }
    block
}

/// The entries of a block; `None` when it is none.
pub(super) fn unpacked(block: &[u8]) -> Option<Vec<Entry>> {
    let ([log_bytes, sequence_bytes], rest) = block.split_first_chunk()?;
    let (log_bytes, sequence_bytes) = (usize::from(*log_bytes), usize::from(*sequence_bytes));
    let log_at = (PREFIX_BYTES + LOG_BYTES).checked_sub(log_bytes)?;
    let sequence_at = ENTRY_BYTES.checked_sub(sequence_bytes)?;
    let chunks = rest.chunks_exact(PREFIX_BYTES + log_bytes + sequence_bytes);
    if log_bytes > LOG_BYTES || sequence_bytes > SEQUENCE_BYTES || !chunks.remainder().is_empty() {
        return None;
    }
    let unpack = |chunk: &[u8]| {
        let mut entry = [0; ENTRY_BYTES];
        let (id, place) = chunk.split_at(PREFIX_BYTES);
        let (log, sequence) = place.split_at(log_bytes);
        entry[..PREFIX_BYTES].copy_from_slice(id);
        entry[log_at..PREFIX_BYTES + LOG_BYTES].copy_from_slice(log);
        entry[sequence_at..].copy_from_slice(sequence);
        entry
    };
    Some(chunks.map(unpack).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_size_come_back() {
        let sequences = [0, 1, 255, 256, 70_000, u64::from(u32::MAX) + 1, u64::MAX];
        let places = [0, 200, 65_536, u32::MAX]
            .into_iter()
            .flat_map(|log| sequences.map(|sequence| Place { log, sequence }));
        let entries: Vec<_> = places.map(|place| entry(&RecordId([9; 32]), place)).collect();
        for first in 0..entries.len() {
            for last in first..=entries.len() {
                assert_eq!(unpacked(&packed(&entries[first..last])).unwrap(), entries[first..last]);
            }
        }
        // Both of log 0, and sequence 1 at most.
        assert_eq!(packed(&entries[..2]).len(), 2 + 2 * (PREFIX_BYTES + 1));
        let block = packed(&entries);
        for harmed in [&[][..], &[1], &block[..block.len() - 1], &[5, 8], &[4, 9], &[1, 1, 7]] {
            assert_eq!(unpacked(harmed), None, "{harmed:?}");
        }
    }
}
