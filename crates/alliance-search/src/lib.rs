//! Finds by words and facets: the only crate that knows tantivy.
mod plan;
mod synonyms;
mod text;
pub mod filter;
