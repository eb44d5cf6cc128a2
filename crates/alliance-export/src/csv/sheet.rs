//! Typed rows as text.

use super::row::{Row, list};
use crate::date::instant;
use crate::exporter::{Entry, Form, Written};
use crate::options::Cells;
use crate::rows::{Cell, Tabular};

/// Writes a table.
pub(crate) struct Sheet<'o> {
    tabular: Box<dyn Tabular + 'o>,
    cells: Cells,
}

impl<'o> Sheet<'o> {
    pub(crate) fn new(tabular: Box<dyn Tabular + 'o>, cells: Cells) -> Self {
        Self { tabular, cells }
    }
}

impl Form for Sheet<'_> {
    fn begin(&mut self, bytes: &mut Vec<u8>) {
        let mut row = Row::new(bytes, Cells::Raw);
        let columns = self.tabular.columns();
        columns.iter().for_each(|column| row.plain(&column.name));
        row.end();
    }

    fn record(&mut self, entry: &Entry<'_>, bytes: &mut Vec<u8>) -> Written {
        self.tabular.rows(entry, &mut |cells| {
            let mut row = Row::new(bytes, self.cells);
            cells.iter().for_each(|cell| write(cell, &mut row));
            row.end();
        })
    }
}

fn write(cell: &Cell<'_>, row: &mut Row<'_>) {
    match cell {
        Cell::Empty => row.plain(""),
        Cell::Text(text) => row.text(text),
        Cell::Word(text) => row.plain(text),
        Cell::Json(text) => row.plain(text),
        Cell::Integer(number) => row.plain(&number.to_string()),
        Cell::Number(number) => row.plain(&number.to_string()),
        Cell::YesNo(value) => row.plain(&value.to_string()),
        Cell::Instant(at_ms) => row.plain(&instant(*at_ms).unwrap_or_default()),
        Cell::List(items) => row.text(&list(items)),
    }
}
