//! Snapshots that were made or taken in here: of each its manifest, which has ids and no text of any record. Bundles are made
//! anew each time they are asked for.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use alliance_snapshot::limits::MANIFEST_BYTES_MAX;
use alliance_snapshot::{Manifest, SnapshotId};
use serde::{Deserialize, Serialize};

use super::DataDir;
use super::file::{self, FileError};

/// How a snapshot's file ends.
const ENDING: &str = "json";
/// The file that tells which were deleted: no identifier is its name.
const DELETED: &str = "deleted.json";
/// Deleted ones that are told of: the oldest are forgotten.
const DELETED_MAX: usize = 10_000;

/// A snapshot, as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct KeptSnapshot {
    pub(crate) manifest: Manifest,
    /// When it was made or taken in here.
    pub(crate) made_at_ms: i64,
    pub(crate) doi: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Written {
    made_at_ms: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    doi: Option<String>,
    snapshot: serde_json::Value,
}

/// When which were deleted, milliseconds since 1970 UTC, by identifier.
type Deleted = BTreeMap<String, i64>;

/// All of them.
pub(crate) struct Snapshots {
    dir: PathBuf,
    /// Held while a file is read and replaced: or one of two changes would be lost.
    changing: Mutex<()>,
}

impl Snapshots {
    pub(crate) fn of(dir: &DataDir) -> Self {
        Self {
            dir: dir.snapshots(),
            changing: Mutex::default(),
        }
    }

    /// Keeps a snapshot. One that is kept already stays what it was, its title too: it may have been cited by it.
    pub(crate) fn put(&self, manifest: Manifest, now_ms: i64) -> Result<KeptSnapshot, FileError> {
        let new = KeptSnapshot {
            made_at_ms: now_ms,
            doi: None,
            manifest: manifest.clone(),
        };
        let kept = self.change(&manifest.identifier(), |kept| Some(kept.unwrap_or_else(|| new.clone())))?;
        Ok(kept.unwrap_or(new))
    }

    /// Notes a DOI of one that is kept; gives nothing where none is.
    pub(crate) fn set_doi(&self, id: &SnapshotId, doi: String) -> Result<Option<KeptSnapshot>, FileError> {
        self.change(id, |kept| kept.map(|kept| KeptSnapshot { doi: Some(doi), ..kept }))
    }

    fn change(
        &self,
        id: &SnapshotId,
        change: impl FnOnce(Option<KeptSnapshot>) -> Option<KeptSnapshot>,
    ) -> Result<Option<KeptSnapshot>, FileError> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(kept) = change(self.get(id)?) else {
            return Ok(None);
        };
        let path = self.path(id);
        let snapshot = serde_json::from_str(&kept.manifest.to_json());
        let written = Written {
            made_at_ms: kept.made_at_ms,
            doi: kept.doi.clone(),
            snapshot: snapshot.map_err(|error| FileError::damaged(&path, error))?,
        };
        file::make_dir(&self.dir)?;
        file::replace_json(&path, &written)?;
        let mut deleted = self.deleted()?;
        if deleted.remove(&id.to_string()).is_some() {
            file::replace_json(&self.dir.join(DELETED), &deleted)?;
        }
        Ok(Some(kept))
    }

    /// Deletes one that is kept, and remembers when.
    pub(crate) fn delete(&self, id: &SnapshotId, now_ms: i64) -> Result<(), FileError> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut deleted = self.deleted()?;
        deleted.insert(id.to_string(), now_ms);
        while deleted.len() > DELETED_MAX {
            let oldest = deleted
                .iter()
                .min_by_key(|(_, at_ms)| **at_ms)
                .map(|(id, _)| id.clone());
            oldest.map(|oldest| deleted.remove(&oldest));
        }
        // First: one that is kept all the same is not looked for among the deleted.
        file::replace_json(&self.dir.join(DELETED), &deleted)?;
        let path = self.path(id);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(FileError::io(&path)(error)),
            _ => Ok(()),
        }
    }

    /// Those that were deleted.
    pub(crate) fn deleted(&self) -> Result<Deleted, FileError> {
        Ok(file::read_json(&self.dir.join(DELETED))?.unwrap_or_default())
    }

    /// One of them; nothing where none of that identifier is kept.
    pub(crate) fn get(&self, id: &SnapshotId) -> Result<Option<KeptSnapshot>, FileError> {
        let path = self.path(id);
        match fs::metadata(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(FileError::io(&path)(error)),
            Ok(meta) if meta.len() > 2 * MANIFEST_BYTES_MAX => Err(FileError::damaged(&path, "it is far too long")),
            Ok(_) => read(&path).map(Some),
        }
    }

    /// The identifiers of all.
    pub(crate) fn ids(&self) -> Result<Vec<SnapshotId>, FileError> {
        let entries = match fs::read_dir(&self.dir) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(FileError::io(&self.dir))?,
        };
        let mut ids = Vec::new();
        for entry in entries {
            let path = entry.map_err(FileError::io(&self.dir))?.path();
            let is_whole = path.extension().is_some_and(|ending| ending == ENDING);
            let stem = path.file_stem().filter(|_| is_whole).and_then(|stem| stem.to_str());
            ids.extend(stem.and_then(|stem| stem.parse::<SnapshotId>().ok()));
        }
        ids.sort_unstable();
        Ok(ids)
    }

    fn path(&self, id: &SnapshotId) -> PathBuf {
        self.dir.join(id.to_string()).with_extension(ENDING)
    }
}

