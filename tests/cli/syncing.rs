//! Catching up, as the command tells of it.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use tempfile::TempDir;

use crate::node::{Node, alliance, ask, ask_json};

/// Makes an organisation that joins the alliance of a running node; its node does not run yet.
fn joined(inviter: &Node) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let invitation = dir.path().join("invitation.txt");
    let (code, token) = ask(inviter.data(), &["invite", "--print"]);
    assert_eq!(code, 0);
    std::fs::write(&invitation, token).unwrap();
    let joining = [
        "join",
        invitation.to_str().unwrap(),
        "--organisation",
        "Harbour",
        "--country",
        "gb",
        "--commitment",
        "Publish one lesson by 2027-06",
        "--no-passphrase",
    ];
    assert_eq!(ask(dir.path(), &joining).0, 0);
    dir
}

#[test]
fn whoever_is_alone_is_in_step() {
    let (node, _) = Node::start();
    assert_eq!(
        ask(node.data(), &["sync"]),
        (0, "not compared with any connected member yet\n".to_owned())
    );
    let report = ask_json(node.data(), &["sync"]);
    assert_eq!((&report["sync"]["missing"], &report["members"]), (&0.into(), &1.into()));
    let (code, said) = ask(node.data(), &["sync", "--watch"]);
    assert_eq!((code, said.as_str()), (0, "no other member to be in step with\n"));
}

#[test]
fn watching_ends_when_a_member_is_in_step() {
    let (founder, _) = Node::start();
    let (member, _) = Node::run(joined(&founder));
    let (code, said) = ask(member.data(), &["sync", "--watch", "--timeout", "2m"]);
    assert_eq!(code, 0, "{said}");
    let last = said.lines().last().unwrap();
    assert!(last.starts_with("in step with 1 node"), "{said}");
    let (code, page) = ask(member.data(), &["sync"]);
    assert!(code == 0 && page.starts_with("in step for "), "{code} {page}");
    let row: Vec<&str> = page.lines().last().unwrap().split('\t').collect();
    assert_eq!(row[..3], ["Centrum", "all", "in step"], "{page}");
    let status = ask(member.data(), &["status"]).1;
    assert!(status.contains("\nsync          in step for "), "{status}");
}

#[test]
fn watching_says_why_it_ended_before_that() {
    let (mut founder, _) = Node::start();
    let dir = joined(&founder);
    assert_eq!(founder.end(), 0);
    let (mut member, _) = Node::run(dir);
    let (code, said) = ask(member.data(), &["sync", "--watch", "--timeout", "0s", "--json"]);
    assert_eq!((code, said.as_str()), (1, ""));

    let mut watching = alliance(member.data(), &["sync", "--watch"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut said = BufReader::new(watching.stdout.take().unwrap());
    said.read_line(&mut line).unwrap();
    assert_eq!(line, "waiting for a member's node to connect\n");
    assert_eq!(member.end(), 0);
    let output = watching.wait_with_output().unwrap();
    let why = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{why}");
    let first = "error[node_stopped]: The node stopped before it was in step\n";
    assert!(
        why.starts_with(first) && why.contains("help: alliance run --data "),
        "{why}"
    );
}
