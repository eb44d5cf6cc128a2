//! A group of rows, gathered until it is written.

use std::io::Write;

use alliance_export::{Cell, TableColumn};
use parquet::errors::Result;
use parquet::file::reader::RowGroupReader;
use parquet::file::writer::SerializedFileWriter;

use super::buffer::Buffer;

/// Most rows of a group.
const ROWS_MAX: usize = 64 << 10;
/// Bytes of rows after which a group is written: what a table takes of memory follows from it.
pub(crate) const GROUP_BYTES: usize = 16 << 20;

/// Rows of one table.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    buffers: Vec<Buffer>,
    rows: usize,
}

impl Group {
    pub(crate) fn new(columns: &[TableColumn]) -> Self {
        Self {
            buffers: columns.iter().map(|column| Buffer::new(column.holds)).collect(),
            rows: 0,
        }
    }

    /// Adds a row, one cell for each column.
    pub(crate) fn push(&mut self, cells: &[Cell<'_>]) {
        debug_assert_eq!(cells.len(), self.buffers.len());
        let empty = Cell::Empty;
        for (place, buffer) in self.buffers.iter_mut().enumerate() {
            buffer.push(cells.get(place).unwrap_or(&empty));
        }
        self.rows += 1;
    }

    pub(crate) const fn rows(&self) -> usize {
        self.rows
    }

    /// Bytes that the rows take here.
    pub(crate) fn bytes(&self) -> usize {
        self.buffers.iter().map(Buffer::bytes).sum()
    }

    /// Whether it is to be written before more rows come.
    pub(crate) fn is_full(&self) -> bool {
        self.rows >= ROWS_MAX || self.bytes() >= GROUP_BYTES
    }

    /// The rows for which `keep` holds, by their places.
    pub(crate) fn kept(&self, keep: &[bool]) -> Self {
        Self {
            buffers: self.buffers.iter().map(|buffer| buffer.kept(keep)).collect(),
            rows: keep.iter().filter(|kept| **kept).count(),
        }
    }

    /// The texts of a column, by its place; `None` where a row has none.
    pub(crate) fn texts(&self, column: usize) -> impl Iterator<Item = Option<&[u8]>> {
        self.buffers.get(column).into_iter().flat_map(Buffer::texts)
    }

    /// Adds the rows of another group of the same table.
    pub(crate) fn append(&mut self, other: &Self) {
        for (buffer, other) in self.buffers.iter_mut().zip(&other.buffers) {
            buffer.append(other);
        }
        self.rows += other.rows;
    }

    /// Writes the rows as a group of the file.
    pub(crate) fn write<W: Write + Send>(self, file: &mut SerializedFileWriter<W>) -> Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = file.next_row_group()?;
        for buffer in self.buffers {
            buffer.write(&mut group)?;
        }
        group.close()?;
        Ok(())
    }

    /// Adds the rows of a file's group.
    pub(crate) fn read(&mut self, group: &dyn RowGroupReader) -> Result<()> {
        let rows = usize::try_from(group.metadata().num_rows()).unwrap_or_default();
        for (place, buffer) in self.buffers.iter_mut().enumerate() {
            buffer.read(group.get_column_reader(place)?, rows)?;
        }
        self.rows += rows;
        Ok(())
    }
}
