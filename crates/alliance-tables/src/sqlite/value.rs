//! A cell as SQLite has it: text, whole number, number or nothing. Lists are JSON arrays, yes and no 1 and 0, instants ISO
//! 8601, by which SQLite's own functions compute.

use std::borrow::Cow;

use alliance_export::{Cell, Holds, instant};
use rusqlite::types::{ToSql, ToSqlOutput, Value, ValueRef};

/// A cell on its way into a statement.
pub(super) struct Bound<'c>(pub(super) &'c Cell<'c>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Cell::Empty => ToSqlOutput::Owned(Value::Null),
            Cell::Text(text) | Cell::Word(text) => of_text(text),
            Cell::Json(text) => of_text(text),
            Cell::Integer(number) => ToSqlOutput::Owned(Value::Integer(*number)),
            Cell::Number(number) => ToSqlOutput::Owned(Value::Real(*number)),
            Cell::YesNo(value) => ToSqlOutput::Owned(Value::Integer(i64::from(*value))),
            Cell::Instant(at_ms) => ToSqlOutput::Owned(instant(*at_ms).map_or(Value::Null, Value::Text)),
            Cell::List(items) => ToSqlOutput::Owned(Value::Text(array(items))),
        })
    }
}

/// NUL ends a text for readers written in C; the body is written raw beside it.
fn of_text(text: &str) -> ToSqlOutput<'_> {
    if text.contains('\0') {
        ToSqlOutput::Owned(Value::Text(text.replace('\0', "\u{2400}")))
    } else {
        ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes()))
    }
}

fn array(items: &[Cow<'_, str>]) -> String {
    let items = items.iter().map(|item| serde_json::Value::from(item.as_ref()));
    serde_json::Value::Array(items.collect()).to_string()
}

/// A column's type in SQLite.
pub(super) const fn type_name(holds: Holds) -> &'static str {
    match holds {
        Holds::Integer | Holds::YesNo => "INTEGER",
        Holds::Number => "REAL",
        Holds::Text | Holds::Word | Holds::Month | Holds::Instant | Holds::List | Holds::Json => "TEXT",
    }
}

/// How a column's values are written, beside what its unit says.
pub(super) const fn written(holds: Holds) -> &'static str {
    match holds {
        Holds::YesNo => "1 for yes, 0 for no",
        Holds::Instant => "UTC, such as 2025-02-11T09:30:00.000Z",
        Holds::List => "JSON array of texts",
        Holds::Json => "JSON",
        Holds::Text | Holds::Word | Holds::Month | Holds::Integer | Holds::Number => "",
    }
}
