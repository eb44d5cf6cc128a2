//! Least versions of dependencies with known faults, read from `Cargo.lock` alone.
//!
//! Works offline, and also holds what RustSec does not list. It never replaces `cargo deny check advisories`, which
//! knows the faults nobody has written down here.

mod version;

use std::path::Path;

use anyhow::Context as _;
use toml::Table;

use crate::outcome::Outcome;
use crate::workspace::read;
use version::Version;

/// The list: crate, least version, why, and whether its absence means that the list has grown stale.
const ADVISORIES: &str = include_str!("../advisories.toml");

/// One crate's least version.
struct Least {
    name: String,
    version: Version,
    reason: String,
    required: bool,
}

pub(crate) fn run(root: &Path) -> anyhow::Result<Outcome> {
    check(ADVISORIES, &read(root, "Cargo.lock")?)
}

/// Judges a lock file by a list; both are the text of a TOML file.
fn check(list: &str, lock: &str) -> anyhow::Result<Outcome> {
    let least = least_versions(list)?;
    let locked = locked_versions(lock)?;
    let faults: Vec<String> = least.iter().flat_map(|least| check_one(least, &locked)).collect();
    let seen = least
        .iter()
        .filter(|least| locked.iter().any(|(name, _)| *name == least.name))
        .count();
    Ok(Outcome {
        summary: format!("{seen} of {} listed crates are in Cargo.lock", least.len()),
        faults,
    })
}

/// Every locked version counts: an old line beside a new one still runs.
fn check_one(least: &Least, locked: &[(String, Version)]) -> Vec<String> {
    let Least {
        name,
        version: bound,
        reason,
        required,
    } = least;
    let versions: Vec<&Version> = locked
        .iter()
        .filter(|(known, _)| known == name)
        .map(|(_, found)| found)
        .collect();
    if *required && versions.is_empty() {
        return vec![format!(
            "{name} is not in Cargo.lock: if it is truly gone, strike it from xtask/advisories.toml"
        )];
    }
    let old = versions.into_iter().filter(|found| *found < bound);
    old.map(|found| format!("{name} {found} is locked, {bound} is the least: {reason}; cargo update -p {name}"))
        .collect()
}

fn least_versions(list: &str) -> anyhow::Result<Vec<Least>> {
    let table: Table = list.parse().context("xtask/advisories.toml is not TOML")?;
    let rows = table.iter().map(|(name, row)| {
        let text = |key: &str| row.get(key).and_then(toml::Value::as_str);
        Ok(Least {
            name: name.clone(),
            version: Version::parse(text("least").with_context(|| format!("{name} names no least version"))?)?,
            reason: text("reason")
                .with_context(|| format!("{name} gives no reason"))?
                .to_owned(),
            required: row.get("required").and_then(toml::Value::as_bool).unwrap_or(false),
        })
    });
    rows.collect()
}

fn locked_versions(lock: &str) -> anyhow::Result<Vec<(String, Version)>> {
    let table: Table = lock.parse().context("Cargo.lock is not TOML")?;
    let packages = table
        .get("package")
        .and_then(toml::Value::as_array)
        .context("Cargo.lock lists no package")?;
    let versions = packages.iter().map(|package| {
        let text = |key: &str| package.get(key).and_then(toml::Value::as_str);
        let name = text("name").context("a package in Cargo.lock has no name")?;
        let found = text("version").with_context(|| format!("{name} has no version in Cargo.lock"))?;
        Ok((name.to_owned(), Version::parse(found)?))
    });
    versions.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "yamux = { least = \"0.13.10\", reason = \"a frame ends the process\", required = true }\n\
                        h2 = { least = \"0.4.16\", reason = \"a stream costs without end\" }\n";

    fn lock(packages: &[(&str, &str)]) -> String {
        packages
            .iter()
            .map(|(name, found)| format!("[[package]]\nname = \"{name}\"\nversion = \"{found}\"\n"))
            .collect()
    }

    fn faults(packages: &[(&str, &str)]) -> Vec<String> {
        check(LIST, &lock(packages)).unwrap().faults
    }

    #[test]
    fn new_enough_or_absent_is_good() {
        assert!(faults(&[("yamux", "0.13.10")]).is_empty());
        assert!(faults(&[("yamux", "0.14.1"), ("h2", "0.4.20")]).is_empty());
    }

    #[test]
    fn too_old_is_a_fault_with_its_reason() {
        let found = faults(&[("yamux", "0.13.9")]);
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("a frame ends the process") && found[0].contains("cargo update -p yamux"));
        assert_eq!(faults(&[("yamux", "0.14.1"), ("h2", "0.4.15")]).len(), 1);
    }

    #[test]
    fn an_old_line_beside_a_new_one_is_a_fault() {
        assert_eq!(faults(&[("yamux", "0.12.1"), ("yamux", "0.14.1")]).len(), 1);
    }

    #[test]
    fn a_required_crate_that_is_gone_is_a_fault() {
        assert_eq!(faults(&[("serde", "1.0.0")]).len(), 1);
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        assert!(check(LIST, "").is_err());
        assert!(check("h2 = { least = \"0.4\", reason = \"r\" }", &lock(&[("h2", "0.4.1")])).is_err());
        assert!(check("h2 = { least = \"0.4.1\" }", &lock(&[("h2", "0.4.1")])).is_err());
    }

    #[test]
    fn the_list_in_the_repository_reads() {
        assert!(least_versions(ADVISORIES).unwrap().len() >= 7);
    }
}
