//! A dataset: the tables as Parquet files in folders that Hive, Spark, DuckDB and others read as they stand, kept in step with
//! a node's arrival feed.
//!
//! ```text
//! _state.json                                    how far it has come, and which files it is
//! table=practices/country=GB/part-….parquet      rows of records, as they came; the same for each kind
//! table=records/…, table=measure_points/…        likewise
//! table=edges/part-….parquet
//! table=standing/standing.parquet                how records stand now, where that is not: current, first version, no notice
//! table=organisations/organisations.parquet      names and countries as they are now
//! table=code_labels/code_labels.parquet
//! ```
//!
//! Rows of records never change, so that what came is added and what is there stays. What changes after a record came stands
//! in two small tables that are written whole: a reader joins `standing` by `id`, and takes a record that is not in it for
//! current and its first version.
//!
//! **Order of writing.** New files first; then `_state.json`, at once; then files that it no longer names are deleted. An
//! interruption at any moment leaves the old state or the new one. A reader who takes the files from `_state.json` sees one of
//! them exactly; one who takes all files in the folders may, while a writer is at work or was interrupted, see rows that are
//! about to count, or the same rows twice. Opening removes what is not named. One writer at a time.

mod batch;
mod change;
mod error;
mod partition;
mod place;
mod restate;
mod state;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeSet;

use alliance_record::AllianceId;

pub use batch::Batch;
pub use change::{Compacted, Forgotten};
pub use error::DatasetError;
pub use place::Place;

use crate::parquet::{Group, file};
use crate::table::{Origin, Table};
use partition::{is_part, part, whole};
use state::{DataFile, STATE_PATH, State};

/// Whose records a dataset has, and in which order they came.
#[derive(Debug, Clone)]
pub struct Source<'a> {
    /// The alliance.
    pub alliance: AllianceId,
    /// The name of the arrival feed: another one when the node's numbers begin anew.
    pub feed: Cow<'a, str>,
    /// What writes, such as `alliance 0.1.0`.
    pub maker: Cow<'a, str>,
}

/// A dataset that is open for writing. Calls encode files on the task that awaits them, tens of milliseconds for each: give
/// it a task of its own.
pub struct Dataset {
    place: Place,
    origin: Origin<'static>,
    /// `None` after a failure: what stands there is not known.
    state: Option<State>,
}

impl Dataset {
    /// Opens what is at a place, or makes a dataset where there is nothing. Removes files of an interrupted run. One of
    /// another feed or schema begins anew: its files are removed, and its cursor is 0.
    ///
    /// # Errors
    /// When the place fails, or holds something else: nothing is touched then.
    pub async fn open(place: Place, source: &Source<'_>) -> Result<Self, DatasetError> {
        let state = match place.get(STATE_PATH).await? {
            Some(bytes) => known(State::read(&bytes)?, source)?,
            None => {
                let found = place.paths().await?;
                if let Some(path) = found.first() {
                    return Err(DatasetError::Foreign(format!(
                        "there are files and no {STATE_PATH}, such as {path}"
                    )));
                }
                None
            }
        };
        let is_new = state.is_none();
        let state = state.unwrap_or_else(|| State::new(source));
        if is_new {
            place.put(STATE_PATH, state.to_bytes()?).await?;
        }
        let mut dataset = Self {
            place,
            origin: Origin {
                alliance: source.alliance,
                maker: Cow::Owned(source.maker.clone().into_owned()),
            },
            state: None,
        };
        dataset.remove_strangers(&state).await?;
        dataset.state = Some(dataset.labelled(state).await?);
        Ok(dataset)
    }

    /// Everything up to this arrival number is in; 0 in the beginning.
    ///
    /// # Errors
    /// After a failure.
    pub fn cursor(&self) -> Result<u64, DatasetError> {
        self.state
            .as_ref()
            .map(|state| state.cursor)
            .ok_or(DatasetError::OpenAgain)
    }

