//! Tables that are made here and not by `alliance-export`: their columns.

use alliance_export::{Holds, TableColumn};

use super::Table;

pub(super) fn columns(table: Table) -> Vec<TableColumn> {
    match table {
        Table::Organisations => organisations(),
        Table::Versions => versions(),
        Table::CodeLabels => code_labels(),
        Table::Edges => edges(),
        Table::Records | Table::Kind(_) | Table::MeasurePoints | Table::MetaPrePost => Vec::new(),
    }
}

fn column(name: &str, holds: Holds, meaning: &str) -> TableColumn {
    TableColumn {
        name: name.to_owned(),
        holds,
        required: false,
        meaning: meaning.to_owned(),
        unit: String::new(),
    }
}

fn always(column: TableColumn) -> TableColumn {
    TableColumn {
        required: true,
        ..column
    }
}

fn organisations() -> Vec<TableColumn> {
    let mut columns = TableColumn::of_organisation().to_vec();
    columns.push(always(column(
        "records",
        Holds::Integer,
        "How many of the records handed in are the organisation's, of all versions and kinds.",
    )));
    columns
}

fn versions() -> Vec<TableColumn> {
    let [organisation, ..] = TableColumn::of_organisation();
    let [version, state] = TableColumn::of_standing();
    vec![
        always(column(
            "record",
            Holds::Word,
            "Id of the record, 64 hexadecimal digits.",
        )),
        always(column("kind", Holds::Word, "What it is, such as practice.")),
        organisation,
        version,
        state,
        column(
            "supersedes",
            Holds::List,
            "Ids of the records whose place it takes; empty where its body is not held.",
        ),
    ]
}

fn code_labels() -> Vec<TableColumn> {
    vec![
        always(column("list", Holds::Word, "The code list, such as effect.")),
        always(column("code", Holds::Word, "A code of the list, as columns have it.")),
        always(column("lang", Holds::Word, "The label's language, BCP 47.")),
        always(column("label", Holds::Text, "The code in words.")),
    ]
}

fn edges() -> Vec<TableColumn> {
    vec![
        always(column("record", Holds::Word, "Id of the record that names another.")),
        always(column(
            "role",
            Holds::Word,
            "What the link means, such as adopts, supersedes, replies_to or contains.",
        )),
        always(column("target", Holds::Word, "Id of the record that it names.")),
    ]
}
