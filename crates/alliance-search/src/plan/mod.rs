//! What a question comes to: for each word the terms that count as it. Pure, and the same for an index and for one record, so
//! that both find the same.

mod holds;
mod make;

pub(crate) use holds::{GAP, Reading};
pub(crate) use make::{plan, planned};

use crate::filter::Test;

/// A word for which others were taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spelling {
    /// As it was typed.
    pub typed: String,
    /// Of other spellings folded words that are in the index, the nearest first.
    pub taken: Vec<String>,
}

/// A question in terms.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Plan {
    All(Vec<Plan>),
    Any(Vec<Plan>),
    Not(Box<Plan>),
    Is(Test),
    Says(Sought),
}

/// A word or phrase: any of its forms will do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sought {
    pub(crate) forms: Vec<Form>,
    /// As it was typed; used where nothing is found.
    pub(crate) typed: String,
    /// How much it counts beside what was asked for: less than 1 for what only means the same.
    pub(crate) weight: f32,
    /// Whether another spelling may be tried.
    pub(crate) is_loose: bool,
}

/// A way to find a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    /// Neutral terms at these distances from the first one.
    Terms(Vec<(u32, String)>),
    /// Neutral terms that begin so.
    Prefix(String),
    /// A stem of a language.
    Stem { language: String, stem: String },
    /// Another spelling of the word: a neutral term.
    Near(String),
    /// At least so many of these neutral terms, wherever they stand.
    Most { terms: Vec<String>, least: usize },
}

/// The term under which a stem is kept.
pub(crate) fn stem_term(language: &str, stem: &str) -> String {
    format!("{language}:{stem}")
}
