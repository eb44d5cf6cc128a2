//! Tables by RFC 4180: comma, CRLF, a header, quotes doubled. Owns how a cell is written; columns are made by reflection.

mod cell;
mod columns;
mod envelope;
mod records;

pub(crate) use cell::{Row, list};
pub(crate) use columns::{Column, Holds};
pub(crate) use envelope::{ENVELOPE, EnvelopeColumn, RAW};
pub(crate) use records::Records;

pub use cell::{split_list, unguarded};
pub use records::Table;
