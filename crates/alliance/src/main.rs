//! Starts: the binary.

fn main() {}
