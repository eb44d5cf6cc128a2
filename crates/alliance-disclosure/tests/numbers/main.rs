//! Series before publication: what the rule does to them, and whether attackers who try everything can compute what it
//! hides.

// Clippy knows a test by its attribute and not by its file: what tests share would be taken for the real thing.
#![allow(clippy::unwrap_used, clippy::panic)]

mod attacker;
mod checking;
mod figures;
mod given;
mod joint;
mod protecting;
mod rolling;
mod simulation;
