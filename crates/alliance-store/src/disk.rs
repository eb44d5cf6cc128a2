//! Files and directories, real or simulated: opening, moving aside, and making names durable. Never deletes anything
//! but half-written snapshots, the store's own notes, and what must go when a record is erased.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

#[cfg(any(test, feature = "sim"))]
use crate::sim;

/// Where a store's own files are.
#[derive(Debug, Clone)]
pub(crate) enum Files {
    /// On this machine's disk.
    Real,
    /// In memory.
    #[cfg(any(test, feature = "sim"))]
    Simulated(sim::Disk),
}

/// What keeps a store for one owner; freed when dropped.
#[derive(Debug)]
pub(crate) enum Lock {
    /// An advisory lock.
    Real(#[expect(dead_code, reason = "held, never used")] File),
    /// In memory.
    #[cfg(any(test, feature = "sim"))]
    Simulated(#[expect(dead_code, reason = "held, never used")] sim::Taken),
}

impl Files {
    /// Opens a file to read and write, making it if there is none.
    pub(crate) fn open(&self, path: &Path) -> io::Result<OpenFile> {
        match self {
            Self::Real => {
                let mut options = File::options();
                options.create(true).read(true).write(true).truncate(false);
                Ok(OpenFile::Real(options.open(path)?))
            }
            #[cfg(any(test, feature = "sim"))]
            Self::Simulated(disk) => Ok(OpenFile::Simulated(disk.file(path)?)),
        }
    }

    /// A small file's bytes; `None` when there is no such file.
    pub(crate) fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        if !self.exists(path)? {
            return Ok(None);
        }
        let mut file = match self {
            Self::Real => OpenFile::Real(File::open(path)?),
            #[cfg(any(test, feature = "sim"))]
            Self::Simulated(disk) => OpenFile::Simulated(disk.file(path)?),
        };
        let mut bytes = vec![0; file.len()? as usize];
        file.read_at(0, &mut bytes)?;
        Ok(Some(bytes))
    }

    /// Takes the lock at `path`; `None` when another has it.
    pub(crate) fn lock(&self, path: &Path) -> io::Result<Option<Lock>> {
        match self {
            Self::Real => {
                let lock = File::options().create(true).write(true).truncate(false).open(path)?;
                match lock.try_lock() {
                    Ok(()) => Ok(Some(Lock::Real(lock))),
                    Err(fs::TryLockError::WouldBlock) => Ok(None),
                    Err(fs::TryLockError::Error(error)) => Err(error),
                }
            }
            #[cfg(any(test, feature = "sim"))]
            Self::Simulated(disk) => Ok(disk.take().map(Lock::Simulated)),
        }
    }

    pub(crate) fn exists(&self, path: &Path) -> io::Result<bool> {
        match self {
            Self::Real => path.try_exists(),
            #[cfg(any(test, feature = "sim"))]
            Self::Simulated(disk) => Ok(disk.exists(path)),
        }
    }

    /// What is in a directory, in the order of the names; nothing when there is no such directory.
    pub(crate) fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        match self {
            Self::Real => {
                if !dir.try_exists()? {
                    return Ok(Vec::new());
                }
                let entries: io::Result<Vec<PathBuf>> = fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect();
                let mut paths = entries?;
                paths.sort();
                Ok(paths)
            }
            #[cfg(any(test, feature = "sim"))]
            Self::Simulated(disk) => Ok(disk.list(dir)),
        }
    }

