//! What files of these formats are in a Frictionless data package: the data dictionary of each table.

use std::borrow::Cow;

use alliance_export::{Holds, TableColumn};
use serde_json::{Map, Value as Json, json};

use crate::format::Format;
use crate::sqlite;
use crate::table::Table;

/// A file of the package that needs more than text.
#[derive(Debug, Clone)]
pub struct TableFile<'a> {
    /// Its path from the package, such as `practices.parquet`.
    pub path: Cow<'a, str>,
    /// What it was written as.
    pub format: Format,
    /// Its length, where known.
    pub bytes: Option<u64>,
    /// Its hash with the algorithm before it, such as `sha256:…`, where known.
    pub hash: Option<Cow<'a, str>>,
}

/// The `resources` of a package for these files, to be put behind those that [`alliance_export::datapackage`] makes: one for
/// a Parquet file, and one for each table of a database, with `dialect.table` as its name. Each has a schema of all columns.
#[must_use]
pub fn resources(files: &[TableFile<'_>]) -> Vec<Json> {
    let mut found = Vec::new();
    for file in files {
        match file.format {
            Format::Parquet(table) => found.push(resource(file, table)),
            Format::Sqlite => found.extend(sqlite::tables().into_iter().map(|table| {
                let mut resource = resource(file, table);
                resource["dialect"] = json!({"table": table.name()});
                resource
            })),
        }
    }
    found
}

fn resource(file: &TableFile<'_>, table: Table) -> Json {
    let mut resource = Map::new();
    let mut add = |name: &str, value: Json| {
        if !value.is_null() {
            resource.insert(name.to_owned(), value);
        }
    };
    let (format, holds) = match file.format {
        Format::Parquet(_) => ("parquet", parquet_type as fn(Holds) -> &'static str),
        Format::Sqlite => ("sqlite", sqlite_type as fn(Holds) -> &'static str),
    };
    add("name", json!(name(&file.path, table, file.format)));
    add("path", json!(file.path));
    add("profile", json!("data-resource"));
    add("format", json!(format));
    add("mediatype", json!(file.format.media_type()));
    add("bytes", json!(file.bytes));
    add("hash", json!(file.hash));
    add("title", json!(table.name()));
    add("description", json!(table.meaning()));
    let columns = table.columns();
    let fields: Vec<Json> = columns
        .iter()
        .map(|column| field(column, holds(column.holds)))
        .collect();
    add("schema", json!({"fields": fields}));
    Json::Object(resource)
}

/// A name that no other resource of the package has: letters, digits, `.`, `-` and `_`.
fn name(path: &str, table: Table, format: Format) -> String {
    let stem = path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let name = match format {
        Format::Parquet(_) => stem,
        Format::Sqlite => format!("{stem}.{}", table.name()),
    };
    name.replace(
        |letter: char| !(letter.is_ascii_alphanumeric() || "-_.".contains(letter)),
        "-",
    )
}

fn field(column: &TableColumn, type_name: &str) -> Json {
    let mut field = json!({"name": column.name, "type": type_name, "description": column.meaning});
    if !column.unit.is_empty() {
        field["unit"] = json!(column.unit);
    }
    if column.required {
        field["constraints"] = json!({"required": true});
    }
    field
}

/// A column's type in Parquet, as Table Schema calls it. JSON is a text there.
fn parquet_type(holds: Holds) -> &'static str {
    match holds {
        Holds::Text | Holds::Word | Holds::Month | Holds::Json => "string",
        Holds::Integer => "integer",
        Holds::Number => "number",
        Holds::YesNo => "boolean",
        Holds::Instant => "datetime",
        Holds::List => "array",
    }
}

/// The same in SQLite, where lists are JSON, and yes and no 1 and 0.
fn sqlite_type(holds: Holds) -> &'static str {
    match holds {
        Holds::Text | Holds::Word | Holds::Month => "string",
        Holds::List | Holds::Json => "array",
        Holds::Integer | Holds::YesNo => "integer",
        Holds::Number => "number",
        Holds::Instant => "datetime",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use alliance_record::schema::Kind;

    use super::*;

    #[test]
    fn every_column_of_every_table_is_described() {
        let files: Vec<TableFile<'_>> = Format::all()
            .into_iter()
            .map(|format| TableFile {
                path: format.file_name().into(),
                format,
                bytes: Some(1),
                hash: None,
            })
            .collect();
        let found = resources(&files);
        assert_eq!(found.len(), Table::all().len() + sqlite::tables().len());
        let names: BTreeSet<_> = found
            .iter()
            .map(|resource| resource["name"].as_str().unwrap())
            .collect();
        assert_eq!(names.len(), found.len());
        for resource in &found {
            let table = Table::from_name(resource["title"].as_str().unwrap()).unwrap();
            let fields = resource["schema"]["fields"].as_array().unwrap();
            let columns = table.columns();
            assert_eq!(fields.len(), columns.len(), "{table:?}");
            for (field, column) in fields.iter().zip(&columns) {
                assert_eq!(field["name"], column.name);
                assert!(
                    !field["description"].as_str().unwrap().is_empty(),
                    "{table:?} {}",
                    column.name
                );
            }
        }
    }

    #[test]
    fn types_are_those_of_the_file() {
        let of = |format: Format, name: &str| {
            let file = TableFile {
                path: format.file_name().into(),
                format,
                bytes: None,
                hash: Some("sha256:00".into()),
            };
            let all = resources(&[file]);
            let resource = all
                .into_iter()
                .find(|resource| resource["title"] == "practices")
                .unwrap();
            let fields = resource["schema"]["fields"].as_array().unwrap().clone();
            let field = fields.into_iter().find(|field| field["name"] == name).unwrap();
            (field["type"].clone(), resource["dialect"]["table"].clone())
        };
        let parquet = Format::Parquet(Table::Kind(Kind::PRACTICE));
        assert_eq!(of(parquet, "settings"), (json!("array"), Json::Null));
        assert_eq!(of(parquet, "core_components"), (json!("string"), Json::Null));
        assert_eq!(of(parquet, "claimed_at").0, json!("datetime"));
        assert_eq!(
            of(Format::Sqlite, "core_components"),
            (json!("array"), json!("practices"))
        );
    }
}
