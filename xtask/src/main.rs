//! The repository's own checks: `cargo xtask <check>`.
//!
//! Owns what no compiler lint can say about this repository. It reads; only `protocol --write` changes a file, and no
//! check ever asks the network for anything but what cargo itself fetches.

mod advisories;
mod floors;
mod outcome;
mod protocol;
mod tidy;
mod workspace;

use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use outcome::Outcome;

const USAGE: &str = "usage: cargo xtask <check>

  floors            no crate depends upward or sideways; libp2p, sled, axum and anyhow stay in their crates
  tidy              sizes of files and functions, module headings, what no code may contain
  protocol          the specification fits the .proto files and the limits
  protocol --write  records the hash of the .proto files, after the specification was brought up to date
  advisories        least versions of dependencies with known faults
  all               every check";

/// A check reads the repository at the given root and says what it found.
type Check = fn(&Path) -> anyhow::Result<Outcome>;

const CHECKS: [(&str, Check); 4] = [
    ("floors", floors::run),
    ("tidy", tidy::run),
    ("protocol", protocol::run),
    ("advisories", advisories::run),
];

fn main() -> anyhow::Result<ExitCode> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["all"] => run_checks(&CHECKS),
        ["protocol", "--write"] => run_checks(&[("protocol --write", protocol::write)]),
        [name] => match CHECKS.iter().find(|(known, _)| known == name) {
            Some(check) => run_checks(&[*check]),
            None => usage(),
        },
        _ => usage(),
    }
}

fn usage() -> anyhow::Result<ExitCode> {
    writeln!(io::stderr().lock(), "{USAGE}")?;
    Ok(ExitCode::from(2))
}

/// Runs every check given, also after one has failed, so that one reading shows all that is to be mended.
fn run_checks(checks: &[(&str, Check)]) -> anyhow::Result<ExitCode> {
    let root = workspace::root()?;
    let mut good = true;
    for (name, check) in checks {
        let outcome = check(&root).unwrap_or_else(|fault| Outcome::not_made(&fault));
        good &= outcome.faults.is_empty();
        outcome.print(name)?;
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
