//! `replicate`: how long an empty node takes for all records of a full one, beside the store alone writing the same
//! records, and raw sled writing them under their ids, in one run.
//!
//! Owns the command line and the order of sides. Prints a JSON line for each side of each round to standard error, and
//! a Markdown table to standard output; ends with a code other than 0 when a node fails or does not hold every record.

mod alone;
#[path = "../figures.rs"]
#[allow(dead_code, reason = "another binary uses the rest")]
mod figures;
mod line;
#[path = "../machine.rs"]
#[allow(dead_code, reason = "another binary uses the rest")]
mod machine;
mod node;
mod outside;
mod process;
mod report;
mod round;
mod source;

use std::fs::File;
use std::io::{self, BufRead, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use alliance_fill::{Fill, fill};
use alliance_node::{FoundOptions, InitOptions};
use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

use line::{Line, Side};
use round::Plan;

/// The chapter of all records.
const CHAPTER: &str = "m49:001";
/// Set in the process that is in a network namespace of its own.
const APART: &str = "ALLIANCE_BENCH_APART";

/// Measures how an empty node catches up with a full one, beside the store alone and raw sled.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    #[command(subcommand)]
    part: Option<Part>,
    /// Records of the full node, of 1 KB.
    #[arg(long, default_value_t = 100_000)]
    records: u64,
    /// Logs that they are in, each of a writer of its own.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    logs: u32,
    /// Rounds, each of all sides.
    #[arg(long, default_value_t = 3)]
    runs: u32,
    /// Records that the store alone and raw sled write at once.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=4096))]
    group: u32,
    /// Sides, in their order; all unless told.
    #[arg(long, value_delimiter = ',')]
    sides: Vec<Side>,
    /// Where directories are made; removed at the end.
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    dir: PathBuf,
    /// The full node's directory: used as it is if it is there, otherwise made, and not removed.
    #[arg(long)]
    full: Option<PathBuf>,
    /// A file of JSON lines: this run's are added, and the table is of all of them.
    #[arg(long)]
    lines: Option<PathBuf>,
}

/// What a process of its own does. Not for people.
#[derive(Debug, Subcommand)]
#[command(hide = true)]
enum Part {
    /// The full node.
    Full {
        data: PathBuf,
        /// Leaves no signature out.
        #[arg(long)]
        signed: bool,
    },
    /// The node that joins it.
    Empty { data: PathBuf, records: u64 },
    /// The same after a kill.
    Again { data: PathBuf },
    /// Reads every record of a stopped node.
    Walk { data: PathBuf },
    /// The store alone.
    Store { full: PathBuf, dir: PathBuf, group: usize },
    /// Raw sled.
    Raw { full: PathBuf, dir: PathBuf, group: usize },
}

fn main() -> Result<()> {
    let mut options = Options::parse();
    match options.part.take() {
        Some(part) => part.run(),
        None => {
            go_apart()?;
            measure(&options)
        }
    }
}

impl Part {
    fn run(self) -> Result<()> {
        match self {
            Self::Full { data, signed } => node::full(&data, signed),
            Self::Empty { data, records } => node::empty(&data, records),
            Self::Again { data } => node::again(&data),
            Self::Walk { data } => alone::walk(&data),
            Self::Store { full, dir, group } => alone::store(&full, &dir, group),
            Self::Raw { full, dir, group } => alone::raw(&full, &dir, group),
        }
    }
}

/// Begins again in a network namespace with nothing but a loopback interface, where that can be had: what crosses it is
/// this run's alone.
fn go_apart() -> Result<()> {
    let may = Command::new("unshare")
        .args(["-rn", "ip", "link", "set", "lo", "up"])
        .output();
    if std::env::var_os(APART).is_some() || !may.is_ok_and(|done| done.status.success()) {
        return Ok(());
    }
    let error = Command::new("unshare")
        .args(["-rn", "sh", "-c", "ip link set lo up && exec \"$0\" \"$@\""])
        .arg(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .env(APART, "1")
        .exec();
    Err(error).context("unshare")
}

fn measure(options: &Options) -> Result<()> {
    let before = machine::Look::now();
    let work = tempfile::Builder::new().prefix("replicate-").tempdir_in(&options.dir)?;
    let full = options.full.clone().unwrap_or_else(|| work.path().join("full"));
    if !full.exists() {
        make_full(&full, options)?;
    }
    let plan = Plan {
        records: options.records,
        logs: options.logs,
        group: options.group,
        full,
        dir: work.path().to_owned(),
    };
    let mut lines = earlier(options.lines.as_deref())?;
    let sides = if options.sides.is_empty() {
        &Side::ALL[..]
    } else {
        &options.sides[..]
    };
    // Only what one call measured in turn is one round.
    let first = lines.iter().map(|line| line.round + 1).max().unwrap_or(0);
    for round in first..first + options.runs {
        for at in 0..sides.len() {
            // Each round begins with another side, so that none always follows the same.
            let side = sides[(round as usize + at) % sides.len()];
            let line = plan.take(side, round).with_context(|| format!("{side:?}"))?;
            keep(&line, options.lines.as_deref())?;
            lines.push(line);
        }
    }
    let mut out = io::stdout().lock();
    let after = machine::Look::now();
    let described = machine::describe(&options.dir, &before, &after);
    for line in report::table(&lines).into_iter().chain(described) {
        writeln!(out, "{line}")?;
    }
    if std::env::var_os(APART).is_none() {
        writeln!(
            out,
            "no network namespace of its own: bytes of the wire are all that crossed the loopback interface"
        )?;
    }
    work.close()?;
    Ok(())
}

/// Founds an alliance and fills its first node.
fn make_full(data: &Path, options: &Options) -> Result<()> {
    let init = InitOptions {
        name: "Full".to_owned(),
        ..InitOptions::default()
    };
    alliance_node::init(data, &init)?;
    let found = FoundOptions {
        name: "Measured alliance".to_owned(),
        ..FoundOptions::default()
    };
    alliance_node::found(data, &found)?;
    let wanted = Fill {
        records: options.records,
        logs: options.logs,
        chapter: CHAPTER.to_owned(),
        ..Fill::default()
    };
    let began = std::time::Instant::now();
    let filled = fill(data, &wanted)?;
    writeln!(
        io::stderr(),
        "filled {} records of {} bytes in {:.1} s",
        filled.records,
        filled.envelope_bytes / filled.records.max(1),
        began.elapsed().as_secs_f64()
    )?;
    Ok(())
}

fn earlier(path: Option<&Path>) -> Result<Vec<Line>> {
    let Some(file) = path.and_then(|path| File::open(path).ok()) else {
        return Ok(Vec::new());
    };
    let lines = io::BufReader::new(file).lines();
    lines.map(|line| Ok(serde_json::from_str(&line?)?)).collect()
}

fn keep(line: &Line, path: Option<&Path>) -> Result<()> {
    let text = serde_json::to_string(line)?;
    writeln!(io::stderr(), "{text}")?;
    if let Some(path) = path {
        let mut file = File::options().create(true).append(true).open(path)?;
        writeln!(file, "{text}")?;
    }
    Ok(())
}
