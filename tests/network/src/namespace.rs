//! A network namespace for one node, and commands that run in it. It is gone when the process that holds it is.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail};

/// The administrators' tools, wherever the caller's path leads.
const PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin";
/// Holds the namespace until its input ends, which is at the latest when the suite does.
const HOLD: &str = "ip link set lo up && echo held && exec cat";

/// One of them.
#[derive(Debug)]
pub(crate) struct Namespace {
    holder: Child,
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

impl Namespace {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let mut command = Command::new("unshare");
        command.args(["--net", "sh", "-c", HOLD]).env("PATH", PATH);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let holder = command.spawn().context("unshare cannot be started")?;
        let mut namespace = Self { holder };
        let said = namespace.holder.stdout.take().context("a pipe was asked for")?;
        let mut line = String::new();
        BufReader::new(said)
            .read_line(&mut line)
            .context("a namespace says nothing")?;
        if line.trim() != "held" {
            bail!("a network namespace could not be made");
        }
        Ok(namespace)
    }

    /// The process that holds it, by which others find it.
    pub(crate) fn holder(&self) -> u32 {
        self.holder.id()
    }

    /// A program in it. Its process is the program's own.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("nsenter");
        command
            .arg(format!("--net=/proc/{}/ns/net", self.holder()))
            .arg("--")
            .arg(program);
        command.stdin(Stdio::null());
        command
    }

    /// Runs a tool in it: words divided by spaces.
    pub(crate) fn run(&self, words: &str) -> anyhow::Result<()> {
        let mut words = words.split_whitespace();
        let mut command = self.command(words.next().unwrap_or_default());
        finish(command.args(words))
    }

    /// Writes a setting of the kernel's.
    pub(crate) fn set(&self, path: &str, value: &str) -> anyhow::Result<()> {
        let mut command = self.command("sh");
        finish(command.args(["-c", "echo \"$2\" > \"$1\"", "sh", path, value]))
    }

    /// Reads a setting of the kernel's.
    pub(crate) fn get(&self, path: &str) -> anyhow::Result<String> {
        let output = self
            .command("cat")
            .arg(path)
            .output()
            .context("cat cannot be started")?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Bytes that a device of it received.
    pub(crate) fn received_bytes(&self, device: &str) -> anyhow::Result<u64> {
        let path = format!("/proc/{}/net/dev", self.holder());
        let table = std::fs::read_to_string(&path).with_context(|| format!("{path} cannot be read"))?;
        received(&table, device).with_context(|| format!("{path} does not tell of {device}"))
    }
}

fn received(table: &str, device: &str) -> Option<u64> {
    let mut lines = table.lines().filter_map(|line| line.split_once(':'));
    let (_, figures) = lines.find(|(name, _)| name.trim() == device)?;
    figures.split_whitespace().next()?.parse().ok()
}

/// Runs a tool where the suite itself is: words divided by spaces.
pub(crate) fn run(words: &str) -> anyhow::Result<()> {
    let mut words = words.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or_default());
    finish(command.args(words).stdin(Stdio::null()))
}

fn finish(command: &mut Command) -> anyhow::Result<()> {
    let output = command.env("PATH", PATH).output();
    let output = output.with_context(|| format!("{command:?} cannot be started"))?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; ");
        bail!("{why}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_has_its_line() {
        let table = "Inter-|   Receive   |  Transmit\n face |bytes packets|bytes\n    lo:  10 1 0\n   wan: 4711 12 0\n";
        assert_eq!(received(table, "wan"), Some(4711));
        assert_eq!(received(table, "wa"), None);
    }
}
