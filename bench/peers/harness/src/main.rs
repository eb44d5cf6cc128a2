//! Measures what peer systems need to replicate the same signed records from a full node to an empty one.
//!
//! Owns the order of steps. Never knows how a system replicates: each is a program with the four roles of
//! `peers_records::Order`.

mod beside;
mod measure;
mod pair;
mod report;
mod runs;
mod system;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::Context as _;
use clap::Parser;

use crate::runs::{Plan, Scope};
use crate::system::System;

/// Replicates signed 1 KB records between two processes of each peer system over loopback, and measures it.
#[derive(Parser)]
struct Options {
    /// Which systems; none means all.
    systems: Vec<String>,
    /// Records that the full node has.
    #[arg(long, default_value_t = 10_000)]
    records: u64,
    /// How many of them the empty node lacks, each a row of its own; all when not given. Repeatable.
    #[arg(long)]
    missing: Vec<u64>,
    /// Measured runs of each row, of which the medians count.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Seconds after which a run is given up.
    #[arg(long, default_value_t = 900)]
    limit_s: u64,
    /// A command, for the shell, that replicates as many records in its own way before each measured run, and says on
    /// standard error a line of JSON with `records` and `told_s`, as `replicate` does. Its rate is put over the system's.
    #[arg(long)]
    beside: Option<String>,
    /// Where stores are written and removed again: choose a real disk.
    #[arg(long, default_value_os_t = std::env::temp_dir())]
    dir: PathBuf,
    /// Where the systems and their lock files are.
    #[arg(long, default_value_os_t = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/..")))]
    root: PathBuf,
    /// Set already: the systems are built, and the loopback of this network namespace is ours alone.
    #[arg(long, hide = true)]
    inside: bool,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(code) => code,
        Err(fault) => {
            // Standard error gone is no reason to hide the code.
            let _ = writeln!(std::io::stderr(), "peers: {fault:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let systems = System::chosen(&options.root, &options.systems)?;
    if options.inside {
        return measure_all(options, &systems);
    }
    let built = systems.iter().filter(|system| build(system));
    let built: Vec<&str> = built.map(|system| system.name).collect();
    if built.is_empty() {
        anyhow::bail!("no system could be built");
    }
    let code = enter(&built)?;
    Ok(if built.len() == systems.len() {
        code
    } else {
        ExitCode::FAILURE
    })
}

/// Sets one system up; a fault is told, and the others still run.
fn build(system: &System) -> bool {
    let outcome = system.build();
    if let Err(fault) = &outcome {
        report::tell(&format!("{} could not be built: {fault:#}", system.name));
    }
    outcome.is_ok()
}

/// Runs this program again in a network namespace, where nothing but the measured nodes uses the loopback interface.
fn enter(systems: &[&str]) -> anyhow::Result<ExitCode> {
    let program = std::env::current_exe().context("this program's own path")?;
    let chosen = Options::parse();
    let given = std::env::args_os().skip(1).filter(|given| {
        given
            .to_str()
            .is_none_or(|given| !chosen.systems.iter().any(|name| name == given))
    });
    let status = Command::new("unshare")
        .args([
            "--map-root-user",
            "--net",
            "sh",
            "-c",
            "ip link set lo up && exec \"$0\" --inside \"$@\"",
        ])
        .arg(program)
        .args(given)
        .args(systems)
        .status()
        .context("unshare, of util-linux, makes the network namespace to count bytes in")?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn measure_all(options: &Options, systems: &[System]) -> anyhow::Result<ExitCode> {
    let scopes = match options.missing.as_slice() {
        [] => vec![Scope::All],
        several => several.iter().map(|&count| Scope::Missing(count)).collect(),
    };
    let plan = Plan {
        records: options.records,
        runs: options.runs,
        limit: Duration::from_secs(options.limit_s),
        beside: options.beside.clone(),
        dir: options.dir.clone(),
    };
    let load = measure::Machine::now()?;
    let mut failed = false;
    let mut rows = Vec::new();
    for system in systems {
        let outcome = runs::rows(system, &plan, &scopes, &mut rows);
        if let Err(fault) = outcome {
            report::tell(&format!("{}: {fault:#}", system.name));
            failed = true;
        }
    }
    report::table(&rows, &load)?;
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
