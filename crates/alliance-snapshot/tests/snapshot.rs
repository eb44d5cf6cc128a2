//! Bundles made and verified: what is the same on every node, and what is found of what somebody altered.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "snapshot/altered.rs"]
mod altered;
#[path = "snapshot/hostile.rs"]
mod hostile;
#[path = "snapshot/opened.rs"]
mod opened;
#[path = "snapshot/same.rs"]
mod same;
#[path = "snapshot/shelf.rs"]
mod shelf;
