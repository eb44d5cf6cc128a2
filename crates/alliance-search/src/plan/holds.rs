//! A plan asked of one record, without an index: for feeds, exports and lists, and the measure of what the index finds.

use std::collections::{BTreeMap, BTreeSet};

use super::{Form, Plan, Sought, stem_term};
use crate::filter::Facts;
use crate::text::{Shape, language, stem, tokens};

/// Positions between the texts of a record: no phrase reaches from one to the next.
pub(crate) const GAP: u32 = 100;

/// A record's texts in terms.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// Where each neutral term stands: in titles, and in other texts.
    places: [BTreeMap<String, BTreeSet<u32>>; 2],
    stems: BTreeSet<String>,
}

impl Reading {
    /// Reads a record.
    pub(crate) fn of(facts: &Facts) -> Self {
        let mut reading = Self::default();
        let mut position = [0; 2];
        for text in &facts.texts {
            let side = usize::from(text.is_title);
            let language = language(&text.lang);
            let mut last = 0;
            for token in tokens(&text.text) {
                last = token.position;
                if matches!(token.shape, Shape::Word | Shape::Joined)
                    && let Some(stem) = stem(&language, &text.text[token.from..token.to])
                {
                    reading.stems.insert(stem_term(&language, &stem));
                }
                let places = reading.places[side].entry(token.term).or_default();
                places.insert(position[side] + token.position);
            }
            position[side] += last + GAP;
        }
        reading
    }

    /// Whether a plan holds for the record.
    pub(crate) fn holds(&self, plan: &Plan, facts: &Facts) -> bool {
        match plan {
            Plan::All(parts) => parts.iter().all(|part| self.holds(part, facts)),
            Plan::Any(parts) => parts.iter().any(|part| self.holds(part, facts)),
            Plan::Not(part) => !self.holds(part, facts),
            Plan::Is(test) => test.holds(facts),
            Plan::Says(sought) => self.says(sought),
        }
    }

    fn says(&self, sought: &Sought) -> bool {
        sought.forms.iter().any(|form| match form {
            Form::Stem { language, stem } => self.stems.contains(&stem_term(language, stem)),
            Form::Terms(terms) => self.places.iter().any(|places| stands(places, terms)),
            Form::Prefix(begins) => self.places.iter().any(|places| begins_so(places, begins)),
            Form::Near(term) => self.has(term),
            Form::Most { terms, least } => terms.iter().filter(|term| self.has(term)).count() >= *least,
        })
    }
}

impl Reading {
    fn has(&self, term: &str) -> bool {
        self.places.iter().any(|places| places.contains_key(term))
    }
}

fn stands(places: &BTreeMap<String, BTreeSet<u32>>, terms: &[(u32, String)]) -> bool {
    let Some((_, first)) = terms.first() else { return false };
    let Some(starts) = places.get(first) else { return false };
    let is_at = |start: u32| {
        let mut all = terms.iter();
        all.all(|(at, term)| places.get(term).is_some_and(|places| places.contains(&(start + at))))
    };
    starts.iter().any(|start| is_at(*start))
}

fn begins_so(places: &BTreeMap<String, BTreeSet<u32>>, begins: &str) -> bool {
    let mut from = places.range(begins.to_owned()..);
    from.next().is_some_and(|(term, _)| term.starts_with(begins))
}
