//! The floors: a crate depends only on lower floors.
//!
//! Owns the table of floors and the rule of arrows. Never reads a manifest: what cargo resolved is what counts.

mod confined;
#[cfg(test)]
mod tests;
mod tree;

use std::collections::BTreeSet;
use std::path::Path;

use crate::outcome::Outcome;
use crate::workspace::cargo;
use tree::Arrow;

/// Where a crate of this workspace stands.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// Depends only on crates of lower number.
    Floor(u8),
    /// May know every floor; only who stands aside may know it.
    Fixture,
    /// May know everything; nobody may know it.
    Aside,
}

const PLACES: [(&str, Place); 20] = [
    ("alliance-record", Place::Floor(0)),
    ("alliance-disclosure", Place::Floor(0)),
    ("alliance-knowledge", Place::Floor(1)),
    ("alliance-export", Place::Floor(1)),
    ("alliance-wire", Place::Floor(1)),
    ("alliance-api", Place::Floor(1)),
    ("alliance-engine", Place::Floor(2)),
    ("alliance-store", Place::Floor(2)),
    ("alliance-net", Place::Floor(2)),
    ("alliance-tables", Place::Floor(2)),
    ("alliance-search", Place::Floor(2)),
    ("alliance-snapshot", Place::Floor(3)),
    ("alliance-node", Place::Floor(4)),
    ("alliance-http", Place::Floor(5)),
    ("alliance", Place::Floor(6)),
    ("alliance-fill", Place::Fixture),
    ("alliance-tests", Place::Aside),
    ("alliance-sim", Place::Aside),
    ("alliance-network-suite", Place::Aside),
    ("xtask", Place::Aside),
];

/// The only arrow between neighbours: search is a projection of the store and is rebuilt from it.
const SIDEWAYS_ALLOWED: [(&str, &str); 1] = [("alliance-search", "alliance-store")];

/// `--no-dedupe` matters: without it a crate shown once already loses its arrows, and the check would pass on nothing.
/// `--prefix depth` is the form made for programs; `--all-features` also shows what is optional.
const TREE: [&str; 9] = [
    "tree",
    "--locked",
    "--workspace",
    "--all-features",
    "--depth",
    "1",
    "--no-dedupe",
    "--prefix",
    "depth",
];

pub(crate) fn run(root: &Path) -> anyhow::Result<Outcome> {
    let built = cargo(root, &[&TREE[..], &["-e", "normal,build"]].concat())?;
    let normal = cargo(root, &[&TREE[..], &["-e", "normal"]].concat())?;
    let engine = cargo(
        root,
        &[
            "tree",
            "--locked",
            "-p",
            confined::PURE,
            "-e",
            "normal",
            "--prefix",
            "depth",
        ],
    )?;
    let mut outcome = check_arrows(&built);
    outcome.faults.extend(confined::check_holders(&normal));
    outcome.faults.extend(confined::check_purity(&engine));
    Ok(outcome)
}

/// Judges the arrows between the workspace's crates in what `cargo tree` printed.
fn check_arrows(printed: &str) -> Outcome {
    let crates = tree::roots(printed);
    let arrows: Vec<Arrow> = tree::arrows(printed)
        .into_iter()
        .filter(|arrow| crates.contains(arrow.to.as_str()))
        .collect();
    let mut faults = check_reading(printed, &arrows);
    faults.extend(check_known(&crates));
    faults.extend(arrows.iter().filter_map(check_arrow));
    Outcome {
        summary: format!("{} crates, {} arrows between them", crates.len(), arrows.len()),
        faults,
    }
}

/// A reading that shows nothing, or only a part, must not pass.
fn check_reading(printed: &str, arrows: &[Arrow]) -> Vec<String> {
    let mut faults = Vec::new();
    if arrows.is_empty() {
        faults.push("no arrows seen: cargo tree showed no dependency between crates of this workspace".to_owned());
    }
    if printed.contains("(*)") {
        faults.push("cargo tree left out what it had shown before: read it with --no-dedupe".to_owned());
    }
    faults
}

fn check_known(crates: &BTreeSet<&str>) -> Vec<String> {
    let unknown = crates.iter().filter(|name| place(name).is_none());
    unknown
        .map(|name| format!("{name} stands nowhere: give it a floor in xtask/src/floors.rs"))
        .collect()
}

fn check_arrow(arrow: &Arrow) -> Option<String> {
    let Arrow { from, to } = arrow;
    let (Some(stand), Some(target)) = (place(from), place(to)) else {
        return None;
    };
    match (stand, target) {
        (_, Place::Aside) => Some(format!("{from} depends on {to}, which nobody may depend on")),
        (Place::Aside, Place::Fixture) => None,
        (_, Place::Fixture) => Some(format!("{from} depends on {to}, which is for tests alone")),
        (Place::Aside | Place::Fixture, Place::Floor(_)) => None,
        (Place::Floor(high), Place::Floor(low)) if low < high => None,
        (Place::Floor(_), Place::Floor(_)) if SIDEWAYS_ALLOWED.contains(&(from.as_str(), to.as_str())) => None,
        (Place::Floor(stand), Place::Floor(target)) => {
            let way = if target > stand { "up" } else { "sideways" };
            Some(format!(
                "{from} (floor {stand}) depends {way} on {to} (floor {target}): move the shared part down"
            ))
        }
    }
}

fn place(name: &str) -> Option<Place> {
    PLACES.iter().find(|(known, _)| *known == name).map(|(_, place)| *place)
}
