//! Typed tables of the records, for programs that compute: Parquet files, an SQLite database, and a partitioned dataset in an
//! object store.
//!
//! Owns which tables there are, how a typed cell is written in each of these formats, and what a dataset's files are. The
//! columns of records follow by reflection: they are those of CSV in [`alliance_export`], with types. Never chooses which
//! records are written, never says what a record is worth (the caller does), has no clock and no thread of its own, and holds a
//! bounded piece at a time however many records are handed in.

mod dataset;
mod error;
mod format;
mod package;
mod parquet;
mod sqlite;
mod table;

pub use dataset::{Batch, Compacted, Dataset, DatasetError, Forgotten, Place, Source};
pub use error::TableError;
pub use format::Format;
pub use package::{TableFile, resources};
pub use parquet::ParquetWriter;
pub use sqlite::SqliteWriter;
pub use table::{Counts, Origin, Table, schema_name};
