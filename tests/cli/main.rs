//! Runs the commands shown in the Markdown files beside this one, and compares what they print.
//!
//! A block that begins with ```` ```console ```` holds lines `$ alliance …`, each followed by what it prints (standard
//! output first, then standard error) and, when it is not 0, the exit code as `? 2`. `[..]` stands for anything within a
//! line, a line `...` for any lines. A block that begins with ```` ```NAME file=PATH ```` writes a file. Each Markdown
//! file runs in a directory of its own, which is HOME too.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod node;
mod syncing;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[test]
fn what_the_pages_show_is_what_the_commands_print() {
    let pages = pages();
    assert!(!pages.is_empty(), "there is nothing to run");
    let faults: Vec<String> = pages.iter().flat_map(|page| run(page)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn pages() -> Vec<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cli");
    let mut pages: Vec<PathBuf> = std::fs::read_dir(here)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect();
    pages.sort();
    pages
}

/// A command with what it should print and its exit code.
#[derive(Debug, Default)]
struct Case {
    line: usize,
    command: String,
    expected: Vec<String>,
    code: i32,
}

enum Block {
    Prose,
    Console,
    File(String, String),
    Other,
}

/// Runs a page; what differs.
fn run(page: &Path) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(page).unwrap();
    let mut faults = Vec::new();
    let (mut block, mut case) = (Block::Prose, None);
    for (index, line) in text.lines().enumerate() {
        let fence = line.starts_with("```");
        block = match (block, fence) {
            (Block::Prose, true) => open(line),
            (Block::Prose, false) => Block::Prose,
            (ended, true) => {
                if let Block::File(path, text) = ended {
                    std::fs::write(dir.path().join(path), text).unwrap();
                }
                faults.extend(case.take().and_then(|case| check(page, dir.path(), &case)));
                Block::Prose
            }
            (Block::File(path, text), false) => Block::File(path, text + line + "\n"),
            (Block::Console, false) => {
                if let Some(command) = line.strip_prefix("$ ") {
                    faults.extend(case.take().and_then(|case| check(page, dir.path(), &case)));
                    case = Some(Case {
                        line: index + 1,
                        command: command.to_owned(),
                        ..Case::default()
                    });
                } else if let Some(case) = &mut case {
                    expect(case, line);
                }
                Block::Console
            }
            (other, false) => other,
        };
    }
    faults
}

fn open(fence: &str) -> Block {
    match fence.split_once("file=") {
        Some((_, path)) => Block::File(path.trim().to_owned(), String::new()),
        None if fence == "```console" => Block::Console,
        None => Block::Other,
    }
}

fn expect(case: &mut Case, line: &str) {
    match line.strip_prefix("? ") {
        Some(code) => case.code = code.trim().parse().unwrap(),
        None => case.expected.push(line.to_owned()),
    }
}

fn check(page: &Path, dir: &Path, case: &Case) -> Option<String> {
    let words = words(&case.command);
    assert_eq!(words.first().map(String::as_str), Some("alliance"), "{}", case.command);
    let output = Command::new(env!("CARGO_BIN_EXE_alliance"))
        .args(&words[1..])
        .current_dir(dir)
        .env_clear()
        .env("HOME", dir)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8(printed)
        .unwrap()
        .replace(&dir.display().to_string(), "HOME");
    let printed: Vec<&str> = printed.lines().collect();
    let expected: Vec<&str> = trimmed(&case.expected);
    let code = output.status.code().unwrap_or(-1);
    if lines_fit(&expected, &printed) && code == case.code {
        return None;
    }
    let place = format!("{}:{}", page.display(), case.line);
    Some(format!(
        "{place}: {}\n--- expected, with exit code {}\n{}\n--- printed, with exit code {code}\n{}\n",
        case.command,
        case.code,
        expected.join("\n"),
        printed.join("\n")
    ))
}

/// Without the empty lines at the end, which separate cases.
fn trimmed(lines: &[String]) -> Vec<&str> {
    let kept = lines
        .iter()
        .rposition(|line| !line.is_empty())
        .map_or(0, |last| last + 1);
    lines[..kept].iter().map(String::as_str).collect()
}

/// Words of a command; single quotes keep spaces together.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in command.split('\'').enumerate() {
        if index % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

fn lines_fit(expected: &[&str], printed: &[&str]) -> bool {
    match expected.split_first() {
        None => printed.is_empty(),
        Some((&"...", rest)) => (0..=printed.len()).any(|from| lines_fit(rest, &printed[from..])),
        Some((line, rest)) => printed
            .split_first()
            .is_some_and(|(first, others)| fits(line, first) && lines_fit(rest, others)),
    }
}

/// Whether a line is what is expected, with `[..]` for anything.
fn fits(expected: &str, printed: &str) -> bool {
    let Some((before, after)) = expected.split_once("[..]") else {
        return expected == printed;
    };
    let Some(rest) = printed.strip_prefix(before) else {
        return false;
    };
    rest.char_indices()
        .map(|(at, _)| at)
        .chain([rest.len()])
        .any(|at| fits(after, &rest[at..]))
}

#[test]
fn wildcards_stand_for_anything_and_nothing_else() {
    for (expected, printed, fit) in [
        ("a[..]c", "abc", true),
        ("a[..]c", "ac", true),
        ("a[..]c", "abcd", false),
        ("[..]", "", true),
        ("a[..]b[..]c", "axxbyyc", true),
        ("abc", "abc ", false),
    ] {
        assert_eq!(fits(expected, printed), fit, "{expected} {printed}");
    }
    assert!(lines_fit(&["a", "...", "d"], &["a", "b", "c", "d"]));
    assert!(lines_fit(&["..."], &[]));
    assert!(!lines_fit(&["a", "...", "d"], &["a", "b"]));
    assert!(!lines_fit(&["a"], &["a", "b"]));
}
