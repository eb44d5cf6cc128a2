//! Keeps and finds: the only crate that knows sled.
//!
//! Owns the layout of records on the disk, what is durable when, how damage is healed, and that what is erased is gone.
//! One [`Writer`], many [`Reader`]s. Never knows the network, what is admitted, or what a body means.

mod arrival;
mod arrivals;
mod chapter_records;
mod core;
mod disk;
mod erase;
mod erased;
mod error;
mod feed;
mod fill;
mod group;
mod growing;
mod ids;
mod journal;
mod keys;
mod kv;
mod links;
mod listing;
mod logs;
mod meta;
mod open;
mod page;
mod paging;
mod projection;
mod ranges;
mod reader;
mod runs;
mod scan;
mod sealed;
#[cfg(any(test, feature = "sim"))]
pub mod sim;
pub mod trees;
mod value;
mod witness;
mod writer;

#[cfg(test)]
mod tests;

pub use arrival::{Appended, Arrival, BodyState, RangeLimits, StoredRecord};
pub use arrivals::Arrivals;
pub use chapter_records::ChapterRecords;
pub use erase::Erased;
pub use error::{OpenError, ReadError, StoreFault, WriteError};
pub use fill::Filled;
pub use group::GROUP_RECORDS_MAX;
pub use links::{LINKS_EXAMINED_MAX, Link, Links};
pub use listing::{LISTING_LIMIT_MAX, ListingFacets, ListingRow, Page, Query, ROWS_EXAMINED_MAX};
pub use meta::{CURSOR_NAME_BYTES_MAX, META_VALUE_BYTES_MAX, MetaKey};
pub use open::{CACHE_BYTES_DEFAULT, DamageSign, FORMAT_VERSION, OpenEvent, OpenReport, Options, Store};
pub use projection::FacetsOf;
pub use ranges::Lagging;
pub use reader::{FOUND_MAX, Found, Reader};
pub use value::ValueError;
pub use writer::{Rebuilt, Writer};