    /// Adds a batch, after which everything up to the arrival number `cursor` is in.
    ///
    /// # Errors
    /// When the place fails, or the batch has what is in already. Of the batch then all is in or nothing; open the dataset
    /// again to see.
    pub async fn commit(&mut self, batch: Batch, cursor: u64) -> Result<(), DatasetError> {
        let mut state = self.state.take().ok_or(DatasetError::OpenAgain)?;
        let behind = batch.least().filter(|least| *least <= state.cursor);
        if let Some(arrival) = behind {
            let error = DatasetError::Behind {
                arrival,
                cursor: state.cursor,
            };
            self.state = Some(state);
            return Err(error);
        }
        state.generation += 1;
        let mut number = 0;
        for (layout, folders) in batch.into_parts() {
            for (folder, rows) in folders {
                let path = part(&folder, state.generation, number);
                number += 1;
                let made = Made {
                    table: layout.table,
                    path,
                    arrivals: rows.arrivals,
                };
                let bytes = encoded(&layout.columns, layout.table, &self.origin, [rows.group])?;
                state.files.push(self.put(made, bytes).await?);
            }
        }
        state.cursor = state.cursor.max(cursor);
        self.put_state(state).await
    }

    async fn put(&self, made: Made, (bytes, rows): (Vec<u8>, u64)) -> Result<DataFile, DatasetError> {
        let file = DataFile {
            table: made.table.name().into_owned(),
            rows,
            bytes: bytes.len() as u64,
            arrivals: made.arrivals,
            path: made.path,
        };
        self.place.put(&file.path, bytes).await?;
        Ok(file)
    }

    async fn put_state(&mut self, state: State) -> Result<(), DatasetError> {
        self.place.put(STATE_PATH, state.to_bytes()?).await?;
        self.state = Some(state);
        Ok(())
    }

    /// Removes the files of records that the state does not name.
    async fn remove_strangers(&self, state: &State) -> Result<(), DatasetError> {
        self.place.remove_staged()?;
        let named: BTreeSet<&str> = state.files.iter().map(|file| file.path.as_str()).collect();
        for path in self.place.paths().await? {
            if is_part(&path) && !named.contains(path.as_str()) {
                self.place.delete(&path).await?;
            }
        }
        Ok(())
    }

    /// Writes the labels of codes where they are of other lists than this version's.
    async fn labelled(&self, mut state: State) -> Result<State, DatasetError> {
        if state.has_labels() {
            return Ok(state);
        }
        let columns = Table::CodeLabels.columns();
        let mut group = Group::new(&columns);
        crate::table::Maker::new(Table::CodeLabels, &|_| None).end(&mut |cells| group.push(cells));
        let (bytes, _) = encoded(&columns, Table::CodeLabels, &self.origin, [group])?;
        self.place.put(&whole(&Table::CodeLabels.name()), bytes).await?;
        alliance_record::schema::vocabulary_version().clone_into(&mut state.code_lists);
        self.place.put(STATE_PATH, state.to_bytes()?).await?;
        Ok(state)
    }
}

/// A file that is about to be written.
struct Made {
    table: Table,
    path: String,
    arrivals: (u64, u64),
}

/// The state to go on with; `None` to begin anew.
fn known(state: State, source: &Source<'_>) -> Result<Option<State>, DatasetError> {
    if state.alliance != source.alliance.to_string() {
        return Err(DatasetError::Foreign(format!(
            "the dataset there is of another alliance, {}",
            state.alliance
        )));
    }
    Ok(Some(state).filter(|state| state.goes_on(source)))
}

/// The file of some groups, and how many rows it has.
fn encoded(
    columns: &[alliance_export::TableColumn],
    table: Table,
    origin: &Origin<'_>,
    groups: impl IntoIterator<Item = Group>,
) -> Result<(Vec<u8>, u64), DatasetError> {
    let mut rows = 0;
    let mut out = file(table, columns, origin, Vec::new())?;
    for group in groups {
        rows += group.rows() as u64;
        group.write(&mut out).map_err(crate::error::TableError::from)?;
    }
    Ok((out.into_inner().map_err(crate::error::TableError::from)?, rows))
}
