//! The formats, and how they are named.

use crate::table::Table;

/// What [`Format::from_name`] finds before a table's name.
const PARQUET: &str = "parquet:";
const SQLITE: &str = "sqlite";

/// A file that needs more than text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One table as Parquet; see [`crate::ParquetWriter`].
    Parquet(Table),
    /// All tables in one SQLite database; see [`crate::SqliteWriter`].
    Sqlite,
}

impl Format {
    /// A format by its name in addresses and commands: `parquet:practices`, `sqlite`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name.strip_prefix(PARQUET) {
            Some(table) => Table::from_name(table).map(Self::Parquet),
            None => (name == SQLITE).then_some(Self::Sqlite),
        }
    }

    /// Every format.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let tables = Table::all().into_iter().map(Self::Parquet);
        tables.chain([Self::Sqlite]).collect()
    }

    /// Its name in addresses and commands.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Parquet(table) => format!("{PARQUET}{}", table.name()),
            Self::Sqlite => SQLITE.to_owned(),
        }
    }

    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Parquet(_) => "application/vnd.apache.parquet",
            Self::Sqlite => "application/vnd.sqlite3",
        }
    }

    /// The name of a file of it, such as `practices.parquet`.
    #[must_use]
    pub fn file_name(self) -> String {
        match self {
            Self::Parquet(table) => format!("{}.parquet", table.name()),
            Self::Sqlite => "records.sqlite".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_go_both_ways_and_are_each_of_one_format() {
        let all = Format::all();
        for format in &all {
            assert_eq!(Format::from_name(&format.name()), Some(*format));
        }
        let files: BTreeSet<_> = all.iter().map(|format| format.file_name()).collect();
        assert_eq!(files.len(), all.len());
        for stranger in [
            "",
            "parquet",
            "parquet:",
            "parquet:charters",
            "SQLite",
            "parquet:practice",
        ] {
            assert_eq!(Format::from_name(stranger), None, "{stranger}");
        }
        let practices = Format::from_name("parquet:practices").unwrap();
        assert_eq!(practices.file_name(), "practices.parquet");
    }
}
