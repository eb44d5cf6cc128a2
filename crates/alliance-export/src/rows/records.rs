//! Tables with one row for each record.

use alliance_record::schema::{self, Kind};
use serde_json::Value as Json;

use super::Tabular;
use super::cell::{Cell, Holds};
use super::column::{FixedColumn, TableColumn, column};
use super::envelope::{self, ENVELOPE, RAW};
use super::fields::{Column, columns, common};
use crate::exporter::{Entry, Written};

/// Which records a table has, and thereby which columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// All kinds; the columns that all have in common.
    All,
    /// One kind, with a column for each of its fields. A kind that has no fields here, such as the alliance's own, has one
    /// column `body` with JSON.
    Kind(Kind),
}

/// The column of a body that has no columns of its own.
pub(crate) const BODY: FixedColumn = column("body", Holds::Json, "The body's fields as JSON.");

impl Table {
    /// The columns between the envelope and what cannot be read; `None` for a kind whose fields are not described here.
    pub(crate) fn columns(self) -> Option<Vec<Column>> {
        let taken: Vec<&str> = ENVELOPE.iter().chain(&RAW).map(|column| column.name).collect();
        match self {
            Self::All => Some(common(&taken)),
            Self::Kind(kind) => schema::kind(kind).map(|info| columns(info, &taken)),
        }
    }
}

/// Makes the rows of a table of records.
pub(crate) struct Records {
    table: Table,
    columns: Option<Vec<Column>>,
}

impl Records {
    pub(crate) fn new(table: Table) -> Self {
        Self {
            table,
            columns: table.columns(),
        }
    }

    fn body<'a>(&self, entry: &Entry<'a>, cells: &mut Vec<Cell<'a>>) {
        let fields = &entry.reading.fields;
        let has_fields = entry.reading.has_fields();
        match &self.columns {
            None if has_fields => cells.push(Cell::Json(Json::Object(fields.clone()).to_string())),
            None => cells.push(Cell::Empty),
            Some(columns) if has_fields => cells.extend(columns.iter().map(|column| column.cell(fields))),
            Some(columns) => cells.extend(columns.iter().map(|_| Cell::Empty)),
        }
    }
}

impl Tabular for Records {
    fn columns(&self) -> Vec<TableColumn> {
        let mut found: Vec<_> = ENVELOPE.iter().map(FixedColumn::described).collect();
        match &self.columns {
            Some(columns) => found.extend(columns.iter().map(Column::described)),
            None => found.push(BODY.described()),
        }
        found.extend(RAW.iter().map(FixedColumn::described));
        found
    }

    fn rows(&self, entry: &Entry<'_>, show: &mut dyn FnMut(&[Cell<'_>])) -> Written {
        if let Table::Kind(wanted) = self.table
            && wanted != entry.record.kind
        {
            return Written::OtherKind(wanted);
        }
        let mut cells = Vec::from(envelope::cells(entry.record));
        self.body(entry, &mut cells);
        cells.extend(envelope::raw_cells(entry));
        show(&cells);
        Written::Rows(1)
    }
}