fn read(path: &Path) -> Result<KeptSnapshot, FileError> {
    let bytes = fs::read(path).map_err(FileError::io(path))?;
    let damaged = |error: &dyn std::fmt::Display| FileError::damaged(path, error.to_string());
    let written: Written = serde_json::from_slice(&bytes).map_err(|error| damaged(&error))?;
    let manifest = Manifest::from_json(written.snapshot.to_string().as_bytes()).map_err(|error| damaged(&error))?;
    Ok(KeptSnapshot {
        manifest,
        made_at_ms: written.made_at_ms,
        doi: written.doi,
    })
}

#[cfg(test)]
mod tests {
    use alliance_record::{AllianceId, ChapterName};
    use alliance_snapshot::SchemaName;

    use super::*;

    fn manifest(title: &str) -> Manifest {
        Manifest {
            alliance: AllianceId([1; 32]),
            chapters: vec![ChapterName::alliance()],
            heads: Vec::new(),
            records: Vec::new(),
            bearing: Vec::new(),
            acts: Vec::new(),
            schema: SchemaName::own(),
            filter: String::new(),
            title: title.to_owned(),
        }
    }

    #[test]
    fn a_snapshot_is_kept_under_its_identifier() {
        let dir = tempfile::tempdir().unwrap();
        let snapshots = Snapshots::of(&DataDir::new(dir.path()));
        assert_eq!(snapshots.ids().unwrap(), []);
        let id = manifest("One").identifier();
        assert!(snapshots.get(&id).unwrap().is_none());
        assert!(snapshots.set_doi(&id, "10.1000/1".to_owned()).unwrap().is_none());
        snapshots.put(manifest("One"), 7).unwrap();
        snapshots.set_doi(&id, "10.1000/1".to_owned()).unwrap().unwrap();
        snapshots.put(manifest("Other"), 8).unwrap();
        let kept = snapshots.get(&id).unwrap().unwrap();
        assert_eq!(kept.manifest, manifest("One"), "it was cited by that title");
        assert_eq!((kept.made_at_ms, kept.doi.as_deref()), (7, Some("10.1000/1")));
        assert_eq!(snapshots.ids().unwrap(), [id]);
        snapshots.delete(&id, 9).unwrap();
        assert!(snapshots.get(&id).unwrap().is_none() && snapshots.ids().unwrap().is_empty());
        assert_eq!(snapshots.deleted().unwrap(), [(id.to_string(), 9)].into());
        snapshots.put(manifest("One"), 10).unwrap();
        assert!(snapshots.deleted().unwrap().is_empty(), "it is kept again");
        fs::write(snapshots.path(&id), b"{}").unwrap();
        assert!(matches!(snapshots.get(&id), Err(FileError::Damaged { .. })));
    }
}
