//! The passphrase at a terminal: asked for twice, and not shown.

use std::io::{Read, Write};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

use crate::node::ask;

const PASSPHRASE: &str = "four words in a row";

/// A command at a terminal of its own, which util-linux's `script` makes.
struct Typed {
    keyboard: ChildStdin,
    screen: ChildStdout,
    seen: String,
}

impl Typed {
    /// Waits until the screen shows a text.
    fn until(&mut self, text: &str) {
        let mut byte = [0];
        while !self.seen.ends_with(text) {
            assert_eq!(self.screen.read(&mut byte).unwrap(), 1, "{}", self.seen);
            self.seen.push(char::from(byte[0]));
        }
    }

    fn answer(&mut self, question: &str, words: &str) {
        self.until(question);
        writeln!(self.keyboard, "{words}").unwrap();
    }
}

/// Makes a data directory; what the screen showed, and whether it was made.
fn make(data: &str, second: &str) -> (String, bool) {
    let command = format!(
        "'{}' init --name Centrum --data '{data}'",
        env!("CARGO_BIN_EXE_alliance")
    );
    let mut child = Command::new("script")
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .env("SHELL", "/bin/sh")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut typed = Typed {
        keyboard: child.stdin.take().unwrap(),
        screen: child.stdout.take().unwrap(),
        seen: String::new(),
    };
    typed.answer("New passphrase for the organisation's key: ", PASSPHRASE);
    typed.answer("Once more: ", second);
    typed.screen.read_to_string(&mut typed.seen).unwrap();
    (typed.seen, child.wait().unwrap().success())
}

#[test]
fn a_new_passphrase_is_asked_for_twice_and_never_shown() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("a");
    let (seen, made) = make(data.to_str().unwrap(), "four words in a Row");
    assert!(!made && seen.contains("passphrases_differ"), "{seen}");
    assert!(!data.exists());
    let (seen, made) = make(data.to_str().unwrap(), PASSPHRASE);
    assert!(made && !seen.contains("words"), "{seen}");
    let (code, shown) = ask(&data, &["keys", "show"]);
    assert!(code == 0 && shown.contains("its key     encrypted"), "{shown}");
}
