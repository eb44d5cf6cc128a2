//! What is read from outside of a process: processor time, memory, bytes on the wire and on disk, the machine's load.
//!
//! Owns the meaning of each figure. Never asks the measured process.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use anyhow::Context as _;

/// Ticks of `/proc/<pid>/stat` in a second: fixed by the kernel's interface on Linux.
const TICKS_PER_S: f64 = 100.0;

/// Bytes of a block in a file's `st_blocks`.
const BLOCK_BYTES: u64 = 512;

fn read(path: &str) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| path.to_owned())
}

fn number(text: Option<&str>) -> anyhow::Result<u64> {
    Ok(text.context("a figure is missing in /proc")?.parse()?)
}

/// User and system time of a process's threads since it began, ended threads included, in seconds.
pub(crate) fn processor_s(pid: u32) -> anyhow::Result<f64> {
    let stat = read(&format!("/proc/{pid}/stat"))?;
    // The name, in brackets, may hold spaces: count from behind it, where field 3 begins.
    let (_, fields) = stat.rsplit_once(')').context("/proc/<pid>/stat has no name")?;
    let mut fields = fields.split_whitespace().skip(11);
    let ticks = number(fields.next())? + number(fields.next())?;
    Ok(ticks as f64 / TICKS_PER_S)
}

/// The most memory a process had resident so far, in bytes: `VmHWM`.
pub(crate) fn resident_bytes_max(pid: u32) -> anyhow::Result<u64> {
    let status = read(&format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(number(line.and_then(|line| line.split_whitespace().next()))? * 1024)
}

/// What the loopback interface of this network namespace carried so far.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wire {
    /// Bytes of IP packets, both directions together, headers of IP, TCP and UDP included.
    pub(crate) bytes: u64,
    /// Packets as the interface sees them: up to 64 KiB each, as loopback does not cut them.
    pub(crate) packets: u64,
}

impl Wire {
    pub(crate) fn now() -> anyhow::Result<Self> {
        let devices = read("/proc/self/net/dev")?;
        let loopback = devices.lines().find_map(|line| line.trim().strip_prefix("lo:"));
        let mut fields = loopback.context("no loopback interface")?.split_whitespace();
        Ok(Self {
            bytes: number(fields.next())?,
            packets: number(fields.next())?,
        })
    }

    pub(crate) const fn since(self, before: Self) -> Self {
        Self {
            bytes: self.bytes - before.bytes,
            packets: self.packets - before.packets,
        }
    }
}

/// Bytes that a folder's files occupy on disk; holes in sparse files count as nothing.
pub(crate) fn disk_bytes(folder: &Path) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        // A store may remove a file of its own between our listing it and looking at it.
        let Ok(about) = path.symlink_metadata() else { continue };
        bytes += if about.is_dir() {
            disk_bytes(&path)?
        } else {
            about.blocks() * BLOCK_BYTES
        };
    }
    Ok(bytes)
}

/// How busy the whole machine was until now.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    /// The load average of the last minute.
    pub(crate) load: String,
    /// Seconds all cores spent on anything since the machine began.
    pub(crate) busy_s: f64,
    /// Seconds all cores had, idle ones included.
    pub(crate) all_s: f64,
}

impl Machine {
    pub(crate) fn now() -> anyhow::Result<Self> {
        let stat = read("/proc/stat")?;
        let first = stat.lines().next().context("/proc/stat is empty")?;
        let ticks: anyhow::Result<Vec<u64>> = first
            .split_whitespace()
            .skip(1)
            .take(8)
            .map(|field| number(Some(field)))
            .collect();
        let ticks = ticks?;
        let all: u64 = ticks.iter().sum();
        let idle: u64 = ticks.iter().skip(3).take(2).sum();
        let load = read("/proc/loadavg")?
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_owned();
        Ok(Self {
            load,
            busy_s: (all - idle) as f64 / TICKS_PER_S,
            all_s: all as f64 / TICKS_PER_S,
        })
    }
}
