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
mod council;
mod cut_short;
mod digest;
mod directory;
mod drafts;
mod envelope;
mod erased;
mod examples;
mod exported;
mod fault;
mod forks;
mod further;
mod hostile;
mod invited;
mod keys;
mod known;
mod large;
mod later;
mod leaf;
mod lookalike;
mod named;
mod notices;
mod progress;
mod reading;
mod refused;
mod rekeyed;
mod relay;
mod removal;
mod rotated;
mod same;
mod scope;
mod searching;
mod series;
mod shipped;
mod snapshots;
mod spine;
mod stage;
mod stewards;
mod stolen;
mod succession;
mod suspended;
mod waiting;
mod withdrawn;
