//! Raw sled: the same bytes under their record ids, nothing verified, nothing indexed. The same cache and segments, and
//! the same steps to the disk.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::CACHE_BYTES;
use super::fixture::Fixture;

/// As the store's.
const SEGMENT_BYTES: usize = 8 << 20;

pub(super) fn append(dir: &Path, fixture: &Fixture, batch: usize) -> Result<Duration> {
    let dir = dir.join("db");
    let config = sled::Config::new()
        .path(&dir)
        .cache_capacity(CACHE_BYTES)
        .segment_size(SEGMENT_BYTES)
        .flush_every_ms(None);
    let db = config.open()?;
    let file = File::options().read(true).write(true).open(dir.join("db"))?;
    let began = Instant::now();
    for records in fixture.envelopes.chunks(batch) {
        for (id, envelope) in records {
            db.insert(id.as_bytes(), &envelope[..])?;
        }
        db.flush()?;
        file.sync_data()?;
    }
    let time = began.elapsed();
    ensure!(
        db.len() == fixture.envelopes.len(),
        "raw sled holds {} records",
        db.len()
    );
    Ok(time)
}
