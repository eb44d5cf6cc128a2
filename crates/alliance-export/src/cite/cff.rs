//! `CITATION.cff` 1.2.0: the set as a dataset, its records as references.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::{Sort, sort};
use crate::exporter::{Entry, Form, Written};
use crate::licence;
use crate::ndjson::put;
use crate::options::Origin;
use crate::subject::{Subject, line};

/// Authors that the set names. Others are named with their records.
const AUTHORS_MAX: usize = 10_000;

/// Writes references as they come and the authors at the end, since a mapping has no order. Every value is JSON, which YAML
/// takes as it is: so no text can be taken for syntax.
pub(crate) struct Cff<'o> {
    origin: Origin<'o>,
    /// By the organisation's key, so that their order is the same whatever came first.
    authors: BTreeMap<[u8; 32], Json>,
    licences: Licences,
    is_begun: bool,
}

/// Whether one licence holds for all: a list of several would say that a reader may choose.
enum Licences {
    None,
    One(String),
    Several,
}

impl<'o> Cff<'o> {
    pub(crate) fn new(origin: Origin<'o>) -> Self {
        Self {
            origin,
            authors: BTreeMap::new(),
            licences: Licences::None,
            is_begun: false,
        }
    }

    fn learn(&mut self, entry: &Entry<'_>, subject: &Subject, author: &Json) {
        let key = *entry.record.organisation.as_bytes();
        if self.authors.len() < AUTHORS_MAX {
            self.authors.entry(key).or_insert_with(|| author.clone());
        }
        self.licences = match std::mem::replace(&mut self.licences, Licences::Several) {
            Licences::None => Licences::One(subject.licence.clone()),
            Licences::One(code) if code == subject.licence => Licences::One(code),
            _ => Licences::Several,
        };
    }
}

impl Form for Cff<'_> {
    fn begin(&mut self, row: &mut Vec<u8>) {
        let title = Some(line(&self.origin.title)).filter(|title| !title.is_empty());
        let title = title.unwrap_or_else(|| format!("Records of alliance {}", self.origin.alliance));
        entry(row, "cff-version", &json!("1.2.0"));
        entry(
            row,
            "message",
            &json!("If you use these records, please cite them as below."),
        );
        entry(row, "type", &json!("dataset"));
        entry(row, "title", &json!(title));
        let urn = format!("urn:alliance:{}", self.origin.alliance);
        let set = self.origin.set.as_ref().map(|set| {
            json!({"type": "other", "value": format!("urn:alliance:{}", line(set)), "description": "These very records"})
        });
        let alliance = json!({"type": "other", "value": urn, "description": "The alliance whose records these are"});
        entry(row, "identifiers", &set.into_iter().chain([alliance]).collect());
    }

    fn record(&mut self, given: &Entry<'_>, row: &mut Vec<u8>) -> Written {
        let subject = Subject::of(given, &self.origin);
        let author = author(given, &subject);
        self.learn(given, &subject, &author);
        if !std::mem::replace(&mut self.is_begun, true) {
            row.extend_from_slice(b"references:\n");
        }
        row.extend_from_slice(b"  - ");
        put(&Json::Object(reference(&subject, author)), row);
        row.push(b'\n');
        Written::Rows(1)
    }

    fn end(&mut self, row: &mut Vec<u8>) {
        let mut authors: Vec<Json> = std::mem::take(&mut self.authors).into_values().collect();
        if authors.is_empty() {
            let name = line(&self.origin.alliance_name);
            authors.push(json!({"name": if name.is_empty() { self.origin.alliance.to_string() } else { name }}));
        }
        entry(row, "authors", &Json::Array(authors));
        if let Licences::One(code) = &self.licences
            && let Some(spdx) = licence::spdx(code)
        {
            entry(row, "license", &json!(spdx));
        }
    }
}

pub(super) fn entry(row: &mut Vec<u8>, name: &str, value: &Json) {
    row.extend_from_slice(format!("{name}: ").as_bytes());
    put(value, row);
    row.push(b'\n');
}

fn author(entry: &Entry<'_>, subject: &Subject) -> Json {
    let mut author = json!({"name": subject.organisation});
    let country = &entry.record.country;
    if country.len() == 2 && country.bytes().all(|letter| letter.is_ascii_uppercase()) {
        author["country"] = json!(country);
    }
    author
}

fn reference(subject: &Subject, author: Json) -> Map<String, Json> {
    let kind = match sort(subject.kind) {
        Sort::Report => "report",
        Sort::Dataset => "data",
        Sort::Misc => "generic",
    };
    let mut item = Map::new();
    let mut add = |name: &str, value: Option<Json>| item.extend(value.map(|value| (name.to_owned(), value)));
    add("type", Some(json!(kind)));
    let title = match &subject.title_en {
        Some(english) => format!("{} [{english}]", subject.title),
        None => subject.title.clone(),
    };
    add("title", Some(json!(title)));
    add("authors", Some(json!([author])));
    add("date-published", subject.day.map(|day| json!(day.iso())));
    add(
        "identifiers",
        Some(json!([{"type": "other", "value": subject.urn(), "description": "The record"}])),
    );
    // The form has room for codes of two or three letters alone.
    let language = subject.lang.as_deref().and_then(|tag| tag.split('-').next());
    let language = language.filter(|tag| tag.len() <= 3).map(str::to_ascii_lowercase);
    add("languages", language.map(|tag| json!([tag])));
    add(
        "doi",
        subject.doi.as_deref().filter(|doi| is_plain(doi)).map(|doi| json!(doi)),
    );
    add("url", subject.url.as_ref().map(|url| json!(url)));
    add("license", licence::spdx(&subject.licence).map(|spdx| json!(spdx)));
    let mut tags = subject.tags.clone();
    tags.sort_unstable();
    tags.dedup();
    add("keywords", (!tags.is_empty()).then(|| json!(tags)));
    add(
        "abstract",
        (!subject.summary.is_empty()).then(|| json!(subject.summary)),
    );
    add("notes", Some(json!(subject.note)));
    item
}

/// A DOI of the letters that the form takes.
pub(super) fn is_plain(doi: &str) -> bool {
    let Some((prefix, suffix)) = doi.split_once('/') else {
        return false;
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|letter| letter.is_ascii_digit());
    let mut parts = prefix.split('.');
    let is_prefix = parts.next() == Some("10") && parts.next().is_some_and(|part| digits(part) && part.len() >= 4);
    is_prefix
        && parts.all(digits)
        && suffix
            .bytes()
            .all(|letter| letter.is_ascii_alphanumeric() || b":/_;-.()[]\\".contains(&letter))
}
