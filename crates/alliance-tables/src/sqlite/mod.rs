//! All tables in one SQLite database. Owns its tables, views, full-text tables, and how a cell is written there.

mod documentation;
mod layout;
mod texts;
mod value;
mod write;

pub(crate) use layout::tables;

pub use write::SqliteWriter;
