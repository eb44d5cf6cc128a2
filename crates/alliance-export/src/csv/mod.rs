//! Tables by RFC 4180: comma, CRLF, a header, quotes doubled. Owns how a cell is written; the rows are made elsewhere.

mod row;
mod sheet;

pub(crate) use sheet::Sheet;

pub use row::{split_list, unguarded};
