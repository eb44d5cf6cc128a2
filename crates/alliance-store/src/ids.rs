//! The index by id: where a record may stand. Whether it does is seen at the record.

use alliance_record::RecordId;

use crate::error::ReadError;
use crate::group::Placed;
use crate::runs::entry;
use crate::trees::{Place, Trees};

/// Places that are looked at: more than any prefix worth asking for has, and 64 records with the same 8 bytes cannot be
/// made.
const PLACES_MAX: usize = 64;

/// Puts records in.
pub(crate) fn put(trees: &Trees, placed: &[Placed<'_>]) -> Result<(), ReadError> {
    let new = placed.iter().filter(|placed| !placed.is_body());
    let entries = new.map(|placed| entry(&placed.record.id(), placed.place)).collect();
    trees.id_runs().put(entries)
}

/// Where records may stand whose ids lie between `low` and `high`, both included, as far as the index can tell; in the
/// order of their ids, at most [`PLACES_MAX`].
pub(crate) fn places(trees: &Trees, low: &RecordId, high: &RecordId) -> Result<Vec<Place>, ReadError> {
    trees.id_runs().places(low, high, PLACES_MAX)
}
