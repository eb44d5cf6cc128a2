//! Records that somebody at this node put aside at once: shown to nobody here until that is lifted.

use std::collections::BTreeSet;
use std::path::PathBuf;

use alliance_record::RecordId;

use super::file::{self, FileError};

/// The file, and what stands in it.
#[derive(Debug)]
pub(crate) struct Quarantine {
    path: PathBuf,
    records: BTreeSet<String>,
}

impl Quarantine {
    pub(crate) fn open(path: PathBuf) -> Result<Self, FileError> {
        let records = file::read_json(&path)?.unwrap_or_default();
        Ok(Self { path, records })
    }

    pub(crate) fn contains(&self, record: &RecordId) -> bool {
        !self.records.is_empty() && self.records.contains(&record.to_string())
    }

    /// All that are put aside.
    pub(crate) fn all(&self) -> BTreeSet<RecordId> {
        self.records.iter().filter_map(|record| record.parse().ok()).collect()
    }

    /// Puts a record aside. When this returns, that is on the disk. Whether it was not before.
    pub(crate) fn put(&mut self, record: &RecordId) -> Result<bool, FileError> {
        let mut records = self.records.clone();
        let is_new = records.insert(record.to_string());
        self.replace(records)?;
        Ok(is_new)
    }

    /// Shows a record again. Whether it was put aside before.
    pub(crate) fn lift(&mut self, record: &RecordId) -> Result<bool, FileError> {
        let mut records = self.records.clone();
        let was_aside = records.remove(&record.to_string());
        self.replace(records)?;
        Ok(was_aside)
    }

    fn replace(&mut self, records: BTreeSet<String>) -> Result<(), FileError> {
        file::replace_json(&self.path, &records)?;
        self.records = records;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_aside_stays_so_until_it_is_lifted() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("quarantine.json");
        let (one, other) = (RecordId([1; 32]), RecordId([2; 32]));
        let mut quarantine = Quarantine::open(path.clone()).unwrap();
        assert!(quarantine.put(&one).unwrap() && !quarantine.put(&one).unwrap());
        let mut again = Quarantine::open(path).unwrap();
        assert!(again.contains(&one) && !again.contains(&other));
        assert!(again.lift(&one).unwrap() && !again.lift(&one).unwrap());
        assert!(!again.contains(&one));
    }
}
