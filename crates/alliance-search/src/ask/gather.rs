//! What a query finds: the first of a page, how many there are, and how many carry each facet.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::sync::{Mutex, PoisonError};
use std::thread;

use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, TantivyError};

use super::matching::Asked;
use super::node::Node;
use super::question::{After, Counting, Order};
use crate::bits::{Bits, Slots};
use crate::index::{Segment, Snapshot};

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
    /// For each facet by its number, how many of them carry it.
    pub(super) counts: Vec<u32>,
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

/// Documents that are read for an answer from which on it is shared among threads: beginning one takes as long as reading some
/// ten thousand.
const SHARED_FROM: u64 = 100_000;
/// Threads of one question at most: others ask too.
const THREADS_MAX: usize = 4;

impl Gather {
    /// Asks all segments.
    pub(super) fn gather(&self, node: &Node, snapshot: &Snapshot) -> Result<Gathered, TantivyError> {
        let asked: Vec<Asked<'_>> = Asked::all(snapshot).collect();
        let work: u64 = asked.iter().map(|asked| asked.cost(node)).sum();
        let threads = match work {
            SHARED_FROM.. => thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX),
            _ => 1,
        };
        let facets = snapshot.facets.names.len();
        let parts: Vec<_> = share(asked, threads)
            .into_iter()
            .map(|part| Mutex::new(Some(part)))
            .collect();
        let ask = |part: &Mutex<Option<Vec<Asked<'_>>>>| {
            let part = part.lock().unwrap_or_else(PoisonError::into_inner).take();
            self.some(node, part.unwrap_or_default(), facets)
        };
        let gathered: Vec<Result<Gathered, TantivyError>> = thread::scope(|scope| {
            let begin = |part| thread::Builder::new().spawn_scoped(scope, move || ask(part));
            let others: Vec<_> = parts.iter().skip(1).map(|part| (part, begin(part))).collect();
            let mut gathered: Vec<_> = parts.first().map(ask).into_iter().collect();
            gathered.extend(others.into_iter().map(|(part, other)| match other {
                // A system that has no thread left is asked by this one.
                Err(_) => ask(part),
                Ok(other) => {
                    let failed = || TantivyError::InternalError("a thread of the search has failed".to_owned());
                    other.join().unwrap_or_else(|_| Err(failed()))
                }
            }));
            gathered
        });
        let mut all = Gathered {
            counts: vec![0; facets],
            ..Gathered::default()
        };
        for part in gathered {
            let part = part?;
            all.first.extend(part.first);
            all.found += part.found;
            all.behind += part.behind;
            all.counts
                .iter_mut()
                .zip(part.counts)
                .for_each(|(sum, count)| *sum += count);
        }
        all.first.sort_unstable_by_key(|found| Reverse(*found));
        all.first.truncate(self.limit);
        Ok(all)
    }

    /// Asks some segments.
    fn some(&self, node: &Node, mut segments: Vec<Asked<'_>>, facets: usize) -> Result<Gathered, TantivyError> {
        // What arrived last comes first among equals: then hardly any of the others has to be kept for a while.
        segments.sort_by_key(|asked| Reverse(asked.segment.newest));
        let mut all = Gathered {
            counts: vec![0; facets],
            ..Gathered::default()
        };
        let mut first = First {
            after: self.after,
            limit: self.limit,
            heap: BinaryHeap::with_capacity(self.limit + 1),
            least: Score::NEG_INFINITY,
            behind: 0,
        };
        for asked in segments {
            let found = asked.matches(node, &asked.segment.alive)?;
            if found.is_empty() {
                continue;
            }
            let count = found.count();
            all.found += count as u64;
            if self.counting == Counting::Facets {
                asked.segment.count((&found, count), &mut all.counts);
                let adopted = asked.adopted.iter().filter(|(doc, _)| found.has(*doc));
                adopted.for_each(|(_, facet)| all.counts[*facet as usize] += 1);
            }
            first.behind += count as u64;
            self.rank((&asked, node), found, &mut first)?;
        }
        all.behind = first.behind;
        all.first = first.heap.into_iter().map(|Reverse(found)| found).collect();
        Ok(all)
    }

    /// Puts what was found in a segment in its place.
    fn rank(&self, (asked, node): (&Asked<'_>, &Node), found: Bits, first: &mut First) -> Result<(), TantivyError> {
        let mut show = |doc: DocId, score: Score| first.show(score, (asked.segment, asked.ordinal, doc));
        if self.order == Order::Newest {
            found.each_backwards(|doc| show(doc, 0.0));
            return Ok(());
        }
        let slots = Slots::new(found);
        match asked.scores(node, &slots)? {
            None => slots.bits().each_backwards(|doc| show(doc, 0.0)),
            Some(scores) => slots.bits().each_backwards(|doc| show(doc, scores[slots.slot(doc)])),
        }
        Ok(())
    }
}

/// Segments for so many threads, each with about as many documents.
fn share(mut segments: Vec<Asked<'_>>, threads: usize) -> Vec<Vec<Asked<'_>>> {
    if threads <= 1 {
        return vec![segments];
    }
    let mut parts: Vec<(u64, Vec<Asked<'_>>)> = (0..threads).map(|_| (0, Vec::new())).collect();
    segments.sort_by_key(|asked| Reverse(asked.reader.max_doc()));
    for asked in segments {
        if let Some((documents, part)) = parts.iter_mut().min_by_key(|(documents, _)| *documents) {
            *documents += u64::from(asked.reader.max_doc());
            part.push(asked);
        }
    }
    parts.into_iter().map(|(_, part)| part).collect()
}

/// The first of a page.
struct First {
    after: Option<After>,
    limit: usize,
    heap: BinaryHeap<Reverse<Found>>,
    /// What a document has to count to be among them.
    least: Score,
    /// Those that come after the place where the page begins.
    behind: u64,
}

impl First {
    /// Most documents are none of the first: their score tells.
    #[inline]
    fn show(&mut self, score: Score, at: (&Segment, SegmentOrdinal, DocId)) {
        if score >= self.least || self.after.is_some() {
            self.place(score, at);
        }
    }

    fn place(&mut self, score: Score, (segment, ordinal, doc): (&Segment, SegmentOrdinal, DocId)) {
        let found = Found {
            score,
            arrival: segment.arrival(doc),
            address: DocAddress::new(ordinal, doc),
        };
        let is_before = |after: After| found.place(after.score, after.arrival).is_ge();
        if self.after.is_some_and(is_before) {
            self.behind -= 1;
            return;
        }
        let is_full = self.heap.len() >= self.limit;
        if is_full && self.heap.peek().is_some_and(|Reverse(last)| found < *last) {
            return;
        }
        self.heap.push(Reverse(found));
        if is_full {
            self.heap.pop();
            self.least = self.heap.peek().map_or(self.least, |Reverse(last)| last.score);
        }
    }
}
