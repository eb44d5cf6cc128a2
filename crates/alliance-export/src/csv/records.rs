//! Tables with one row for each record.

use alliance_record::schema::{self, Kind};
use serde_json::Value as Json;

use super::cell::Row;
use super::columns::{Column, Holds, columns, common};
use super::envelope::{self, ENVELOPE, EnvelopeColumn, RAW};
use crate::exporter::{Entry, Form, Written};
use crate::options::Cells;

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
pub(crate) const BODY: &str = "body";

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

/// Writes a table of records.
pub(crate) struct Records {
    table: Table,
    columns: Option<Vec<Column>>,
    cells: Cells,
}

impl Records {
    pub(crate) fn new(table: Table, cells: Cells) -> Self {
        Self {
            table,
            columns: table.columns(),
            cells,
        }
    }

    fn body(&self, entry: &Entry<'_>, row: &mut Row<'_>) {
        let fields = &entry.reading.fields;
        let Some(columns) = &self.columns else {
            let json = entry
                .reading
                .has_fields()
                .then(|| Json::Object(fields.clone()).to_string());
            row.plain(&json.unwrap_or_default());
            return;
        };
        for column in columns {
            let cell = column.cell(fields);
            match column.holds {
                Holds::Text | Holds::List => row.text(&cell),
                Holds::Plain | Holds::Json => row.plain(&cell),
            }
        }
    }
}

impl Form for Records {
    fn begin(&mut self, bytes: &mut Vec<u8>) {
        let mut row = Row::new(bytes, Cells::Raw);
        let names =
            |columns: &[EnvelopeColumn], row: &mut Row<'_>| columns.iter().for_each(|column| row.plain(column.name));
        names(&ENVELOPE, &mut row);
        match &self.columns {
            Some(columns) => columns.iter().for_each(|column| row.plain(&column.name)),
            None => row.plain(BODY),
        }
        names(&RAW, &mut row);
        row.end();
    }

    fn record(&mut self, entry: &Entry<'_>, bytes: &mut Vec<u8>) -> Written {
        if let Table::Kind(wanted) = self.table
            && wanted != entry.record.kind
        {
            return Written::OtherKind(wanted);
        }
        let mut row = Row::new(bytes, self.cells);
        envelope::cells(entry.record, &mut row);
        self.body(entry, &mut row);
        envelope::raw_cells(entry, &mut row);
        row.end();
        Written::Rows(1)
    }
}
