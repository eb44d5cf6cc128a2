//! From a plan to what is looked for in one commit of the index.

use std::sync::Arc;

use tantivy::query::{EnableScoring, PhraseQuery, Query};
use tantivy::schema::Field;
use tantivy::{TantivyError, Term};

use super::node::{Node, Prefix, Worth};
use super::terms::{Placed, Terms};
use crate::filter::Test;
use crate::index::{Fields, code_term, own};
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

/// Looks up what plans name.
pub(super) struct Lower<'a> {
    pub(super) fields: &'a Fields,
    pub(super) terms: &'a Terms<'a>,
}

impl Lower<'_> {
    pub(super) fn node(&self, plan: &Plan) -> Result<Node, TantivyError> {
        Ok(match plan {
            Plan::All(parts) => Node::All(self.each(parts)?),
            Plan::Any(parts) => Node::best(self.each(parts)?),
            Plan::Not(part) => Node::Not(Box::new(self.node(part)?)),
            Plan::Is(test) => self.test(test)?,
            Plan::Says(sought) => self.says(sought)?,
        })
    }

    fn each(&self, parts: &[Plan]) -> Result<Vec<Node>, TantivyError> {
        parts.iter().map(|part| self.node(part)).collect()
    }

    fn says(&self, sought: &Sought) -> Result<Node, TantivyError> {
        let mut ways = Vec::new();
        for form in &sought.forms {
            self.form(form, &mut ways)?;
        }
        Ok(Node::best(ways).weighted(sought.weight))
    }

    fn form(&self, form: &Form, ways: &mut Vec<Node>) -> Result<(), TantivyError> {
        let Fields { title, text, .. } = *self.fields;
        match form {
            Form::Terms(terms) => match &terms[..] {
                [] => {}
                [(_, term)] => self.word(term, (1.0, ways))?,
                terms => {
                    for (field, weight) in [(title, TITLE_WEIGHT), (text, 1.0)] {
                        ways.extend(self.phrase(field, terms)?.map(|phrase| phrase.weighted(weight)));
                    }
                }
            },
            Form::Prefix(begins) => {
                ways.extend([(title, TITLE_WEIGHT), (text, 1.0)].map(|(field, weight)| {
                    let begins = begins.clone();
                    Node::Prefix(Prefix { field, begins }, weight * PREFIX_WEIGHT)
                }));
            }
            Form::Stem { language, stem } => {
                let term = stem_term(language, stem);
                let Fields {
                    title_stem, text_stem, ..
                } = *self.fields;
                let title = self.terms.stem(title_stem, &term, language)?;
                self.scored(title, STEM_WEIGHT * TITLE_WEIGHT, ways)?;
                let text = self.terms.stem(text_stem, &term, language)?;
                self.scored(text, STEM_WEIGHT, ways)?;
            }
            Form::Near(term) => self.word(term, (NEAR_WEIGHT, ways))?,
            Form::Most { terms, least } => {
                let mut clauses = Vec::with_capacity(terms.len());
                for term in terms {
                    let mut ways = Vec::new();
                    self.word(term, (NEAR_WEIGHT, &mut ways))?;
                    clauses.push(Node::best(ways));
                }
                ways.push(Node::Least(clauses, *least));
            }
        }
        Ok(())
    }

    /// A term in titles and texts.
    fn word(&self, term: &str, (weight, ways): (f32, &mut Vec<Node>)) -> Result<(), TantivyError> {
        let title = self.terms.term(self.fields.title, term)?;
        self.scored(title, weight * TITLE_WEIGHT, ways)?;
        let text = self.terms.term(self.fields.text, term)?;
        self.scored(text, weight, ways)
    }

    /// A term where the index has it at all.
    fn scored(&self, placed: Arc<Placed>, weight: f32, ways: &mut Vec<Node>) -> Result<(), TantivyError> {
        if placed.documents > 0 {
            let worth = Worth::Bm25(self.terms.bm25(&placed, weight)?);
            ways.push(Node::Term(placed, worth));
        }
        Ok(())
    }

    fn phrase(&self, field: Field, terms: &[(u32, String)]) -> Result<Option<Node>, TantivyError> {
        for (_, term) in terms {
            if self.terms.term(field, term)?.documents == 0 {
                return Ok(None);
            }
        }
        let placed = terms
            .iter()
            .map(|(at, term)| (*at as usize, Term::from_field_text(field, term)));
        let phrase = PhraseQuery::new_with_offset(placed.collect());
        let scoring = EnableScoring::enabled_from_searcher(&self.terms.snapshot().searcher);
        Ok(Some(Node::Phrase(phrase.weight(scoring)?)))
    }

    fn test(&self, test: &Test) -> Result<Node, TantivyError> {
        let facet = |list: &str, code: &str| -> Result<Node, TantivyError> {
            let placed = self.terms.term(self.fields.facet, &code_term(list, code))?;
            Ok(Node::Term(placed, Worth::Nothing))
        };
        let prefix = |list: &str, prefix: &str| {
            let prefix = Prefix {
                field: self.fields.facet,
                begins: code_term(list, prefix),
            };
            Ok(Node::Prefix(prefix, 0.0))
        };
        match test {
            Test::Kind(kind) => facet(own::KIND, &kind.name()),
            Test::Chapter(chapter) => facet(own::CHAPTER, chapter),
            Test::Organisation(digits) => prefix(own::ORGANISATION, digits),
            Test::Language(tag) if tag.contains('-') => facet(own::TAG, &tag.to_lowercase()),
            Test::Language(tag) => facet(own::LANGUAGE, &language(tag)),
            Test::Country(_) => Ok(Node::nothing()),
            Test::Code { list, code } => facet(list, code),
            Test::CodePrefix { list, prefix: code } => prefix(list, code),
            Test::Claimed(span) if span.from_ms.is_none() && span.before_ms.is_none() => Ok(Node::Everything),
            Test::Claimed(span) => Ok(Node::Claimed(*span)),
        }
    }
}
