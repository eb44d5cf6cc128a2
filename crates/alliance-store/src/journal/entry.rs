//! An entry of the journal and its bytes.
//!
//! ```text
//! mark 4 ‖ payload length u32 ‖ BLAKE3 of length and payload, first 16 bytes ‖ payload
//! payload = 0x01 ‖ record (see the record module)  |  0x02 ‖ key number u8 ‖ value
//! ```
//! Numbers big-endian. The mark lets a reader find the next entry after damage.

use alliance_record::VerifiedRecord;
use bytes::Bytes;

use super::record::{VALUE_BYTES_MAX, put_record, take_record};
use crate::arrival::BodyState;
use crate::error::StoreFault;
use crate::keys::Key;
use crate::meta::{META_VALUE_BYTES_MAX, MetaKey};
use crate::value::{Input, ValueError};

/// What an entry begins with.
pub(super) const MARK: [u8; 4] = [0xa1, 0x1f, 0x4a, 0x0e];
/// Bytes before the payload.
pub(super) const FRAME_BYTES: usize = 4 + 4 + CHECKSUM_BYTES;
/// Bytes of a payload: one record.
pub(super) const PAYLOAD_BYTES_MAX: usize = VALUE_BYTES_MAX;
const CHECKSUM_BYTES: usize = 16;
const TAG_RECORD: u8 = 1;
const TAG_META: u8 = 2;

const _: () = assert!(META_VALUE_BYTES_MAX + 2 <= PAYLOAD_BYTES_MAX);

/// What the journal brings back.
#[derive(Debug)]
pub(crate) enum Entry {
    /// A record that this node wrote, and what became of its body here.
    Record(Box<VerifiedRecord>, BodyState),
    /// A value that it keeps.
    Meta(MetaKey, Bytes),
}

pub(super) fn put_record_entry(
    out: &mut Vec<u8>,
    key: &Key,
    record: &VerifiedRecord,
    state: BodyState,
) -> Result<(), StoreFault> {
    let mut payload = vec![TAG_RECORD];
    put_record(&mut payload, key, record, state)?;
    put_entry(out, &payload);
    Ok(())
}

pub(super) fn put_meta_entry(out: &mut Vec<u8>, key: MetaKey, value: &[u8]) {
    put_entry(out, &[&[TAG_META, key.number()], value].concat());
}

fn put_entry(out: &mut Vec<u8>, payload: &[u8]) {
    let length = (payload.len() as u32).to_be_bytes();
    out.extend_from_slice(&MARK);
    out.extend_from_slice(&length);
    out.extend_from_slice(&checksum(length, payload));
    out.extend_from_slice(payload);
}

fn checksum(length: [u8; 4], payload: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&length);
    hasher.update(payload);
    let mut checksum = [0; CHECKSUM_BYTES];
    checksum.copy_from_slice(&hasher.finalize().as_bytes()[..CHECKSUM_BYTES]);
    checksum
}

/// Reads the entry at the start of `bytes`, which reach far enough for the longest one unless the file ends before.
/// Gives the entry and its length; `None` when no whole, undamaged entry stands here.
pub(super) fn take_entry(bytes: &[u8], key: Option<&Key>) -> Option<(Entry, usize)> {
    let (frame, rest) = bytes.split_at_checked(FRAME_BYTES)?;
    if frame[..4] != MARK {
        return None;
    }
    let length: [u8; 4] = frame[4..8].try_into().ok()?;
    let count = u32::from_be_bytes(length) as usize;
    if count > PAYLOAD_BYTES_MAX {
        return None;
    }
    let payload = rest.get(..count)?;
    if checksum(length, payload) != frame[8..] {
        return None;
    }
    let entry = decode(payload, key).ok()?;
    Some((entry, FRAME_BYTES + count))
}

/// Every entry in `bytes`, wherever it stands.
#[cfg(test)]
pub(crate) fn entries_in(bytes: &[u8], key: &Key) -> Vec<Entry> {
    let marks = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(&MARK));
    marks
        .filter_map(|at| Some(take_entry(&bytes[at..], Some(key))?.0))
        .collect()
}

fn decode(payload: &[u8], key: Option<&Key>) -> Result<Entry, ValueError> {
    let mut input = Input::new(Bytes::copy_from_slice(payload));
    match input.byte()? {
        TAG_RECORD => {
            let (record, state) = take_record(&mut input, key)?;
            Ok(Entry::Record(Box::new(record), state))
        }
        TAG_META => {
            let number = input.byte()?;
            let key = MetaKey::from_number(number).ok_or(ValueError::UnknownTag { tag: number })?;
            Ok(Entry::Meta(key, input.take(payload.len() - 2)?))
        }
        tag => Err(ValueError::UnknownTag { tag }),
    }
}
