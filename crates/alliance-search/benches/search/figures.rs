//! Times, bytes and memory.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

/// Times of questions.
#[derive(Debug, Default)]
pub(crate) struct Latencies(Vec<Duration>);

impl Latencies {
    pub(crate) fn add(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// The time in milliseconds that so many of a hundred do not exceed.
    pub(crate) fn share(&self, of_hundred: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let at = (sorted.len() * of_hundred).div_ceil(100).max(1) - 1;
        sorted.get(at).map_or(0.0, Duration::as_secs_f64) * 1_000.0
    }
}

impl fmt::Display for Latencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for share in [50, 95, 99, 100] {
            write!(f, " {:>6.2}", self.share(share))?;
        }
        Ok(())
    }
}

/// Bytes of a directory's files.
pub(crate) fn bytes_of(dir: &Path) -> io::Result<u64> {
    Ok(by_ending(dir)?.values().sum())
}

/// The same by the ends of their names.
pub(crate) fn by_ending(dir: &Path) -> io::Result<BTreeMap<String, u64>> {
    let mut bytes: BTreeMap<String, u64> = BTreeMap::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let ending = entry
            .path()
            .extension()
            .map(|ending| ending.to_string_lossy().into_owned());
        *bytes.entry(ending.unwrap_or_default()).or_default() += entry.metadata()?.len();
    }
    Ok(bytes)
}

/// The most memory that this process had, in MiB; 0 where the system does not tell.
pub(crate) fn peak_mib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() >> 10
}

/// Seconds of processor time that this process has had, on all its threads; 0 where the system does not tell.
pub(crate) fn cpu_seconds() -> f64 {
    let status = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = status.rsplit(')').next().unwrap_or_default().split_whitespace();
    // User and system time, in hundredths.
    let ticks: f64 = fields
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum();
    ticks / 100.0
}
