//! The end before the end: Ctrl-C, or somebody's `kill`. Leaves nothing behind.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;

use crate::said::Said;

/// What a shell says of a program that was interrupted.
const INTERRUPTED: i32 = 130;
/// The suite itself may still be writing when its directory is removed.
const REMOVALS_MAX: u32 = 20;

/// Waits for a signal; then ends every process of the suite, removes its directory, and ends it.
pub(crate) fn clean_up_when_told(dir: PathBuf, said: Said) -> anyhow::Result<JoinHandle<()>> {
    let listen = |kind| signal(kind).context("signals cannot be received");
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    Ok(tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        said.line("interrupted");
        remove(&dir);
        std::process::exit(INTERRUPTED);
    }))
}

fn remove(dir: &Path) {
    // In a process namespace of its own this reaches the suite's processes and no other; see `run_all`.
    let _ = Command::new("sh").args(["-c", "kill -KILL -1"]).status();
    for _ in 0..REMOVALS_MAX {
        if std::fs::remove_dir_all(dir).is_ok() || !dir.exists() {
            return;
        }
    }
}
