//! A cell as both sides of a comparison have it, and what is expected of a table.

use alliance_export::{Cell, Exported, ReadRecord, Rows, Table as RecordTable, Tabulator};
use alliance_record::RecordId;
use alliance_record::schema::{Kind, references};
use alliance_tables::Table;

/// What a reader finds in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Nothing,
    Text(String),
    Integer(i64),
    Number(f64),
    YesNo(bool),
    Instant(i64),
    List(Vec<String>),
}

impl Value {
    fn of(cell: &Cell<'_>) -> Self {
        match cell {
            Cell::Empty => Self::Nothing,
            Cell::Text(text) | Cell::Word(text) => Self::Text(text.replace('\0', "\u{2400}")),
            Cell::Json(text) => Self::Text(text.clone()),
            Cell::Integer(number) => Self::Integer(*number),
            Cell::Number(number) => Self::Number(*number),
            Cell::YesNo(value) => Self::YesNo(*value),
            Cell::Instant(at_ms) => Self::Instant(*at_ms),
            Cell::List(items) => Self::List(items.iter().map(|item| item.replace('\0', "\u{2400}")).collect()),
        }
    }
}

/// What a record is that a timeline names.
pub(crate) fn kind_of(records: &[Exported<'_>]) -> impl Fn(&RecordId) -> Option<Kind> + Sync {
    let kinds: Vec<_> = records.iter().map(|record| (record.id, record.kind)).collect();
    move |id| kinds.iter().find(|(known, _)| known == id).map(|(_, kind)| *kind)
}

/// The rows that a table is to have of these records; `None` for tables whose rows are of no one record.
pub(crate) fn expected(table: Table, records: &[Exported<'_>]) -> Option<Vec<Vec<Value>>> {
    let rows = match table {
        Table::Records => Rows::Records(RecordTable::All),
        Table::Kind(kind) => Rows::Records(RecordTable::Kind(kind)),
        Table::MeasurePoints => Rows::MeasurePoints,
        Table::MetaPrePost => Rows::MetaPrePost,
        Table::Edges => return Some(edges(records)),
        Table::Organisations | Table::Versions | Table::CodeLabels => return None,
    };
    let kind_of = kind_of(records);
    let tabulator = Tabulator::new(rows, &kind_of);
    let mut found = Vec::new();
    for record in records {
        let read = ReadRecord::of(record);
        tabulator.rows(&read, &mut |cells| found.push(cells.iter().map(Value::of).collect()));
    }
    Some(found)
}

fn edges(records: &[Exported<'_>]) -> Vec<Vec<Value>> {
    let mut found = Vec::new();
    for record in records {
        let named = record.body.as_deref().map(|body| references(record.kind, body));
        for (role, target) in named.and_then(Result::ok).unwrap_or_default() {
            let texts = [record.id.to_string(), role, target.to_string()];
            found.push(texts.map(Value::Text).to_vec());
        }
    }
    found
}
