//! The files of a store, and what is done to them before the database's engine sees them: it would refuse, or stop the
//! process, over some that can simply be set aside.

use std::io;
use std::path::{Path, PathBuf};

use super::report::{OpenEvent, OpenReport};
use crate::disk::{Files, Lock};

/// Bytes after a snapshot's content: its length and checksum.
const SNAPSHOT_TAIL_BYTES: usize = 12;
/// Bytes of a snapshot's or parameter file's checksum.
const CHECKSUM_BYTES: usize = 4;
/// A parameter file up to this length is written anew by the engine itself.
const PARAMETERS_BYTES_MIN: u64 = 8;

/// Where a store's files are.
#[derive(Debug)]
pub(crate) struct Site {
    /// The disk that it is on.
    pub(crate) files: Files,
    /// The store's directory.
    pub(crate) dir: PathBuf,
    /// sled's directory.
    pub(crate) database: PathBuf,
    /// The journal of own records.
    pub(crate) journal: PathBuf,
    /// Where things are set aside.
    pub(crate) evidence: PathBuf,
    /// How far the database had come.
    pub(crate) witness: PathBuf,
    opening: PathBuf,
}

impl Site {
    pub(crate) fn at(files: Files, dir: &Path) -> Self {
        Self {
            files,
            dir: dir.to_owned(),
            database: dir.join("db"),
            journal: dir.join("journal").join("own.log"),
            evidence: dir.join("evidence"),
            witness: dir.join("witness"),
            opening: dir.join("opening"),
        }
    }

    /// The store on a simulated disk.
    #[cfg(any(test, feature = "sim"))]
    pub(crate) fn simulated(disk: &crate::sim::Disk) -> Self {
        Self::at(Files::Simulated(disk.clone()), Path::new("simulated"))
    }

    /// Takes the lock that lasts as long as the store is open; `None` when another has it.
    pub(crate) fn lock(&self) -> io::Result<Option<Lock>> {
        self.files.make_dir(&self.dir)?;
        self.files.lock(&self.dir.join("lock"))
    }

    /// Notes that an opening has begun. Gives the number of those before it that never came to their end: a damaged
    /// database can stop the whole process, and then this note is all that is left.
    pub(crate) fn begin_opening(&self) -> io::Result<u32> {
        let unfinished = match self.files.read(&self.opening)? {
            Some(text) => std::str::from_utf8(&text)
                .ok()
                .and_then(|text| text.trim().parse().ok())
                .unwrap_or(1),
            None => 0,
        };
        let text = (unfinished + 1).to_string();
        let mut note = self.files.open(&self.opening)?;
        note.write_at(0, text.as_bytes())?;
        note.set_len(text.len() as u64)?;
        note.sync()?;
        self.files.sync_dir(&self.dir)?;
        Ok(unfinished)
    }

    /// Notes that the opening came to its end, well or not, without stopping the process.
    pub(crate) fn end_opening(&self) -> io::Result<()> {
        self.files.remove(&self.opening)?;
        self.files.sync_dir(&self.dir)
    }

    /// Removes half-written snapshots, which the engine would take for whole ones.
    pub(crate) fn remove_half_written(&self, report: &mut OpenReport) -> io::Result<()> {
        for file in self.snapshots()? {
            if file.extension().is_some_and(|end| end == "generating") {
                self.files.remove(&file)?;
                report.add(OpenEvent::HalfWrittenSnapshotRemoved { file });
            }
        }
        Ok(())
    }

    /// Sets aside all snapshots if one of them is damaged: an older one may point at bytes that have been written over.
    pub(crate) fn check_snapshots(&self, report: &mut OpenReport) -> io::Result<()> {
        for file in self.snapshots()? {
            let bytes = self.files.read(&file)?.unwrap_or_default();
            if !is_whole(&bytes, SNAPSHOT_TAIL_BYTES) {
                return self.set_snapshots_aside(report);
            }
        }
        Ok(())
    }

    pub(crate) fn set_snapshots_aside(&self, report: &mut OpenReport) -> io::Result<()> {
        for file in self.snapshots()? {
            let to = self.files.set_aside(&file, &self.evidence)?;
            report.add(OpenEvent::SnapshotSetAside { to });
        }
        Ok(())
    }

    /// Sets aside a damaged parameter file: this crate's parameters never change, so the engine writes the same again.
    pub(crate) fn check_parameters(&self, report: &mut OpenReport) -> io::Result<()> {
        let file = self.database.join("conf");
        let Some(bytes) = self.files.read(&file)? else {
            return Ok(());
        };
        if bytes.len() as u64 > PARAMETERS_BYTES_MIN && is_whole(&bytes, CHECKSUM_BYTES) {
            return Ok(());
        }
        let to = self.files.set_aside(&file, &self.evidence)?;
        report.add(OpenEvent::ParametersSetAside { to });
        Ok(())
    }

    /// Sets the whole database aside, if there is one.
    pub(crate) fn set_database_aside(&self) -> io::Result<Option<PathBuf>> {
        match self.files.exists(&self.database)? {
            true => self.files.set_aside(&self.database, &self.evidence).map(Some),
            false => Ok(None),
        }
    }

    fn snapshots(&self) -> io::Result<Vec<PathBuf>> {
        let mut found = self.files.list(&self.database)?;
        found.retain(|path| {
            path.file_name()
                .is_some_and(|name| name.as_encoded_bytes().starts_with(b"snap."))
        });
        Ok(found)
    }
}

/// Whether the checksum in the last 4 bytes is that of the bytes before the file's tail.
fn is_whole(bytes: &[u8], tail_bytes: usize) -> bool {
    let Some(content) = bytes.len().checked_sub(tail_bytes).filter(|content| *content > 0) else {
        return false;
    };
    let checksum = &bytes[bytes.len() - CHECKSUM_BYTES..];
    checksum == crc32fast::hash(&bytes[..content]).to_le_bytes()
}
