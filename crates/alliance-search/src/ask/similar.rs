//! What is like a record: it says the rare words of that record, and carries its rare codes. Codes make records of other
//! languages alike.

use std::collections::HashMap;

use alliance_record::RecordId;
use tantivy::query::{BooleanQuery, BoostQuery, ConstScoreQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{TantivyError, Term};

use super::gather::Gather;
use super::lists::ListCounts;
use super::marks::Marks;
use super::question::{Answer, Counting, HITS_MAX, Hit, Order, Question};
use super::search::{Page, Searcher};
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
        let likeness = Likeness {
            fields: &self.shared().fields,
            snapshot: &snapshot,
        };
        let Some(query) = likeness.query(facts)? else {
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
        let first = snapshot.searcher.search(&query, &gather)?;
        let mut answer = empty(&snapshot);
        let page = Page {
            question: &question,
            snapshot: &snapshot,
            query: &query,
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
        is_loose: false,
        as_of: snapshot.cursor,
        marks: Marks::new(Plan::All(Vec::new())),
    }
}

struct Likeness<'a> {
    fields: &'a Fields,
    snapshot: &'a Snapshot,
}

impl Likeness<'_> {
    fn query(&self, facts: &Facts) -> Result<Option<BooleanQuery>, TantivyError> {
        let words = self.rarest(self.words(facts), WORDS_MAX)?;
        let codes = facts
            .codes
            .iter()
            .map(|(list, code)| (self.fields.facet, code_term(list, code)));
        let codes = self.rarest(codes.map(|code| (code, 1)).collect(), CODES_MAX)?;
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for (term, weight) in words {
            let found = Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
            clauses.push((Occur::Should, Box::new(BoostQuery::new(found, weight))));
        }
        for (term, weight) in codes {
            let found = Box::new(TermQuery::new(term, IndexRecordOption::Basic));
            clauses.push((Occur::Should, Box::new(ConstScoreQuery::new(found, weight))));
        }
        if clauses.is_empty() {
            return Ok(None);
        }
        let least = LEAST.min(clauses.len());
        let itself = Term::from_field_bytes(self.fields.id, facts.id.as_bytes());
        clauses.push((
            Occur::MustNot,
            Box::new(TermQuery::new(itself, IndexRecordOption::Basic)),
        ));
        Ok(Some(BooleanQuery::with_minimum_required_clauses(clauses, least)))
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
    fn rarest(&self, terms: Vec<((Field, String), u32)>, count: usize) -> Result<Vec<(Term, f32)>, TantivyError> {
        let all = self.snapshot.searcher.num_docs() as f32;
        let mut weighed = Vec::with_capacity(terms.len());
        for ((field, term), times) in terms {
            let term = Term::from_field_text(field, &term);
            let records = self.snapshot.searcher.doc_freq(&term)? as f32;
            // A term of one record is of this record alone.
            if records > 1.5 {
                let rarity = (1.0 + all / records).ln();
                weighed.push((term, rarity * (1.0 + (times as f32).ln())));
            }
        }
        weighed.sort_unstable_by(|(one, weight), (other, than)| than.total_cmp(weight).then_with(|| one.cmp(other)));
        weighed.truncate(count);
        Ok(weighed)
    }
}
