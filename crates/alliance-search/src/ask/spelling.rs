//! Other spellings: for words that no record has, and for all words of a question that finds nothing.

use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;
use tantivy::{TantivyError, Term};

use super::terms::Terms;
use crate::filter::Test;
use crate::index::{Fields, code_term};
use crate::plan::{Form, Plan, Sought, Spelling, stem_term};
use crate::text::{Shape, tokens};

/// Letters of a word from which one may be wrong, and from which two may.
const ONE_EDIT_LETTERS: usize = 4;
const TWO_EDITS_LETTERS: usize = 8;
/// Spellings taken for a word.
const TAKEN_MAX: usize = 12;
/// Terms of the index that are looked at for one word.
const EXAMINED_MAX: usize = 2_000;
/// Pairs of letters of a text without spaces from which half are enough: fewer are hardly two words.
const PAIRS_MIN: usize = 3;

/// When other spellings are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// For words that no record has.
    Unknown,
    /// For every word.
    Always,
}

/// Looks for other spellings.
pub(super) struct Speller<'a> {
    pub(super) fields: &'a Fields,
    pub(super) terms: &'a Terms<'a>,
    pub(super) when: When,
    pub(super) spellings: Vec<Spelling>,
}

impl Speller<'_> {
    /// Adds other spellings to the words of a plan. What must not be found is left as it is.
    pub(super) fn mend(&mut self, plan: &mut Plan) -> Result<(), TantivyError> {
        match plan {
            Plan::Any(parts) if self.when == When::Unknown && self.is_said_otherwise(parts)? => Ok(()),
            Plan::All(parts) | Plan::Any(parts) => parts.iter_mut().try_for_each(|part| self.mend(part)),
            Plan::Not(_) | Plan::Is(_) => Ok(()),
            Plan::Says(sought) => self.word(sought),
        }
    }

    fn word(&mut self, sought: &mut Sought) -> Result<(), TantivyError> {
        if !sought.is_loose || self.when == When::Unknown && self.is_known(sought)? {
            return Ok(());
        }
        let Some(Form::Terms(terms)) = sought.forms.first() else {
            return Ok(());
        };
        let [(_, term)] = &terms[..] else {
            if self.when == When::Always {
                sought.forms.extend(pairs(terms));
            }
            return Ok(());
        };
        let taken = self.near(term)?;
        if !taken.is_empty() {
            sought.forms.extend(taken.iter().cloned().map(Form::Near));
            let typed = sought.typed.clone();
            self.spellings.push(Spelling { typed, taken });
        }
        Ok(())
    }

    /// Whether records have one of these that is meant as it stands: what means the same as a word that nobody wrote is nearer
    /// to it than what is spelt alike.
    fn is_said_otherwise(&self, parts: &[Plan]) -> Result<bool, TantivyError> {
        for part in parts {
            let is_known = match part {
                Plan::Says(sought) => !sought.is_loose && self.is_known(sought)?,
                Plan::Is(Test::Code { list, code }) => self.has(self.fields.facet, &code_term(list, code))?,
                _ => false,
            };
            if is_known {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether records may have one of the forms of a word or phrase.
    fn is_known(&self, sought: &Sought) -> Result<bool, TantivyError> {
        let Fields { title, text, .. } = *self.fields;
        for form in &sought.forms {
            let is_known = match form {
                Form::Terms(terms) => self.has_all(title, terms)? || self.has_all(text, terms)?,
                Form::Stem { language, stem } => {
                    let term = stem_term(language, stem);
                    let Fields {
                        title_stem, text_stem, ..
                    } = *self.fields;
                    self.terms.stem(title_stem, &term, language)?.documents > 0
                        || self.terms.stem(text_stem, &term, language)?.documents > 0
                }
                Form::Prefix(_) | Form::Near(_) | Form::Most { .. } => true,
            };
            if is_known {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn has_all(&self, field: Field, terms: &[(u32, String)]) -> Result<bool, TantivyError> {
        for (_, term) in terms {
            if !self.has(field, term)? {
                return Ok(false);
            }
        }
        Ok(!terms.is_empty())
    }

    fn has(&self, field: Field, term: &str) -> Result<bool, TantivyError> {
        Ok(self.terms.term(field, term)?.documents > 0)
    }

    /// Terms of the index that may be meant, the nearest and then the most frequent first.
    fn near(&self, word: &str) -> Result<Vec<String>, TantivyError> {
        let letters = word.chars().count();
        let edits = match letters {
            _ if word.chars().any(|letter| letter.is_numeric()) => return Ok(Vec::new()),
            0..ONE_EDIT_LETTERS => return Ok(Vec::new()),
            ONE_EDIT_LETTERS..TWO_EDITS_LETTERS => 1,
            _ => 2,
        };
        let mut found: Vec<(usize, std::cmp::Reverse<u32>, String)> = Vec::new();
        for field in [self.fields.title, self.fields.text] {
            self.near_in(field, (word, edits), &mut found)?;
        }
        found.sort_unstable();
        let mut taken: Vec<String> = Vec::new();
        for (_, _, term) in found {
            if taken.len() < TAKEN_MAX && term != word && !taken.contains(&term) {
                taken.push(term);
            }
        }
        Ok(taken)
    }

    fn near_in(
        &self,
        field: Field,
        (word, edits): (&str, u8),
        found: &mut Vec<(usize, std::cmp::Reverse<u32>, String)>,
    ) -> Result<(), TantivyError> {
        let query = FuzzyTermQuery::new(Term::from_field_text(field, word), edits, true);
        for segment in self.terms.snapshot().searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            let mut stream = index.terms().search(query.automaton()?).into_stream()?;
            while let Some((term, info)) = stream.next() {
                if found.len() >= EXAMINED_MAX {
                    return Ok(());
                }
                if let Ok(term) = std::str::from_utf8(term) {
                    let distance = strsim::osa_distance(word, term);
                    found.push((distance, std::cmp::Reverse(info.doc_freq), term.to_owned()));
                }
            }
        }
        Ok(())
    }
}

/// Of a text without spaces, which may be several words: at least half of its pairs.
fn pairs(terms: &[(u32, String)]) -> Option<Form> {
    let is_pair = |(_, term): &(u32, String)| tokens(term).iter().any(|token| token.shape == Shape::Pair);
    (terms.len() >= PAIRS_MIN && terms.iter().all(is_pair)).then(|| Form::Most {
        terms: terms.iter().map(|(_, term)| term.clone()).collect(),
        least: terms.len().div_ceil(2),
    })
}
