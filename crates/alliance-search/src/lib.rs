//! Finds by words and facets: the only crate that knows tantivy.
//!
//! Owns the language of questions ([`filter`]), how texts of any language become terms, and an index of them on the disk. The
//! index is a projection of the store's arrival feed: it holds nothing of its own, has its cursor in each of its commits, and
//! is built anew when it does not fit. Never knows the network, who may read what, or what others say of a record; never
//! keeps a text as it was written; never runs when nobody called.

mod ask;
mod bits;
pub mod filter;
mod index;
mod plan;
mod synonyms;
#[cfg(test)]
mod tests;
mod text;

pub use ask::{
    After, AfterError, Answer, Count, Counting, HITS_MAX, Hit, ListCounts, Marks, Order, Question, Searcher, Snippet,
};
pub use index::{
    FollowError, Followed, Forgotten, INDEX_VERSION, Indexer, OpenError, Opened, Search, SearchFault, Unfit,
};
pub use plan::Spelling;
