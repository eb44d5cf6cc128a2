//! The table `documentation`: what each table, view and column means, in the schema's own words.

use rusqlite::Connection;

use super::layout::{FULL_TEXT_MEANING, NUMBER, VIEWS, tables};
use super::value::written;
use crate::table::Table;

/// A row of the table: object, column, meaning, unit.
type Row = (String, Option<String>, String, String);

pub(super) fn write(database: &Connection) -> rusqlite::Result<()> {
    let sql = "INSERT INTO documentation (object, column, meaning, unit) VALUES (?, ?, ?, ?)";
    let mut insertion = database.prepare(sql)?;
    for row in rows() {
        insertion.execute(row)?;
    }
    Ok(())
}

fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for table in tables() {
        of_table(table, &mut rows);
    }
    for view in VIEWS {
        rows.push(object(view.name, view.meaning));
        let columns = view.columns.iter();
        rows.extend(columns.map(|(name, meaning, unit)| column(view.name, name, meaning, unit)));
    }
    rows.extend(FULL_TEXT_MEANING.map(|(name, meaning)| object(name, meaning)));
    for (name, meaning) in [("title", "The record's title."), ("text", "All its other texts.")] {
        let of_both = FULL_TEXT_MEANING.iter();
        rows.extend(of_both.map(|(table, _)| column(table, name, meaning, "for MATCH alone; texts are not kept here")));
    }
    rows.push(object("about", "Where this database comes from, name by name."));
    rows.push(column("about", "name", "alliance, schema, code_lists or maker.", ""));
    rows.push(column(
        "about",
        "value",
        "The alliance's id, the name of the tables' schema, the version of the code lists, the program.",
        "",
    ));
    rows.push(object("documentation", "What each table, view and column means."));
    for (name, meaning) in [
        ("object", "A table or view."),
        ("column", "One of its columns; null where the object itself is meant."),
        ("meaning", "In plain words."),
        ("unit", "How values are written, or what they are codes of."),
    ] {
        rows.push(column("documentation", name, meaning, ""));
    }
    rows
}

fn of_table(table: Table, rows: &mut Vec<Row>) {
    let name = table.name();
    rows.push(object(&name, &table.meaning()));
    if table == Table::Records {
        let meaning = "The record's place in this database, from 1; the full-text tables have it as their rowid.";
        rows.push(column(&name, NUMBER, meaning, ""));
    }
    for described in table.columns() {
        let how = written(described.holds);
        let units: Vec<_> = [how, &described.unit]
            .into_iter()
            .filter(|unit| !unit.is_empty())
            .collect();
        let unit = if described.unit == how {
            how.to_owned()
        } else {
            units.join("; ")
        };
        rows.push(column(&name, &described.name, &described.meaning, &unit));
    }
}

fn object(name: &str, meaning: &str) -> Row {
    (name.to_owned(), None, meaning.to_owned(), String::new())
}

fn column(object: &str, name: &str, meaning: &str, unit: &str) -> Row {
    (
        object.to_owned(),
        Some(name.to_owned()),
        meaning.to_owned(),
        unit.to_owned(),
    )
}
