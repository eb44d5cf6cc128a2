//! The listing: a row for each record, in blocks in the order of arrival. Answers what people page through; words are
//! searched elsewhere.

mod query;
mod row;

pub use query::{LISTING_LIMIT_MAX, Page, Query, ROWS_EXAMINED_MAX};
pub use row::{ListingFacets, ListingRow};

use bytes::Bytes;

use crate::arrival::Arrival;
use crate::error::{ReadError, StoreFault};
use crate::group::Placed;
use crate::projection::FacetsOf;
use crate::trees::{LISTING, Trees, arrival_key, number_u64};
use crate::value::ValueError;
use row::{RowView, put_row};

/// Rows of a block: a block of ordinary rows takes about 16 KiB.
const BLOCK_ROWS_MAX: usize = 64;
/// Bytes after which a block is closed.
const BLOCK_BYTES_MAX: usize = 65_536;

/// Puts rows in. They follow those that are there.
pub(crate) fn put(trees: &Trees, placed: &[Placed<'_>], facets: FacetsOf) -> Result<(), StoreFault> {
    let mut block = Vec::new();
    let mut first = Arrival::NONE;
    let mut rows = 0;
    for placed in placed {
        let follows = placed.arrival.0 == first.0 + rows as u64;
        if rows > 0 && (!follows || rows == BLOCK_ROWS_MAX || block.len() > BLOCK_BYTES_MAX) {
            trees.listing.insert(arrival_key(first), std::mem::take(&mut block))?;
            rows = 0;
        }
        if rows == 0 {
            first = placed.arrival;
        }
        put_row(&mut block, placed.record, facets(placed.record));
        rows += 1;
    }
    if rows > 0 {
        trees.listing.insert(arrival_key(first), block)?;
    }
    Ok(())
}

/// Takes away blocks after `last`, which a crash left before its cursor moved. Says whether the rest ends there.
pub(crate) fn trim(trees: &Trees, last: Arrival) -> Result<bool, ReadError> {
    for key in trees.listing.range(arrival_key(last.next())..).keys() {
        trees.listing.remove(key?)?;
    }
    let Some((key, value)) = trees.listing.last()? else {
        return Ok(last == Arrival::NONE);
    };
    Ok(decode_block(&key, &value).is_ok_and(|rows| rows.last().is_none_or(|row| row.arrival <= last)))
}

/// The rows of a block, oldest first.
fn decode_block(key: &[u8], value: &[u8]) -> Result<Vec<RowView>, ReadError> {
    let rows = || -> Result<Vec<RowView>, ValueError> {
        let first = number_u64(key)?;
        row::rows(Arrival(first), Bytes::copy_from_slice(value))
    };
    rows().map_err(|source| ReadError::CorruptList {
        tree: LISTING.name,
        source,
    })
}
