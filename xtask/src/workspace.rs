//! How the checks reach the repository: cargo, git, files. Owns the calls to other programs; judges nothing.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

/// The folder of the workspace's manifest, asked of cargo so that a shared target folder cannot mislead.
pub(crate) fn root() -> anyhow::Result<PathBuf> {
    let manifest = cargo(
        Path::new("."),
        &["locate-project", "--workspace", "--message-format", "plain"],
    )?;
    let folder = Path::new(manifest.trim())
        .parent()
        .context("cargo named no workspace manifest")?;
    Ok(folder.to_path_buf())
}

/// What cargo prints when it is run in `folder`; an error when it fails.
pub(crate) fn cargo(folder: &Path, words: &[&str]) -> anyhow::Result<String> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    printed(Command::new(program).current_dir(folder).args(words))
}

/// The paths git tracks that match `pattern`, relative to `root`.
pub(crate) fn tracked(root: &Path, pattern: &str) -> anyhow::Result<Vec<String>> {
    let listed = printed(
        Command::new("git")
            .current_dir(root)
            .args(["ls-files", "-z", "--", pattern]),
    )?;
    Ok(listed
        .split('\0')
        .filter(|path| !path.is_empty())
        .map(str::to_owned)
        .collect())
}

/// The text of a file of the repository.
pub(crate) fn read(root: &Path, path: &str) -> anyhow::Result<String> {
    std::fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {path}"))
}

fn printed(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().with_context(|| format!("cannot start {command:?}"))?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} failed: {complaint}");
    String::from_utf8(output.stdout).context("the output is not UTF-8")
}
