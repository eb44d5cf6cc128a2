//! The files of a store, and what is done to them before the database's engine sees them: it would refuse, or stop the
//! process, over some that can simply be set aside.

use std::io;
use std::path::{Path, PathBuf};

use super::report::{OpenEvent, OpenReport};
use crate::disk::{Files, Lock};
use crate::journal::{OLDER_FILE_HEADER, destroy_key};

/// What the file of keys is called, and what the journal is; in evidence after a number.
const KEYS_NAME: &str = "body-keys";
const JOURNAL_NAME: &str = "own.log";
const ZEROS: [u8; 4096] = [0; 4096];
/// Bytes after a snapshot's content: its length and checksum.
const SNAPSHOT_TAIL_BYTES: usize = 12;
/// Bytes of a snapshot's or parameter file's checksum.
const CHECKSUM_BYTES: usize = 4;
/// A parameter file up to this length is written anew by the engine itself.
const PARAMETERS_BYTES_MIN: u64 = 8;

/// Where a store's files are.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    /// The disk that it is on.
    pub(crate) files: Files,
    /// The store's directory.
    pub(crate) dir: PathBuf,
    /// sled's directory.
    pub(crate) database: PathBuf,
    /// The keys of the bodies in it.
    pub(crate) keys: PathBuf,
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
            keys: dir.join(KEYS_NAME),
            journal: dir.join("journal").join(JOURNAL_NAME),
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

    /// Sets the whole database aside, if there is one, and the keys of its bodies.
    pub(crate) fn set_database_aside(&self) -> io::Result<Option<PathBuf>> {
        if !self.files.exists(&self.database)? {
            return Ok(None);
        }
        let to = self.files.set_aside(&self.database, &self.evidence)?;
        if self.files.exists(&self.keys)? {
            self.files.set_aside(&self.keys, &self.evidence)?;
        }
        Ok(Some(to))
    }

    /// Makes every body in what was set aside unreadable. Nobody can tell whether it holds one that is erased: it was
    /// set aside because it could not be read.
    pub(crate) fn destroy_keys_set_aside(&self) -> io::Result<()> {
        for path in self.files.list(&self.evidence)? {
            let name = path.file_name().map(|name| name.as_encoded_bytes()).unwrap_or_default();
            if name.ends_with(JOURNAL_NAME.as_bytes()) {
                destroy_key(&mut self.files.open(&path)?)?;
            } else if name.ends_with(KEYS_NAME.as_bytes()) {
                self.write_over(&path)?;
                self.files.remove(&path)?;
                self.files.sync_dir(&self.evidence)?;
            }
        }
        Ok(())
    }

    /// Puts zeros in the place of all that a file holds.
    fn write_over(&self, path: &Path) -> io::Result<()> {
        let mut file = self.files.open(path)?;
        let (mut at, end) = (0, file.len()?);
        while at < end {
            let bytes = (end - at).min(ZEROS.len() as u64);
            file.write_at(at, &ZEROS[..bytes as usize])?;
            at += bytes;
        }
        file.sync()
    }

    /// Whether the journal is one of the release before, which kept bodies as they are.
    pub(crate) fn has_older_journal(&self) -> io::Result<bool> {
        if !self.files.exists(&self.journal)? {
            return Ok(false);
        }
        let mut journal = self.files.open(&self.journal)?;
        let mut first = [0; OLDER_FILE_HEADER.len()];
        Ok(journal.len()? >= first.len() as u64 && {
            journal.read_at(0, &mut first)?;
            first == OLDER_FILE_HEADER
        })
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
