//! Tables as files of both formats, read by readers that share nothing with the writers.

use std::path::Path;

use alliance_export::{Exported, Holds};
use alliance_record::AllianceId;
use alliance_tables::{Counts, Origin, ParquetWriter, SqliteWriter, Table};
use bytes::Bytes;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use crate::value::{Value, kind_of};

pub(crate) fn origin() -> Origin<'static> {
    Origin {
        alliance: AllianceId([0xa1; 32]),
        maker: "alliance test".into(),
    }
}

/// A table as a Parquet file.
pub(crate) fn parquet(table: Table, records: &[Exported<'_>]) -> (Bytes, Counts) {
    let kind_of = kind_of(records);
    let mut writer = ParquetWriter::new(table, &origin(), &kind_of, Vec::new()).unwrap();
    for record in records {
        writer.write(record).unwrap();
    }
    let (bytes, counts) = writer.finish().unwrap();
    (Bytes::from(bytes), counts)
}

/// The rows of a Parquet file.
pub(crate) fn parquet_rows(bytes: &Bytes) -> Vec<Vec<Value>> {
    let file = SerializedFileReader::new(bytes.clone()).unwrap();
    file.get_row_iter(None)
        .unwrap()
        .map(|row| of_row(&row.unwrap()))
        .collect()
}

fn of_row(row: &Row) -> Vec<Value> {
    let value = |field: &Field| match field {
        Field::Null => Value::Nothing,
        Field::Str(text) => Value::Text(text.clone()),
        Field::Long(number) => Value::Integer(*number),
        Field::Double(number) => Value::Number(*number),
        Field::Bool(value) => Value::YesNo(*value),
        Field::TimestampMillis(at_ms) => Value::Instant(*at_ms),
        Field::ListInternal(list) => Value::List(
            list.elements()
                .iter()
                .map(|item| match item {
                    Field::Str(text) => text.clone(),
                    other => panic!("an item that is no text: {other:?}"),
                })
                .collect(),
        ),
        other => panic!("a type that no table has: {other:?}"),
    };
    row.get_column_iter().map(|(_, field)| value(field)).collect()
}

/// All tables in a database.
pub(crate) fn sqlite(path: &Path, records: &[Exported<'_>]) -> Counts {
    let kind_of = kind_of(records);
    let mut writer = SqliteWriter::create(path, &origin(), &kind_of).unwrap();
    for record in records {
        writer.write(record).unwrap();
    }
    writer.finish().unwrap()
}

pub(crate) fn opened(path: &Path) -> Connection {
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

/// The rows of a table, in the order in which they were written.
pub(crate) fn sqlite_rows(database: &Connection, table: Table) -> Vec<Vec<Value>> {
    let columns = table.columns();
    let names: Vec<_> = columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
    let sql = format!("SELECT {} FROM \"{}\" ORDER BY rowid", names.join(", "), table.name());
    let mut statement = database.prepare(&sql).unwrap();
    let mut rows = statement.query(()).unwrap();
    let mut found = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let cells = columns.iter().enumerate();
        found.push(
            cells
                .map(|(place, column)| of_cell(row.get_ref(place).unwrap(), column.holds))
                .collect(),
        );
    }
    found
}

fn of_cell(cell: ValueRef<'_>, holds: Holds) -> Value {
    match (cell, holds) {
        (ValueRef::Null, _) => Value::Nothing,
        (ValueRef::Integer(value), Holds::YesNo) => Value::YesNo(value == 1),
        (ValueRef::Integer(number), Holds::Integer) => Value::Integer(number),
        (ValueRef::Real(number), Holds::Number) => Value::Number(number),
        (ValueRef::Text(text), Holds::List) => Value::List(serde_json::from_slice(text).unwrap()),
        (ValueRef::Text(text), Holds::Instant) => Value::Instant(at_ms(std::str::from_utf8(text).unwrap())),
        (ValueRef::Text(text), _) => Value::Text(String::from_utf8(text.to_vec()).unwrap()),
        other => panic!("a type that its column has not: {other:?}"),
    }
}

/// Milliseconds of an instant, as SQLite computes them.
fn at_ms(instant: &str) -> i64 {
    let memory = Connection::open_in_memory().unwrap();
    let sql = "SELECT unixepoch(?1) * 1000 + CAST(substr(?1, 21, 3) AS INTEGER)";
    memory.query_row(sql, [instant], |row| row.get(0)).unwrap()
}
