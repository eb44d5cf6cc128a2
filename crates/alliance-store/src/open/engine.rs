//! Starting sled: its parameters, and what its failures mean. Never repairs anything.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::report::DamageSign;
use super::site::Site;
use crate::disk::Files;
use crate::error::{ReadError, StoreFault};
use crate::kv::Engine;

/// sled's segment. sled keeps anything over a quarter of it in a file of its own that it never syncs. A leaf holds up
/// to
/// 17 entries before it is split, so with records of 64 KiB it reaches 1.1 MiB: a quarter must be above that. With
/// segments of 4 MiB, the test of the largest records makes such files.
pub(crate) const SEGMENT_BYTES: usize = 8 << 20;

/// How often, and how long apart, the engine's own lock is tried: threads of a database that this process has just
/// closed hold it for moments longer.
const LOCK_TRIES: u32 = 500;
const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// Why a database did not come up.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Its bytes are not what was written.
    Damage(DamageSign),
    /// A later release wrote it.
    NewerFormat { found: u32 },
    /// An earlier release wrote it, in a way that this one cannot read.
    OlderFormat { found: u32 },
    /// The disk failed.
    Fault(StoreFault),
}

impl From<ReadError> for Trouble {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Fault(fault) => fault.into(),
            other => Self::Damage(DamageSign::Unreadable {
                detail: other.to_string(),
            }),
        }
    }
}

impl From<StoreFault> for Trouble {
    fn from(fault: StoreFault) -> Self {
        match fault {
            StoreFault::Damaged(source) => Self::Damage(DamageSign::Unreadable {
                detail: source.to_string(),
            }),
            fault => Self::Fault(fault),
        }
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        StoreFault::from(error).into()
    }
}

/// Runs `work`, taking a panic of the engine for damage. Under `panic = "abort"` the process ends instead, and the note
/// of the unfinished opening tells the next one.
pub(crate) fn contained<T>(work: impl FnOnce() -> Result<T, Trouble>) -> Result<T, Trouble> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Trouble::Damage(DamageSign::Panicked)))
}

/// Opens or makes the site's database.
pub(crate) fn start(site: &Site, cache_bytes: u64) -> Result<Engine, Trouble> {
    match &site.files {
        Files::Real => {
            site.files.make_dir(&site.database)?;
            let db = start_sled(&site.database, cache_bytes).map_err(StoreFault::from)?;
            Ok(Engine::of_sled(db, &site.database)?)
        }
        #[cfg(any(test, feature = "sim"))]
        Files::Simulated(disk) => Ok(Engine::Simulated(disk.database(&site.database)?)),
    }
}

fn start_sled(dir: &Path, cache_bytes: u64) -> sled::Result<sled::Db> {
    let config = sled::Config::new()
        .path(dir)
        .cache_capacity(cache_bytes)
        .segment_size(SEGMENT_BYTES)
        .flush_every_ms(None);
    for _ in 1..LOCK_TRIES {
        match config.open() {
            Err(sled::Error::Io(error)) if is_lock(&error) => thread::sleep(LOCK_PAUSE),
            opened => return opened,
        }
    }
    config.open()
}

/// sled has no kind of its own for this.
fn is_lock(error: &io::Error) -> bool {
    error.to_string().contains("could not acquire lock")
}
