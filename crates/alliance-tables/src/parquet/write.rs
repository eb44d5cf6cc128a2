//! One table as one file, written as records come.

use std::io::Write;

use alliance_export::{Exported, KindOf, ReadRecord, TableColumn};
use parquet::file::writer::SerializedFileWriter;

use super::group::Group;
use super::layout::{properties, schema};
use crate::error::TableError;
use crate::table::{Counts, Maker, Origin, Table};

/// Writes a table as Parquet, zstd-compressed, to anything that takes bytes in their order. Holds one group of rows: at most
/// 64 Ki rows or about 16 MiB, and what the file's own index of groups takes.
///
/// Lists are `LIST<string>`, whole numbers `INT64`, numbers `DOUBLE`, instants `TIMESTAMP(ms, UTC)`, yes and no `BOOLEAN`,
/// all else `STRING`: months as `2025-04`, groups as JSON. A field that is not filled is null; a list without items is empty,
/// and null only where its record has no body here.
pub struct ParquetWriter<'o, W: Write + Send> {
    file: SerializedFileWriter<W>,
    columns: Vec<TableColumn>,
    maker: Maker<'o>,
    group: Group,
    counts: Counts,
}

impl<'o, W: Write + Send> ParquetWriter<'o, W> {
    /// Begins a file. `kind_of` says what a record is that a series' timeline names; [`Table::MetaPrePost`] alone asks.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn new(table: Table, origin: &Origin<'_>, kind_of: KindOf<'o>, out: W) -> Result<Self, TableError> {
        let columns = table.columns();
        Ok(Self {
            file: file(table, &columns, origin, out)?,
            maker: Maker::new(table, kind_of),
            group: Group::new(&columns),
            columns,
            counts: Counts::default(),
        })
    }

    /// Adds the rows of a record; a record of which the table has none is passed over.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write(&mut self, record: &Exported<'_>) -> Result<(), TableError> {
        let read = ReadRecord::of(record);
        self.counts.records += 1;
        self.maker.record(&read, &mut |cells| self.group.push(cells));
        if self.group.is_full() {
            self.flush_group()?;
        }
        Ok(())
    }

    /// Writes what is left and the end of the file, and flushes.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn finish(mut self) -> Result<(W, Counts), TableError> {
        self.maker.end(&mut |cells| self.group.push(cells));
        self.flush_group()?;
        let mut out = self.file.into_inner()?;
        out.flush()?;
        Ok((out, self.counts))
    }

    /// The writer, with everything in it that was written so far, for callers that send it on in pieces.
    pub fn out_mut(&mut self) -> &mut W {
        self.file.inner_mut()
    }

    /// What was written so far.
    #[must_use]
    pub const fn counts(&self) -> &Counts {
        &self.counts
    }

    fn flush_group(&mut self) -> Result<(), TableError> {
        let group = std::mem::replace(&mut self.group, Group::new(&self.columns));
        self.counts.rows += group.rows() as u64;
        group.write(&mut self.file)?;
        self.file.flush()?;
        Ok(())
    }
}

/// Begins a file of rows.
pub(crate) fn file<W: Write + Send>(
    table: Table,
    columns: &[TableColumn],
    origin: &Origin<'_>,
    out: W,
) -> Result<SerializedFileWriter<W>, TableError> {
    let file = SerializedFileWriter::new(out, schema(columns)?, properties(table, origin)?)?;
    Ok(file)
}
