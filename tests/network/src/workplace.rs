//! The directory of a run: made, marked as in use, and removed with all that is in it.
//!
//! A run that was killed leaves its own behind: the next one in the same place removes it. Never touches one in use.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tempfile::TempDir;

const PREFIX: &str = "alliance-network-";
/// Locked for as long as the run lasts: the system lets go of it however the run ends.
const MARK: &str = "in-use";

/// One of them.
#[derive(Debug)]
pub(crate) struct Workplace {
    dir: TempDir,
    _mark: File,
}

impl Workplace {
    /// Makes a directory in `parent`, after removing what earlier runs left there.
    pub(crate) fn make(parent: &Path) -> anyhow::Result<Self> {
        sweep(parent);
        let made = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent);
        let dir = made.with_context(|| format!("no directory can be made in {}", parent.display()))?;
        let mark = File::create(dir.path().join(MARK)).context("the directory cannot be written to")?;
        mark.lock().context("the directory cannot be marked as in use")?;
        Ok(Self { dir, _mark: mark })
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Leaves everything where it is, for somebody to look at.
    pub(crate) fn keep(self) -> PathBuf {
        self.dir.keep()
    }
}

/// Removes what is of an earlier run and not in use any more. What cannot be removed is left.
fn sweep(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        if is_ours && is_left(&entry.path()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn is_left(dir: &Path) -> bool {
    File::open(dir.join(MARK)).is_ok_and(|mark| mark.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_run_left_is_removed_and_what_is_in_use_stays() {
        let parent = tempfile::tempdir().unwrap();
        let used = Workplace::make(parent.path()).unwrap();
        let left = Workplace::make(parent.path()).unwrap().keep();
        fs::create_dir(parent.path().join("alliance-network-of-somebody-else")).unwrap();
        let next = Workplace::make(parent.path()).unwrap();
        assert!(!left.exists() && used.path().exists() && next.path().exists());
        drop((used, next));
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1);
    }
}
