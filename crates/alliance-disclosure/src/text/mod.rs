//! Personal details in texts: patterns, checksums, and the words around them.
//!
//! A [`Scanner`] reads a text before it is signed and says where something in it looks like a personal detail, which
//! rule says so and what mends it. What details look like stands in two tables of `data/`, country by country. A scan
//! is pure and its time grows with the text only. It never changes a text and never repeats what it found, and it
//! cannot find everything: a tale that everybody in the town knows has no pattern.

mod check;
mod contacts;
mod counts;
mod dates;
mod finding;
mod fold;
mod labels;
mod names;
mod numbers;
mod people;
mod places;
mod scanner;
mod shape;
mod table;
mod titles;
mod view;
mod words;

pub use finding::{Action, Class, Finding, Ground, Position};
pub use scanner::{DetectorInfo, FINDINGS_MAX, Scanner};
