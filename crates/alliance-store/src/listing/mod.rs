//! The listing: a row for each record, in blocks in the order of arrival. Answers what people page through; words are
//! searched elsewhere.

mod query;
mod row;

pub use query::{LISTING_LIMIT_MAX, Page, Query, ROWS_EXAMINED_MAX};
pub use row::{ListingFacets, ListingRow};

use crate::arrival::Arrival;
use crate::error::{ReadError, StoreFault};
use crate::group::Placed;
use crate::kv::Value;
use crate::page::{Packer, Parts};
use crate::projection::FacetsOf;
use crate::sealed::Space;
use crate::trees::{LISTING, Trees, arrival_key, number_u64};
use crate::value::ValueError;
use row::RowView;

/// Rows of a block: they compress well together, and a page that people look at reads one or two.
const BLOCK_ROWS_MAX: usize = 128;
/// Bytes after which a block is closed.
const BLOCK_BYTES_MAX: usize = 65_536;

/// Puts rows in. They follow those that are there.
pub(crate) fn put(
    trees: &Trees,
    packer: &mut Packer,
    placed: &[Placed<'_>],
    facets: FacetsOf,
) -> Result<(), StoreFault> {
    for stretch in placed.chunk_by(|one, next| one.arrival.next() == next.arrival) {
        let row = |placed: &Placed<'_>| RowView::of(placed.row, placed.record, facets(placed.record));
        let rows: Vec<RowView> = stretch.iter().map(row).collect();
        put_rows(trees, packer, &rows)?;
    }
    Ok(())
}

/// Completes rows whose bodies have come; `placed` in the order of the rows.
pub(crate) fn complete(
    trees: &Trees,
    packer: &mut Packer,
    mut placed: &[Placed<'_>],
    facets: FacetsOf,
) -> Result<(), ReadError> {
    while let Some(next) = placed.first() {
        let block = trees.listing.range(..=arrival_key(next.row)).next_back().transpose()?;
        let mut rows = block.map_or(Ok(Vec::new()), |(key, value)| read_block(trees, &key, value))?;
        let (first, end) = match (rows.first(), rows.last()) {
            (Some(first), Some(last)) if last.arrival >= next.row => (first.arrival, last.arrival.next()),
            // A record that could not be read has no row.
            _ => {
                placed = &placed[1..];
                continue;
            }
        };
        let count = placed
            .iter()
            .take_while(|placed| placed.row >= first && placed.row < end);
        let (within, rest) = placed.split_at(count.count());
        let mut has_changed = false;
        for placed in within {
            let row = RowView::of(placed.row, placed.record, facets(placed.record));
            let stored = &mut rows[(placed.row.0 - first.0) as usize];
            has_changed |= *stored != row;
            *stored = row;
        }
        if has_changed {
            put_rows(trees, packer, &rows)?;
        }
        placed = rest;
    }
    Ok(())
}

/// Writes rows of consecutive arrivals as blocks, the last block first: a block that grew over its bounds is divided,
/// and no row is missing meanwhile.
fn put_rows(trees: &Trees, packer: &mut Packer, rows: &[RowView]) -> Result<(), StoreFault> {
    let mut blocks: Vec<(Arrival, Parts)> = Vec::new();
    let mut count = 0;
    for row in rows {
        let is_full = |parts: &Parts| parts.packed.len() + parts.random.len() > BLOCK_BYTES_MAX;
        match blocks.last_mut() {
            Some((_, parts)) if count < BLOCK_ROWS_MAX && !is_full(parts) => {
                row.put(parts);
                count += 1;
            }
            _ => {
                let mut parts = Parts::default();
                row.put(&mut parts);
                blocks.push((row.arrival, parts));
                count = 1;
            }
        }
    }
    blocks.iter().rev().try_for_each(|(first, parts)| {
        let page = packer.pack(parts);
        packer.put_sealed(trees, Space::Listing, &arrival_key(*first), &page)
    })
}

/// Takes away blocks after `last`, which a crash left before its cursor moved. Says whether the rest ends there.
pub(crate) fn trim(trees: &Trees, packer: &mut Packer, last: Arrival) -> Result<bool, ReadError> {
    for key in trees.listing.range(arrival_key(last.next())..).keys() {
        packer.remove_sealed(trees, Space::Listing, &key?)?;
    }
    let Some((key, value)) = trees.listing.last()? else {
        return Ok(last == Arrival::NONE);
    };
    Ok(read_block(trees, &key, value).is_ok_and(|rows| rows.last().is_none_or(|row| row.arrival <= last)))
}

/// The row of what arrived then; none where that was no record, or one that could not be read.
pub(crate) fn row(trees: &Trees, arrival: Arrival) -> Result<Option<ListingRow>, ReadError> {
    let block = trees.listing.range(..=arrival_key(arrival)).next_back().transpose()?;
    let rows = block.map_or(Ok(Vec::new()), |(key, value)| read_block(trees, &key, value))?;
    let row = rows.iter().find(|row| row.arrival == arrival);
    row.map(RowView::to_row).transpose().map_err(corrupt)
}

/// The rows of a block, oldest first; none when it has just been taken away.
fn read_block(trees: &Trees, key: &[u8], value: Value) -> Result<Vec<RowView>, ReadError> {
    let Some(page) = trees.unsealed(Space::Listing, key, value)? else {
        return Ok(Vec::new());
    };
    let rows = || -> Result<Vec<RowView>, ValueError> {
        let first = number_u64(key)?;
        row::rows(Arrival(first), page?)
    };
    rows().map_err(corrupt)
}

const fn corrupt(source: ValueError) -> ReadError {
    ReadError::CorruptList {
        tree: LISTING.name,
        source,
    }
}
