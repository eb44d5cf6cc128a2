//! The file of keys: a line of JSON for each step, only added to while the node runs and written anew when it starts.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::Mutex;

use super::ledger::Entry;
use crate::limits::LEDGER_FILE_BYTES_MAX;

/// The file of keys could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the file of Idempotency-Keys {} cannot be used: {source}", path.display())]
pub struct LedgerError {
    path: PathBuf,
    source: io::Error,
}

/// The file.
#[derive(Debug)]
pub(super) struct File {
    path: Arc<Path>,
    /// One line at a time; how many bytes there are.
    bytes: Mutex<u64>,
}

impl File {
    /// Opens it; what it holds, in order. A line that broke off with the machine is passed over.
    pub(super) fn open(path: &Path) -> Result<(Self, Vec<Entry>), LedgerError> {
        let file = Self {
            path: path.into(),
            bytes: Mutex::new(0),
        };
        let mut text = String::new();
        match fs::File::open(path) {
            Ok(open) => {
                let mut bytes = Vec::new();
                let read = open.take(LEDGER_FILE_BYTES_MAX).read_to_end(&mut bytes);
                read.map_err(|source| file.failed(source))?;
                text = String::from_utf8_lossy(&bytes).into_owned();
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(file.failed(source)),
        }
        let entries = text.lines().filter_map(|line| serde_json::from_str(line).ok());
        let entries = entries.collect();
        Ok((file, entries))
    }

    /// Writes it anew. When this returns, it is on the disk.
    pub(super) fn replace(&mut self, entries: &[&Entry]) -> Result<(), LedgerError> {
        let lines: Vec<u8> = entries.iter().flat_map(|entry| line(entry)).collect();
        let beside = self.path.with_extension("new");
        let write = || {
            let mut open = OpenOptions::new();
            let mut file = open.write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
            file.write_all(&lines)?;
            file.sync_all()?;
            fs::rename(&beside, &self.path)?;
            self.path.parent().map_or(Ok(()), |dir| fs::File::open(dir)?.sync_all())
        };
        write().map_err(|source| self.failed(source))?;
        self.bytes = Mutex::new(lines.len() as u64);
        Ok(())
    }

    /// Adds a step. When this returns, it is on the disk.
    pub(super) async fn append(&self, entry: &Entry) -> Result<(), LedgerError> {
        let mut bytes = self.bytes.lock().await;
        let (line, path) = (line(entry), self.path.clone());
        // A node that runs for long and is written to much begins anew; what it remembers in memory stays.
        let is_full = *bytes + line.len() as u64 > LEDGER_FILE_BYTES_MAX / 2;
        let written = line.len() as u64;
        let write = move || {
            let mut open = OpenOptions::new();
            let open = open.create(true).mode(0o600);
            let mut file = if is_full {
                open.write(true).truncate(true).open(path)?
            } else {
                open.append(true).open(path)?
            };
            file.write_all(&line)?;
            file.sync_data()
        };
        let done = tokio::task::spawn_blocking(write)
            .await
            .unwrap_or_else(|error| Err(io::Error::other(error)));
        done.map_err(|source| self.failed(source))?;
        *bytes = if is_full { written } else { *bytes + written };
        Ok(())
    }

    fn failed(&self, source: io::Error) -> LedgerError {
        LedgerError {
            path: self.path.to_path_buf(),
            source,
        }
    }
}

/// Strings and numbers only: writing a step down cannot fail.
fn line(entry: &Entry) -> Vec<u8> {
    let mut line = serde_json::to_vec(entry).unwrap_or_default();
    line.push(b'\n');
    line
}
