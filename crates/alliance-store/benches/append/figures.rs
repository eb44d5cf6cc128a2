//! What is measured of a way: time, disk, memory, load.

use std::fmt;
use std::path::Path;
use std::time::Duration;

/// One run of one way.
#[derive(Debug)]
pub(crate) struct Figures {
    pub(crate) way: &'static str,
    pub(crate) records: u64,
    /// Header and body bytes.
    pub(crate) record_bytes: u64,
    pub(crate) time: Duration,
    pub(crate) disk_bytes: u64,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<5} {:>8.0} records/s  {:.2} bytes on disk for each of the records'  {} MB peak  load {}",
            self.way,
            self.records as f64 / self.time.as_secs_f64(),
            self.disk_bytes as f64 / self.record_bytes as f64,
            peak_kib() / 1024,
            load()
        )
    }
}

/// Bytes of all files under a directory, as allocated.
pub(crate) fn disk_bytes(dir: &Path) -> std::io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        bytes += match entry.file_type()?.is_dir() {
            true => disk_bytes(&entry.path())?,
            false => allocated(&entry.metadata()?),
        };
    }
    Ok(bytes)
}

#[cfg(unix)]
fn allocated(metadata: &std::fs::Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt;
    metadata.blocks() * 512
}

#[cfg(not(unix))]
fn allocated(metadata: &std::fs::Metadata) -> u64 {
    metadata.len()
}

/// The most memory this process has held, where the system tells.
pub(crate) fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse().ok())
        .unwrap_or(0)
}

/// How busy the machine was in the last minute, where the system tells.
fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or_default().to_owned()
}
