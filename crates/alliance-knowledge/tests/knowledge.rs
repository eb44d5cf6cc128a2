//! The rules by which records bear on one another, on records made here.

// Clippy knows a test by its attribute and not by its file: what tests share would be taken for the real thing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "knowledge/adoptions.rs"]
mod adoptions;
#[path = "knowledge/due.rs"]
mod due;
#[path = "knowledge/flooded.rs"]
mod flooded;
#[path = "knowledge/marks.rs"]
mod marks;
#[path = "knowledge/replies.rs"]
mod replies;
#[path = "knowledge/shelf.rs"]
mod shelf;
#[path = "knowledge/versions.rs"]
mod versions;
