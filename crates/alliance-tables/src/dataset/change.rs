//! Files that are written anew: to be fewer, or to forget.

use std::collections::{BTreeMap, BTreeSet};

use alliance_record::RecordId;
use bytes::Bytes;

use super::error::DatasetError;
use super::partition::{Layout, part};
use super::state::{DataFile, State};
use super::{Dataset, Made, encoded};
use crate::parquet::{Group, read};

/// Bytes below which a file is small.
const SMALL_BYTES: u64 = 4 << 20;
/// Small files of a folder from which on they are joined.
const SMALL_FILES: usize = 8;
/// Bytes of files that are joined into one: what is held of them at once follows from it.
const JOINED_BYTES: u64 = 16 << 20;

/// What joining came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Compacted {
    /// Files that are gone.
    pub joined: usize,
    /// Files that took their place.
    pub written: usize,
}

/// What forgetting came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Forgotten {
    /// Rows that are gone, of all tables.
    pub rows: u64,
    /// Files that are gone, written anew where something was left of them.
    pub files: usize,
}

impl Dataset {
    /// Joins small files of folders that have many of them. Worth a call now and then.
    ///
    /// # Errors
    /// When the place fails.
    pub async fn compact(&mut self) -> Result<Compacted, DatasetError> {
        let mut compacted = Compacted::default();
        let mut state = self.state.take().ok_or(DatasetError::OpenAgain)?;
        for files in to_join(&state) {
            let Some(layout) = Layout::named(&files[0].table) else {
                continue;
            };
            state.generation += 1;
            let joined = self.joined(layout, &files, state.generation).await?;
            let old = replaced(&mut state, &files, Some(joined));
            self.put_state(state).await?;
            self.delete(&old).await?;
            state = self.state.take().ok_or(DatasetError::OpenAgain)?;
            compacted.joined += files.len();
            compacted.written += 1;
        }
        self.state = Some(state);
        Ok(compacted)
    }

    /// Removes all rows of records from all files, so that none of their bytes is left, and says so only then: after a failure
    /// open the dataset and ask again. A record's arrival number, where it is known, spares looking into files that cannot
    /// have it. What others' records say of them stays, and so does what the last [`Dataset::restate`] was told.
    ///
    /// # Errors
    /// When the place fails.
    pub async fn forget(&mut self, records: &[(RecordId, Option<u64>)]) -> Result<Forgotten, DatasetError> {
        let mut state = self.state.take().ok_or(DatasetError::OpenAgain)?;
        state.generation += 1;
        let (mut forgotten, mut gone) = (Forgotten::default(), Vec::new());
        for (number, file) in state.files.clone().iter().enumerate() {
            let ids = wanted(file, records);
            let Some(layout) = Layout::named(&file.table).filter(|_| !ids.is_empty()) else {
                continue;
            };
            let groups = read(self.bytes(file).await?, &layout.columns)?;
            let (left, rows) = without(&groups, &ids);
            if rows == 0 {
                continue;
            }
            forgotten.rows += rows;
            forgotten.files += 1;
            let anew = if rows < file.rows {
                let made = Made {
                    table: layout.table,
                    path: part(file.folder(), state.generation, number),
                    arrivals: file.arrivals,
                };
                let bytes = encoded(&layout.columns, layout.table, &self.origin, left)?;
                Some(self.put(made, bytes).await?)
            } else {
                None
            };
            gone.extend(replaced(&mut state, std::slice::from_ref(file), anew));
        }
        self.put_state(state).await?;
        self.delete(&gone).await?;
        Ok(forgotten)
    }

    /// One file of the rows of several, in the order in which they came.
    async fn joined(&self, layout: &Layout, files: &[DataFile], generation: u64) -> Result<DataFile, DatasetError> {
        let mut groups = Vec::new();
        for file in files {
            for group in read(self.bytes(file).await?, &layout.columns)? {
                match groups.last_mut() {
                    Some(last) if !Group::is_full(last) => last.append(&group),
                    _ => groups.push(group),
                }
            }
        }
        let made = Made {
            table: layout.table,
            path: part(files[0].folder(), generation, 0),
            arrivals: files.iter().fold(files[0].arrivals, |(least, most), file| {
                (least.min(file.arrivals.0), most.max(file.arrivals.1))
            }),
        };
        let bytes = encoded(&layout.columns, layout.table, &self.origin, groups)?;
        self.put(made, bytes).await
    }

    async fn bytes(&self, file: &DataFile) -> Result<Bytes, DatasetError> {
        let bytes = self.place.get(&file.path).await?;
        bytes.ok_or_else(|| {
            DatasetError::Place(format!(
                "{} is named by the state and is not there: remove the dataset, and it is written anew",
                file.path
            ))
        })
    }

    /// Deletes what the state no longer names. On a failure its bytes may still be there, so the dataset is to be opened again.
    async fn delete(&mut self, paths: &[String]) -> Result<(), DatasetError> {
        for path in paths {
            if let Err(error) = self.place.delete(path).await {
                self.state = None;
                return Err(error);
            }
        }
        Ok(())
    }
}

/// Small files of one folder each, as many as are to become one.
fn to_join(state: &State) -> Vec<Vec<DataFile>> {
    let mut folders: BTreeMap<&str, Vec<&DataFile>> = BTreeMap::new();
    for file in state.files.iter().filter(|file| file.bytes < SMALL_BYTES) {
        folders.entry(file.folder()).or_default().push(file);
    }
    let mut found = Vec::new();
    for mut files in folders.into_values().filter(|files| files.len() >= SMALL_FILES) {
        files.sort_by_key(|file| file.arrivals);
        let (mut pile, mut bytes): (Vec<DataFile>, _) = (Vec::new(), 0);
        for file in files {
            if bytes + file.bytes > JOINED_BYTES {
                found.push(std::mem::take(&mut pile));
                bytes = 0;
            }
            bytes += file.bytes;
            pile.push(file.clone());
        }
        found.push(pile);
    }
    found.retain(|files| files.len() > 1);
    found
}

/// Takes files out of the state, puts another in, and says which paths are no longer named.
fn replaced(state: &mut State, files: &[DataFile], anew: Option<DataFile>) -> Vec<String> {
    let old: Vec<String> = files.iter().map(|file| file.path.clone()).collect();
    state.files.retain(|file| !old.contains(&file.path));
    state.files.extend(anew);
    old
}

/// The ids, as files have them, of records that a file may hold.
fn wanted(file: &DataFile, records: &[(RecordId, Option<u64>)]) -> BTreeSet<String> {
    let (least, most) = file.arrivals;
    let may_be = |arrival: Option<u64>| arrival.is_none_or(|arrival| (least..=most).contains(&arrival));
    let wanted = records.iter().filter(|(_, arrival)| may_be(*arrival));
    wanted.map(|(id, _)| id.to_string()).collect()
}

/// Groups without the rows of some records, and how many rows those were.
fn without(groups: &[Group], ids: &BTreeSet<String>) -> (Vec<Group>, u64) {
    let mut gone = 0;
    let left = groups.iter().map(|group| {
        let is_kept = |id: Option<&[u8]>| {
            let id = id.and_then(|id| std::str::from_utf8(id).ok());
            id.is_none_or(|id| !ids.contains(id))
        };
        let keep: Vec<bool> = group.texts(Layout::ID).map(is_kept).collect();
        gone += keep.iter().filter(|kept| !**kept).count() as u64;
        group.kept(&keep)
    });
    (left.collect(), gone)
}
