//! Which tables there are, and the rows that records come to in each. Knows no format.

mod derived;
mod make;

use std::borrow::Cow;
use std::sync::LazyLock;

use alliance_export::{Holds, Rows, Table as RecordTable, TableColumn, Tabulator};
use alliance_record::AllianceId;
use alliance_record::schema::{Kind, kind, kinds, vocabulary_version};

pub(crate) use make::Maker;

/// Offset and prime of FNV-1a, 64 bits.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// A table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// All records: who, when, how they stand, and the fields that all kinds have.
    Records,
    /// All records of a kind that people write, with a column for each field; named by the kind's plural.
    Kind(Kind),
    /// The points of the measures.
    MeasurePoints,
    /// The measures that can be cut in two where a practice began; the rule is told with
    /// [`alliance_export::Format::MetaPrePost`].
    MetaPrePost,
    /// The organisations whose records are in the tables.
    Organisations,
    /// Which version each record is, and which records it takes the place of.
    Versions,
    /// The codes of all lists with their labels in each language.
    CodeLabels,
    /// Which record names which, as the bodies say.
    Edges,
}

/// Tables that are not of a kind, with their names and what they hold.
const NAMED: [(Table, &str, &str); 7] = [
    (
        Table::Records,
        "records",
        "All records, one row each: what all kinds have in common, and how each stands.",
    ),
    (
        Table::MeasurePoints,
        "measure_points",
        "One row for each point of each measure. Suppressed and missing values are empty, never zero.",
    ),
    (
        Table::MetaPrePost,
        "meta_pre_post",
        "One row for each measure that can be cut in two where a practice began, as R's meta::metainc reads it.",
    ),
    (
        Table::Organisations,
        "organisations",
        "The organisations that wrote the records.",
    ),
    (
        Table::Versions,
        "versions",
        "Which version each record is, and the records whose place it takes.",
    ),
    (
        Table::CodeLabels,
        "code_labels",
        "The labels of all codes: join a list's name and a code to read it in words.",
    ),
    (
        Table::Edges,
        "edges",
        "Which record names which, and in what role. The record named need not be among the records.",
    ),
];

impl Table {
    /// Every table: all records, each kind that people write, and what is derived from them.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let named = NAMED.iter().map(|(table, ..)| *table);
        let (first, rest): (Vec<_>, Vec<_>) = named.partition(|table| *table == Self::Records);
        let kinds = kinds().map(|info| Self::Kind(info.kind));
        first.into_iter().chain(kinds).chain(rest).collect()
    }

    /// Its name in addresses, files and queries: `records`, `practices`, `measure_points`.
    #[must_use]
    pub fn name(self) -> Cow<'static, str> {
        match (self, named(self)) {
            (_, Some((name, _))) => Cow::Borrowed(name),
            (Self::Kind(kind), None) => Cow::Owned(format!("{}s", kind.name())),
            (_, None) => Cow::Borrowed(""),
        }
    }

    /// The table of a name; none for a kind that nobody writes by hand.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|table| table.name() == name)
    }

    /// What it holds, in one sentence or two.
    #[must_use]
    pub fn meaning(self) -> String {
        match (self, named(self)) {
            (_, Some((_, meaning))) => meaning.to_owned(),
            (Self::Kind(of), None) => {
                kind(of).map_or_else(String::new, |info| format!("{}. {}", info.label, info.help))
            }
            (_, None) => String::new(),
        }
    }

    /// Its columns, in their order.
    #[must_use]
    pub fn columns(self) -> Vec<TableColumn> {
        match self.rows() {
            Some(rows) => Tabulator::new(rows, &|_| None).columns().to_vec(),
            None => derived::columns(self),
        }
    }

    /// The rows that `alliance-export` makes; `None` for a table that is made here.
    pub(crate) fn rows(self) -> Option<Rows> {
        match self {
            Self::Records => Some(Rows::Records(RecordTable::All)),
            Self::Kind(kind) => Some(Rows::Records(RecordTable::Kind(kind))),
            Self::MeasurePoints => Some(Rows::MeasurePoints),
            Self::MetaPrePost => Some(Rows::MetaPrePost),
            Self::Organisations | Self::Versions | Self::CodeLabels | Self::Edges => None,
        }
    }
}

