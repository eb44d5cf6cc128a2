//! How fast records become tables, and what memory it takes, with records of seven languages made from a seed.
//! `cargo bench -p alliance-tables --bench tables -- 1000000`; what it showed is in `bench/README.md`.
//!
//! Each format runs in a process of its own, so that each has its own peak of memory.

mod data;

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use alliance_record::AllianceId;
use alliance_tables::{Format, Origin, ParquetWriter, SqliteWriter, Table};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Records without an argument.
const RECORDS: u64 = 100_000;
/// Only the making of records, to be taken off.
const NOTHING: &str = "nothing";
/// What is measured.
const FORMATS: [&str; 6] = [
    NOTHING,
    "parquet:records",
    "parquet:practices",
    "parquet:measure_points",
    "parquet:edges",
    "sqlite",
];

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let records = args.first().map_or(Ok(RECORDS), |count| count.parse())?;
    match args.get(1) {
        Some(format) => measure(records, format),
        None => all(records),
    }
}

fn all(records: u64) -> Result<()> {
    writeln!(
        std::io::stdout(),
        "{records} records handed in\n| | s | records/s | rows | MiB | peak memory MiB |"
    )?;
    for format in FORMATS {
        let run = Command::new(std::env::current_exe()?)
            .args([&records.to_string(), format])
            .status()?;
        if !run.success() {
            return Err(format!("{format} failed: {run}").into());
        }
    }
    Ok(())
}

fn measure(records: u64, format: &str) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("file");
    let mut maker = data::Maker::new();
    let begun = Instant::now();
    let rows = match Format::from_name(format) {
        Some(Format::Parquet(table)) => parquet(table, records, &path, &mut maker)?,
        Some(Format::Sqlite) => sqlite(records, &path, &mut maker)?,
        None => {
            (0..records).for_each(|_| drop(maker.record()));
            0
        }
    };
    let seconds = begun.elapsed().as_secs_f64();
    let bytes = fs::metadata(&path).map_or(0, |metadata| metadata.len());
    writeln!(
        std::io::stdout(),
        "| {format} | {seconds:.1} | {:.0} | {rows} | {:.0} (bodies {}) | {} |",
        records as f64 / seconds,
        bytes as f64 / f64::from(1 << 20),
        maker.body_bytes >> 20,
        peak_mib(),
    )?;
    Ok(())
}

fn origin() -> Origin<'static> {
    Origin {
        alliance: AllianceId([1; 32]),
        maker: "alliance bench".into(),
    }
}

fn parquet(table: Table, records: u64, path: &Path, maker: &mut data::Maker) -> Result<u64> {
    let out = BufWriter::new(File::create(path)?);
    let mut writer = ParquetWriter::new(table, &origin(), &|_| None, out)?;
    for _ in 0..records {
        writer.write(&maker.record())?;
    }
    Ok(writer.finish()?.1.rows)
}

fn sqlite(records: u64, path: &Path, maker: &mut data::Maker) -> Result<u64> {
    let mut writer = SqliteWriter::create(path, &origin(), &|_| None)?;
    for _ in 0..records {
        writer.write(&maker.record())?;
    }
    Ok(writer.finish()?.rows)
}

/// The most memory that this process had, in MiB; 0 where the system does not tell.
fn peak_mib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() >> 10
}
