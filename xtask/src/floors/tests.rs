//! The rule of arrows on fabricated trees.

use super::*;

/// Prints a tree as cargo does: each crate, and what it depends on.
fn printed(crates: &[(&str, &[&str])]) -> String {
    let lines = crates.iter().map(|(name, known)| {
        let below = known.iter().map(|dep| format!("1{dep} v0.1.0 (/x/{dep})\n"));
        format!("0{name} v0.1.0 (/x/{name})\n{}\n", below.collect::<String>())
    });
    lines.collect()
}

fn check(crates: &[(&str, &[&str])], expected: &[&str]) {
    let faults = check_arrows(&printed(crates)).faults;
    assert_eq!(faults.len(), expected.len(), "{faults:?}");
    for (fault, part) in faults.iter().zip(expected) {
        assert!(fault.contains(part), "{fault:?} does not say {part:?}");
    }
}

#[test]
fn arrows_down_are_good() {
    check(
        &[("alliance-wire", &["alliance-record"]), ("alliance-record", &[])],
        &[],
    );
    check(
        &[
            ("alliance-tests", &["alliance"]),
            ("alliance", &["alliance-api"]),
            ("alliance-api", &[]),
        ],
        &[],
    );
    check(
        &[("alliance-search", &["alliance-store"]), ("alliance-store", &[])],
        &[],
    );
}

/// Every arrow between two floors, and the same arrow turned round: exactly the one that runs down passes.
#[test]
fn an_arrow_turned_round_is_a_fault() {
    for (from, stand) in PLACES {
        for (to, target) in PLACES.iter().filter(|(to, _)| *to != from) {
            let good = match (stand, target) {
                (_, Place::Aside) => false,
                (Place::Aside, _) => true,
                (_, Place::Fixture) => false,
                (Place::Fixture, Place::Floor(_)) => true,
                (Place::Floor(a), Place::Floor(b)) => *b < a || (from, *to) == SIDEWAYS_ALLOWED[0],
            };
            let faults = check_arrows(&printed(&[(from, &[to]), (to, &[])])).faults;
            assert_eq!(faults.is_empty(), good, "{from} -> {to}: {faults:?}");
        }
    }
}

#[test]
fn a_fault_says_which_way_the_arrow_runs() {
    check(
        &[("alliance-record", &["alliance-wire"]), ("alliance-wire", &[])],
        &["depends up on"],
    );
    check(
        &[("alliance-engine", &["alliance-store"]), ("alliance-store", &[])],
        &["depends sideways on"],
    );
    check(
        &[("alliance-store", &["alliance-search"]), ("alliance-search", &[])],
        &["depends sideways on"],
    );
    check(&[("alliance", &["xtask"]), ("xtask", &[])], &["nobody may depend on"]);
}

#[test]
fn an_unknown_crate_is_a_fault() {
    let crates: [(&str, &[&str]); 3] = [
        ("alliance-wire", &["alliance-record"]),
        ("alliance-record", &[]),
        ("alliance-new", &[]),
    ];
    check(&crates, &["alliance-new stands nowhere: give it a floor"]);
}

#[test]
fn a_vacuous_reading_is_a_fault() {
    check(&[], &["no arrows seen"]);
    check(
        &[("alliance-wire", &["serde"]), ("alliance-record", &[])],
        &["no arrows seen"],
    );
    let partial = "0alliance-wire v0.1.0 (/x)\n1alliance-record v0.1.0 (/x)\n0alliance-record v0.1.0 (/x) (*)\n";
    let faults = check_arrows(partial).faults;
    assert!(faults.iter().any(|fault| fault.contains("--no-dedupe")), "{faults:?}");
}
