//! The store and raw sled, without a node around them: records are read from the full node's store a group at a time,
//! and only the writing is timed.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

use alliance_record::{ChapterName, VerifiedRecord};
use alliance_store::Store;
use anyhow::Result;
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

use crate::CHAPTER;
use crate::outside::disk_bytes;
use crate::process::tell;
use crate::source::{CACHE_BYTES, Source, options, record_bytes};

/// As the store's.
const SEGMENT_BYTES: usize = 8 << 20;

/// What writing took.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Written {
    pub(crate) records: u64,
    pub(crate) record_bytes: u64,
    pub(crate) seconds: f64,
    pub(crate) cpu_s: f64,
    pub(crate) disk_bytes: u64,
}

fn cpu() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).unwrap_or_default()
}

fn timed(source: &mut Source, mut write: impl FnMut(&[VerifiedRecord]) -> Result<()>) -> Result<Written> {
    let mut written = Written::default();
    let (mut time, mut spent) = (Duration::ZERO, Duration::ZERO);
    loop {
        let group = source.next_group()?;
        if group.is_empty() {
            written.seconds = time.as_secs_f64();
            written.cpu_s = spent.as_secs_f64();
            return Ok(written);
        }
        let (began, cpu_before) = (Instant::now(), cpu());
        write(&group)?;
        time += began.elapsed();
        spent += cpu().saturating_sub(cpu_before);
        written.records += group.len() as u64;
        written.record_bytes += group.iter().map(record_bytes).sum::<u64>();
    }
}

/// Our store.
pub(crate) fn store(full: &Path, dir: &Path, group: usize) -> Result<()> {
    let mut source = Source::open(full, group)?;
    let (mut writer, _reader, _) = Store::open(dir, options())?;
    let mut written = timed(&mut source, |group| Ok(writer.append(group).map(drop)?))?;
    written.disk_bytes = disk_bytes(dir)?;
    tell("written", &serde_json::to_string(&written)?)
}

/// Raw sled: record id → envelope, the same cache, segments and steps to the disk. Nothing indexed.
pub(crate) fn raw(full: &Path, dir: &Path, group: usize) -> Result<()> {
    let mut source = Source::open(full, group)?;
    let config = sled::Config::new()
        .path(dir)
        .cache_capacity(CACHE_BYTES)
        .segment_size(SEGMENT_BYTES)
        .flush_every_ms(None);
    let db = config.open()?;
    let file = File::options().read(true).write(true).open(dir.join("db"))?;
    let mut written = timed(&mut source, |group| {
        for record in group {
            db.insert(record.id().as_bytes(), &record.encode()[..])?;
        }
        db.flush()?;
        Ok(file.sync_data()?)
    })?;
    written.disk_bytes = disk_bytes(dir)?;
    tell("written", &serde_json::to_string(&written)?)
}

/// Reads every record of a chapter and says how many there are, with a hash over what their ids and bodies are.
pub(crate) fn walk(data: &Path) -> Result<()> {
    let (_writer, reader, _) = Store::open(&data.join("store"), options())?;
    let (mut count, mut hasher) = (0_u64, blake3::Hasher::new());
    for stored in reader.chapter_records(&CHAPTER.parse::<ChapterName>()?)? {
        let record = stored?.record;
        hasher.update(record.id().as_bytes());
        let body = record.body().map(|body| &body.bytes[..]).unwrap_or_default();
        hasher.update(body);
        count += 1;
    }
    tell("walked", &format!("{count} {}", hasher.finalize().to_hex()))
}
