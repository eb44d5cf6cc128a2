//! What a person is asked at a terminal before a document is shared, and what nobody ever reads in a log.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::node::{Node, alliance, ask, ask_json};

/// A number that no telephone has: it is kept for plays.
const PHONE: &str = "07700 900123";

fn practice(problem: &str) -> String {
    format!(
        "---\nkind: practice\ntitle: The garden door is open in the evening\nlang: en-GB\nlicence: CC-BY-4.0\n\
         scope: public\nsettings: [inpatient.acute_adult]\ncoproduction:\n  level: codesigned\n  note: Written with former \
         patients.\nevidence_stage: \"1\"\neffect: too_early\nstatus: in_use\n---\n\n\
         ## Summary\n\nFrom six to eight the garden door stays open.\n\n## Problem\n\n{problem}\n\n\
         ## Why it should work\n\nWhat is open to all need not be asked for.\n\n\
         ## What is done\n\nThe shift names who is in the garden, and opens the door.\n"
    )
}

/// Shares a document at a terminal of its own, which util-linux's `script` makes; what the screen showed.
fn share(data: &Path, file: &Path, answers: &[(&str, &str)]) -> (String, bool) {
    let (program, file, data) = (env!("CARGO_BIN_EXE_alliance"), file.display(), data.display());
    let command = format!("'{program}' share '{file}' --data '{data}'");
    let mut child = Command::new("script")
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .env("SHELL", "/bin/sh")
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut keyboard, mut screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut seen = String::new();
    let mut byte = [0];
    for (question, answer) in answers {
        while !seen.ends_with(&format!("{question} [y/N] ")) {
            assert_eq!(screen.read(&mut byte).unwrap(), 1, "{seen}");
            seen.push(char::from(byte[0]));
        }
        writeln!(keyboard, "{answer}").unwrap();
    }
    screen.read_to_string(&mut seen).unwrap();
    (seen, child.wait().unwrap().success())
}

const RECOGNISABLE: &str = "not even by someone who was there. Is that so?";
const RIGHT: &str = "may share it. Is that so?";
const INVOLVED: &str = "were involved, or asked. Is that so?";

#[test]
fn a_person_is_asked_one_thing_after_the_other() {
    let (node, _) = Node::start_logged("error");
    let file = node.data().join("garden.md");
    std::fs::write(&file, practice("Two patients asked to go out and were told to wait.")).unwrap();
    let warned = "publish it as it is. Is that so?";
    let (seen, done) = share(node.data(), &file, &[(warned, "y"), (RECOGNISABLE, "yes"), (RIGHT, "")]);
    assert!(
        !done && seen.contains("small_count") && seen.contains("not_confirmed"),
        "{seen}"
    );
    assert_eq!(ask_json(node.data(), &["drafts"]), serde_json::json!([]));

    std::fs::write(&file, practice("Patients asked to go out and were told to wait.")).unwrap();
    let (seen, done) = share(
        node.data(),
        &file,
        &[(RECOGNISABLE, "y"), (RIGHT, "y"), (INVOLVED, "y")],
    );
    assert!(done && seen.contains("draft ") && seen.contains("10 minutes"), "{seen}");
    let drafts = ask_json(node.data(), &["drafts"]);
    assert_eq!(drafts[0]["state"], "cooling_off");
    assert_eq!(drafts[0]["confirmations"]["people_involved"], true);
}

#[test]
fn what_was_found_is_in_no_log_and_no_answer() {
    let (node, _) = Node::start_logged("trace");
    let file = node.data().join("phone.md");
    std::fs::write(&file, practice(&format!("Call {PHONE} before you come."))).unwrap();
    let path = file.to_str().unwrap();
    for more in [
        vec!["--check"],
        vec![],
        vec!["--json"],
        vec!["-vvv"],
        vec!["--override", "phone=It is 07700900123, as everybody knows"],
    ] {
        let words = [&["share", path][..], &more].concat();
        let refused = alliance(node.data(), &words).output().unwrap();
        assert_eq!(refused.status.code(), Some(1), "{more:?}");
        let said = String::from_utf8([refused.stdout, refused.stderr].concat()).unwrap();
        assert!(said.contains("phone") && !said.contains("900123"), "{more:?} {said}");
    }
    // The text itself is printed to whoever asks for it, and to nobody else.
    let said = ["--nobody-recognisable", "--right-to-share", "--people-involved"];
    let reason = ["--override", "phone=The number of the ward itself"];
    let kept = ask_json(node.data(), &[&["share", path][..], &said, &reason].concat());
    let id = kept["draft"]["id"].as_str().unwrap();
    let (code, shown) = ask(node.data(), &["drafts", "withdraw", id]);
    assert!(code == 0 && shown.contains(PHONE), "{shown}");
    assert!(std::fs::read_to_string(&file).unwrap().contains(PHONE));
    for log in ["node.log", "audit.log"] {
        let log = std::fs::read_to_string(node.data().join(log)).unwrap();
        assert!(
            log.contains("draft_made") && !log.contains("900123"),
            "it is in the log"
        );
    }
}
