//! One side of a round: its processes, and what is read of them.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::alone::Written;
use crate::line::{Line, Side};
use crate::outside::{cpu_s, disk_bytes, peak_mb, wire_bytes};
use crate::process::Process;

/// What all rounds have in common.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) records: u64,
    pub(crate) logs: u32,
    pub(crate) group: u32,
    /// The full node's data directory.
    pub(crate) full: PathBuf,
    /// Where this run's directories are made.
    pub(crate) dir: PathBuf,
}

impl Plan {
    /// Measures one side, in fresh directories that are gone afterwards.
    pub(crate) fn take(&self, side: Side, round: u32) -> Result<Line> {
        let dir = tempfile::Builder::new().prefix("side-").tempdir_in(&self.dir)?;
        let line = Line {
            side,
            round,
            records: self.records,
            logs: self.logs,
            group: self.group,
            record_bytes: 0,
            seconds: 0.0,
            told_s: 0.0,
            cpu_s: 0.0,
            sender_cpu_s: 0.0,
            peak_mb: 0.0,
            sender_peak_mb: 0.0,
            wire_bytes: 0,
            disk_bytes: 0,
            ready_s: 0.0,
        };
        let line = match side {
            Side::Store => self.alone("store", dir.path(), line)?,
            Side::Raw => self.alone("raw", dir.path(), line)?,
            Side::Replicate | Side::Signed => self.replicate(dir.path(), line)?,
        };
        dir.close()?;
        Ok(line)
    }

    fn alone(&self, part: &str, dir: &Path, line: Line) -> Result<Line> {
        let group = self.group.to_string();
        let arguments: [&OsStr; 4] = [part.as_ref(), self.full.as_ref(), dir.as_ref(), group.as_ref()];
        let mut process = Process::start(&arguments)?;
        let (_, written) = process.hear("written")?;
        let written: Written = serde_json::from_str(&written)?;
        ensure!(
            written.records == self.records,
            "{} records were written",
            written.records
        );
        Ok(Line {
            record_bytes: written.record_bytes,
            seconds: written.seconds,
            cpu_s: written.cpu_s,
            disk_bytes: written.disk_bytes,
            ..line
        })
    }

    fn replicate(&self, dir: &Path, line: Line) -> Result<Line> {
        let data = dir.join("empty");
        let (records, full, empty): (_, &OsStr, &OsStr) = (self.records.to_string(), self.full.as_ref(), data.as_ref());
        let mut arguments: Vec<&OsStr> = vec!["full".as_ref(), full];
        if line.side == Side::Signed {
            arguments.push("--signed".as_ref());
        }
        let mut sender = Process::start(&arguments)?;
        let (_, invitation) = sender.hear("invitation")?;
        let (_, digest) = sender.hear("serves")?;
        let arguments: [&OsStr; 3] = ["empty".as_ref(), empty, records.as_ref()];
        let mut receiver = Process::start(&arguments)?;
        receiver.say(&invitation)?;
        receiver.hear("joined")?;
        let start = Instant::now();
        receiver.say("start")?;
        let (connected, _) = receiver.hear("connected")?;
        let before = Outside::of(&sender, &receiver)?;
        let (replicated, same) = receiver.hear("replicated")?;
        let after = Outside::of(&sender, &receiver)?;
        ensure!(same == digest, "the replicas have different digests");
        let line = Line {
            seconds: (replicated - connected).as_secs_f64(),
            told_s: (replicated - start).as_secs_f64(),
            cpu_s: after.receiver_cpu_s - before.receiver_cpu_s,
            sender_cpu_s: after.sender_cpu_s - before.sender_cpu_s,
            wire_bytes: after.wire_bytes - before.wire_bytes,
            peak_mb: peak_mb(receiver.id())?,
            sender_peak_mb: peak_mb(sender.id())?,
            disk_bytes: disk_bytes(&data)?,
            ..line
        };
        // Both at once, by SIGKILL.
        drop((receiver, sender));
        let ready_s = self.start_again(empty, &digest)?;
        ensure!(walk(full)? == walk(empty)?, "the replicas hold different records");
        Ok(Line { ready_s, ..line })
    }

    fn start_again(&self, empty: &OsStr, digest: &str) -> Result<f64> {
        let mut again = Process::start(&["again".as_ref(), empty])?;
        let (ready, held) = again.hear("ready")?;
        let (count, found) = held.split_once(' ').context("a count and a digest")?;
        ensure!(
            count.parse() == Ok(self.records) && found == digest,
            "after the kill there are {count} records"
        );
        Ok((ready - again.began).as_secs_f64())
    }
}

fn walk(data: &OsStr) -> Result<String> {
    let mut walking = Process::start(&["walk".as_ref(), data])?;
    Ok(walking.hear("walked")?.1)
}

/// Two processes at one moment, seen from outside.
struct Outside {
    sender_cpu_s: f64,
    receiver_cpu_s: f64,
    wire_bytes: u64,
}

impl Outside {
    fn of(sender: &Process, receiver: &Process) -> Result<Self> {
        Ok(Self {
            sender_cpu_s: cpu_s(sender.id())?,
            receiver_cpu_s: cpu_s(receiver.id())?,
            wire_bytes: wire_bytes()?,
        })
    }
}
