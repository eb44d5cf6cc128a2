//! One process of a system, and the lines it says.
//!
//! Owns its life: it is killed when dropped. Never knows which system it is.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::system::System;

/// A running process.
pub(crate) struct Process {
    role: &'static str,
    child: Child,
    lines: Receiver<(Instant, String)>,
}

impl Process {
    /// Starts a system's program in a role.
    pub(crate) fn start(system: &System, role: &'static str, directory: &Path, records: u64) -> anyhow::Result<Self> {
        let mut command = system.program();
        command.arg(role).arg(directory).arg(records.to_string());
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{command:?}"))?;
        let out = child.stdout.take().context("the process has no standard output")?;
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if sender.send((Instant::now(), line)).is_err() {
                    break;
                }
            }
        });
        Ok(Self { role, child, lines })
    }

    /// The process's number.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Writes one line to the process.
    pub(crate) fn say(&mut self, value: &Value) -> anyhow::Result<()> {
        let input = self.child.stdin.as_mut().context("the process has no standard input")?;
        writeln!(input, "{value}").with_context(|| format!("the {} process reads no more", self.role))
    }

    /// Waits for a line that has `key`, and gives it with the moment it came; other lines are passed over.
    pub(crate) fn hear(&mut self, key: &str, limit: Duration) -> anyhow::Result<(Instant, Value)> {
        let end = Instant::now() + limit;
        loop {
            match self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok((at, line)) => {
                    let value: Value = serde_json::from_str(&line).with_context(|| format!("{}: {line}", self.role))?;
                    if value.get(key).is_some() {
                        return Ok((at, value));
                    }
                }
                Err(RecvTimeoutError::Timeout) => bail!("{} did not say {key} within {} s", self.role, limit.as_secs()),
                Err(RecvTimeoutError::Disconnected) => {
                    let status = self.child.wait()?;
                    bail!("{} ended with {status} before it said {key}", self.role);
                }
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Already gone is as good; SIGKILL leaves only what the process wrote, which is what is checked afterwards.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
