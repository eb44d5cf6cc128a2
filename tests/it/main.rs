//! Clusters of real nodes on loopback.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod actor;
mod bodies;
mod bundle;
mod chapters;
mod directory;
mod envelope;
mod fault;
mod forks;
mod hostile;
mod invited;
mod keys;
mod large;
mod later;
mod leaf;
mod lookalike;
mod progress;
mod refused;
mod relay;
mod same;
mod scope;
mod spine;
mod stage;
mod waiting;
mod withdrawn;
