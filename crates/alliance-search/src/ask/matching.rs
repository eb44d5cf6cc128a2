//! Which documents of a segment are found.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use tantivy::postings::BlockSegmentPostings;
use tantivy::query::{Scorer, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError};

use super::node::{Node, Prefix};
use super::terms::Placed;
use crate::bits::Bits;
use crate::filter::Span;
use crate::index::{Segment, Snapshot};

/// Of a list so many times as long as what is asked for, single documents are looked up.
const LONG: usize = 16;
/// Makes what leaves out come behind all that finds.
const LAST: u64 = 1_000;
/// How much more it takes to read the places of a phrase's words than to read a list.
const PHRASE_COST: u64 = 8;

/// A segment that is asked.
pub(super) struct Asked<'a> {
    pub(super) ordinal: u32,
    pub(super) reader: &'a SegmentReader,
    pub(super) segment: &'a Segment,
    /// The documents that were adopted, and the facets that say by whom.
    pub(super) adopted: &'a [(DocId, u32)],
    /// By the node's address, so that each is looked for once: what is looked for twice: to find documents and to weigh them.
    phrases: RefCell<HashMap<usize, Arc<Phrases>>>,
    prefixes: RefCell<HashMap<Prefix, Arc<Bits>>>,
}

/// The documents that have a phrase, and how much it counts there.
type Phrases = Vec<(DocId, Score)>;

impl<'a> Asked<'a> {
    /// All segments of a commit.
    pub(super) fn all(snapshot: &'a Snapshot) -> impl Iterator<Item = Self> {
        let readers = snapshot.searcher.segment_readers().iter();
        let segments = snapshot.segments.iter().zip(&snapshot.adopted);
        (0..)
            .zip(readers.zip(segments))
            .map(|(ordinal, (reader, (segment, adopted)))| Self {
                ordinal,
                reader,
                segment,
                adopted,
                phrases: RefCell::default(),
                prefixes: RefCell::default(),
            })
    }

    /// Those of the documents `within` that the node finds.
    pub(super) fn matches(&self, node: &Node, within: &Bits) -> Result<Bits, TantivyError> {
        match node {
            Node::Everything => Ok(within.clone()),
            Node::All(parts) => self.all_of(parts, within),
            Node::Any(parts) => {
                let mut found = Bits::none(self.reader.max_doc());
                for part in parts {
                    found.add(&self.matches(part, within)?);
                }
                Ok(found)
            }
            Node::Not(part) => {
                let mut found = within.clone();
                found.leave_out(&self.matches(part, within)?);
                Ok(found)
            }
            Node::Least(parts, least) => self.least(parts, *least, within),
            Node::Weighted(part, _) => self.matches(part, within),
            Node::Term(placed, _) => self.term(placed, within),
            Node::Prefix(prefix, _) => {
                let mut found = within.clone();
                found.keep(&*self.prefix(prefix)?);
                Ok(found)
            }
            Node::Phrase(phrase) => {
                let mut found = Bits::none(self.reader.max_doc());
                for (doc, _) in self.phrase(node, &**phrase, within)?.iter() {
                    found.put(*doc);
                }
                Ok(found)
            }
            Node::Claimed(span) => Ok(self.claimed(*span, within)),
        }
    }

    /// The cheap ones first: what they leave makes the others cheap.
    fn all_of(&self, parts: &[Node], within: &Bits) -> Result<Bits, TantivyError> {
        let mut order: Vec<&Node> = parts.iter().collect();
        order.sort_by_cached_key(|part| self.cost(part));
        let mut found = within.clone();
        for part in order {
            if found.is_empty() {
                break;
            }
            found = self.matches(part, &found)?;
        }
        Ok(found)
    }

    /// About how many documents are read to find the node's.
    pub(super) fn cost(&self, node: &Node) -> u64 {
        let all = u64::from(self.reader.max_doc());
        match node {
            Node::All(parts) => parts.iter().map(|part| self.cost(part)).min().unwrap_or(all),
            Node::Any(parts) | Node::Least(parts, _) => parts.iter().map(|part| self.cost(part)).sum(),
            Node::Weighted(part, _) => self.cost(part),
            Node::Term(placed, _) => self.info(placed).map_or(0, |info| u64::from(info.doc_freq)),
            Node::Phrase(_) => all * PHRASE_COST,
            Node::Prefix(..) | Node::Claimed(_) => all,
            Node::Everything | Node::Not(_) => all * LAST,
        }
    }

    fn least(&self, parts: &[Node], least: usize, within: &Bits) -> Result<Bits, TantivyError> {
        let mut counts = vec![0_u8; self.reader.max_doc() as usize];
        let least = u8::try_from(least).unwrap_or(u8::MAX);
        let mut found = Bits::none(self.reader.max_doc());
        for part in parts {
            self.matches(part, within)?.each(|doc| {
                let count = &mut counts[doc as usize];
                *count = count.saturating_add(1);
                if *count == least {
                    found.put(doc);
                }
            });
        }
        Ok(match least {
            0 => within.clone(),
            _ => found,
        })
    }

