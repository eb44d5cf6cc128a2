//! What is like a record: it says the rare words of that record, and carries its rare codes. Codes make records of other
//! languages alike.

use std::collections::HashMap;
use std::sync::Arc;

use alliance_record::RecordId;
use tantivy::schema::Field;
use tantivy::{TantivyError, Term};

use super::gather::Gather;
use super::lists::ListCounts;
use super::marks::Marks;
use super::node::{Node, Worth};
use super::question::{Answer, Counting, HITS_MAX, Hit, Order, Question};
use super::search::{Page, Searcher};
use super::terms::{Placed, Terms};
use crate::filter::Facts;
use crate::index::{Fields, SearchFault, Snapshot, code_term};
use crate::plan::{Plan, stem_term};
use crate::text::{Shape, is_stop_word, language, stem, tokens};

/// Words and codes by which records are compared: the rarest of the record.
const WORDS_MAX: usize = 24;
const CODES_MAX: usize = 12;
/// Of so many of these one record must have: fewer is chance.
const LEAST: usize = 3;

impl Searcher {
    /// Records that are like this one, the most alike first, without itself. `limit` is 1 to [`HITS_MAX`].
    ///
    /// # Errors
    /// [`SearchFault`].
    pub fn more_like(
        &self,
        facts: &Facts,
        limit: usize,
        keep: &dyn Fn(&RecordId) -> bool,
    ) -> Result<Vec<Hit>, SearchFault> {
        let snapshot = self.shared().current();
        let terms = Terms::new(&snapshot);
        let likeness = Likeness {
            fields: &self.shared().fields,
            terms: &terms,
        };
        let Some(node) = likeness.node(facts)? else {
            return Ok(Vec::new());
        };
        let question = Question {
            limit,
            counting: Counting::Records,
            ..Question::default()
        };
        let gather = Gather {
            order: Order::Relevance,
            after: None,
            limit: 2 * limit.clamp(1, HITS_MAX),
            counting: Counting::Records,
        };
        let first = gather.gather(&node, &snapshot)?;
        let mut answer = empty(&snapshot);
        let page = Page {
            question: &question,
            snapshot: &snapshot,
            node: &node,
            keep,
        };
        page.fill(&mut answer, first)?;
        Ok(answer.hits)
    }
}

fn empty(snapshot: &Snapshot) -> Answer {
    Answer {
        hits: Vec::new(),
        next: None,
        found: 0,
        not_kept: 0,
        lists: Vec::<ListCounts>::new(),
        spellings: Vec::new(),
        meant: Vec::new(),
        is_loose: false,
        as_of: snapshot.cursor,
        marks: Marks::new(Plan::All(Vec::new())),
    }
}

struct Likeness<'a> {
    fields: &'a Fields,
    terms: &'a Terms<'a>,
}

impl Likeness<'_> {
    fn node(&self, facts: &Facts) -> Result<Option<Node>, TantivyError> {
        let words = self.rarest(self.words(facts), WORDS_MAX)?;
        let codes = facts
            .codes
            .iter()
            .map(|(list, code)| (self.fields.facet, code_term(list, code)));
        let codes = self.rarest(codes.map(|code| (code, 1)).collect(), CODES_MAX)?;
        let mut ways = Vec::new();
        for (placed, weight) in words {
            let worth = Worth::Bm25(self.terms.bm25(&placed, weight)?);
            ways.push(Node::Term(placed, worth));
        }
        ways.extend(
            codes
                .into_iter()
                .map(|(placed, weight)| Node::Term(placed, Worth::Constant(weight))),
        );
        if ways.is_empty() {
            return Ok(None);
        }
        let least = LEAST.min(ways.len());
        let itself = Term::from_field_bytes(self.fields.id, facts.id.as_bytes());
        let itself = Node::Term(self.terms.placed(itself, None)?, Worth::Nothing);
        Ok(Some(Node::All(vec![
            Node::Least(ways, least),
            Node::Not(Box::new(itself)),
        ])))
    }

    /// How often each word stands in the record: by its stem, or as it is where there are no stems.
    fn words(&self, facts: &Facts) -> Vec<((Field, String), u32)> {
        let mut counts: HashMap<(Field, String), u32> = HashMap::new();
        for text in &facts.texts {
            let language = language(&text.lang);
            for token in tokens(&text.text) {
                let key = match token.shape {
                    Shape::Word if is_stop_word(&token.term) => continue,
                    Shape::Word => match stem(&language, &text.text[token.from..token.to]) {
                        Some(stem) => (self.fields.text_stem, stem_term(&language, &stem)),
                        None => (self.fields.text, token.term),
                    },
                    Shape::Pair => (self.fields.text, token.term),
                    Shape::Alone | Shape::Single | Shape::Joined => continue,
                };
                *counts.entry(key).or_default() += 1;
            }
        }
        counts.into_iter().collect()
    }

    /// The terms that tell most of the record: often here and rarely elsewhere, and their weights.
    fn rarest(
        &self,
        terms: Vec<((Field, String), u32)>,
        count: usize,
    ) -> Result<Vec<(Arc<Placed>, f32)>, TantivyError> {
        let all = self.terms.snapshot().searcher.num_docs() as f32;
        let mut weighed = Vec::with_capacity(terms.len());
        for (key, times) in terms {
            let placed = self.terms.term(key.0, &key.1)?;
            let records = placed.documents as f32;
            // A term of one record is of this record alone.
            if records > 1.5 {
                let rarity = (1.0 + all / records).ln();
                weighed.push((rarity * (1.0 + (times as f32).ln()), key, placed));
            }
        }
        weighed
            .sort_unstable_by(|(weight, one, _), (than, other, _)| than.total_cmp(weight).then_with(|| one.cmp(other)));
        weighed.truncate(count);
        Ok(weighed
            .into_iter()
            .map(|(weight, _, placed)| (placed, weight))
            .collect())
    }
}
