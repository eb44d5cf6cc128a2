//! The manifest: which files are the dataset, and how far it has come.

use alliance_record::schema::vocabulary_version;
use serde::{Deserialize, Serialize};

use super::Source;
use super::error::DatasetError;
use crate::table::schema_name;

/// Where it stands in the dataset.
pub(super) const STATE_PATH: &str = "_state.json";
/// The form of this file and of paths: another one when either changes.
const FORMAT: u32 = 1;

/// The manifest. No record's id is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) format: u32,
    pub(super) alliance: String,
    pub(super) feed: String,
    pub(super) schema: String,
    /// Version of the lists whose labels are written; empty until they are.
    pub(super) code_lists: String,
    /// Everything up to this arrival number is in.
    pub(super) cursor: u64,
    /// Counts what was written, so that no two files ever have one name.
    pub(super) generation: u64,
    pub(super) files: Vec<DataFile>,
}

/// A file of records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DataFile {
    pub(super) path: String,
    pub(super) table: String,
    pub(super) rows: u64,
    pub(super) bytes: u64,
    /// Least and greatest arrival number of its records.
    pub(super) arrivals: (u64, u64),
}

impl DataFile {
    /// Its folder: the partition.
    pub(super) fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

impl State {
    /// A dataset with nothing in it.
    pub(super) fn new(source: &Source<'_>) -> Self {
        Self {
            format: FORMAT,
            alliance: source.alliance.to_string(),
            feed: source.feed.to_string(),
            schema: schema_name().to_owned(),
            code_lists: String::new(),
            cursor: 0,
            generation: 0,
            files: Vec::new(),
        }
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, DatasetError> {
        serde_json::from_slice(bytes)
            .map_err(|error| DatasetError::Foreign(format!("{STATE_PATH} is not the state of a dataset ({error})")))
    }

    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, DatasetError> {
        serde_json::to_vec_pretty(self).map_err(|error| DatasetError::Place(error.to_string()))
    }

    /// Whether what comes next can be added to what is there.
    pub(super) fn goes_on(&self, source: &Source<'_>) -> bool {
        self.format == FORMAT && self.feed == source.feed && self.schema == schema_name()
    }

    pub(super) fn has_labels(&self) -> bool {
        self.code_lists == vocabulary_version()
    }
}
