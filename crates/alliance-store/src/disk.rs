//! Files and directories: moving them aside, and making names durable. Never deletes anything but half-written
//! snapshots.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Makes the names in a directory durable.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Makes a directory, and its name durable.
pub(crate) fn make_dir(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    match dir.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => sync_dir(parent),
        _ => Ok(()),
    }
}

/// Moves a file or directory into `evidence`, under a number of its own. Gives its new path.
pub(crate) fn set_aside(path: &Path, evidence: &Path) -> io::Result<PathBuf> {
    let target = free_name(path, evidence)?;
    fs::rename(path, &target)?;
    sync_dir(evidence)?;
    if let Some(parent) = path.parent() {
        sync_dir(parent)?;
    }
    Ok(target)
}

/// A name in `evidence` that is not taken: a number, and what the thing was called.
pub(crate) fn free_name(path: &Path, evidence: &Path) -> io::Result<PathBuf> {
    make_dir(evidence)?;
    let taken = fs::read_dir(evidence)?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.split('-').next()?.parse::<u32>().ok())
        .max();
    let number = taken.map_or(1, |number| number.saturating_add(1));
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("file");
    Ok(evidence.join(format!("{number:04}-{name}")))
}