    fn info<'p>(&self, placed: &'p Placed) -> Option<&'p tantivy::postings::TermInfo> {
        placed.segments.get(self.ordinal as usize)?.as_ref()
    }

    fn term(&self, placed: &Placed, within: &Bits) -> Result<Bits, TantivyError> {
        let mut found = Bits::none(self.reader.max_doc());
        let Some(mut postings) = self.postings(placed, IndexRecordOption::Basic)? else {
            return Ok(found);
        };
        if is_long(&postings, within) {
            look_up(&mut postings, within, |doc, _| found.put(doc));
        } else {
            put_all(&mut postings, &mut found);
            found.keep(within);
        }
        Ok(found)
    }

    fn postings(
        &self,
        placed: &Placed,
        option: IndexRecordOption,
    ) -> Result<Option<BlockSegmentPostings>, TantivyError> {
        let Some(info) = self.info(placed) else { return Ok(None) };
        let index = self.reader.inverted_index(placed.field)?;
        Ok(Some(index.read_block_postings_from_terminfo(info, option)?))
    }

    /// Shows the documents `within` that have a term, and how often it stands in each.
    pub(super) fn each(
        &self,
        placed: &Placed,
        within: &Bits,
        mut show: impl FnMut(DocId, u32),
    ) -> Result<(), TantivyError> {
        let Some(mut postings) = self.postings(placed, IndexRecordOption::WithFreqs)? else {
            return Ok(());
        };
        if is_long(&postings, within) {
            look_up(&mut postings, within, show);
            return Ok(());
        }
        while !postings.docs().is_empty() {
            let (docs, times) = (postings.docs(), postings.freqs());
            if times.is_empty() {
                // A field that does not count has no list of how often.
                docs.iter()
                    .filter(|doc| within.has(**doc))
                    .for_each(|doc| show(*doc, 1));
            }
            for (doc, times) in docs.iter().zip(times) {
                if within.has(*doc) {
                    show(*doc, *times);
                }
            }
            postings.advance();
        }
        Ok(())
    }

    /// All documents with terms that begin so, deleted ones too.
    pub(super) fn prefix(&self, prefix: &Prefix) -> Result<Arc<Bits>, TantivyError> {
        if let Some(found) = self.prefixes.borrow().get(prefix) {
            return Ok(Arc::clone(found));
        }
        let mut found = Bits::none(self.reader.max_doc());
        let index = self.reader.inverted_index(prefix.field)?;
        let behind = format!("{}{}", prefix.begins, char::MAX);
        let range = index.terms().range().ge(&prefix.begins).lt(behind);
        let mut terms = range.without_keys().into_stream()?;
        let mut postings: Option<BlockSegmentPostings> = None;
        while terms.advance() {
            match &mut postings {
                Some(postings) => index.reset_block_postings_from_terminfo(terms.value(), postings)?,
                None => {
                    let first = index.read_block_postings_from_terminfo(terms.value(), IndexRecordOption::Basic)?;
                    postings = Some(first);
                }
            }
            postings.iter_mut().for_each(|postings| put_all(postings, &mut found));
        }
        let found = Arc::new(found);
        self.prefixes.borrow_mut().insert(prefix.clone(), Arc::clone(&found));
        Ok(found)
    }

    /// The documents `within` that have a phrase; asked again, those of the first time.
    pub(super) fn phrase(&self, node: &Node, phrase: &dyn Weight, within: &Bits) -> Result<Arc<Phrases>, TantivyError> {
        if let Some(found) = self.phrases.borrow().get(&address(node)) {
            return Ok(Arc::clone(found));
        }
        let mut scorer = phrase.scorer(self.reader, 1.0)?;
        let mut found = Vec::new();
        if within.at_most() < scorer.size_hint() as usize {
            within.each(|doc| {
                if scorer.doc() < doc {
                    scorer.seek(doc);
                }
                if scorer.doc() == doc {
                    found.push((doc, scorer.score()));
                }
            });
        } else {
            while scorer.doc() != TERMINATED {
                if within.has(scorer.doc()) {
                    found.push((scorer.doc(), scorer.score()));
                }
                scorer.advance();
            }
        }
        let found = Arc::new(found);
        self.phrases.borrow_mut().insert(address(node), Arc::clone(&found));
        Ok(found)
    }

    fn claimed(&self, span: Span, within: &Bits) -> Bits {
        let mut found = Bits::none(self.reader.max_doc());
        within.each(|doc| {
            if span.holds(self.segment.claimed_at(doc)) {
                found.put(doc);
            }
        });
        found
    }
}

fn is_long(postings: &BlockSegmentPostings, within: &Bits) -> bool {
    within.at_most() * LONG < postings.doc_freq() as usize
}

/// Looks for each of these documents in the list.
fn look_up(postings: &mut BlockSegmentPostings, within: &Bits, mut show: impl FnMut(DocId, u32)) {
    within.each(|doc| {
        let at = postings.seek(doc);
        if postings.doc(at) == doc {
            show(doc, postings.freq(at));
        }
    });
}

fn put_all(postings: &mut BlockSegmentPostings, found: &mut Bits) {
    while !postings.docs().is_empty() {
        found.put_all(postings.docs());
        postings.advance();
    }
}

fn address(node: &Node) -> usize {
    std::ptr::from_ref(node).addr()
}
