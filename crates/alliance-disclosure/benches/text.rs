//! How long a scan takes: ordinary and adversarial texts of ten thousand characters.
//! `cargo bench -p alliance-disclosure --bench text`

fn main() {}
