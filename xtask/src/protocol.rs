//! The specification fits what it specifies: `proto/README.md` names the hash of the `.proto` files, and its table of
//! limits gives the numbers of `alliance-record`.
//!
//! Owns that hash and its line. Never judges what the specification says in words: a person does, and then `--write`
//! records that it was done.

mod limits;

use std::path::Path;

use anyhow::{Context as _, ensure};

use crate::outcome::Outcome;
use crate::workspace::{read, tracked};

const SPECIFICATION: &str = "proto/README.md";
const SCHEMA: &str = "proto/alliance/v1/*.proto";
const LIMITS: &str = "crates/alliance-record/src/limits.rs";
const HASH_KEY: &str = "protocol-hash:";

/// One `.proto` file: its path from the root, and its text.
type Proto = (String, String);

pub(crate) fn run(root: &Path) -> anyhow::Result<Outcome> {
    let (specification, constants) = (read(root, SPECIFICATION)?, read(root, LIMITS)?);
    let protos = protos(root)?;
    let limits = limits::constants(&constants)?;
    let mut faults: Vec<String> = check_hash(&specification, &hash(&protos)).into_iter().collect();
    faults.extend(limits::check(&limits, &specification));
    Ok(Outcome {
        summary: format!("{} .proto files, {} limits", protos.len(), limits.len()),
        faults,
    })
}

/// Records the present hash in the specification.
pub(crate) fn write(root: &Path) -> anyhow::Result<Outcome> {
    let hash = hash(&protos(root)?);
    let specification = with_hash(&read(root, SPECIFICATION)?, &hash)
        .with_context(|| format!("{SPECIFICATION} has no line that begins with {HASH_KEY}: add one"))?;
    std::fs::write(root.join(SPECIFICATION), specification).with_context(|| format!("cannot write {SPECIFICATION}"))?;
    Ok(Outcome {
        summary: format!("{HASH_KEY} {hash}"),
        faults: Vec::new(),
    })
}

fn protos(root: &Path) -> anyhow::Result<Vec<Proto>> {
    let paths = tracked(root, SCHEMA)?;
    ensure!(!paths.is_empty(), "git tracks no {SCHEMA}");
    paths
        .into_iter()
        .map(|path| Ok((path.clone(), read(root, &path)?)))
        .collect()
}

/// BLAKE3 in hexadecimal over the files in the order of their paths: for each its path, a zero byte, the length of its
/// text in bytes as eight bytes little-endian, its text. The lengths keep two files from being read as one.
fn hash(protos: &[Proto]) -> String {
    let mut protos: Vec<&Proto> = protos.iter().collect();
    protos.sort();
    let mut hasher = blake3::Hasher::new();
    for (path, text) in protos {
        hasher.update(path.as_bytes()).update(&[0]);
        hasher
            .update(&(text.len() as u64).to_le_bytes())
            .update(text.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

fn check_hash(specification: &str, expected: &str) -> Option<String> {
    let remedy = "bring the specification up to date, then run cargo xtask protocol --write";
    let found: Vec<&str> = specification
        .lines()
        .filter_map(|line| line.strip_prefix(HASH_KEY))
        .map(str::trim)
        .collect();
    match found.as_slice() {
        [hash] if *hash == expected => None,
        [_] => Some(format!("the .proto files changed after {SPECIFICATION}: {remedy}")),
        [] => Some(format!("{SPECIFICATION} has no line {HASH_KEY} <hex>: {remedy}")),
        _ => Some(format!("{SPECIFICATION} has more than one line {HASH_KEY}: keep one")),
    }
}

/// The specification with its hash line renewed; none when it has no such line.
fn with_hash(specification: &str, hash: &str) -> Option<String> {
    let lines = specification.lines();
    let renewed = lines.map(|line| {
        if line.starts_with(HASH_KEY) {
            format!("{HASH_KEY} {hash}\n")
        } else {
            format!("{line}\n")
        }
    });
    specification
        .lines()
        .any(|line| line.starts_with(HASH_KEY))
        .then(|| renewed.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proto(path: &str, text: &str) -> Proto {
        (path.to_owned(), text.to_owned())
    }

    #[test]
    fn the_hash_depends_on_paths_and_texts_and_not_on_order() {
        let (a, b) = (proto("a.proto", "one"), proto("b.proto", "two"));
        let whole = hash(&[a.clone(), b.clone()]);
        assert_eq!(whole, hash(&[b.clone(), a.clone()]));
        let others = [
            vec![a.clone()],
            vec![a.clone(), proto("b.proto", "two\n")],
            vec![a.clone(), proto("c.proto", "two")],
            vec![proto("a.proto", "onetwo"), proto("b.proto", "")],
        ];
        others
            .iter()
            .for_each(|other| assert_ne!(whole, hash(other), "{other:?}"));
    }

    #[test]
    fn the_specification_follows_the_schema() {
        let old = hash(&[proto("a.proto", "one")]);
        let new = hash(&[proto("a.proto", "other")]);
        let specification = format!("# Protocol\n\nprotocol-hash: {old}\n\nText.\n");
        assert_eq!(check_hash(&specification, &old), None);
        assert!(
            check_hash(&specification, &new)
                .unwrap()
                .contains("cargo xtask protocol --write")
        );
        let written = with_hash(&specification, &new).unwrap();
        assert_eq!(check_hash(&written, &new), None);
        assert_eq!(written, format!("# Protocol\n\nprotocol-hash: {new}\n\nText.\n"));
    }

    #[test]
    fn no_line_or_two_are_faults() {
        assert!(check_hash("# Protocol\n", "00").unwrap().contains("has no line"));
        assert!(
            check_hash("protocol-hash: 00\nprotocol-hash: 00\n", "00")
                .unwrap()
                .contains("more than one")
        );
        assert_eq!(with_hash("# Protocol\n", "00"), None);
    }
}
