//! A plan as a query of the index.

use std::ops::Bound;

use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, InvertedIndexRangeQuery,
    Occur, PhraseQuery, Query, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{TantivyError, Term};

use super::left_out::LeftOut;
use crate::filter::{Span, Test};
use crate::index::{Fields, Snapshot, code_term, own};
use crate::plan::{Form, Plan, Sought, stem_term};
use crate::text::language;

/// How much a word counts in a title, beside one in another text.
const TITLE_WEIGHT: f32 = 3.0;
/// How much another form of a word counts beside the form that was asked for.
const STEM_WEIGHT: f32 = 0.8;
/// What a word counts that was found by how it begins: in a text, whatever else stands there.
const PREFIX_WEIGHT: f32 = 1.0;
/// How much another spelling counts.
const NEAR_WEIGHT: f32 = 0.5;
/// The share of further places where a word was found: the best one decides.
const FURTHER_PLACES: f32 = 0.1;

type Lowered = Box<dyn Query>;

/// Makes queries for one commit.
pub(super) struct Lower<'a> {
    pub(super) fields: &'a Fields,
    pub(super) snapshot: &'a Snapshot,
}

impl Lower<'_> {
    /// The query of a plan.
    pub(super) fn query(&self, plan: &Plan) -> Result<Lowered, TantivyError> {
        match plan {
            Plan::All(parts) => self.all(parts),
            Plan::Any(parts) => self.any(parts),
            Plan::Not(part) => self.all(std::slice::from_ref(&Plan::Not(part.clone()))),
            Plan::Is(test) => Ok(Box::new(ConstScoreQuery::new(self.test(test), 0.0))),
            Plan::Says(sought) => self.says(sought),
        }
    }

    fn all(&self, parts: &[Plan]) -> Result<Lowered, TantivyError> {
        let mut clauses = Vec::with_capacity(parts.len() + 1);
        for part in parts {
            clauses.push(match part {
                Plan::Not(inner) => (Occur::MustNot, Box::new(LeftOut(self.query(inner)?)) as Lowered),
                part => (Occur::Must, self.query(part)?),
            });
        }
        if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
            clauses.push((Occur::Must, everything()));
        }
        Ok(match clauses.len() {
            1 => clauses.remove(0).1,
            _ => Box::new(BooleanQuery::new(clauses)),
        })
    }

    fn any(&self, parts: &[Plan]) -> Result<Lowered, TantivyError> {
        let queries: Result<Vec<Lowered>, _> = parts.iter().map(|part| self.query(part)).collect();
        Ok(best(queries?))
    }

    fn says(&self, sought: &Sought) -> Result<Lowered, TantivyError> {
        let mut ways = Vec::new();
        for form in &sought.forms {
            self.form(form, &mut ways)?;
        }
        Ok(weighted(best(ways), sought.weight))
    }

    fn form(&self, form: &Form, ways: &mut Vec<Lowered>) -> Result<(), TantivyError> {
        let Fields { title, text, .. } = *self.fields;
        match form {
            Form::Terms(terms) => match &terms[..] {
                [] => {}
                [(_, term)] => self.term((title, text), term, (1.0, ways))?,
                terms => {
                    for (field, weight) in [(title, TITLE_WEIGHT), (text, 1.0)] {
                        ways.extend(self.phrase(field, terms)?.map(|phrase| weighted(phrase, weight)));
                    }
                }
            },
            Form::Prefix(begins) => {
                for (field, weight) in [(title, TITLE_WEIGHT), (text, 1.0)] {
                    ways.push(Box::new(ConstScoreQuery::new(
                        begins_so(field, begins),
                        weight * PREFIX_WEIGHT,
                    )));
                }
            }
            Form::Stem { language, stem } => {
                let fields = (self.fields.title_stem, self.fields.text_stem);
                self.term(fields, &stem_term(language, stem), (STEM_WEIGHT, ways))?;
            }
            Form::Near(term) => self.term((title, text), term, (NEAR_WEIGHT, ways))?,
            Form::Most { terms, least } => ways.push(self.most(terms, *least)?),
        }
        Ok(())
    }

    /// A term in titles and texts, where the index has it at all.
    fn term(
        &self,
        (title, text): (Field, Field),
        term: &str,
        (weight, ways): (f32, &mut Vec<Lowered>),
    ) -> Result<(), TantivyError> {
        for (field, weight) in [(title, TITLE_WEIGHT * weight), (text, weight)] {
            let term = Term::from_field_text(field, term);
            if self.snapshot.searcher.doc_freq(&term)? > 0 {
                ways.push(weighted(
                    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)),
                    weight,
                ));
            }
        }
        Ok(())
    }

    fn phrase(&self, field: Field, terms: &[(u32, String)]) -> Result<Option<Lowered>, TantivyError> {
        let placed = terms
            .iter()
            .map(|(at, term)| (*at as usize, Term::from_field_text(field, term)));
        let placed: Vec<(usize, Term)> = placed.collect();
        for (_, term) in &placed {
            if self.snapshot.searcher.doc_freq(term)? == 0 {
                return Ok(None);
            }
        }
        Ok(Some(Box::new(PhraseQuery::new_with_offset(placed))))
    }

    fn most(&self, terms: &[String], least: usize) -> Result<Lowered, TantivyError> {
        let mut clauses = Vec::with_capacity(terms.len());
        for term in terms {
            let mut ways = Vec::new();
            self.term((self.fields.title, self.fields.text), term, (NEAR_WEIGHT, &mut ways))?;
            clauses.push((Occur::Should, best(ways)));
        }
        Ok(Box::new(BooleanQuery::with_minimum_required_clauses(clauses, least)))
    }

    fn test(&self, test: &Test) -> Lowered {
        let facet = |list: &str, code: &str| -> Lowered {
            let term = Term::from_field_text(self.fields.facet, &code_term(list, code));
            Box::new(TermQuery::new(term, IndexRecordOption::Basic))
        };
        let prefix = |list: &str, prefix: &str| begins_so(self.fields.facet, &code_term(list, prefix));
        match test {
            Test::Kind(kind) => facet(own::KIND, &kind.name()),
            Test::Chapter(chapter) => facet(own::CHAPTER, chapter),
            Test::Organisation(digits) => prefix(own::ORGANISATION, digits),
            Test::Language(tag) if tag.contains('-') => facet(own::TAG, &tag.to_lowercase()),
            Test::Language(tag) => facet(own::LANGUAGE, &language(tag)),
            Test::Country(_) => Box::new(EmptyQuery),
            Test::Code { list, code } => facet(list, code),
            Test::CodePrefix { list, prefix: code } => prefix(list, code),
            Test::Claimed(span) => self.claimed(span),
        }
    }

    fn claimed(&self, span: &Span) -> Lowered {
        let term = |at_ms: i64| Term::from_field_i64(self.fields.claimed_at, at_ms);
        let from = span
            .from_ms
            .map_or(Bound::Unbounded, |from| Bound::Included(term(from)));
        let before = span
            .before_ms
            .map_or(Bound::Unbounded, |before| Bound::Excluded(term(before)));
        match (&from, &before) {
            (Bound::Unbounded, Bound::Unbounded) => Box::new(AllQuery),
            _ => Box::new(RangeQuery::new(from, before)),
        }
    }
}

pub(super) fn everything() -> Lowered {
    Box::new(ConstScoreQuery::new(Box::new(AllQuery), 0.0))
}

/// Any of these; the best decides how much it counts.
fn best(mut ways: Vec<Lowered>) -> Lowered {
    match ways.len() {
        0 => Box::new(EmptyQuery),
        1 => ways.remove(0),
        _ => Box::new(DisjunctionMaxQuery::with_tie_breaker(ways, FURTHER_PLACES)),
    }
}

fn weighted(query: Lowered, weight: f32) -> Lowered {
    match (weight - 1.0).abs() < f32::EPSILON {
        true => query,
        false => Box::new(BoostQuery::new(query, weight)),
    }
}

fn begins_so(field: Field, begins: &str) -> Lowered {
    let last = format!("{begins}{}", char::MAX);
    Box::new(InvertedIndexRangeQuery::new(
        Bound::Included(Term::from_field_text(field, begins)),
        Bound::Excluded(Term::from_field_text(field, &last)),
    ))
}
