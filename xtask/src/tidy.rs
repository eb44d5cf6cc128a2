//! Tidiness: how long files and functions are, how a module begins, and what no code here may contain.
//!
//! Owns the limits of size. Never honours an exemption: asking for one is itself a fault.

mod functions;
mod sources;
mod words;

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context as _;

use crate::outcome::Outcome;
use crate::workspace::{read, tracked};
use functions::Functions;

/// Lines in a file. A longer one has more than one concern.
const FILE_LINES_MAX: usize = 400;

/// Lines in a function, from its `fn` to its closing brace, blank lines and comments included: what a reader must hold
/// in view.
const FUNCTION_LINES_MAX: usize = 70;

/// One Rust file of the repository: its path from the root, and its text.
struct Source {
    path: String,
    text: String,
}

pub(crate) fn run(root: &Path) -> anyhow::Result<Outcome> {
    let paths = tracked(root, "*.rs")?;
    let sources: anyhow::Result<Vec<Source>> = paths
        .into_iter()
        .map(|path| {
            Ok(Source {
                text: read(root, &path)?,
                path,
            })
        })
        .collect();
    check(&sources?)
}

/// Judges the files given; an error when one of them is not Rust.
fn check(sources: &[Source]) -> anyhow::Result<Outcome> {
    let test_places = sources::test_places(sources)?;
    let mut outcome = Outcome::default();
    let mut lengths = Vec::new();
    for source in sources {
        lengths.extend(check_source(source, &test_places, &mut outcome.faults)?);
    }
    if lengths.is_empty() {
        outcome
            .faults
            .push("no function seen: the check looked at nothing".to_owned());
    }
    lengths.sort_unstable();
    outcome.summary = summary(sources.len(), &lengths);
    Ok(outcome)
}

/// Judges one file and gives the lengths of its functions.
fn check_source(
    source: &Source,
    test_places: &BTreeSet<String>,
    faults: &mut Vec<String>,
) -> anyhow::Result<Vec<usize>> {
    let path = &source.path;
    let file = syn::parse_file(&source.text).with_context(|| format!("{path} is not Rust"))?;
    let functions = Functions::of(&file);
    faults.extend(check_shape(source));
    faults.extend(functions.long(FUNCTION_LINES_MAX).map(|found| {
        let (name, line, lines) = (&found.name, found.line, found.lines);
        format!("{path}:{line}: fn {name} has {lines} lines, {FUNCTION_LINES_MAX} are the most: divide it by concern")
    }));
    let all_test = sources::is_test(path, test_places);
    faults.extend(
        words::forbidden(&source.text, |line| all_test || functions.is_test(line))?
            .into_iter()
            .map(|(line, fault)| format!("{path}:{line}: {fault}")),
    );
    Ok(functions.lengths())
}

fn check_shape(Source { path, text }: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    let lines = text.lines().count();
    if lines > FILE_LINES_MAX {
        faults.push(format!(
            "{path}: {lines} lines, {FILE_LINES_MAX} are the most: divide it by concern"
        ));
    }
    if !text.starts_with("//!") {
        faults.push(format!(
            "{path}:1: begin with //! and say what the module owns and what it never does"
        ));
    }
    faults
}

/// `lengths` must be sorted.
fn summary(files: usize, lengths: &[usize]) -> String {
    let at = |percent: usize| lengths.get((lengths.len() * percent / 100).min(lengths.len().saturating_sub(1)));
    let (median, high) = (at(50).unwrap_or(&0), at(99).unwrap_or(&0));
    format!(
        "{files} files, {} functions: median {median} lines, 99th percentile {high}",
        lengths.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(path: &str, text: &str) -> Vec<String> {
        check(&[Source {
            path: path.to_owned(),
            text: text.to_owned(),
        }])
        .unwrap()
        .faults
    }

    /// Expects one fault for each part given, and that it says so.
    fn check_text(text: &str, expected: &[&str]) {
        let faults = faults("crates/a/src/lib.rs", text);
        assert_eq!(faults.len(), expected.len(), "{faults:?}");
        for (fault, part) in faults.iter().zip(expected) {
            assert!(fault.contains(part), "{fault:?} does not say {part:?}");
        }
    }

    fn function_of(lines: usize) -> String {
        format!("//! A module.\nfn f() {{\n{}}}\n", "    let _ = 1;\n".repeat(lines - 2))
    }

    #[test]
    fn a_function_may_have_seventy_lines() {
        check_text(&function_of(FUNCTION_LINES_MAX), &[]);
        check_text(&function_of(FUNCTION_LINES_MAX + 1), &["fn f has 71 lines"]);
    }

    #[test]
    fn a_file_may_have_four_hundred_lines() {
        let text = |lines: usize| format!("//! A module.\nfn f() {{}}\n{}", "// why\n".repeat(lines - 2));
        check_text(&text(FILE_LINES_MAX), &[]);
        check_text(&text(FILE_LINES_MAX + 1), &["401 lines"]);
    }

    #[test]
    fn a_module_begins_with_what_it_owns() {
        check_text("// A module.\nfn f() {}\n", &["begin with //!"]);
        check_text("fn f() {}\n", &["begin with //!"]);
    }

    #[test]
    fn looking_at_nothing_is_a_fault() {
        assert_eq!(check(&[]).unwrap().faults.len(), 1);
    }

    #[test]
    fn what_is_not_rust_is_an_error() {
        assert!(
            check(&[Source {
                path: "a.rs".to_owned(),
                text: "//! A.\nfn {".to_owned()
            }])
            .is_err()
        );
    }

    #[test]
    fn sleep_is_judged_by_place() {
        let text = "//! A module.\nfn f() { std::thread::sleep(x) }\n";
        assert!(faults("crates/a/src/lib.rs", text).is_empty());
        assert_eq!(faults("tests/it/a.rs", text).len(), 1);
        assert_eq!(faults("crates/a/tests/a.rs", text).len(), 1);
        let inline = "//! A module.\n#[cfg(test)]\nmod tests {\n    fn f() { std::thread::sleep(x) }\n}\n";
        assert_eq!(faults("crates/a/src/lib.rs", inline).len(), 1);
    }

    #[test]
    fn the_summary_counts() {
        let lengths: Vec<usize> = (1..=100).collect();
        assert_eq!(
            summary(3, &lengths),
            "3 files, 100 functions: median 51 lines, 99th percentile 100"
        );
        assert_eq!(
            summary(0, &[]),
            "0 files, 0 functions: median 0 lines, 99th percentile 0"
        );
    }
}
