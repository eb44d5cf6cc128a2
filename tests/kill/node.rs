//! The program as a process.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use alliance_api::{Client, Endpoint, RecordQuery};

/// A hanging test ends instead of blocking the run; no test waits this long when all is well.
const HANG: Duration = Duration::from_secs(120);
/// Records of a page.
const PAGE: u32 = 200;

/// Awaits what must come.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    let come = tokio::time::timeout(HANG, what).await;
    come.expect("what the test waits for never came")
}

/// A node, running or not; killed when the test ends.
pub(crate) struct Node {
    pub(crate) data: PathBuf,
    child: Option<Child>,
    /// Where other members reach it, while it runs.
    address: Option<String>,
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Node {
    pub(crate) const fn at(data: PathBuf) -> Self {
        Self {
            data,
            child: None,
            address: None,
        }
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(Endpoint::Unix(self.data.join("api.sock")))
    }

    fn log(&self) -> PathBuf {
        self.data.with_extension("log")
    }

    /// Starts the process, which is to look for other nodes; does not wait until it runs.
    pub(crate) fn spawn(&mut self, others: &[&Self]) {
        let log: File = OpenOptions::new().create(true).append(true).open(self.log()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_alliance"));
        command
            .args([
                "run",
                "--json",
                "--http",
                "",
                "--without-cooling-off",
                "--listen",
                "/ip4/127.0.0.1/tcp/0",
                "--data",
            ])
            .arg(&self.data)
            .env_clear()
            .env("HOME", &self.data)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        for address in others.iter().filter_map(|other| other.address.as_ref()) {
            command.args(["--bootstrap", address]);
        }
        self.child = Some(command.spawn().unwrap());
    }

    /// Starts the process and waits until it answers.
    pub(crate) async fn start(&mut self, others: &[&Self]) {
        self.spawn(others);
        let stdout = self.child.as_mut().unwrap().stdout.take().unwrap();
        let first_line = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            BufReader::new(stdout).read_line(&mut line).unwrap();
            line
        });
        let line = soon(first_line).await.unwrap();
        if line.is_empty() {
            let log = std::fs::read_to_string(self.log()).unwrap();
            panic!("{} did not start:\n{log}", self.data.display());
        }
        let listen = self.client().status().await.unwrap().node.listen;
        self.address = Some(listen.first().unwrap().clone());
    }

    /// Ends the process at once, as the system would for want of memory.
    pub(crate) fn kill(&mut self) {
        self.address = None;
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Whether the store has begun an opening that has not ended, or never will.
    pub(crate) fn is_opening(&self) -> bool {
        self.data.join("store/opening").exists()
    }

    /// Waits until the started process opens its store, or has done so already.
    pub(crate) async fn opening_begun(&self) {
        while !self.is_opening() && self.client().status().await.is_err() {
            tokio::task::yield_now().await;
        }
    }

    /// Each of these records is found by its id, and whole.
    pub(crate) async fn holds(&self, ids: &[String]) {
        let client = self.client();
        for id in ids {
            let view = client.record(id).await;
            let view = view.unwrap_or_else(|error| panic!("{id} was acknowledged and is gone: {error}"));
            assert!(view.has_body, "{id} has lost its body");
        }
    }

    /// Ids of all records.
    pub(crate) async fn records(&self) -> BTreeSet<String> {
        let (client, mut ids, mut before) = (self.client(), BTreeSet::new(), None);
        loop {
            let query = RecordQuery {
                before,
                governance: Some(true),
                limit: Some(PAGE),
                ..RecordQuery::default()
            };
            let page = client.records(&query).await.unwrap();
            ids.extend(page.records.into_iter().map(|record| record.id));
            before = page.next;
            if before.is_none() {
                return ids;
            }
        }
    }

    /// Digests of all chapters.
    pub(crate) async fn chapters(&self) -> BTreeMap<String, String> {
        let chapters = self.client().chapters().await.unwrap();
        chapters
            .into_iter()
            .map(|chapter| (chapter.name, chapter.digest))
            .collect()
    }

    /// What the last opening found, in words.
    pub(crate) async fn opening(&self) -> Vec<String> {
        self.client().status().await.unwrap().store.opening
    }
}
