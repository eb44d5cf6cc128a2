//! Records from outside: what bytes alone decide.

// Clippy knows a test by its attribute and not by its file: what tests share would be taken for the real thing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "record/fixture.rs"]
mod fixture;
#[path = "record/forks.rs"]
mod forks;
#[path = "../../../tests/vectors/golden.rs"]
mod golden;
#[path = "record/governance.rs"]
mod governance;
#[path = "record/mutation.rs"]
mod mutation;
#[path = "record/pieces.rs"]
mod pieces;
#[path = "record/ranges.rs"]
mod ranges;
#[path = "record/signatures.rs"]
mod signatures;
#[path = "record/statements.rs"]
mod statements;
#[path = "record/vectors.rs"]
mod vectors;
#[path = "record/verdicts.rs"]
mod verdicts;
