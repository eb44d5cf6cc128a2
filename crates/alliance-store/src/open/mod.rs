//! Opening a store: it always succeeds or heals. Owns the order of suspicion: first the files as they are, then without
//! snapshots, then without the database. Never throws evidence away.

mod engine;
mod format;
mod repair;
mod replay;
mod report;
mod site;

use std::io;
use std::path::Path;
use std::sync::Arc;

pub use report::{DamageSign, OpenEvent, OpenReport};

pub use format::FORMAT_VERSION;

use crate::core::{Core, Database};
use crate::disk::{Files, Lock};
use crate::erased::Marks;
use crate::error::{OpenError, ReadError, StoreFault, WriteError};
use crate::journal;
use crate::journal::Journal;
use crate::keys::{KeyFile, KeyRing};
use crate::listing::ListingFacets;
use crate::page::Packer;
use crate::projection::{CaughtUp, FacetsOf, Projections};
use crate::reader::Reader;
use crate::trees::Trees;
use crate::witness;
use crate::witness::{Note, Witness};
use crate::writer::Writer;
use engine::{Trouble, contained};
use repair::Repaired;
pub(crate) use replay::Standing;
pub(crate) use site::Site;

/// Bytes of cache that a store keeps unless told otherwise: the inner nodes of some ten million records.
pub const CACHE_BYTES_DEFAULT: u64 = 64 << 20;
/// Unfinished openings in a row after which the database is set aside. Before that, only snapshots are: an opening can
/// also be cut short by a person or a power cut.
const UNFINISHED_MAX: u32 = 3;

/// How to open a store.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Bytes that the database may keep in memory.
    pub cache_bytes: u64,
    /// How the listing's columns are read from a record.
    pub facets: FacetsOf,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cache_bytes: CACHE_BYTES_DEFAULT,
            facets: |_| ListingFacets::default(),
        }
    }
}

/// A store of records: a directory with a database, a journal and, after trouble, evidence.
#[derive(Debug)]
pub struct Store;

impl Store {
    /// Opens the store in `dir`, making it if there is none. Damage is healed and reported: what only this node has
    /// comes back from its journal, all else is for peers to bring.
    ///
    /// # Errors
    /// [`OpenError`]. Nothing that was acknowledged is lost by any of them.
    pub fn open(dir: &Path, options: Options) -> Result<(Writer, Reader, OpenReport), OpenError> {
        Self::open_at(&Site::at(Files::Real, dir), options)
    }

    /// As [`Store::open`], on a simulated disk.
    ///
    /// # Errors
    /// As [`Store::open`].
    #[cfg(feature = "sim")]
    pub fn open_on(disk: &crate::sim::Disk, options: Options) -> Result<(Writer, Reader, OpenReport), OpenError> {
        Self::open_at(&Site::simulated(disk), options)
    }

    pub(crate) fn open_at(site: &Site, options: Options) -> Result<(Writer, Reader, OpenReport), OpenError> {
        let fault = |source: StoreFault| OpenError::Fault {
            dir: shown(site),
            source,
        };
        let lock = site.lock().map_err(|error| fault(error.into()))?;
        let lock = lock.ok_or_else(|| OpenError::Locked { dir: shown(site) })?;
        if site.has_older_journal().map_err(|error| fault(error.into()))? {
            return Err(older(FORMAT_VERSION - 1));
        }
        let unfinished = site.begin_opening().map_err(|error| fault(error.into()))?;
        let mut report = OpenReport::default();
        report.add_counted(unfinished.into(), |_| OpenEvent::EarlierOpeningUnfinished {
            openings: unfinished,
        });
        let opened = bring_up(site, options, unfinished, &mut report)
            .and_then(|up| assemble(site, up, options, lock, &mut report));
        let ended = site.end_opening().map_err(|error| fault(error.into()));
        let (writer, reader) = opened?;
        ended?;
        Ok((writer, reader, report))
    }
}

fn shown(site: &Site) -> String {
    site.dir.display().to_string()
}

/// A database that is whole.
struct Up {
    database: Database,
    feed_id: [u8; 16],
    repaired: Repaired,
    caught_up: CaughtUp,
    packer: Packer,
}

/// How far the files are trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Trust {
    All,
    NoSnapshot,
    Nothing,
}

fn bring_up(site: &Site, options: Options, unfinished: u32, report: &mut OpenReport) -> Result<Up, OpenError> {
    let note = witness::read(&site.files, &site.witness).map_err(|error| failed(site, error.into()))?;
    let mut sign = DamageSign::Unfinished { openings: unfinished };
    let mut trust = match unfinished {
        0 => Trust::All,
        1..UNFINISHED_MAX => Trust::NoSnapshot,
        _ => Trust::Nothing,
    };
    loop {
        prepare(site, trust, &sign, report).map_err(|error| failed(site, error.into()))?;
        let known = if trust == Trust::Nothing { None } else { note };
        match contained(|| try_open(site, options, known)) {
            Ok(up) => {
                tell(&up, note, report);
                return Ok(up);
            }
            Err(Trouble::Damage(found)) if trust < Trust::Nothing => {
                trust = if trust == Trust::All {
                    Trust::NoSnapshot
                } else {
                    Trust::Nothing
                };
                sign = found;
            }
            Err(trouble) => return Err(given_up(site, trouble)),
        }
    }
}

fn failed(site: &Site, source: StoreFault) -> OpenError {
    OpenError::Fault {
        dir: shown(site),
        source,
    }
}

