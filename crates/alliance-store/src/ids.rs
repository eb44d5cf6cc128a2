//! The index by id: the first 8 bytes of a record's id lead to where it may stand. Whether it does is seen at the record.

use alliance_record::RecordId;

use crate::error::ReadError;
use crate::group::Placed;
use crate::trees::{IDS, Place, Trees};

/// Bytes of an id that are indexed: among a hundred million records, chance makes two share them once in 3,700 stores.
const PREFIX_BYTES: usize = 8;

/// Puts records in, in the order of their ids, so that neighbours are written together.
pub(crate) fn put(trees: &Trees, placed: &[Placed<'_>]) -> Result<(), sled::Error> {
    let mut keys: Vec<[u8; 20]> = placed
        .iter()
        .map(|placed| key(&placed.record.id(), placed.place))
        .collect();
    keys.sort_unstable();
    for key in keys {
        trees.ids.insert(key, &[])?;
    }
    Ok(())
}

fn key(id: &RecordId, place: Place) -> [u8; 20] {
    let mut key = [0; 20];
    key[..PREFIX_BYTES].copy_from_slice(&id.as_bytes()[..PREFIX_BYTES]);
    key[PREFIX_BYTES..].copy_from_slice(&place.to_key());
    key
}

/// Where records may stand whose ids lie between `low` and `high`, both included, as far as the index can tell.
pub(crate) fn places(
    trees: &Trees,
    low: &RecordId,
    high: &RecordId,
) -> impl Iterator<Item = Result<Place, ReadError>> + use<> {
    let first = key(low, Place { log: 0, sequence: 0 });
    let last = key(
        high,
        Place {
            log: u32::MAX,
            sequence: u64::MAX,
        },
    );
    trees.ids.range(first..=last).map(|entry| {
        let (key, _) = entry?;
        let place = key.get(PREFIX_BYTES..).unwrap_or_default();
        Place::from_key(place).map_err(|source| ReadError::CorruptList { tree: IDS.name, source })
    })
}
