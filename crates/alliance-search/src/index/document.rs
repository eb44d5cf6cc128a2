//! From a record to its document.

use alliance_store::Arrival;
use tantivy::TantivyDocument;
use tantivy::tokenizer::{PreTokenizedString, Token as Placed};

use super::fields::{Fields, code_term, own};
use crate::filter::{Facts, year};
use crate::plan::{GAP, stem_term};
use crate::text::{Shape, language, stem, tokens};

/// Whether people look for such a record: the alliance's own have no texts, but for those with a title or name.
pub(super) fn is_sought(facts: &Facts) -> bool {
    !facts.kind.is_governance() || facts.texts.iter().any(|text| text.is_title)
}

/// The document of a record.
pub(super) fn document(fields: &Fields, facts: &Facts, arrival: Arrival) -> TantivyDocument {
    let mut document = TantivyDocument::new();
    document.add_bytes(fields.id, facts.id.as_bytes());
    document.add_u64(fields.arrival, arrival.0);
    document.add_i64(fields.claimed_at, facts.claimed_at_ms);
    for facet in facets(facts) {
        document.add_text(fields.facet, facet);
    }
    let mut titles = Terms::default();
    let mut texts = Terms::default();
    for text in &facts.texts {
        let terms = if text.is_title { &mut titles } else { &mut texts };
        terms.add(&text.text, &language(&text.lang));
    }
    for (terms, neutral, stems) in [
        (titles, fields.title, fields.title_stem),
        (texts, fields.text, fields.text_stem),
    ] {
        document.add_pre_tokenized_text(neutral, of_terms(terms.neutral));
        document.add_pre_tokenized_text(stems, of_terms(terms.stems));
    }
    document
}

fn facets(facts: &Facts) -> Vec<String> {
    let mut facets = vec![
        code_term(own::KIND, &facts.kind.name()),
        code_term(own::CHAPTER, &facts.chapter),
        code_term(own::ORGANISATION, &facts.organisation),
    ];
    if !facts.lang.is_empty() {
        facets.push(code_term(own::LANGUAGE, &language(&facts.lang)));
        facets.push(code_term(own::TAG, &facts.lang.to_lowercase()));
    }
    facets.extend(year(facts.claimed_at_ms).map(|year| code_term(own::YEAR, &format!("{year:04}"))));
    facets.extend(facts.codes.iter().map(|(list, code)| code_term(list, code)));
    facets
}

/// Terms of several texts in a row.
#[derive(Default)]
struct Terms {
    neutral: Vec<Placed>,
    stems: Vec<Placed>,
    position: usize,
}

impl Terms {
    fn add(&mut self, text: &str, language: &str) {
        let mut last = 0;
        for token in tokens(text) {
            last = token.position as usize;
            let position = self.position + last;
            let word = (token.shape == Shape::Word).then(|| &text[token.from..token.to]);
            if let Some(stem) = word.and_then(|word| stem(language, word)) {
                self.stems.push(placed(stem_term(language, &stem), position));
            }
            self.neutral.push(placed(token.term, position));
        }
        self.position += last + GAP as usize;
    }
}

fn placed(text: String, position: usize) -> Placed {
    Placed {
        position,
        text,
        ..Placed::default()
    }
}

fn of_terms(tokens: Vec<Placed>) -> PreTokenizedString {
    PreTokenizedString {
        text: String::new(),
        tokens,
    }
}