fn named(table: Table) -> Option<(&'static str, &'static str)> {
    let found = NAMED.iter().find(|(known, ..)| *known == table);
    found.map(|(_, name, meaning)| (*name, *meaning))
}

/// Where tables come from: written into each file.
#[derive(Debug, Clone)]
pub struct Origin<'a> {
    /// The alliance.
    pub alliance: AllianceId,
    /// What made the file, such as `alliance 0.1.0`.
    pub maker: Cow<'a, str>,
}

impl Origin<'_> {
    /// Names and values for a file's own metadata.
    pub(crate) fn metadata(&self) -> [(&'static str, String); 4] {
        [
            ("alliance", self.alliance.to_string()),
            ("schema", schema_name().to_owned()),
            ("code_lists", vocabulary_version().to_owned()),
            ("maker", self.maker.to_string()),
        ]
    }
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Records handed in.
    pub records: u64,
    /// Rows written, in all tables of the file.
    pub rows: u64,
}

/// A short name for what the tables are: FNV-1a over their names, columns and types, 16 hexadecimal digits. Another one when
/// a column comes or changes.
#[must_use]
pub fn schema_name() -> &'static str {
    static NAME: LazyLock<String> = LazyLock::new(|| format!("{:016x}", schema_hash()));
    &NAME
}

fn schema_hash() -> u64 {
    let mut hash = FNV_OFFSET;
    let mut add = |text: &str| {
        for byte in text.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME);
        }
    };
    for table in Table::all() {
        add(&table.name());
        for column in table.columns() {
            add(&column.name);
            add(type_word(column.holds));
        }
    }
    hash
}

/// A type in one word.
const fn type_word(holds: Holds) -> &'static str {
    match holds {
        Holds::Text | Holds::Word | Holds::Month => "text",
        Holds::Integer => "integer",
        Holds::Number => "number",
        Holds::YesNo => "boolean",
        Holds::Instant => "instant",
        Holds::List => "list",
        Holds::Json => "json",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_that_people_write_has_a_table_with_a_column_for_each_field() {
        for info in kinds() {
            let table = Table::from_name(&format!("{}s", info.name)).unwrap();
            assert_eq!(table, Table::Kind(info.kind));
            let columns = table.columns();
            let names: BTreeSet<_> = columns.iter().map(|column| column.name.as_str()).collect();
            assert_eq!(
                names.len(),
                columns.len(),
                "{}: each column has its own name",
                info.name
            );
            for field in &info.fields {
                let is_column = |name: &&str| {
                    **name == field.name
                        || **name == format!("body.{}", field.name)
                        || name.starts_with(&format!("{}.", field.name))
                };
                assert!(names.iter().any(is_column), "{} {}", info.name, field.name);
            }
        }
    }

    #[test]
    fn tables_have_names_meanings_and_columns() {
        let names: BTreeSet<_> = Table::all().into_iter().map(Table::name).collect();
        assert_eq!(names.len(), kinds().count() + NAMED.len());
        for table in Table::all() {
            assert!(!table.meaning().is_empty() && !table.columns().is_empty(), "{table:?}");
            for column in table.columns() {
                assert!(!column.meaning.is_empty(), "{table:?} {}", column.name);
            }
        }
        assert_eq!(Table::from_name("charters"), None);
        assert_eq!(Table::Kind(Kind::CHARTER).name(), "charters");
    }

    #[test]
    fn the_schemas_name_follows_the_columns() {
        assert_eq!(schema_name(), format!("{:016x}", schema_hash()));
        assert_eq!(schema_name().len(), 16);
    }
}
