//! Runs the commands shown in the Markdown files beside this one, and compares what they print.
//!
//! A block that begins with ```` ```console ```` holds lines `$ alliance …`, each followed by what it prints (standard
//! output first, then standard error) and, when it is not 0, the exit code as `? 2`. `[..]` stands for anything within a
//! line, a line `...` for any lines. `[ID]` stands for a word, and in commands after it for that very word. A node that
//! is started with `&` at the end runs until the page ends. A block that begins with ```` ```NAME file=PATH ```` writes a
//! file that only its owner reads. Each Markdown file runs in a directory of its own, which is HOME too.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod asked;
mod node;
mod prompt;
mod syncing;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

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

/// What a page leaves behind for its later commands.
struct Stage<'a> {
    page: &'a Path,
    dir: &'a Path,
    id: String,
    nodes: Vec<Child>,
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        for node in &mut self.nodes {
            let _ = node.kill();
            let _ = node.wait();
        }
    }
}

/// Runs a page; what differs.
fn run(page: &Path) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let mut stage = Stage {
        page,
        dir: dir.path(),
        id: String::new(),
        nodes: Vec::new(),
    };
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
                    write(&stage.dir.join(path), &text);
                }
                faults.extend(case.take().and_then(|case| check(&mut stage, &case)));
                Block::Prose
            }
            (Block::File(path, text), false) => Block::File(path, text + line + "\n"),
            (Block::Console, false) => {
                if let Some(command) = line.strip_prefix("$ ") {
                    faults.extend(case.take().and_then(|case| check(&mut stage, &case)));
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

fn write(path: &Path, text: &str) {
    let mut options = std::fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .unwrap();
    file.write_all(text.as_bytes()).unwrap();
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

fn command(stage: &Stage<'_>, line: &str) -> Command {
    let words = words(line);
    assert_eq!(words.first().map(String::as_str), Some("alliance"), "{line}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_alliance"));
    command
        .args(&words[1..])
        .current_dir(stage.dir)
        .env_clear()
        .env("HOME", stage.dir)
        .stdin(Stdio::null());
    command
}

/// Starts a node, and waits until it says where it answers.
fn start(stage: &mut Stage<'_>, line: &str) {
    let mut started = command(stage, line);
    let mut node = started.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(node.stdout.take().unwrap())
        .read_line(&mut said)
        .unwrap();
    stage.nodes.push(node);
    assert!(said.starts_with('{'), "a node is started with --json: {line}");
}

/// The word that stands for `[ID]`.
fn captured(expected: &[&str], printed: &[&str]) -> Option<String> {
    let (before, after) = expected.iter().find_map(|line| line.split_once("[ID]"))?;
    let after = after.split("[..]").next().unwrap_or_default();
    printed
        .iter()
        .filter_map(|line| line.strip_prefix(before))
        .find_map(|rest| match after {
            "" => Some(rest),
            after => rest.split_once(after).map(|(word, _)| word),
        })
        .map(str::to_owned)
}

fn check(stage: &mut Stage<'_>, case: &Case) -> Option<String> {
    let line = case.command.replace("[ID]", &stage.id);
    if let Some(line) = line.strip_suffix(" &") {
        start(stage, line);
        return None;
    }
    let output = command(stage, &line).output().unwrap();
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8(printed)
        .unwrap()
        .replace(&stage.dir.display().to_string(), "HOME");
    let printed: Vec<&str> = printed.lines().collect();
    let expected: Vec<&str> = trimmed(&case.expected);
    stage.id = captured(&expected, &printed).unwrap_or(std::mem::take(&mut stage.id));
    let code = output.status.code().unwrap_or(-1);
    let wanted: Vec<String> = expected.iter().map(|line| line.replace("[ID]", "[..]")).collect();
    let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    if lines_fit(&wanted, &printed) && code == case.code {
        return None;
    }
    let place = format!("{}:{}", stage.page.display(), case.line);
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