fn given_up(site: &Site, trouble: Trouble) -> OpenError {
    match trouble {
        Trouble::Fault(source) => failed(site, source),
        Trouble::NewerFormat { found } => OpenError::NewerFormat {
            found,
            known: FORMAT_VERSION,
        },
        Trouble::OlderFormat { found } => older(found),
        Trouble::Damage(sign) => OpenError::Unusable { dir: shown(site), sign },
    }
}

const fn older(found: u32) -> OpenError {
    OpenError::OlderFormat {
        found,
        oldest: FORMAT_VERSION,
    }
}

/// Makes the files fit to be opened, as far as they are trusted.
fn prepare(site: &Site, trust: Trust, sign: &DamageSign, report: &mut OpenReport) -> io::Result<()> {
    site.remove_half_written(report)?;
    match trust {
        Trust::All => site.check_snapshots(report)?,
        Trust::NoSnapshot => site.set_snapshots_aside(report)?,
        Trust::Nothing => {
            if let Some(to) = site.set_database_aside()? {
                report.add(OpenEvent::DatabaseSetAside { to, sign: sign.clone() });
            }
        }
    }
    site.check_parameters(report)
}

fn try_open(site: &Site, options: Options, known: Option<Note>) -> Result<Up, Trouble> {
    let keys = KeyFile::open(&site.files, &site.keys)?;
    let database = Database::new(engine::start(site, options.cache_bytes)?, keys)?;
    let mut feed_id = format::settle(&database, site, known)?;
    check_keys(site, &database.trees)?;
    let repaired = repair::repair(&database.trees)?;
    if known.is_some_and(|note| note.feed_id == feed_id && note.last > repaired.last) {
        feed_id = format::rename(&database.trees, &site.files)?;
    }
    let mut packer = Packer::new(key_ring(site, &database, repaired)?)?;
    let caught_up = Projections::new(options.facets).catch_up(&database.trees, &mut packer, repaired.last)?;
    database.make_durable()?;
    packer.keys.write_over_released()?;
    Ok(Up {
        database,
        feed_id,
        repaired,
        caught_up,
        packer,
    })
}

/// A database whose keys are lost holds headers alone, and says that it has bodies.
fn check_keys(site: &Site, trees: &Trees) -> Result<(), Trouble> {
    let is_lost = site.files.read(&site.keys)?.is_none_or(|keys| keys.is_empty());
    match is_lost && !trees.slots.is_empty()? {
        true => Err(Trouble::Damage(DamageSign::Unreadable {
            detail: "the keys of its bodies are gone".to_owned(),
        })),
        false => Ok(()),
    }
}

/// Destroys the keys that no page needs. What the repair took away must be gone from the disk before its keys are.
fn key_ring(site: &Site, database: &Database, repaired: Repaired) -> Result<KeyRing, Trouble> {
    let needed = database.trees.needed_slots(repaired.group_first)?;
    database.make_durable()?;
    let ring = KeyRing::open(&site.files, &site.keys, &needed, repaired.last.next())?;
    site.files.sync_dir(&site.dir)?;
    Ok(ring)
}

fn tell(up: &Up, note: Option<Note>, report: &mut OpenReport) {
    report.add_counted(up.repaired.removed, |records| OpenEvent::TornGroupRemoved { records });
    let lost = note.map_or(0, |note| note.last.0.saturating_sub(up.repaired.last.0));
    report.add_counted(lost, |records| OpenEvent::RecordsLost { records });
    // A new database's lists are not worth a word.
    if up.repaired.last.0 > 0 {
        for name in &up.caught_up.rebuilt {
            report.add(OpenEvent::ProjectionRebuilt { name });
        }
    }
    report.add_counted(up.caught_up.unreadable, |records| OpenEvent::RecordsUnreadable {
        records,
    });
}

fn assemble(
    site: &Site,
    up: Up,
    options: Options,
    lock: Lock,
    report: &mut OpenReport,
) -> Result<(Writer, Reader), OpenError> {
    let marks = Marks::read(&up.database.trees).map_err(|error| replay_failed(site, WriteError::Database(error)))?;
    let files = || -> io::Result<(Journal, Witness)> {
        journal::finish(&site.files, &site.journal)?;
        replay::mend(site, report)?;
        Ok((
            Journal::open(&site.files, &site.journal)?,
            Witness::open(&site.files, &site.witness)?,
        ))
    };
    let (journal, witness) = files_opened(site, files)?;
    let core = Arc::new(Core::new(up.database, up.feed_id, up.repaired.last, lock));
    let mut writer = Writer {
        core: Arc::clone(&core),
        journal,
        witness,
        projections: Projections::new(options.facets),
        packer: up.packer,
        marks,
        site: site.clone(),
        last: up.repaired.last,
        next_log: up.repaired.next_log,
        has_failed: false,
    };
    writer.note_last();
    replay::replay(site, &mut writer, report)
        .and_then(|()| writer.settle_pending())
        .map_err(|error| replay_failed(site, error))?;
    Ok((writer, Reader { core }))
}

fn files_opened<T>(site: &Site, open: impl FnOnce() -> io::Result<T>) -> Result<T, OpenError> {
    open().map_err(|error| failed(site, error.into()))
}

fn replay_failed(site: &Site, error: WriteError) -> OpenError {
    match error {
        WriteError::Journal(source) | WriteError::Database(ReadError::Fault(source)) => failed(site, source),
        other => failed(site, StoreFault::Damaged(io::Error::other(other))),
    }
}
