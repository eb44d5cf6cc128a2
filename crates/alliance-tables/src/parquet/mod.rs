//! Tables as Parquet. Owns their types there, and how rows are gathered into groups of bounded size.

mod buffer;
mod group;
mod layout;
mod read;
mod write;

pub(crate) use group::Group;
pub(crate) use read::read;
pub(crate) use write::file;

pub use write::ParquetWriter;
