//! What every system here replicates, and how a node's process and the runner speak with each other.
//!
//! Owns the records' bodies, their authors and the digest that shows a whole set arrived. Never knows of any system.

mod body;
mod digest;
mod talk;

pub use body::{AUTHORS, BODY_BYTES, author, body, mix};
pub use digest::Digest;
pub use talk::{Order, check_done, done, order, readable, ready, seeded, start};