    pub(crate) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        match self {
            Self::Real => fs::rename(from, to),
            #[cfg(any(test, feature = "sim"))]
            Self::Simulated(disk) => disk.rename(from, to),
        }
    }

    pub(crate) fn remove(&self, path: &Path) -> io::Result<()> {
        match self {
            Self::Real => fs::remove_file(path),
            #[cfg(any(test, feature = "sim"))]
            Self::Simulated(disk) => disk.remove(path),
        }
    }

    /// Fills `out` with bytes that nobody can guess; on a simulated disk, with those that its seed gives.
    pub(crate) fn random(&self, out: &mut [u8]) -> io::Result<()> {
        match self {
            Self::Real => getrandom::fill(out).map_err(io::Error::other),
            #[cfg(any(test, feature = "sim"))]
            Self::Simulated(disk) => {
                disk.fill(out);
                Ok(())
            }
        }
    }

    /// Makes the names in a directory durable.
    pub(crate) fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        match self {
            Self::Real => File::open(dir)?.sync_all(),
            #[cfg(any(test, feature = "sim"))]
            Self::Simulated(disk) => disk.sync_names(),
        }
    }

    /// Makes a directory that only its owner may enter, and the directories above it; their names durable. One that is
    /// there is closed to others too: what is in it is nobody else's.
    pub(crate) fn make_dir(&self, dir: &Path) -> io::Result<()> {
        match self {
            Self::Real => make_real_dir(dir),
            #[cfg(any(test, feature = "sim"))]
            Self::Simulated(_) => Ok(()),
        }
    }

    /// Moves a file or directory into `evidence`, under a number of its own. Gives its new path.
    pub(crate) fn set_aside(&self, path: &Path, evidence: &Path) -> io::Result<PathBuf> {
        let target = self.free_name(path, evidence)?;
        self.rename(path, &target)?;
        self.sync_dir(evidence)?;
        if let Some(parent) = path.parent() {
            self.sync_dir(parent)?;
        }
        Ok(target)
    }

    /// A name in `evidence` that is not taken: a number, and what the thing was called.
    pub(crate) fn free_name(&self, path: &Path, evidence: &Path) -> io::Result<PathBuf> {
        self.make_dir(evidence)?;
        let number = |path: &PathBuf| path.file_name()?.to_str()?.split('-').next()?.parse::<u32>().ok();
        let taken = self.list(evidence)?.iter().filter_map(number).max();
        let number = taken.map_or(1, |number| number.saturating_add(1));
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("file");
        Ok(evidence.join(format!("{number:04}-{name}")))
    }
}

/// The directories from the first one that is there are made one by one, so that each new name is synced in its parent.
fn make_real_dir(dir: &Path) -> io::Result<()> {
    let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty());
    if !dir.try_exists()? {
        if let Some(parent) = parent.filter(|parent| !parent.exists()) {
            make_real_dir(parent)?;
        }
        match fs::create_dir(dir) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    close_to_others(dir)
}

#[cfg(unix)]
fn close_to_others(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    const OWNER_ONLY: u32 = 0o700;
    match fs::metadata(dir)?.permissions().mode() & 0o777 {
        OWNER_ONLY => Ok(()),
        _ => match fs::set_permissions(dir, fs::Permissions::from_mode(OWNER_ONLY)) {
            // Whoever owns it, as the operator of a mounted volume does, has decided who may enter.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
            done => done,
        },
    }
}

#[cfg(not(unix))]
const fn close_to_others(_dir: &Path) -> io::Result<()> {
    Ok(())
}

/// An opened file.
#[derive(Debug)]
pub(crate) enum OpenFile {
    /// On this machine's disk.
    Real(File),
    /// In memory.
    #[cfg(any(test, feature = "sim"))]
    Simulated(sim::SimulatedFile),
}

impl OpenFile {
    pub(crate) fn len(&self) -> io::Result<u64> {
        match self {
            Self::Real(file) => Ok(file.metadata()?.len()),
            #[cfg(any(test, feature = "sim"))]
            Self::Simulated(file) => file.len(),
        }
    }

    /// Fills `out` with the bytes from `at` on; an error when there are fewer.
    pub(crate) fn read_at(&mut self, at: u64, out: &mut [u8]) -> io::Result<()> {
        match self {
            Self::Real(file) => {
                file.seek(SeekFrom::Start(at))?;
                file.read_exact(out)
            }
            #[cfg(any(test, feature = "sim"))]
            Self::Simulated(file) => file.read_at(at, out),
        }
    }

    pub(crate) fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Real(file) => {
                file.seek(SeekFrom::Start(at))?;
                file.write_all(bytes)
            }
            #[cfg(any(test, feature = "sim"))]
            Self::Simulated(file) => file.write_at(at, bytes),
        }
    }

    pub(crate) fn set_len(&mut self, bytes: u64) -> io::Result<()> {
        match self {
            Self::Real(file) => file.set_len(bytes),
            #[cfg(any(test, feature = "sim"))]
            Self::Simulated(file) => file.set_len(bytes),
        }
    }

    /// Waits until everything written is on the disk, the file's length included.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        match self {
            Self::Real(file) => file.sync_data(),
            #[cfg(any(test, feature = "sim"))]
            Self::Simulated(file) => file.sync(),
        }
    }
}
