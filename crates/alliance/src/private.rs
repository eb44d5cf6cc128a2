//! New files that only their owner reads, and that write over nothing.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// A file that was made just now and is empty.
#[derive(Debug)]
pub(crate) struct NewFile {
    path: PathBuf,
    file: File,
}

/// Makes it.
pub(crate) fn create(path: &Path) -> Result<NewFile, Failure> {
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    opened
        .map(|file| NewFile {
            path: path.to_owned(),
            file,
        })
        .map_err(|error| unwritable(path, &error))
}

impl NewFile {
    /// Writes a text and a line break. When this returns, it is on the disk.
    pub(crate) fn write(mut self, text: &str) -> Result<(), Failure> {
        let written = writeln!(self.file, "{text}").and_then(|()| self.file.sync_all());
        written.map_err(|error| unwritable(&self.path, &error))
    }

    /// Takes it away again.
    pub(crate) fn discard(self) {
        let _ = std::fs::remove_file(self.path);
    }

    /// Its name, as it was given.
    pub(crate) fn name(&self) -> String {
        self.path.display().to_string()
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    let title = format!("The file {} cannot be written: {error}", path.display());
    Failure::usage(
        "file_unwritable",
        title,
        "name a new file in a directory that is yours to write",
    )
}
