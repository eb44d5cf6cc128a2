//! The ways of keeping records that are compared.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

use alliance_record::VerifiedRecord;
use alliance_store::{Options, Store};

use crate::data::{Groups, Shape, facets};
use crate::figures::{Figures, disk_bytes, peak_kib};
use crate::{Result, report};

/// The cache of either way.
const CACHE_BYTES: u64 = 32 << 20;
const SEGMENT_BYTES: usize = 8 << 20;

/// A way, or a step of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// The store.
    Store,
    /// sled, record ids as keys, and an index by chapter.
    Raw,
    /// The store again, killed at its end, and opened.
    Open,
    Killed,
    OpenOnly,
    /// The store, from which records are erased.
    Erase,
}

impl Way {
    pub(crate) fn named(name: &str) -> Result<Self> {
        let all = [
            Self::Store,
            Self::Raw,
            Self::Open,
            Self::Killed,
            Self::OpenOnly,
            Self::Erase,
        ];
        let found = all.into_iter().find(|way| way.name() == name);
        found.ok_or_else(|| format!("ways are store, raw, open and erase, not {name}").into())
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Raw => "raw",
            Self::Open => "open",
            Self::Killed => "killed",
            Self::OpenOnly => "open-only",
            Self::Erase => "erase",
        }
    }

    /// The processes that it takes, one after the other in one directory.
    pub(crate) fn steps(self) -> Vec<Self> {
        match self {
            Self::Open => vec![Self::Killed, Self::OpenOnly, Self::OpenOnly],
            way => vec![way],
        }
    }

    pub(crate) fn run(self, dir: &Path, shape: Shape) -> Result<()> {
        match self {
            Self::Store | Self::Open => report(&store(dir, shape)?.0),
            Self::Raw => report(&raw(dir, shape)?),
            Self::Killed => {
                let (figures, _open) = store(dir, shape)?;
                report(&figures)?;
                // Nothing is closed and no destructor runs, as under kill -9.
                std::process::abort()
            }
            Self::OpenOnly => open(dir),
            Self::Erase => {
                use std::io::Write;
                let lines = crate::erasing::run(dir, shape)?.join("; ");
                Ok(writeln!(std::io::stdout(), "{lines}")?)
            }
        }
    }
}

fn options() -> Options {
    Options {
        cache_bytes: CACHE_BYTES,
        facets,
    }
}

/// The store as it is measured.
pub(crate) fn open_store(dir: &Path) -> Result<(alliance_store::Writer, alliance_store::Reader)> {
    let (writer, reader, _) = Store::open(dir, options())?;
    Ok((writer, reader))
}

/// Appends all groups; only the appending is timed.
fn timed(shape: Shape, mut append: impl FnMut(&[VerifiedRecord]) -> Result<()>) -> Result<(Duration, u64, u64)> {
    let mut groups = Groups::new(shape)?;
    let (mut time, mut records, mut bytes) = (Duration::ZERO, 0, 0);
    loop {
        let group = groups.next_group()?;
        if group.is_empty() {
            return Ok((time, records, bytes));
        }
        let start = Instant::now();
        append(&group)?;
        time += start.elapsed();
        records += group.len() as u64;
        bytes += group.iter().map(record_bytes).sum::<u64>();
    }
}

fn record_bytes(record: &VerifiedRecord) -> u64 {
    (record.header_bytes().len() + record.body().map_or(0, |body| body.bytes.len())) as u64
}

fn store(dir: &Path, shape: Shape) -> Result<(Figures, (alliance_store::Writer, alliance_store::Reader))> {
    let (mut writer, reader) = open_store(dir)?;
    let (time, records, record_bytes) = timed(shape, |group| Ok(writer.append(group).map(drop)?))?;
    let figures = Figures {
        way: "store",
        records,
        record_bytes,
        time,
        disk_bytes: disk_bytes(dir)?,
    };
    Ok((figures, (writer, reader)))
}

fn raw(dir: &Path, shape: Shape) -> Result<Figures> {
    let config = sled::Config::new()
        .path(dir.join("db"))
        .cache_capacity(CACHE_BYTES)
        .segment_size(SEGMENT_BYTES);
    let db = config.flush_every_ms(None).open()?;
    let index = db.open_tree("chapters")?;
    let file = File::open(dir.join("db/db"))?;
    let mut arrival = 0_u64;
    let (time, records, record_bytes) = timed(shape, |group| {
        for record in group {
            db.insert(record.id().as_bytes(), &record.encode()[..])?;
            let chapter = record.header().log.chapter.as_str().as_bytes();
            arrival += 1;
            index.insert([chapter, &[0], &arrival.to_be_bytes()].concat(), record.id().as_bytes())?;
        }
        db.flush()?;
        Ok(file.sync_data()?)
    })?;
    Ok(Figures {
        way: "raw",
        records,
        record_bytes,
        time,
        disk_bytes: disk_bytes(dir)?,
    })
}

fn open(dir: &Path) -> Result<()> {
    use std::io::Write;
    let start = Instant::now();
    let (_writer, reader, opened) = Store::open(dir, options())?;
    let time = start.elapsed();
    Ok(writeln!(
        std::io::stdout(),
        "opened {} records in {:.2} s, {} MB peak, {} event(s)",
        reader.last_arrival(),
        time.as_secs_f64(),
        peak_kib() / 1024,
        opened.events.len()
    )?)
}
