//! A sample of histories: no promise is broken in any, and a seed's history is the same wherever it is lived through.

use std::process::Command;

use alliance_sim::{Keep, live};

/// A few dozen: seconds. More run in release, see `.ci/run`.
const SEEDS: std::ops::Range<u64> = 0..24;

/// Histories that broke a promise once, each with the fault that it showed.
const REMEMBERED: [(u64, &str); 1] = [(
    14,
    "a log that gossip had brought meanwhile was asked for from its beginning",
)];

/// Lives through histories on all cores; a seed that broke a promise, with the promise.
fn broken_in(seeds: &[u64]) -> Vec<String> {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    let each = seeds.len().div_ceil(cores).max(1);
    std::thread::scope(|scope| {
        let threads: Vec<_> = seeds
            .chunks(each)
            .map(|seeds| scope.spawn(|| broken_one_by_one(seeds)))
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

fn broken_one_by_one(seeds: &[u64]) -> Vec<String> {
    let mut broken = Vec::new();
    for seed in seeds {
        let outcome = live(*seed, Keep::Hash);
        assert!(
            outcome.broken.is_some() || outcome.events > 500,
            "seed {seed} is no history"
        );
        broken.extend(outcome.broken.map(|fault| format!("seed {seed}: {fault}")));
    }
    broken
}

#[test]
fn no_promise_is_broken() {
    let seeds: Vec<u64> = SEEDS.collect();
    assert_eq!(broken_in(&seeds), Vec::<String>::new());
}

#[test]
fn what_was_mended_stays_mended() {
    for (seed, what) in REMEMBERED {
        assert_eq!(live(seed, Keep::Hash).broken, None, "seed {seed}: {what}");
    }
}

#[test]
fn one_seed_is_one_history_in_every_process() {
    for seed in [3, 5] {
        let (first, second) = (live(seed, Keep::Hash), live(seed, Keep::Lines));
        assert_eq!(first.hash, second.hash, "seed {seed}");
        assert_eq!(second.trace.len() as u64, first.lines);
        let child = Command::new(env!("CARGO_BIN_EXE_alliance-sim"))
            .args(["--seed", &seed.to_string()])
            .output()
            .unwrap();
        let said = String::from_utf8(child.stdout).unwrap();
        assert!(said.contains(&first.hash), "{said}");
    }
    assert_ne!(live(3, Keep::Hash).hash, live(5, Keep::Hash).hash);
}

/// A fault that is declared and never made would be told of.
#[test]
fn what_never_occurred_is_named() {
    let one = live(0, Keep::Hash).coverage;
    assert!(!one.missing().is_empty(), "no single history has every fault");
    assert!(
        one.missing()
            .iter()
            .all(|name| one.iter().all(|(seen, _)| seen != name))
    );
}
