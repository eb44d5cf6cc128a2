//! A node from its beginning to its end, through the commands alone.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/demo/records/ex-02.md");

/// A running node; killed when a test fails.
pub(crate) struct Node {
    dir: TempDir,
    child: Child,
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn alliance(data: &Path, words: &[&str]) -> Command {
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

/// Runs a command; its exit code and standard output.
pub(crate) fn ask(data: &Path, words: &[&str]) -> (i32, String) {
    let output = alliance(data, words).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

pub(crate) fn ask_json(data: &Path, words: &[&str]) -> Value {
    let (code, text) = ask(data, &[words, &["--json"]].concat());
    assert_eq!(code, 0, "{words:?}");
    serde_json::from_str(&text).unwrap()
}

/// The data directory of an organisation that founded an alliance.
fn founded() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let founding = [
        "found",
        "--name",
        "An alliance",
        "--organisation",
        "Centrum",
        "--country",
        "cz",
        "--no-passphrase",
    ];
    assert_eq!(ask(dir.path(), &founding).0, 0);
    dir
}

impl Node {
    /// Founds an alliance and runs its node, on which nothing cools off; waits until it says where it answers.
    pub(crate) fn start() -> (Self, Value) {
        Self::run(founded())
    }

    /// Runs the node of a directory; waits until it says where it answers.
    pub(crate) fn run(dir: TempDir) -> (Self, Value) {
        Self::run_with(dir, &["--without-cooling-off"], "error")
    }

    /// Founds an alliance and runs its node as everybody does, with a log of such a level in `node.log`.
    pub(crate) fn start_logged(level: &str) -> (Self, Value) {
        Self::run_with(founded(), &[], level)
    }

    fn run_with(dir: TempDir, more: &[&str], level: &str) -> (Self, Value) {
        let words = [
            "run",
            "--json",
            "--http",
            "127.0.0.1:0",
            "--listen",
            "/ip4/127.0.0.1/tcp/0",
        ];
        let words = [&words[..], more].concat();
        let mut child = alliance(dir.path(), &words)
            .env("ALLIANCE_LOG", level)
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(dir.path().join("node.log")).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let started = serde_json::from_str(&line).unwrap();
        (Self { dir, child }, started)
    }

    pub(crate) fn data(&self) -> &Path {
        self.dir.path()
    }

    /// Tells it to end; its exit code.
    pub(crate) fn end(&mut self) -> i32 {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        self.child.wait().unwrap().code().unwrap()
    }
}

#[test]
fn a_node_is_founded_asked_and_ended() {
    let (mut node, started) = Node::start();
    assert_eq!(started["socket"], node.data().join("api.sock").display().to_string());
    let (code, status) = ask(node.data(), &["status"]);
    assert!(
        code == 0 && status.starts_with("status        good\n"),
        "{code} {status}"
    );
    let said = ["--nobody-recognisable", "--right-to-share", "--people-involved"];
    let share = [&["share", DOCUMENT, "--chapter", "iso:cz"][..], &said].concat();
    let receipt = ask_json(node.data(), &share);
    let listed = ask_json(node.data(), &["list", "--chapter", "iso:cz"]);
    assert_eq!(listed["records"][0]["id"], receipt["id"]);
    let id = receipt["id"].as_str().unwrap();
    let (code, markdown) = ask(node.data(), &["show", &id[..12]]);
    assert!(
        code == 0 && markdown.starts_with("---\nkind: practice\n"),
        "{code} {markdown}"
    );
    assert_eq!(ask(node.data(), &["show", &"0".repeat(64)]).0, 1);
    let followed = ask_json(node.data(), &["chapter", "follow", "theme:seclusion", "--deep"]);
    assert_eq!(followed["followed"], true);
    assert_eq!(
        ask_json(node.data(), &["chapter", "leave", "theme:seclusion"])["followed"],
        false
    );
    assert_eq!(node.end(), 0);
    assert!(!node.data().join("api.sock").exists());
    assert_eq!(ask(node.data(), &["status"]).0, 2);
}

#[test]
fn an_invitation_goes_to_a_private_file_that_is_not_overwritten() {
    use std::os::unix::fs::PermissionsExt;
    let (node, _) = Node::start();
    let file = node.data().join("invitation.txt");
    let words = ["invite", "--expires", "12h", "--out", file.to_str().unwrap()];
    let (code, printed) = ask(node.data(), &words);
    let token = std::fs::read_to_string(&file).unwrap();
    assert_eq!((code, printed.trim()), (0, file.to_str().unwrap()));
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(ask(node.data(), &words).0, 2);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), token);
    let (code, _) = ask(node.data(), &["invite"]);
    assert_eq!(code, 2, "a secret goes nowhere unasked");
    let (code, printed) = ask(node.data(), &["invite", "--print"]);
    assert_eq!((code, printed.lines().count()), (0, 1));
    assert_ne!(printed, token);
}

#[test]
fn over_tcp_reading_is_open_and_writing_needs_the_token_file() {
    let (node, started) = Node::start();
    let address = started["http"]
        .as_str()
        .unwrap()
        .trim_start_matches("http://")
        .trim_end_matches('/');
    let elsewhere = tempfile::tempdir().unwrap();
    assert_eq!(ask(elsewhere.path(), &["status", "--api", address]).0, 0);
    let following = ["chapter", "follow", "theme:seclusion", "--api", address];
    assert_eq!(ask(elsewhere.path(), &following).0, 1);
    let token = node.data().join("api.token");
    let with_token = [&following[..], &["--token-file", token.to_str().unwrap()]].concat();
    assert_eq!(ask(elsewhere.path(), &with_token).0, 0);
}
