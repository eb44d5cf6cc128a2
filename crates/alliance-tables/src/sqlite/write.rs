//! A database, written as records come.

use std::fs;
use std::path::Path;

use alliance_export::{Cell, Exported, KindOf, ReadRecord};
use rusqlite::{Connection, params_from_iter};

use super::documentation;
use super::layout::{conclusion, creation, full_text_insertion, insertion, tables};
use super::texts::Texts;
use super::value::Bound;
use crate::error::TableError;
use crate::table::{Counts, Maker, Origin};

/// Records of one transaction.
const TRANSACTION_RECORDS: u64 = 8_192;
/// How a database is written: nobody else reads it, and one that was interrupted is thrown away, so there is no journal and
/// no syncing. Keys are indexed at the end, and hold then. The cache is 16 MiB.
const WRITING: &str = "PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
 PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -16384; PRAGMA temp_store = FILE; PRAGMA mmap_size = 0;
 PRAGMA foreign_keys = OFF;";
/// Statements that are kept ready: one for each table, and a few more.
const STATEMENTS: usize = 64;

/// Writes all tables into an SQLite database, with views, two full-text tables and the table `documentation`. Holds one
/// record, a cache of pages, and an entry for each organisation.
///
/// Lists are JSON arrays, for `json_each`; yes and no 1 and 0; instants ISO 8601 in UTC; groups JSON.
pub struct SqliteWriter<'o> {
    database: Connection,
    parts: Vec<Part<'o>>,
    full_text: Vec<String>,
    counts: Counts,
}

/// A table with its rows' statement.
struct Part<'o> {
    maker: Maker<'o>,
    insertion: String,
}

impl<'o> SqliteWriter<'o> {
    /// Makes a database at a path where there is no file yet, or an empty one. `kind_of` says what a record is that a series'
    /// timeline names.
    ///
    /// # Errors
    /// When there is something at the path, or it cannot be written.
    pub fn create(path: &Path, origin: &Origin<'_>, kind_of: KindOf<'o>) -> Result<Self, TableError> {
        if fs::metadata(path).is_ok_and(|metadata| metadata.len() > 0) {
            return Err(TableError::NotEmpty(path.to_owned()));
        }
        let database = Connection::open(path)?;
        database.set_prepared_statement_cache_capacity(STATEMENTS);
        database.execute_batch(WRITING)?;
        database.execute_batch("BEGIN")?;
        database.execute_batch(&creation())?;
        for (name, value) in origin.metadata() {
            database.execute("INSERT INTO about (name, value) VALUES (?, ?)", (name, value))?;
        }
        documentation::write(&database)?;
        let parts = tables().into_iter().map(|table| Part {
            maker: Maker::new(table, kind_of),
            insertion: insertion(table, &table.columns()),
        });
        Ok(Self {
            parts: parts.collect(),
            database,
            full_text: (0..2).filter_map(full_text_insertion).collect(),
            counts: Counts::default(),
        })
    }

    /// Adds the rows of a record to all tables.
    ///
    /// # Errors
    /// When the database cannot be written: throw it away.
    pub fn write(&mut self, record: &Exported<'_>) -> Result<(), TableError> {
        let read = ReadRecord::of(record);
        self.counts.records += 1;
        for part in &mut self.parts {
            let mut insert = Insert::new(&self.database, &part.insertion, &mut self.counts);
            part.maker.record(&read, &mut |cells| insert.row(cells));
            insert.fault?;
        }
        if let Some(texts) = Texts::of(&read) {
            self.write_texts(&texts)?;
        }
        if self.counts.records.is_multiple_of(TRANSACTION_RECORDS) {
            self.database.execute_batch("COMMIT; BEGIN")?;
        }
        Ok(())
    }

    /// Writes what is left, the indexes and the views, and closes the file.
    ///
    /// # Errors
    /// When the database cannot be written, or a record was handed in twice: throw it away.
    pub fn finish(mut self) -> Result<Counts, TableError> {
        for part in &mut self.parts {
            let mut insert = Insert::new(&self.database, &part.insertion, &mut self.counts);
            part.maker.end(&mut |cells| insert.row(cells));
            insert.fault?;
        }
        self.database.execute_batch("COMMIT")?;
        self.database.execute_batch(&conclusion())?;
        self.database.close().map_err(|(_, error)| error)?;
        Ok(self.counts)
    }

    /// What was written so far.
    #[must_use]
    pub const fn counts(&self) -> &Counts {
        &self.counts
    }

    fn write_texts(&self, texts: &Texts) -> Result<(), TableError> {
        let number = self.counts.records as i64;
        let tables = if texts.needs_pieces() { 2 } else { 1 };
        for sql in self.full_text.iter().take(tables) {
            let mut statement = self.database.prepare_cached(sql)?;
            statement.execute((number, &texts.title, &texts.text))?;
        }
        Ok(())
    }
}

/// Adds the rows of one record to one table.
struct Insert<'d> {
    database: &'d Connection,
    sql: &'d str,
    counts: &'d mut Counts,
    fault: rusqlite::Result<()>,
}

impl<'d> Insert<'d> {
    fn new(database: &'d Connection, sql: &'d str, counts: &'d mut Counts) -> Self {
        Self {
            database,
            sql,
            counts,
            fault: Ok(()),
        }
    }

    /// Adds a row, unless one before it failed.
    fn row(&mut self, cells: &[Cell<'_>]) {
        if self.fault.is_err() {
            return;
        }
        let statement = self.database.prepare_cached(self.sql);
        let added = statement.and_then(|mut statement| statement.execute(params_from_iter(cells.iter().map(Bound))));
        match added {
            Ok(_) => self.counts.rows += 1,
            Err(error) => self.fault = Err(error),
        }
    }
}
