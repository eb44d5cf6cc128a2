//! Records in the formats of a researcher's tools, written record by record to any [`std::io::Write`].
//!
//! Owns how a record becomes a line, a row, a node of a graph or a citation, and the data dictionary of the tables. Columns
//! follow by reflection from [`alliance_record::schema`]: there is no list of fields here. Never chooses which records are
//! exported, never says what a record is worth (the caller knows its version and state), holds one record at a time, and has
//! no clock, disk or network. What a newer node wrote and this version cannot read is written raw, never dropped.

mod cite;
mod csv;
mod datapackage;
mod date;
mod exported;
mod exporter;
mod format;
mod jsonld;
mod licence;
mod ndjson;
mod options;
mod reading;
mod rows;
mod series;
mod subject;

pub use cite::{CitedSet, cite_set};
pub use csv::{split_list, unguarded};
pub use datapackage::{Constraints, DataFile, datapackage};
pub use date::instant;
pub use exported::{Exported, NoticeOn, State};
pub use exporter::{Counts, ExportError, Exporter, Finished, LeftOut, export};
pub use format::Format;
pub use licence::url as licence_url;
pub use options::{Cells, KindOf, Options, Origin};
pub use rows::{Cell, Holds, ReadRecord, Rows, Table, TableColumn, Tabulator};
pub use subject::doi;
