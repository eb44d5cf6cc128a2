//! The publish gate: what stands between a document and its signature, on this node alone.
//!
//! Owns how a document is read, what is looked for in it, what its author must say and what it waits for. Never keeps a draft,
//! never signs, asks nobody. What was found is told by its place and its class; the words themselves are never repeated,
//! neither in an answer nor in the log.

mod asked;
mod document;
mod examine;
mod place;
mod series;
mod texts;
mod waiting;

pub(crate) use document::read;
pub use examine::check;
pub(crate) use examine::{Beside, Examined, examine, look_through};
pub(crate) use series::editions;
pub(crate) use waiting::{Waiting, check_settings};
