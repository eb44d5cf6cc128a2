//! A plan in the terms of one commit of the index: what is looked for in each of its segments.

use std::sync::Arc;

use tantivy::query::{Bm25Weight, Weight};
use tantivy::schema::Field;

use super::terms::Placed;
use crate::filter::Span;

/// What documents are asked for.
pub(super) enum Node {
    Everything,
    All(Vec<Node>),
    /// The best of them decides how much a document counts.
    Any(Vec<Node>),
    Not(Box<Node>),
    /// At least so many of these; what they count is added up.
    Least(Vec<Node>, usize),
    /// What it counts is multiplied.
    Weighted(Box<Node>, f32),
    Term(Arc<Placed>, Worth),
    /// Terms that begin so, and what a document with any of them counts.
    Prefix(Prefix, f32),
    /// Terms at distances: tantivy reads the places.
    Phrase(Box<dyn Weight>),
    Claimed(Span),
}

/// Terms that begin so.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Prefix {
    pub(super) field: Field,
    pub(super) begins: String,
}

/// How much a document with a term counts.
pub(super) enum Worth {
    Nothing,
    Constant(f32),
    /// By how rare the term is and how often it stands there.
    Bm25(Bm25Weight),
}

impl Node {
    /// No document.
    pub(super) const fn nothing() -> Self {
        Self::Any(Vec::new())
    }

    /// Any of these; the best decides how much it counts.
    pub(super) fn best(mut ways: Vec<Self>) -> Self {
        match ways.len() {
            1 => ways.remove(0),
            _ => Self::Any(ways),
        }
    }

    pub(super) fn weighted(self, weight: f32) -> Self {
        match (weight - 1.0).abs() < f32::EPSILON {
            true => self,
            false => Self::Weighted(Box::new(self), weight),
        }
    }
}
