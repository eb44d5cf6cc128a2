//! Frames from outside: what is carried comes back as it was, and what is not a frame is told what it is.

// Clippy knows a test by its attribute and not by its file: what tests share would be taken for the real thing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "wire/arriving.rs"]
mod arriving;
#[path = "wire/bounds.rs"]
mod bounds;
#[path = "wire/fixture.rs"]
mod fixture;
#[path = "wire/garbage.rs"]
mod garbage;
#[path = "../../../tests/vectors/golden.rs"]
mod golden;
#[path = "wire/round_trip.rs"]
mod round_trip;
#[path = "wire/sketch_bounds.rs"]
mod sketch_bounds;
#[path = "wire/sketch_sets.rs"]
mod sketch_sets;
#[path = "wire/sketch_vectors.rs"]
mod sketch_vectors;
#[path = "wire/vectors.rs"]
mod vectors;
