//! The database's format: its number, the steps from older ones, and what a new database begins with.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use super::engine::Trouble;
use super::report::DamageSign;
use super::site::Site;
use crate::arrival::Arrival;
use crate::core::Database;
use crate::disk::Files;
use crate::error::{ReadError, StoreFault};
use crate::meta::{CommitPoint, FEED_ID_KEY, FORMAT_KEY};
use crate::trees::Trees;
use crate::witness::Note;

/// The format that this release writes: the layout of all core keyspaces.
pub const FORMAT_VERSION: u32 = 3;

/// A step from a format to the next one.
type Migration = (u32, fn(&Trees) -> Result<(), ReadError>);

/// The steps, from the oldest format that can be read. A step must do no harm when it is done twice.
const MIGRATIONS: [Migration; 0] = [];

/// Brings the database to this release's format. Gives its feed's name. A database that was `known` to hold something
/// cannot be new.
pub(super) fn settle(database: &Database, site: &Site, known: Option<Note>) -> Result<[u8; 16], Trouble> {
    let trees = &database.trees;
    match trees.format()? {
        None if known.is_some_and(|note| note.last > Arrival::NONE) => {
            return Err(headless("it reads as empty, and was not"));
        }
        None => begin(database, site)?,
        Some(FORMAT_VERSION) => {}
        Some(found) if found > FORMAT_VERSION => return Err(Trouble::NewerFormat { found }),
        Some(found) => migrate(trees, found, &MIGRATIONS)?,
    }
    trees.feed_id()?.ok_or_else(|| headless("it has no name"))
}

fn headless(detail: &str) -> Trouble {
    Trouble::Damage(DamageSign::Unreadable {
        detail: detail.to_owned(),
    })
}

/// Takes each step from `from` on.
fn migrate(trees: &Trees, mut from: u32, steps: &[Migration]) -> Result<(), Trouble> {
    while from < FORMAT_VERSION {
        let step = steps.iter().find(|(at, _)| *at == from);
        let (_, run) = step.ok_or(Trouble::OlderFormat { found: from })?;
        run(trees)?;
        from += 1;
        trees.meta.insert(FORMAT_KEY, &from.to_be_bytes())?;
    }
    Ok(())
}

fn begin(database: &Database, site: &Site) -> Result<(), Trouble> {
    let trees = &database.trees;
    if !trees.headers.is_empty()? {
        return Err(headless("it has records but no format"));
    }
    trees.put_commit_point(CommitPoint::START)?;
    rename(trees, &site.files)?;
    trees.meta.insert(FORMAT_KEY, &FORMAT_VERSION.to_be_bytes())?;
    database.make_durable()?;
    Ok(site.files.sync_dir(&site.database)?)
}

/// Gives the feed a new name, so that nobody goes on from an arrival number that now means another record.
pub(super) fn rename(trees: &Trees, files: &Files) -> Result<[u8; 16], StoreFault> {
    let id = feed_id(files);
    trees.meta.insert(FEED_ID_KEY, &id)?;
    Ok(id)
}

/// A name no other database has: the standard library's hash seeds are random. It is no secret.
fn feed_id(files: &Files) -> [u8; 16] {
    match files {
        Files::Real => random_id(),
        #[cfg(any(test, feature = "sim"))]
        Files::Simulated(disk) => disk.fresh_name(),
    }
}

fn random_id() -> [u8; 16] {
    let half = || RandomState::new().build_hasher().finish().to_be_bytes();
    let mut id = [0; 16];
    id[..8].copy_from_slice(&half());
    id[8..].copy_from_slice(&half());
    id
}
