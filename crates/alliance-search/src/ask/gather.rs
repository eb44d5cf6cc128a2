//! One pass over what a query finds: the first of a page, how many there are, and how many carry each facet.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader, TantivyError};

use super::question::{After, Counting, Order};
use crate::index::fields as columns;

/// What is gathered.
pub(super) struct Gather {
    pub(super) order: Order,
    pub(super) after: Option<After>,
    /// Records at most.
    pub(super) limit: usize,
    pub(super) counting: Counting,
}

/// What was gathered.
#[derive(Default)]
pub(super) struct Gathered {
    /// In their order.
    pub(super) first: Vec<Found>,
    /// All that the query finds.
    pub(super) found: u64,
    /// Those of them that come after the place where the page begins.
    pub(super) behind: u64,
    /// By segment, for each facet of its dictionary.
    pub(super) counts: Vec<(SegmentOrdinal, Vec<u32>)>,
}

/// A document in the order of an answer: the greater, the earlier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found {
    pub(super) score: Score,
    pub(super) arrival: u64,
    pub(super) address: DocAddress,
}

impl Found {
    fn place(&self, score: Score, arrival: u64) -> Ordering {
        self.score.total_cmp(&score).then(self.arrival.cmp(&arrival))
    }
}

impl Eq for Found {}

impl Ord for Found {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place(other.score, other.arrival)
    }
}

impl PartialOrd for Found {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Collector for Gather {
    type Fruit = Gathered;
    type Child = Gatherer;

    fn for_segment(&self, ordinal: SegmentOrdinal, segment: &SegmentReader) -> Result<Gatherer, TantivyError> {
        let facets = match self.counting {
            Counting::Facets => segment.fast_fields().str(columns::FACET)?,
            Counting::Records => None,
        };
        Ok(Gatherer {
            ordinal,
            arrivals: segment.fast_fields().u64(columns::ARRIVAL)?,
            counts: vec![0; facets.as_ref().map_or(0, |facets| facets.num_terms())],
            facets,
            after: self.after,
            limit: self.limit,
            first: BinaryHeap::with_capacity(self.limit + 1),
            found: 0,
            behind: 0,
        })
    }

    fn requires_scoring(&self) -> bool {
        self.order == Order::Relevance
    }

    fn merge_fruits(&self, fruits: Vec<Gathered>) -> Result<Gathered, TantivyError> {
        let mut all = Gathered::default();
        for mut fruit in fruits {
            all.first.append(&mut fruit.first);
            all.counts.append(&mut fruit.counts);
            all.found += fruit.found;
            all.behind += fruit.behind;
        }
        all.first.sort_unstable_by_key(|found| Reverse(*found));
        all.first.truncate(self.limit);
        Ok(all)
    }
}

/// Gathers in one segment.
pub(super) struct Gatherer {
    ordinal: SegmentOrdinal,
    arrivals: Column<u64>,
    facets: Option<StrColumn>,
    counts: Vec<u32>,
    after: Option<After>,
    limit: usize,
    first: BinaryHeap<Reverse<Found>>,
    found: u64,
    behind: u64,
}

impl SegmentCollector for Gatherer {
    type Fruit = Gathered;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.found += 1;
        if let Some(facets) = &self.facets {
            for facet in facets.ords().values_for_doc(doc) {
                self.counts[facet as usize] += 1;
            }
        }
        let found = Found {
            score,
            arrival: self.arrivals.first(doc).unwrap_or_default(),
            address: DocAddress::new(self.ordinal, doc),
        };
        let is_behind = |after: After| found.place(after.score, after.arrival).is_lt();
        if !self.after.is_none_or(is_behind) {
            return;
        }
        self.behind += 1;
        let is_full = self.first.len() >= self.limit;
        if is_full && self.first.peek().is_some_and(|Reverse(last)| found < *last) {
            return;
        }
        self.first.push(Reverse(found));
        if is_full {
            self.first.pop();
        }
    }

    fn harvest(self) -> Gathered {
        Gathered {
            first: self.first.into_iter().map(|Reverse(found)| found).collect(),
            found: self.found,
            behind: self.behind,
            counts: vec![(self.ordinal, self.counts)],
        }
    }
}
