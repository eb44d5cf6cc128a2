//! kill -9 of the real binary while it is written to: nothing acknowledged is lost, and it always starts again.
//!
//! `ALLIANCE_KILLS` says how often (8 when absent), `ALLIANCE_SEED` which moments. A moment is a number of
//! acknowledgements after which the process is killed while further requests are in flight.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod node;

use std::path::Path;

use node::{Dice, Home, Running};

/// Kills when nobody says how many.
const KILLS: usize = 8;
/// Acknowledgements before a kill, at most.
const ACKNOWLEDGED_MAX: usize = 40;

fn setting(name: &str, usual: usize) -> usize {
    std::env::var(name).map_or(usual, |text| text.parse().expect("a number"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_9_at_any_moment() {
    let (kills, seed) = (setting("ALLIANCE_KILLS", KILLS), setting("ALLIANCE_SEED", 1));
    let mut dice = Dice(seed as u64);
    let home = Home::founded();
    let mut acknowledged: Vec<String> = Vec::new();
    for kill in 0..kills {
        let mut running = Running::start(&home);
        let new = running
            .publish_until_killed(1 + dice.below(ACKNOWLEDGED_MAX), kill)
            .await;
        assert!(!new.is_empty(), "nothing was acknowledged before kill {kill}");
        let again = Running::start(&home);
        again.holds(&new).await;
        acknowledged.extend(new);
        again.kill();
    }
    let running = Running::start(&home);
    running.holds(&acknowledged).await;
    running.kill();
    println!(
        "{kills} kills, {} records acknowledged, none lost (seed {seed})",
        acknowledged.len()
    );
}

/// What is done to a file.
type Harm = (&'static str, fn(&Path));

const HARMS: [Harm; 4] = [
    ("empty", |file| std::fs::write(file, b"").unwrap()),
    ("cut in half", |file| {
        let bytes = std::fs::read(file).unwrap();
        std::fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
    }),
    ("one byte turned", |file| {
        let mut bytes = std::fs::read(file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0xff;
        std::fs::write(file, bytes).unwrap();
    }),
    ("half-written beside it", |file| {
        std::fs::write(file.with_extension("generating"), b"half").unwrap();
    }),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_snapshot_file_loses_nothing() {
    let home = Home::founded();
    let mut running = Running::start(&home);
    let acknowledged = running.publish_until_killed(20, 0).await;
    for (name, harm) in HARMS {
        // Ending in order makes sled write a snapshot.
        Running::start(&home).end();
        let snapshots = home.snapshots();
        assert!(!snapshots.is_empty(), "no snapshot to harm: {name}");
        snapshots.iter().for_each(|file| harm(file));
        let running = Running::start(&home);
        running.holds(&acknowledged).await;
        running.kill();
    }
}
