//! What is printed: a JSON object a run, and at the end a table of medians.
//!
//! Owns units and rounding. Never measures.

use std::io::Write as _;

use anyhow::Context as _;
use serde_json::json;

use crate::measure::Machine;
use crate::runs::Scope;

/// The figures of one run; times from the moment the empty node was told to connect.
#[derive(Clone, Debug)]
pub(crate) struct Figures {
    pub(crate) readable_s: f64,
    pub(crate) flushed_s: f64,
    pub(crate) full_processor_s: f64,
    pub(crate) empty_processor_s: f64,
    pub(crate) wire_bytes: u64,
    pub(crate) wire_packets: u64,
    pub(crate) full_resident_bytes_max: u64,
    pub(crate) empty_resident_bytes_max: u64,
    pub(crate) disk_bytes: u64,
}

/// A line of the table: the median of each figure on its own.
pub(crate) struct Row {
    system: &'static str,
    records: u64,
    missing: String,
    runs: usize,
    median: Figures,
    fastest_s: f64,
    slowest_s: f64,
    /// The rate of what ran beside over this one's, of each run, in ascending order.
    beside: Vec<f64>,
}

impl Row {
    /// The medians of `runs`, of which there is at least one; `besides` are the seconds of what ran before each.
    pub(crate) fn new(
        system: &'static str,
        records: u64,
        scope: Scope,
        (runs, besides): (&[Figures], &[f64]),
    ) -> anyhow::Result<Self> {
        let median = |figure: fn(&Figures) -> f64| median(runs.iter().map(figure).collect());
        let whole = |figure: fn(&Figures) -> u64| whole_median(runs.iter().map(figure).collect());
        let times = runs.iter().map(|run| run.flushed_s);
        let mut beside: Vec<f64> = times.clone().zip(besides).map(|(time, beside)| time / beside).collect();
        beside.sort_unstable_by(f64::total_cmp);
        Ok(Self {
            system,
            records,
            missing: missing(scope),
            runs: runs.len(),
            fastest_s: times.clone().fold(f64::INFINITY, f64::min),
            slowest_s: times.fold(0.0, f64::max),
            beside,
            median: Figures {
                readable_s: median(|run| run.readable_s)?,
                flushed_s: median(|run| run.flushed_s)?,
                full_processor_s: median(|run| run.full_processor_s)?,
                empty_processor_s: median(|run| run.empty_processor_s)?,
                wire_bytes: whole(|run| run.wire_bytes)?,
                wire_packets: whole(|run| run.wire_packets)?,
                full_resident_bytes_max: whole(|run| run.full_resident_bytes_max)?,
                empty_resident_bytes_max: whole(|run| run.empty_resident_bytes_max)?,
                disk_bytes: whole(|run| run.disk_bytes)?,
            },
        })
    }
}

fn median(mut figures: Vec<f64>) -> anyhow::Result<f64> {
    figures.sort_unstable_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().context("no run, no median")
}

fn whole_median(mut figures: Vec<u64>) -> anyhow::Result<u64> {
    figures.sort_unstable();
    figures.get(figures.len() / 2).copied().context("no run, no median")
}

fn missing(scope: Scope) -> String {
    match scope {
        Scope::All => "all".to_owned(),
        Scope::Missing(count) => count.to_string(),
    }
}

/// Says something to the person who watches.
pub(crate) fn tell(text: &str) {
    // Nobody watching is no fault.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Prints one run.
pub(crate) fn line(system: &str, versions: &str, records: u64, scope: Scope, run: &Figures) -> anyhow::Result<()> {
    let value = json!({
        "system": system,
        "versions": versions,
        "records": records,
        "missing": missing(scope),
        "readable_s": run.readable_s,
        "flushed_s": run.flushed_s,
        "full_processor_s": run.full_processor_s,
        "empty_processor_s": run.empty_processor_s,
        "wire_bytes": run.wire_bytes,
        "wire_packets": run.wire_packets,
        "full_resident_bytes_max": run.full_resident_bytes_max,
        "empty_resident_bytes_max": run.empty_resident_bytes_max,
        "disk_bytes": run.disk_bytes,
    });
    writeln!(std::io::stdout(), "{value}").context("nobody reads standard output")
}

const MB: f64 = 1e6;

/// Prints the table, and how loaded the machine was since `before`.
pub(crate) fn table(rows: &[Row], before: &Machine) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "\n| system | records | missing | s until readable | s until flushed (least–most) | records/s | processor s full + empty | MB on the wire | MB of memory full, empty | MB on disk |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|---|---|---|---|")?;
    for row in rows {
        writeln!(out, "{}", cells(row))?;
    }
    for row in rows {
        if let (Some(min), Some(max)) = (row.beside.first(), row.beside.last()) {
            let middle = median(row.beside.clone())?;
            writeln!(
                out,
                "\nWhat ran beside, over {} at {} records, of each run: {min:.2} at least, **{middle:.2}** in the middle, {max:.2} at most.",
                row.system, row.records
            )?;
        }
    }
    let now = Machine::now()?;
    let (busy, all) = (now.busy_s - before.busy_s, now.all_s - before.all_s);
    let runs = rows.first().map_or(0, |row| row.runs);
    writeln!(
        out,
        "\nMedians of {runs} runs. Load average {} before, {} after; all cores were busy {:.0} % of the time, these runs included.",
        before.load,
        now.load,
        100.0 * busy / all.max(f64::MIN_POSITIVE)
    )?;
    Ok(())
}

fn cells(row: &Row) -> String {
    let median = &row.median;
    let replicated = row
        .missing
        .parse()
        .map_or(row.records as f64, |missing: u64| missing as f64);
    format!(
        "| {} | {} | {} | {:.2} | **{:.2}** ({:.2}–{:.2}) | {:.0} | {:.2} + {:.2} | {:.2} | {:.0}, {:.0} | {:.1} |",
        row.system,
        row.records,
        row.missing,
        median.readable_s,
        median.flushed_s,
        row.fastest_s,
        row.slowest_s,
        replicated / median.flushed_s,
        median.full_processor_s,
        median.empty_processor_s,
        median.wire_bytes as f64 / MB,
        median.full_resident_bytes_max as f64 / MB,
        median.empty_resident_bytes_max as f64 / MB,
        median.disk_bytes as f64 / MB,
    )
}
