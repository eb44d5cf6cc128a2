//! Every shipped record through every format and back.

// Clippy knows a test by its attribute and not by its file: what tests share would be taken for the real thing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "tables/files.rs"]
mod files;
#[path = "tables/parquet.rs"]
mod parquet_files;
#[path = "../../alliance-export/tests/export/shelf.rs"]
mod shelf;
#[path = "tables/sqlite.rs"]
mod sqlite;
#[path = "tables/value.rs"]
mod value;
