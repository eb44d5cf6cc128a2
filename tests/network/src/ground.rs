//! The suite's own namespaces: enters them before anything else is done.
//!
//! Everything that the suite starts lives in one process namespace, of which it is the first process: when it ends,
//! however it ends, the kernel ends the rest, and the network namespaces and devices go with it.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context as _;

use crate::lack::Lack;

/// What the suite calls. `tc` comes with `ip`, the others with one another.
const TOOLS: [(&str, &str); 4] = [
    ("ip", "iproute2"),
    ("tc", "iproute2"),
    ("unshare", "util-linux"),
    ("nsenter", "util-linux"),
];

/// A process namespace with its own /proc, and a network namespace; the first process dies with the caller.
const OWN: [&str; 5] = ["--net", "--pid", "--fork", "--kill-child=KILL", "--mount-proc"];
/// The same for whoever is not root.
const AS_ROOT: [&str; 2] = ["--user", "--map-root-user"];

/// Starts this program again in namespaces of its own, in place of this process. Returns only when it cannot.
pub(crate) fn enter() -> anyhow::Error {
    match prepare() {
        Ok(mut command) => anyhow::Error::new(command.exec()).context("unshare cannot be started"),
        Err(error) => error,
    }
}

fn prepare() -> anyhow::Result<Command> {
    for (tool, package) in TOOLS {
        if !is_there(tool) {
            return Err(Lack::Tool { tool, package }.into());
        }
    }
    let program = std::env::current_exe().context("where this program is cannot be told")?;
    let mut command = unshare()?;
    command.arg(program).args(std::env::args_os().skip(1)).arg("--inside");
    Ok(command)
}

fn is_there(tool: &str) -> bool {
    // Administrators' tools are not in everybody's path; where they are is no question of rights.
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = std::env::split_paths(&path).any(|place| place.join(tool).exists());
    places || Path::new("/usr/sbin").join(tool).exists() || Path::new("/sbin").join(tool).exists()
}

/// `unshare` in the way that is allowed here.
fn unshare() -> anyhow::Result<Command> {
    let mut why = String::new();
    for rights in [&[][..], &AS_ROOT[..]] {
        let mut tried = Command::new("unshare");
        let output = tried.args(rights).args(OWN).arg("true").stdin(Stdio::null()).output();
        let output = output.context("unshare cannot be started")?;
        if output.status.success() {
            let mut command = Command::new("unshare");
            command.args(rights).args(OWN).arg("--");
            return Ok(command);
        }
        why = String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; ");
    }
    Err(Lack::Namespaces { why }.into())
}
