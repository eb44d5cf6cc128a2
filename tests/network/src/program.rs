//! The program under test, as a person runs it: commands with their answers. Never reaches into a node.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

use crate::arguments::Arguments;
use crate::lack::Lack;
use crate::namespace::Namespace;

/// Where it is.
#[derive(Debug, Clone)]
pub(crate) struct Program(PathBuf);

impl Program {
    /// The one that was named, else the one beside this suite.
    pub(crate) fn find(arguments: &Arguments) -> anyhow::Result<Self> {
        let beside = std::env::current_exe().context("where this program is cannot be told")?;
        let beside = beside.with_file_name("alliance");
        let path = arguments.alliance.clone().unwrap_or(beside);
        if !path.is_file() {
            let path = path.display().to_string();
            return Err(Lack::Program { path }.into());
        }
        Ok(Self(path.canonicalize()?))
    }

    /// A command of it in a namespace, for a node's data directory. Nothing of the caller's environment reaches it.
    pub(crate) fn command(&self, place: &Namespace, data: &Path, words: &[&str]) -> Command {
        let mut command = place.command(&self.0);
        command.args(words).arg("--data").arg(data);
        command
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .env("HOME", data);
        if let Some(level) = std::env::var_os("ALLIANCE_LOG") {
            command.env("ALLIANCE_LOG", level);
        }
        command
    }

    /// Runs a command to its end; what it said on standard output.
    pub(crate) fn ask(&self, place: &Namespace, data: &Path, words: &[&str]) -> anyhow::Result<String> {
        self.ask_with(place, data, words, Stdio::null())
    }

    /// The same with something on standard input.
    pub(crate) fn ask_with(
        &self,
        place: &Namespace,
        data: &Path,
        words: &[&str],
        input: Stdio,
    ) -> anyhow::Result<String> {
        let output = self.command(place, data, words).stdin(input).output();
        let output = output.context("the program cannot be started")?;
        if !output.status.success() {
            let code = output
                .status
                .code()
                .map_or("a signal".to_owned(), |code| code.to_string());
            let why = String::from_utf8_lossy(&output.stderr);
            bail!("`alliance {}` ended with {code}:\n{}", words.join(" "), why.trim_end());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}
