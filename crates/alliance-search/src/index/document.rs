//! From a record to its document.

use alliance_store::Arrival;
use tantivy::TantivyDocument;

use super::adopted::short;
use super::fields::{Fields, code_term, own};
use super::known::Known;
use super::terms::Terms;
use crate::filter::{Facts, year};
use crate::text::language;

/// Whether people look for such a record. The alliance's own are the roster's and the log's, and lists leave them out too.
pub(super) fn is_sought(facts: &Facts) -> bool {
    !facts.kind.is_governance()
}

/// The document of a record.
pub(super) fn document(fields: &Fields, facts: &Facts, arrival: Arrival, known: &mut Known) -> TantivyDocument {
    let mut document = TantivyDocument::new();
    document.add_bytes(fields.id, facts.id.as_bytes());
    document.add_u64(fields.arrival, arrival.0);
    document.add_i64(fields.claimed_at, facts.claimed_at_ms);
    let links = [(fields.adopts, &facts.adopts), (fields.supersedes, &facts.supersedes)];
    for (field, links) in links {
        links.iter().for_each(|link| document.add_u64(field, short(link)));
    }
    for facet in facets(facts) {
        document.add_text(fields.facet, facet);
    }
    let mut titles = Terms::default();
    let mut texts = Terms::default();
    for text in &facts.texts {
        let terms = if text.is_title { &mut titles } else { &mut texts };
        terms.add(&text.text, &text.lang, known);
    }
    document.add_text(fields.title, titles.neutral);
    document.add_text(fields.title_stem, titles.stems);
    document.add_text(fields.text, texts.neutral);
    document.add_text(fields.text_stem, texts.stems);
    document
}

fn facets(facts: &Facts) -> Vec<String> {
    let mut facets = vec![
        code_term(own::KIND, &facts.kind.name()),
        code_term(own::CHAPTER, &facts.chapter),
        code_term(own::ORGANISATION, &facts.organisation),
    ];
    let language = language(&facts.lang);
    if !language.is_empty() {
        facets.push(code_term(own::LANGUAGE, &language));
        facets.push(code_term(own::TAG, &facts.lang.to_lowercase()));
    }
    facets.extend(year(facts.claimed_at_ms).map(|year| code_term(own::YEAR, &format!("{year:04}"))));
    facets.extend(facts.codes.iter().map(|(list, code)| code_term(list, code)));
    facets
}
