//! A node as a process in its own network namespace: started, asked, killed. Never asked for anything that a person
//! could not ask.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Stdio};

use alliance_api::{ChapterView, Client, Endpoint};
use anyhow::{Context as _, bail};

use crate::namespace::Namespace;
use crate::program::Program;

/// Lines of a node's log that a fault shows.
const LOG_LINES: usize = 25;
/// What every node is run with: no HTTP beside the socket, and a line on standard output when it runs.
const RUN: [&str; 5] = ["run", "--json", "--without-cooling-off", "--http", ""];

/// One of them.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) place: Namespace,
    program: Program,
    data: PathBuf,
    /// The process, and its standard output, which it must not find closed.
    child: Option<(Child, BufReader<ChildStdout>)>,
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Node {
    /// A node that has no data directory yet.
    pub(crate) fn new(place: Namespace, program: &Program, data: PathBuf) -> Self {
        let (program, child) = (program.clone(), None);
        Self {
            place,
            program,
            data,
            child,
        }
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    /// Starts it and waits until it runs.
    pub(crate) fn start(&mut self, words: &[String]) -> anyhow::Result<()> {
        let path = log(&self.data);
        let log = OpenOptions::new().create(true).append(true).open(&path);
        let log = log.with_context(|| format!("{} cannot be written", path.display()))?;
        let mut command = self.program.command(&self.place, &self.data, &RUN);
        command.args(words).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().context("a node cannot be started")?;
        let mut said = BufReader::new(child.stdout.take().context("a pipe was asked for")?);
        let mut line = String::new();
        said.read_line(&mut line).context("a node's output cannot be read")?;
        self.child = Some((child, said));
        if line.is_empty() {
            bail!("the node {} did not start", self.data.display());
        }
        Ok(())
    }

    /// Ends it at once, as the system would for want of memory.
    pub(crate) fn kill(&mut self) {
        if let Some((mut child, _)) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Runs a command for it to its end; what it said.
    pub(crate) fn ask(&self, words: &[&str]) -> anyhow::Result<String> {
        self.program.ask(&self.place, &self.data, words)
    }

    /// The same with something on standard input.
    pub(crate) fn ask_with(&self, words: &[&str], input: Stdio) -> anyhow::Result<String> {
        self.program.ask_with(&self.place, &self.data, words, input)
    }

    /// Starts a command for it whose output is read as it comes.
    pub(crate) fn follow(&self, words: &[&str]) -> anyhow::Result<Child> {
        let mut command = self.program.command(&self.place, &self.data, words);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().context("the program cannot be started")
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(Endpoint::Unix(self.data.join("api.sock")))
    }

    /// A chapter as it stands; `None` while the node does not know it.
    pub(crate) async fn chapter(&self, name: &str) -> anyhow::Result<Option<ChapterView>> {
        let chapters = self.client().chapters().await?;
        Ok(chapters.into_iter().find(|chapter| chapter.name == name))
    }

    /// Names, counts and digests of all chapters.
    pub(crate) async fn replica(&self) -> anyhow::Result<Vec<(String, u64, String)>> {
        let chapters = self.client().chapters().await?;
        let replica = chapters
            .into_iter()
            .map(|chapter| (chapter.name, chapter.records, chapter.digest));
        Ok(replica.collect())
    }
}

/// The log of the node with this data directory.
fn log(data: &Path) -> PathBuf {
    data.with_extension("log")
}

/// The end of that log.
pub(crate) fn log_end(data: &Path) -> String {
    let text = std::fs::read(log(data)).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
}
