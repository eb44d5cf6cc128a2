//! Which folder a row lies in, and which columns its files have.

use std::sync::LazyLock;

use alliance_export::TableColumn;

use crate::table::Table;

/// Columns that are not in the files of a dataset: how a record stands changes after it came, and is told by the table
/// `standing`; names of organisations by `organisations`; the country is the folder's.
const LEFT_OUT: [&str; 5] = ["state", "version", "notices", "organisation_name", COUNTRY];
const COUNTRY: &str = "country";
/// The folder of rows without a country, as Hive calls it: readers take it for null.
const NO_COUNTRY: &str = "__HIVE_DEFAULT_PARTITION__";

/// A table as a dataset has it.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) table: Table,
    name: String,
    pub(super) columns: Vec<TableColumn>,
    /// The places of its columns among the table's.
    pub(super) places: Vec<usize>,
    by_country: bool,
}

impl Layout {
    fn of(table: Table) -> Self {
        let all = table.columns();
        let is_kept = |column: &TableColumn| !LEFT_OUT.contains(&column.name.as_str());
        let places: Vec<_> = (0..all.len()).filter(|place| is_kept(&all[*place])).collect();
        Self {
            table,
            name: table.name().into_owned(),
            columns: places.iter().map(|place| all[*place].clone()).collect(),
            places,
            by_country: all.iter().any(|column| column.name == COUNTRY),
        }
    }

    /// The tables that follow the arrival feed.
    pub(super) fn all() -> &'static [Self] {
        static ALL: LazyLock<Vec<Layout>> = LazyLock::new(|| {
            let mut tables = Table::all();
            tables.retain(|table| {
                matches!(
                    table,
                    Table::Records | Table::Kind(_) | Table::MeasurePoints | Table::Edges
                )
            });
            tables.into_iter().map(Layout::of).collect()
        });
        &ALL
    }

    /// The layout of a table by its name.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        Self::all().iter().find(|layout| layout.name == name)
    }

    /// The place of the record's id: the first column of each of these tables.
    pub(super) const ID: usize = 0;

    /// The folder of a record's rows.
    pub(super) fn folder(&self, country: &str) -> String {
        let table = &self.name;
        if !self.by_country {
            return format!("table={table}");
        }
        let is_code = country.len() == 2 && country.bytes().all(|letter| letter.is_ascii_uppercase());
        let country = if is_code { country } else { NO_COUNTRY };
        format!("table={table}/country={country}")
    }
}

/// The path of a file of records.
pub(super) fn part(folder: &str, generation: u64, number: usize) -> String {
    format!("{folder}/part-{generation:010}-{number:05}.parquet")
}

/// Whether a path may be one of [`part`].
pub(super) fn is_part(path: &str) -> bool {
    path.starts_with("table=") && path.rsplit('/').next().is_some_and(|name| name.starts_with("part-"))
}

/// The path of a table that is one file.
pub(super) fn whole(table: &str) -> String {
    format!("table={table}/{table}.parquet")
}

#[cfg(test)]
mod tests {
    use alliance_record::schema::Kind;

    use super::*;

    #[test]
    fn rows_lie_where_hive_readers_look() {
        let layout = Layout::of(Table::Kind(Kind::LESSON));
        for (country, folder) in [
            ("GB", "table=lessons/country=GB"),
            ("", "table=lessons/country=__HIVE_DEFAULT_PARTITION__"),
            ("gb", "table=lessons/country=__HIVE_DEFAULT_PARTITION__"),
            ("../../etc", "table=lessons/country=__HIVE_DEFAULT_PARTITION__"),
        ] {
            assert_eq!(layout.folder(country), folder);
        }
        assert_eq!(Layout::of(Table::Edges).folder("GB"), "table=edges");
        assert!(is_part(&part("table=edges", 7, 0)) && !is_part(&whole("edges")) && !is_part("part-1"));
    }

    #[test]
    fn files_have_what_does_not_change() {
        for layout in Layout::all() {
            let names: Vec<_> = layout.columns.iter().map(|column| column.name.as_str()).collect();
            assert!(["id", "record"].contains(&names[Layout::ID]), "{:?}", layout.table);
            assert!(LEFT_OUT.iter().all(|name| !names.contains(name)), "{names:?}");
        }
    }
}
