//! `spine`: the figures of a record's way, each beside the same work done without us, in one run.
//!
//! Owns the command line and the order of measuring. Prints to standard output; ends with a code other than 0 when a
//! node fails or a record of ours does not arrive.

mod append;
mod dice;
mod document;
mod figures;
mod machine;
mod path;

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Measures a record's whole path beside bare gossipsub, and the verified append beside raw sled.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    /// Nodes of the path.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(2..=20))]
    nodes: u16,
    /// Records appended in each round; rounded up to whole thousands for each of the ten logs.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(1..=200_000))]
    records: u32,
    /// Rounds of each side, in turn.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=50))]
    rounds: u16,
    /// Records published in each round, one after another and again at 20 a second.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    publishes: u16,
    /// Measure this alone.
    #[arg(long)]
    only: Option<Part>,
    /// Where the data directories are made; removed at the end.
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    dir: PathBuf,
}

/// A part of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Publish to visible.
    Path,
    /// Verified append.
    Append,
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let before = machine::Look::now();
    let mut out = io::stdout().lock();
    let work = tempfile::Builder::new().prefix("spine-").tempdir_in(&options.dir)?;
    if options.only != Some(Part::Append) {
        let plan = path::Plan {
            nodes: options.nodes.into(),
            rounds: options.rounds.into(),
            publishes: options.publishes.into(),
        };
        let lines = tokio::runtime::Runtime::new()?.block_on(Box::pin(path::measure(plan, work.path())))?;
        show(&mut out, &lines)?;
    }
    if options.only != Some(Part::Path) {
        let plan = append::Plan {
            records: options.records as usize,
            rounds: options.rounds.into(),
        };
        show(&mut out, &append::measure(plan, work.path())?)?;
    }
    let after = machine::Look::now();
    show(&mut out, &machine::describe(&options.dir, &before, &after))?;
    work.close()?;
    Ok(())
}

fn show(out: &mut impl Write, lines: &[String]) -> io::Result<()> {
    for line in lines {
        writeln!(out, "{line}")?;
    }
    writeln!(out)?;
    out.flush()
}
