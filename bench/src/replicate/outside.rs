//! What is read of a process from outside of it: processor time, memory, bytes on the wire and on the disk. Never asks
//! the process.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use anyhow::{Context, Result};

/// Ticks of `/proc/<pid>/stat` in a second: fixed by the kernel's interface.
const TICKS_PER_S: f64 = 100.0;
/// Bytes of a block in `st_blocks`.
const BLOCK_BYTES: u64 = 512;

fn number(text: Option<&str>) -> Result<u64> {
    Ok(text.context("a figure is missing in /proc")?.parse()?)
}

/// User and system time of all threads of a process so far, in seconds.
pub(crate) fn cpu_s(process: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name, in parentheses, may hold anything.
    let (_, rest) = stat.rsplit_once(')').context("/proc/<pid>/stat has no name")?;
    let mut fields = rest.split_whitespace().skip(11);
    Ok((number(fields.next())? + number(fields.next())?) as f64 / TICKS_PER_S)
}

/// The most memory that a process had resident so far, in MB.
pub(crate) fn peak_mb(process: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = number(line.and_then(|line| line.split_whitespace().next()))?;
    Ok(kib as f64 * 1024.0 / 1e6)
}

/// Bytes that the loopback interface carried so far, with all headers.
pub(crate) fn wire_bytes() -> Result<u64> {
    let devices = fs::read_to_string("/proc/self/net/dev")?;
    let loopback = devices.lines().find_map(|line| line.trim().strip_prefix("lo:"));
    number(loopback.context("no loopback interface")?.split_whitespace().next())
}

/// Bytes that the files under a directory occupy.
pub(crate) fn disk_bytes(dir: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(dir).with_context(|| dir.display().to_string())? {
        let path = entry?.path();
        // The database may remove a file of its own meanwhile.
        let Ok(about) = path.symlink_metadata() else { continue };
        bytes += if about.is_dir() {
            disk_bytes(&path)?
        } else {
            about.blocks() * BLOCK_BYTES
        };
    }
    Ok(bytes)
}
