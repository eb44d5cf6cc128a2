//! What is asked and what is answered.

use std::fmt;
use std::str::FromStr;

use alliance_record::RecordId;
use alliance_store::Arrival;

use super::lists::ListCounts;
use super::marks::Marks;
use crate::filter::{Filter, Tree};
use crate::plan::Spelling;

/// Records of a page at most.
pub const HITS_MAX: usize = 100;

/// A question to the index.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// What must hold, as [`filter::parse`](crate::filter::parse) reads it.
    pub tree: Tree,
    /// What must hold as well.
    pub filter: Filter,
    /// Which come first.
    pub order: Order,
    /// The page goes on behind this: [`Answer::next`] of the one before.
    pub after: Option<After>,
    /// Records of the page: 1 to [`HITS_MAX`]; others are brought there.
    pub limit: usize,
    /// Whether facets are counted.
    pub counting: Counting,
}

impl Default for Question {
    fn default() -> Self {
        Self {
            tree: Tree::everything(),
            filter: Filter::default(),
            order: Order::Relevance,
            after: None,
            limit: 20,
            counting: Counting::Facets,
        }
    }
}

/// Which records come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Those that say most of what was asked; of equals, the newest.
    Relevance,
    /// Those that this node could read last.
    Newest,
}

/// What is counted beside the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// The records alone.
    Records,
    /// How many carry each facet, too.
    Facets,
}

/// A place in the order of an answer. Its text, 24 hexadecimal digits, is meant for addresses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct After {
    pub(super) score: f32,
    pub(super) arrival: u64,
}

/// The text is no place in an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is no place in an answer: take it as the page before gave it")]
pub struct AfterError;

impl fmt::Display for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}{:016x}", self.score.to_bits(), self.arrival)
    }
}

impl FromStr for After {
    type Err = AfterError;

    fn from_str(text: &str) -> Result<Self, AfterError> {
        let is_right = text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let (score, arrival) = is_right.then(|| text.split_at(8)).ok_or(AfterError)?;
        let score = f32::from_bits(u32::from_str_radix(score, 16).map_err(|_| AfterError)?);
        let arrival = u64::from_str_radix(arrival, 16).map_err(|_| AfterError)?;
        score.is_finite().then_some(Self { score, arrival }).ok_or(AfterError)
    }
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The page, in its order.
    pub hits: Vec<Hit>,
    /// Where the next page begins; `None` when nothing is behind this one. A page may be shorter than asked for, and even
    /// empty, and yet have one behind it, when many records were not to be kept.
    pub next: Option<After>,
    /// Records found, whether they were to be kept or not.
    pub found: u64,
    /// Records of those looked at for this page that were not to be kept. When it is not 0, `found` and `lists` count records
    /// that are not shown.
    pub not_kept: usize,
    /// How many of the records found carry each facet, whether they were to be kept or not.
    pub lists: Vec<ListCounts>,
    /// Words for which other spellings were taken, because no record has the word itself.
    pub spellings: Vec<Spelling>,
    /// Words for which others that mean the same were looked for too: words, and codes as `list:code`.
    pub meant: Vec<Spelling>,
    /// Whether nothing was found as it was asked, and words were then taken loosely.
    pub is_loose: bool,
    /// Up to where the index had followed the store.
    pub as_of: Arrival,
    /// Finds the words in the texts of records.
    pub marks: Marks,
}

/// A record that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Its id.
    pub id: RecordId,
    /// When it arrived, or its body if that came later.
    pub arrival: Arrival,
    /// How well it fits: to be compared within one answer only; 0 in the order of arrival.
    pub score: f32,
}
