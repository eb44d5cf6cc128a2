//! Tables, indexes and views, as SQL.

use alliance_export::TableColumn;

use super::value::type_name;
use crate::table::Table;

/// `Ally`, by which `file` and other programs tell a database of ours.
pub(super) const APPLICATION_ID: i32 = 0x416c_6c79;
/// The version of this layout, columns of kinds apart: those are told by the schema's name in the table `about`.
pub(super) const LAYOUT_VERSION: i32 = 1;

/// The column of `records` by which the full-text tables find it.
pub(super) const NUMBER: &str = "number";

/// What the full-text tables are: of words, and of pieces of three letters. Contentless: texts stand in the tables of their
/// kinds alone.
const FULL_TEXT: [(&str, &str); 2] = [
    ("records_fts", "unicode61 remove_diacritics 2"),
    ("records_fts_trigram", "trigram"),
];

/// Bytes of words that a full-text table gathers before it writes them: few large pieces, which it need not merge again and
/// again.
const FULL_TEXT_BYTES: usize = 16 << 20;

/// Views, each with what it means and the same for its columns.
pub(super) const VIEWS: [View; 1] = [View {
    name: "versions",
    meaning: "Which version each record is, the records whose place it takes, and those that took its place.",
    columns: &[
        ("record", "Id of the record, 64 hexadecimal digits.", ""),
        ("kind", "What it is, such as practice.", ""),
        (
            "organisation",
            "The organisation's public key, 64 hexadecimal digits.",
            "",
        ),
        ("version", "1 for the first version, counted by edits.", ""),
        (
            "state",
            "How it stands: current, superseded, retracted, removed, disputed or not_held.",
            "",
        ),
        (
            "supersedes",
            "Ids of the records whose place it takes.",
            "JSON array of texts",
        ),
        (
            "superseded_by",
            "Ids of the records in this database that take its place.",
            "JSON array of texts",
        ),
    ],
    sql: "SELECT id AS record, kind, organisation, version, state,
 (SELECT json_group_array(target) FROM edges WHERE edges.record = records.id AND role = 'supersedes') AS supersedes,
 (SELECT json_group_array(edges.record) FROM edges WHERE target = records.id AND role = 'supersedes') AS superseded_by
 FROM records",
}];

/// A view.
pub(super) struct View {
    pub(super) name: &'static str,
    pub(super) meaning: &'static str,
    /// Name, meaning and unit.
    pub(super) columns: &'static [(&'static str, &'static str, &'static str)],
    sql: &'static str,
}

/// The tables that a database has; what else is asked for by name is a view.
pub(crate) fn tables() -> Vec<Table> {
    let mut all = Table::all();
    all.retain(|table| VIEWS.iter().all(|view| view.name != table.name()));
    all
}

/// Names as SQL writes them: columns of ours have dots.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// All that stands before the first row.
pub(super) fn creation() -> String {
    let mut sql = format!(
        "PRAGMA application_id = {APPLICATION_ID};\nPRAGMA user_version = {LAYOUT_VERSION};\n\
         CREATE TABLE about (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;\n\
         CREATE TABLE documentation (object TEXT NOT NULL, column TEXT, meaning TEXT NOT NULL, unit TEXT NOT NULL);\n"
    );
    for table in tables() {
        sql.push_str(&create(table, &table.columns()));
    }
    for (name, tokenizer) in FULL_TEXT {
        sql.push_str(&format!(
            "CREATE VIRTUAL TABLE {name} USING fts5(title, text, content='', tokenize='{tokenizer}');\n\
             INSERT INTO {name} ({name}, rank) VALUES ('hashsize', {FULL_TEXT_BYTES});\n\
             INSERT INTO {name} ({name}, rank) VALUES ('automerge', 0);\n"
        ));
    }
    sql
}

fn create(table: Table, columns: &[TableColumn]) -> String {
    let first = (table == Table::Records).then(|| format!("{NUMBER} INTEGER PRIMARY KEY"));
    let columns = columns.iter().map(|column| {
        let never_null = if column.required { " NOT NULL" } else { "" };
        format!(
            "{} {}{never_null}{}",
            quoted(&column.name),
            type_name(column.holds),
            reference(table, &column.name),
        )
    });
    let columns: Vec<_> = first.into_iter().chain(columns).collect();
    format!(
        "CREATE TABLE {} (\n  {}\n);\n",
        quoted(&table.name()),
        columns.join(",\n  ")
    )
}

/// Where a column leads. A record that is named need not be here, so that `target` leads nowhere.
fn reference(table: Table, column: &str) -> &'static str {
    match (table, column) {
        (Table::Kind(_), "id") | (Table::MeasurePoints | Table::MetaPrePost | Table::Edges, "record") => {
            " REFERENCES records (id)"
        }
        (Table::Records, "organisation") => " REFERENCES organisations (organisation)",
        _ => "",
    }
}

/// The statement that adds a row.
pub(super) fn insertion(table: Table, columns: &[TableColumn]) -> String {
    let names: Vec<_> = columns.iter().map(|column| quoted(&column.name)).collect();
    let places = vec!["?"; columns.len()].join(", ");
    format!(
        "INSERT INTO {} ({}) VALUES ({places})",
        quoted(&table.name()),
        names.join(", ")
    )
}

/// The statements that add a row to the full-text tables.
pub(super) fn full_text_insertion(place: usize) -> Option<String> {
    let (name, _) = FULL_TEXT.get(place)?;
    Some(format!("INSERT INTO {name} (rowid, title, text) VALUES (?, ?, ?)"))
}

/// All that stands behind the last row: indexes are built faster from what is there, and views cost nothing.
pub(super) fn conclusion() -> String {
    let mut sql = String::new();
    let mut index = |is_unique: &str, table: &str, columns: &str| {
        let name = format!("{table}_{}", columns.replace(", ", "_"));
        sql.push_str(&format!("CREATE {is_unique}INDEX {name} ON {table} ({columns});\n"));
    };
    index("UNIQUE ", "organisations", "organisation");
    index("UNIQUE ", "records", "id");
    index("", "records", "organisation");
    index("", "records", "claimed_at");
    for table in tables() {
        if let Table::Kind(_) = table {
            index("UNIQUE ", &table.name(), "id");
        }
    }
    index("", "measure_points", "record");
    index("", "meta_pre_post", "record");
    index("", "edges", "record, role");
    index("", "edges", "target, role");
    index("UNIQUE ", "code_labels", "list, code, lang");
    index("", "documentation", "object");
    for View { name, sql: select, .. } in VIEWS {
        sql.push_str(&format!("CREATE VIEW {name} AS {select};\n"));
    }
    sql.push_str("PRAGMA analysis_limit = 1000;\nANALYZE;\n");
    sql
}

/// What the full-text tables mean, for the documentation.
pub(super) const FULL_TEXT_MEANING: [(&str, &str); 2] = [
    (
        "records_fts",
        "Finds records by words, accents apart: SELECT records.* FROM records_fts JOIN records ON records.number = records_fts.rowid WHERE records_fts MATCH 'calm room'.",
    ),
    (
        "records_fts_trigram",
        "Finds pieces of three letters or more in records of Chinese, Japanese, Korean, Thai and the like, which put no spaces between words; other records are not in it. Used as records_fts is. For one or two letters use LIKE on the table of the kind.",
    ),
];
