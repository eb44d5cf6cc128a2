//! The engine from outside: many of them in one room, with toy stores, a chosen order of messages and a clock of our own.

// Clippy knows a test by its attribute and not by its file: what tests share would be taken for the real thing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "engine/amplified.rs"]
mod amplified;
#[path = "engine/beats.rs"]
mod beats;
#[path = "engine/bodies.rs"]
mod bodies;
#[path = "engine/bounds.rs"]
mod bounds;
#[path = "engine/clock.rs"]
mod clock;
#[path = "engine/collisions.rs"]
mod collisions;
#[path = "engine/convergence.rs"]
mod convergence;
#[path = "engine/costs.rs"]
mod costs;
#[path = "engine/ends.rs"]
mod ends;
#[path = "engine/fixture.rs"]
mod fixture;
#[path = "engine/forks.rs"]
mod forks;
#[path = "engine/governance/mod.rs"]
mod governance;
#[path = "engine/held_up.rs"]
mod held_up;
#[path = "engine/hostile.rs"]
mod hostile;
#[path = "engine/liars.rs"]
mod liars;
#[path = "engine/library.rs"]
mod library;
#[path = "engine/lies.rs"]
mod lies;
#[path = "engine/liveness.rs"]
mod liveness;
#[path = "engine/progress.rs"]
mod progress;
#[path = "engine/removals.rs"]
mod removals;
#[path = "engine/replica.rs"]
mod replica;
#[path = "engine/resumption.rs"]
mod resumption;
#[path = "engine/roster.rs"]
mod roster;
#[path = "engine/rounds.rs"]
mod rounds;
#[path = "engine/runs.rs"]
mod runs;
#[path = "engine/sharing.rs"]
mod sharing;
#[path = "engine/solo.rs"]
mod solo;
#[path = "engine/statements.rs"]
mod statements;
#[path = "engine/store.rs"]
mod store;
#[path = "engine/stream.rs"]
mod stream;
#[path = "engine/texts.rs"]
mod texts;
#[path = "engine/traffic.rs"]
mod traffic;
#[path = "engine/verdicts.rs"]
mod verdicts;
#[path = "engine/withheld.rs"]
mod withheld;
#[path = "engine/world.rs"]
mod world;
