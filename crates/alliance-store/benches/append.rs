//! How fast the store appends, beside raw sled writing the same bytes under record-id keys.
//!
//! `cargo bench -p alliance-store --bench append -- 100000` appends 100,000 records of about 1 KB in groups of 1,000,
//! each group on the disk before the next begins (flush and fsync), five times each way in turn, and prints the medians.

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use alliance_record::schema::Kind;
use alliance_record::{
    AllianceId, Author, Draft, InstanceId, LogPosition, Salt, SecretKey, SignedRecord, VerifiedRecord, verify_range,
};
use alliance_store::{Options, Store};

const ROUNDS: usize = 5;
const GROUP: usize = 1_000;
const LOGS: usize = 100;
/// Consecutive records of one log in a group, as sync brings them.
const RUN: usize = 100;
const BODY_BYTES: usize = 730;
const CACHE_BYTES: u64 = 64 << 20;
const SEGMENT_BYTES: usize = 8 << 20;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let records = std::env::args()
        .skip(1)
        .find_map(|arg| arg.parse().ok())
        .unwrap_or(20_000);
    let groups = groups(records)?;
    let bytes: usize = groups.iter().flatten().map(record_bytes).sum();
    let (mut store, mut raw) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        store.push(timed(&groups, store_append)?);
        raw.push(timed(&groups, raw_append)?);
    }
    let mut out = std::io::stdout().lock();
    let count = groups.len() * GROUP;
    writeln!(
        out,
        "{count} records of {} bytes, groups of {GROUP}, {ROUNDS} rounds each",
        bytes / count
    )?;
    for (name, runs) in [("store", store), ("raw sled", raw)] {
        let rate = count as f64 / median(runs.iter().map(|run| run.0).collect()).as_secs_f64();
        let disk = runs.iter().map(|run| run.1).max().unwrap_or_default() as f64 / bytes as f64;
        writeln!(
            out,
            "{name:>9}: {rate:>8.0} records/s, {disk:.2} bytes on disk for each byte of records"
        )?;
    }
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Runs one way in a fresh directory. Gives its time and the bytes on disk.
fn timed(
    groups: &[Vec<VerifiedRecord>],
    append: fn(&Path, &[Vec<VerifiedRecord>]) -> Result<Duration>,
) -> Result<(Duration, u64)> {
    let dir = tempfile::Builder::new()
        .prefix("append")
        .tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let time = append(dir.path(), groups)?;
    Ok((time, std::fs::metadata(dir.path().join("db/db"))?.len()))
}

fn store_append(dir: &Path, groups: &[Vec<VerifiedRecord>]) -> Result<Duration> {
    let options = Options {
        cache_bytes: CACHE_BYTES,
        ..Options::default()
    };
    let (mut writer, _reader, _) = Store::open(dir, options)?;
    let start = Instant::now();
    for group in groups {
        writer.append(group)?;
    }
    Ok(start.elapsed())
}

fn raw_append(dir: &Path, groups: &[Vec<VerifiedRecord>]) -> Result<Duration> {
    let dir = dir.join("db");
    let config = sled::Config::new()
        .path(&dir)
        .cache_capacity(CACHE_BYTES)
        .segment_size(SEGMENT_BYTES);
    let db = config.flush_every_ms(None).open()?;
    let file = File::open(dir.join("db"))?;
    let start = Instant::now();
    for group in groups {
        for record in group {
            db.insert(record.id().as_bytes(), &record.encode()[..])?;
        }
        db.flush()?;
        file.sync_data()?;
    }
    Ok(start.elapsed())
}

fn record_bytes(record: &VerifiedRecord) -> usize {
    record.header_bytes().len() + record.body().map_or(0, |body| body.bytes.len())
}

/// Whole groups of runs of consecutive records, each run with one signature at its end.
fn groups(records: usize) -> Result<Vec<Vec<VerifiedRecord>>> {
    let mut logs: Vec<(Author, LogPosition)> = (0..LOGS).map(|at| (author(at as u8), START)).collect();
    let mut groups = Vec::new();
    for group in 0..records.div_ceil(GROUP) {
        let mut all = Vec::with_capacity(GROUP);
        for run in 0..GROUP / RUN {
            all.extend(run_of(&mut logs[(group * (GROUP / RUN) + run) % LOGS])?);
        }
        groups.push(all);
    }
    Ok(groups)
}

const START: LogPosition = LogPosition {
    sequence: 0,
    previous: None,
};

fn author(at: u8) -> Author {
    let key = SecretKey::from_seed(&[at; 32]);
    Author {
        alliance: AllianceId([0; 32]),
        organisation: key.organisation(),
        instance: InstanceId([0; 8]),
        key,
    }
}

fn run_of((author, position): &mut (Author, LogPosition)) -> Result<Vec<VerifiedRecord>> {
    let mut run = Vec::with_capacity(RUN);
    for at in 0..RUN {
        let draft = Draft {
            chapter: "m49:150".parse()?,
            kind: Kind(1),
            schema: 1,
            bytes: noise(position.sequence ^ u64::from(author.key.public()[0]) << 32).into(),
            references: Vec::new(),
            claimed_at_ms: 0,
        };
        let signed = author.sign(draft, *position, Salt([0; 32]))?;
        *position = LogPosition {
            sequence: position.sequence + 1,
            previous: Some(signed.id()),
        };
        run.push(if at + 1 == RUN { signed } else { unsigned(&signed)? });
    }
    verify_range(run).map_err(|error| error.refusal.code().into())
}

fn unsigned(record: &SignedRecord) -> Result<SignedRecord> {
    SignedRecord::from_parts(record.header_bytes().clone(), None, record.body().cloned())
        .map_err(|verdict| verdict.code().into())
}

/// Bytes that do not compress.
fn noise(seed: u64) -> Vec<u8> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes());
    let mut bytes = vec![0; BODY_BYTES];
    hasher.finalize_xof().fill(&mut bytes);
    bytes
}
