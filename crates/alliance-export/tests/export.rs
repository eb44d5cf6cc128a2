//! Exports of the shipped records, of made-up ones and of what newer nodes write.

// Clippy knows a test by its attribute and not by its file: what tests share would be taken for the real thing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "export/golden.rs"]
mod golden;
#[path = "export/package.rs"]
mod package;
#[path = "export/rfc4180.rs"]
mod rfc4180;
#[path = "export/series.rs"]
mod series;
#[path = "export/shelf.rs"]
mod shelf;
#[path = "export/strangers.rs"]
mod strangers;
#[path = "export/streaming.rs"]
mod streaming;
#[path = "export/tables.rs"]
mod tables;
