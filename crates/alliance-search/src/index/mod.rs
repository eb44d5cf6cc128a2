//! The index on the disk: its fields, how a record becomes a document, how it is opened and kept in step with the store.

mod adopted;
mod document;
mod error;
pub(crate) mod fields;
mod follow;
mod forget;
mod indexer;
mod known;
mod merging;
mod opening;
mod payload;
mod segment;
mod snapshot;
mod terms;

pub use error::{FollowError, OpenError, SearchFault};
pub(crate) use fields::{Fields, code_term, own};
pub use indexer::{Followed, Forgotten, Indexer};
pub use opening::{Opened, Search, Unfit};
pub use payload::INDEX_VERSION;
pub(crate) use segment::{Facets, Segment};
pub(crate) use snapshot::{Shared, Snapshot};
