//! The process under test, and its data directory.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use alliance_api::{Client, DocumentFormat, Endpoint, PublishRequest};
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Requests in flight at once.
const PUBLISHERS: usize = 4;
const DOCUMENT: &str = include_str!("../../config/demo/records/ex-02.md");
const TITLE: &str = "Pokoj klidu místo síťového lůžka";

/// Numbers from a seed (splitmix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap()
    }
}

/// A data directory that outlives its processes.
pub(crate) struct Home(TempDir);

fn alliance(data: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_alliance"));
    command
        .args(words)
        .arg("--data")
        .arg(data)
        .env_clear()
        .env("HOME", data)
        .stdin(Stdio::null());
    command
}

impl Home {
    pub(crate) fn founded() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let words = [
            "found",
            "--name",
            "Alliance",
            "--organisation",
            "Centrum",
            "--country",
            "CZ",
        ];
        let status = alliance(dir.path(), &words)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(status.unwrap().success());
        Self(dir)
    }

    pub(crate) fn snapshots(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        collect(&self.0.path().join("store"), &mut found);
        found
    }
}

fn collect(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let is_evidence = path.file_name().is_some_and(|name| name == "evidence");
        if path.is_dir() && !is_evidence {
            collect(&path, found);
        } else if path.file_name().unwrap().to_string_lossy().starts_with("snap.") {
            found.push(path);
        }
    }
}

/// A running node; killed when a test fails.
pub(crate) struct Running {
    child: Child,
    client: Arc<Client>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    /// Starts the node and waits until it says where it answers.
    pub(crate) fn start(home: &Home) -> Self {
        let words = ["run", "--json", "--http", "", "--listen", "/ip4/127.0.0.1/tcp/0"];
        let mut child = alliance(home.0.path(), &words)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let started: serde_json::Value = serde_json::from_str(&line).expect("the node starts");
        let socket = started["socket"].as_str().unwrap();
        Self {
            child,
            client: Arc::new(Client::new(Endpoint::Unix(socket.into()))),
        }
    }

    /// Publishes from several sides until `count` records are acknowledged, kills the node while more are in flight,
    /// and gives every id that was acknowledged.
    pub(crate) async fn publish_until_killed(&mut self, count: usize, round: usize) -> Vec<String> {
        let (acknowledge, mut acknowledgements) = mpsc::unbounded_channel();
        let mut publishers = JoinSet::new();
        for publisher in 0..PUBLISHERS {
            let (client, acknowledge) = (Arc::clone(&self.client), acknowledge.clone());
            publishers.spawn(async move {
                for number in 0.. {
                    let request = request(&format!("Pokoj klidu {round}.{publisher}.{number}"));
                    let Ok(receipt) = client.publish(&request).await else {
                        return;
                    };
                    let _ = acknowledge.send(receipt.id.unwrap());
                }
            });
        }
        drop(acknowledge);
        let mut acknowledged = Vec::new();
        while let Some(id) = acknowledgements.recv().await {
            acknowledged.push(id);
            if acknowledged.len() == count {
                self.child.kill().unwrap();
            }
        }
        self.child.wait().unwrap();
        acknowledged
    }

    /// Every one of these records is there, whole.
    pub(crate) async fn holds(&self, ids: &[String]) {
        for id in ids {
            let view = self.client.record(id).await;
            let view = view.unwrap_or_else(|error| panic!("{id} was acknowledged and is gone: {error}"));
            assert!(view.has_body, "{id} has lost its body");
        }
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ends the node in order.
    pub(crate) fn end(mut self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

fn request(title: &str) -> PublishRequest {
    PublishRequest {
        format: DocumentFormat::Markdown,
        document: DOCUMENT.replace(TITLE, title),
        chapter: Some("m49:001".to_owned()),
        dry_run: false,
    }
}
