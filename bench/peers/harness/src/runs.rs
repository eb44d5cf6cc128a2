//! The steps of a run: seed, start, replicate, measure, kill, read back.
//!
//! Owns what is timed: from telling the empty node to connect until it says that all is readable, then flushed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use peers_records::Digest;

use crate::beside;
use crate::measure::{self, Wire};
use crate::pair::Process;
use crate::report::{self, Figures, Row};
use crate::system::System;

/// How long writing a store, or opening and reading one, may take.
const PREPARE_MAX: Duration = Duration::from_secs(3600);

/// Which of the records the empty node lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Every one.
    All,
    /// The last ones seeded.
    Missing(u64),
}

/// What is common to all rows.
pub(crate) struct Plan {
    /// Records of the full node.
    pub(crate) records: u64,
    /// Measured runs of a row.
    pub(crate) runs: usize,
    /// When a run is given up.
    pub(crate) limit: Duration,
    /// What does the same work before each run.
    pub(crate) beside: Option<String>,
    /// Where stores are written.
    pub(crate) dir: PathBuf,
}

/// The stores of one row.
struct Stores {
    full: PathBuf,
    /// What the empty node has before it connects; none when nothing.
    before: Option<PathBuf>,
    empty: PathBuf,
}

/// Measures one system and adds a row for each scope.
pub(crate) fn rows(system: &System, plan: &Plan, scopes: &[Scope], rows: &mut Vec<Row>) -> anyhow::Result<()> {
    let versions = system.versions()?;
    let expected = Digest::expected(plan.records);
    for &scope in scopes {
        let folder = tempfile::Builder::new().prefix("peers-").tempdir_in(&plan.dir)?;
        let stores = prepare(system, plan, scope, folder.path())?;
        let (mut runs, mut besides) = (Vec::new(), Vec::new());
        for run in 1..=plan.runs {
            if let Some(command) = &plan.beside {
                besides.push(beside::seconds(command, plan.records)?);
            }
            let figures = run_once(system, plan, &stores, &expected)
                .with_context(|| format!("run {run} of {} records", plan.records))?;
            report::line(system.name, &versions, plan.records, scope, &figures)?;
            runs.push(figures);
        }
        rows.push(Row::new(system.name, plan.records, scope, (&runs, &besides))?);
    }
    Ok(())
}

/// Seeds the full node and, where the empty one is to have some, lets it replicate those first.
fn prepare(system: &System, plan: &Plan, scope: Scope, folder: &Path) -> anyhow::Result<Stores> {
    let mut stores = Stores {
        full: folder.join("full"),
        before: None,
        empty: folder.join("empty"),
    };
    if let Scope::Missing(missing) = scope {
        let had = plan
            .records
            .checked_sub(missing)
            .context("more records are missing than there are")?;
        let before = folder.join("before");
        seed(system, &stores.full, had)?;
        std::fs::create_dir(&before)?;
        let (_full, _empty, _) = replicate(system, (&stores.full, &before), had, plan.limit)?;
        stores.before = Some(before);
    }
    seed(system, &stores.full, plan.records)?;
    Ok(stores)
}

fn seed(system: &System, directory: &Path, records: u64) -> anyhow::Result<()> {
    std::fs::create_dir_all(directory)?;
    Process::start(system, "seed", directory, records)?.hear("seeded", PREPARE_MAX)?;
    Ok(())
}

/// Both processes after replicating, and the figures until then.
fn replicate(
    system: &System,
    (full, empty): (&Path, &Path),
    records: u64,
    limit: Duration,
) -> anyhow::Result<(Process, Process, Figures)> {
    let mut full = Process::start(system, "full", full, records)?;
    let mut empty_process = Process::start(system, "empty", empty, records)?;
    let (_, mut address) = full.hear("ready", PREPARE_MAX)?;
    empty_process.hear("ready", PREPARE_MAX)?;
    let pids = [full.pid(), empty_process.pid()];
    let [full_before_s, empty_before_s] = [measure::processor_s(pids[0])?, measure::processor_s(pids[1])?];
    let wire = Wire::now()?;
    let begun = Instant::now();
    empty_process.say(&address["ready"].take())?;
    let (readable, _) = empty_process.hear("readable", limit)?;
    let (done, said) = empty_process.hear("done", limit)?;
    let wire = Wire::now()?.since(wire);
    if said["done"].as_u64() != Some(records) {
        bail!("the empty node says {said}, {records} records are expected");
    }
    let figures = Figures {
        readable_s: (readable - begun).as_secs_f64(),
        flushed_s: (done - begun).as_secs_f64(),
        full_processor_s: measure::processor_s(pids[0])? - full_before_s,
        empty_processor_s: measure::processor_s(pids[1])? - empty_before_s,
        wire_bytes: wire.bytes,
        wire_packets: wire.packets,
        full_resident_bytes_max: measure::resident_bytes_max(pids[0])?,
        empty_resident_bytes_max: measure::resident_bytes_max(pids[1])?,
        disk_bytes: measure::disk_bytes(empty)?,
    };
    Ok((full, empty_process, figures))
}

/// One run, its empty node's store removed again.
fn run_once(system: &System, plan: &Plan, stores: &Stores, expected: &Digest) -> anyhow::Result<Figures> {
    if stores.empty.exists() {
        std::fs::remove_dir_all(&stores.empty)?;
    }
    match &stores.before {
        Some(before) => copy(before, &stores.empty)?,
        None => std::fs::create_dir(&stores.empty)?,
    }
    let (full, empty, figures) = replicate(system, (&stores.full, &stores.empty), plan.records, plan.limit)?;
    // Killed, not ended: what is read back is what the node had written when it said so.
    drop(empty);
    drop(full);
    read_back(system, stores, expected)?;
    std::fs::remove_dir_all(&stores.empty)?;
    Ok(figures)
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let status = Command::new("cp")
        .args(["-a", "--sparse=always"])
        .arg(from)
        .arg(to)
        .status()?;
    if !status.success() {
        bail!("cp of {} ended with {status}", from.display());
    }
    Ok(())
}

fn read_back(system: &System, stores: &Stores, expected: &Digest) -> anyhow::Result<()> {
    let mut check = Process::start(system, "check", &stores.empty, expected.records)?;
    let (_, said) = check.hear("checked", PREPARE_MAX)?;
    let same = said["checked"].as_u64() == Some(expected.records)
        && said["digest"].as_str().is_some_and(|hex| hex == expected.hex());
    if !same {
        bail!(
            "a new process reads {said}, not {} records with digest {}",
            expected.records,
            expected.hex()
        );
    }
    Ok(())
}
