//! Rows of tables, typed: what CSV, and the files that need more than text, are written from. Owns columns and what their
//! cells hold, made by reflection; never how a cell is written.

mod cell;
mod column;
mod envelope;
mod fields;
mod records;

pub use cell::{Cell, Holds};
pub use column::TableColumn;
pub use records::Table;

pub(crate) use column::{COUNTRY, FixedColumn, ORGANISATION, ORGANISATION_NAME, VERSION, column};
pub(crate) use envelope::{ENVELOPE, RAW};
pub(crate) use fields::Column;
pub(crate) use records::Records;

use crate::exported::Exported;
use crate::exporter::{Entry, Written};
use crate::options::KindOf;
use crate::reading::Reading;
use crate::series;

/// Which rows a table has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// One for each record.
    Records(Table),
    /// One for each point of each measure; see [`crate::Format::MeasurePoints`].
    MeasurePoints,
    /// One for each measure that can be cut in two; see [`crate::Format::MetaPrePost`].
    MetaPrePost,
}

/// Makes the rows of a table from records.
pub(crate) trait Tabular: Send + Sync {
    /// What each row has, in its order.
    fn columns(&self) -> Vec<TableColumn>;

    /// Shows the rows of a record, each with one cell for each column.
    fn rows(&self, record: &Entry<'_>, show: &mut dyn FnMut(&[Cell<'_>])) -> Written;
}

/// Makes typed rows from records, with the columns that CSV has.
pub struct Tabulator<'o> {
    tabular: Box<dyn Tabular + 'o>,
    columns: Vec<TableColumn>,
}

impl<'o> Tabulator<'o> {
    /// `kind_of` says what a record is that a series' timeline names; [`Rows::MetaPrePost`] alone asks.
    #[must_use]
    pub fn new(rows: Rows, kind_of: KindOf<'o>) -> Self {
        let tabular = tabular(rows, kind_of);
        let columns = tabular.columns();
        Self { tabular, columns }
    }

    /// The columns, in the order of the cells.
    #[must_use]
    pub fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    /// Shows the rows of a record, each with one cell for each column, and says how many there were: none where the table
    /// has nothing for the record, such as one of another kind.
    pub fn rows(&self, record: &ReadRecord<'_>, show: &mut dyn FnMut(&[Cell<'_>])) -> u64 {
        match self.tabular.rows(&record.entry(), show) {
            Written::Rows(rows) => rows,
            Written::LeftOut(_) | Written::OtherKind(_) => 0,
        }
    }
}

pub(crate) fn tabular<'o>(rows: Rows, kind_of: KindOf<'o>) -> Box<dyn Tabular + 'o> {
    match rows {
        Rows::Records(table) => Box::new(Records::new(table)),
        Rows::MeasurePoints => Box::new(series::Points),
        Rows::MetaPrePost => Box::new(series::PrePost::new(kind_of)),
    }
}

/// A record with its fields, read once for all tables that it is written to.
pub struct ReadRecord<'r> {
    record: &'r Exported<'r>,
    reading: Reading,
}

impl<'r> ReadRecord<'r> {
    /// Reads the body. What cannot be read has no fields.
    #[must_use]
    pub fn of(record: &'r Exported<'r>) -> Self {
        Self {
            record,
            reading: Reading::of(record),
        }
    }

    /// What was read.
    #[must_use]
    pub const fn record(&self) -> &'r Exported<'r> {
        self.record
    }

    /// The body's fields as `schema::to_json` gives them; empty where it cannot be read.
    #[must_use]
    pub const fn fields(&self) -> &serde_json::Map<String, serde_json::Value> {
        &self.reading.fields
    }

    fn entry(&self) -> Entry<'_> {
        Entry {
            record: self.record,
            reading: &self.reading,
        }
    }
}
