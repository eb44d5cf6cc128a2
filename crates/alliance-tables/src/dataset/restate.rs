//! What changes after a record came: two tables that are written whole.

use alliance_export::{Cell, Exported, ReadRecord, State as Standing, TableColumn};

use super::error::DatasetError;
use super::partition::whole;
use super::{Dataset, encoded};
use crate::parquet::Group;
use crate::table::{Maker, Table};

/// The table of how records stand.
const STANDING: &str = "standing";
/// Its columns, which the table of all records has too.
const COLUMNS: [&str; 4] = ["id", "state", "version", "notices"];

impl Dataset {
    /// Writes how records stand now, and what their organisations are called: handed in are all records, with or without
    /// their bodies. Holds what is to be told of records that do not simply stand, and an entry for each organisation. Gives
    /// the number of such records.
    ///
    /// # Errors
    /// When the place fails.
    pub async fn restate<'r>(&mut self, records: impl IntoIterator<Item = Exported<'r>>) -> Result<u64, DatasetError> {
        let state = self.state.take().ok_or(DatasetError::OpenAgain)?;
        let columns = columns();
        let mut groups = vec![Group::new(&columns)];
        let mut organisations = Maker::new(Table::Organisations, &|_| None);
        let mut standing = Maker::new(Table::Records, &|_| None);
        let places = places();
        for record in records {
            // The body says nothing here, and reading it takes most of the time.
            let record = Exported { body: None, ..record };
            let read = ReadRecord::of(&record);
            organisations.record(&read, &mut |_| {});
            if stands_simply(&record) {
                continue;
            }
            if groups.last().is_some_and(Group::is_full) {
                groups.push(Group::new(&columns));
            }
            standing.record(&read, &mut |cells| {
                let chosen: Vec<Cell<'_>> = places.iter().filter_map(|place| cells.get(*place).cloned()).collect();
                groups
                    .iter_mut()
                    .last()
                    .into_iter()
                    .for_each(|group| group.push(&chosen));
            });
        }
        let (bytes, rows) = encoded(&columns, Table::Records, &self.origin, groups)?;
        self.place.put(&whole(STANDING), bytes).await?;
        let columns = Table::Organisations.columns();
        let mut group = Group::new(&columns);
        organisations.end(&mut |cells| group.push(cells));
        let (bytes, _) = encoded(&columns, Table::Organisations, &self.origin, [group])?;
        self.place.put(&whole(&Table::Organisations.name()), bytes).await?;
        self.state = Some(state);
        Ok(rows)
    }
}

/// Whether a record that is not told of is understood: current, its first version, nothing said of it.
fn stands_simply(record: &Exported<'_>) -> bool {
    record.state == Standing::Current && record.version == Some(1) && record.notices.is_empty()
}

fn columns() -> Vec<TableColumn> {
    let all = Table::Records.columns();
    places().into_iter().map(|place| all[place].clone()).collect()
}

fn places() -> Vec<usize> {
    let all = Table::Records.columns();
    let place = |name: &&str| all.iter().position(|column| column.name == **name);
    COLUMNS.iter().filter_map(place).collect()
}

#[cfg(test)]
mod tests {
    use alliance_export::Holds;

    use super::*;

    #[test]
    fn the_columns_are_those_of_records() {
        let columns = columns();
        assert_eq!(columns.len(), COLUMNS.len());
        assert_eq!(columns[3].holds, Holds::List);
    }
}
