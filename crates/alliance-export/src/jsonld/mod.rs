//! One graph in the words of schema.org, with its context in it: nothing is fetched to read it. What each kind is, and why, is told with [`crate::Format::JsonLd`].

mod codes;
mod graph;
mod kinds;

pub(crate) use graph::Graph;
