//! Confinement: which third-party crates stay in which crate, and what the engine's tree never holds.
//!
//! Owns those two tables; the floors themselves are the parent's.

use super::tree;

/// The crate that decides, and therefore has no clock, no source of randomness, no disk and no network.
pub(super) const PURE: &str = "alliance-engine";

/// Third-party crates and the only crates that may name them as a direct dependency. A name stands for its family:
/// `libp2p` is also `libp2p-identity`.
const HOLDERS: [(&str, &[&str]); 9] = [
    ("libp2p", &["alliance-net"]),
    ("sled", &["alliance-store"]),
    ("axum", &["alliance-http"]),
    ("tantivy", &["alliance-search"]),
    ("parquet", &["alliance-tables", "alliance-tests"]),
    ("rusqlite", &["alliance-tables"]),
    ("object_store", &["alliance-tables"]),
    ("zip", &["alliance-snapshot"]),
    (
        "anyhow",
        &["alliance", "alliance-network-suite", "alliance-sim", "xtask"],
    ),
];

/// Families that may stand nowhere in the engine's tree. `rand_core` is not among them: it holds traits and no source
/// of randomness, and the signature crates name it.
const IMPURE: [&str; 7] = ["tokio", "getrandom", "rand", "sled", "libp2p", "chrono", "time"];

/// Faults in `cargo tree --workspace -e normal --depth 1`.
pub(super) fn check_holders(printed: &str) -> Vec<String> {
    let arrows = tree::arrows(printed);
    if arrows.is_empty() {
        return vec!["no direct dependencies seen: confinement cannot be judged".to_owned()];
    }
    let astray = arrows.iter().filter_map(|arrow| {
        let (family, holders) = HOLDERS.iter().find(|(family, _)| is_of(&arrow.to, family))?;
        let astray = !holders.contains(&arrow.from.as_str());
        astray.then(|| {
            format!(
                "{} depends on {}: {family} stays in {}",
                arrow.from,
                arrow.to,
                holders.join(" and ")
            )
        })
    });
    astray.collect()
}

/// Faults in `cargo tree -p alliance-engine -e normal`, the whole tree.
pub(super) fn check_purity(printed: &str) -> Vec<String> {
    let names = tree::names(printed);
    if !tree::roots(printed).contains(PURE) || names.len() < 2 {
        return vec![format!("the tree of {PURE} was not seen: purity cannot be judged")];
    }
    let impure = names
        .iter()
        .filter(|name| IMPURE.iter().any(|family| is_of(name, family)));
    let remedy = format!("see cargo tree -p {PURE} -e normal -i");
    impure
        .map(|name| format!("{PURE} must stay pure, and its tree holds {name}: {remedy} {name}"))
        .collect()
}

fn is_of(name: &str, family: &str) -> bool {
    name.strip_prefix(family)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_one(from: &str, to: &str, good: bool) {
        let faults = check_holders(&format!("0{from} v0.1.0 (/x)\n1{to} v1.0.0\n"));
        assert_eq!(faults.is_empty(), good, "{from} -> {to}: {faults:?}");
    }

    #[test]
    fn each_family_passes_in_its_crate_and_nowhere_else() {
        for (family, holders) in HOLDERS {
            holders.iter().for_each(|holder| check_one(holder, family, true));
            check_one("alliance-node", family, false);
            check_one("alliance-node", &format!("{family}-part"), false);
            check_one("alliance-node", &format!("{family}ish"), true);
        }
    }

    #[test]
    fn a_dependency_of_a_dependency_is_not_ours() {
        assert!(check_holders("0alliance-net v0.1.0\n1libp2p v0.57.1\n2libp2p-core v0.44.0\n").is_empty());
    }

    #[test]
    fn the_engine_is_pure() {
        let good = "0alliance-engine v0.1.0\n1alliance-record v0.1.0\n2rand_core v0.10.1\n2timer v1.0.0\n";
        assert!(check_purity(good).is_empty());
        for family in IMPURE {
            let faults = check_purity(&format!("{good}3{family} v1.0.0\n"));
            assert_eq!(faults.len(), 1, "{family}: {faults:?}");
        }
    }

    #[test]
    fn a_vacuous_reading_is_a_fault() {
        assert_eq!(check_holders("0alliance v0.1.0\n").len(), 1);
        assert_eq!(check_purity("").len(), 1);
        assert_eq!(check_purity("0alliance-engine v0.1.0\n").len(), 1);
        assert_eq!(check_purity("0alliance-record v0.1.0\n1serde v1.0.0\n").len(), 1);
    }
}
