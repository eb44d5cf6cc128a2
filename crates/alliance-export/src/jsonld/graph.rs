//! The graph, and what all its nodes have in common.

use std::collections::BTreeMap;

use alliance_record::schema::Kind;
use serde_json::{Map, Value as Json, json};

use super::codes::terms;
use super::kinds;
use crate::exporter::{Entry, Form, Written};
use crate::licence;
use crate::ndjson::put;
use crate::options::Origin;
use crate::reading::text_of;
use crate::subject::{Subject, address, doi, line, urn_of};

/// Words of our own, for what schema.org has none for.
const OWN_WORDS: &str = "urn:alliance:term:";

/// Writes `@context`, then one node a line.
pub(crate) struct Graph<'o> {
    origin: Origin<'o>,
}

impl<'o> Graph<'o> {
    pub(crate) fn new(origin: Origin<'o>) -> Self {
        Self { origin }
    }
}

impl Form for Graph<'_> {
    fn begin(&mut self, row: &mut Vec<u8>) {
        let context = json!({
            "@vocab": "https://schema.org/",
            "alliance": OWN_WORDS,
            "url": {"@type": "@id"},
            "license": {"@type": "@id"},
            "itemListElement": {"@container": "@list"},
            "datePublished": {"@type": "https://schema.org/Date"},
        });
        row.extend_from_slice(b"{\"@context\":");
        put(&context, row);
        row.extend_from_slice(b",\n\"@graph\":[\n");
        let name = line(&self.origin.alliance_name);
        put(
            &json!({"@id": alliance(&self.origin), "@type": "Organization", "name": name, "identifier": self.origin.alliance.to_string()}),
            row,
        );
    }

    fn record(&mut self, entry: &Entry<'_>, row: &mut Vec<u8>) -> Written {
        row.extend_from_slice(b",\n");
        put(&Json::Object(node(entry, &self.origin)), row);
        Written::Rows(1)
    }

    fn end(&mut self, row: &mut Vec<u8>) {
        row.extend_from_slice(b"\n]}\n");
    }
}

/// A node under construction: what is empty is left out.
#[derive(Default)]
pub(super) struct Node(Map<String, Json>);

impl Node {
    pub(super) fn add(&mut self, name: &str, value: Json) {
        let is_empty = match &value {
            Json::Null => true,
            Json::String(text) => text.is_empty(),
            Json::Array(items) => items.is_empty(),
            _ => false,
        };
        if !is_empty {
            self.0.insert(name.to_owned(), value);
        }
    }

    pub(super) fn into_json(self) -> Json {
        Json::Object(self.0)
    }
}

fn node(entry: &Entry<'_>, origin: &Origin<'_>) -> Map<String, Json> {
    let (record, reading) = (entry.record, entry.reading);
    let subject = Subject::of(entry, origin);
    let mut node = Node::default();
    node.add("@id", json!(subject.urn()));
    node.add("@type", json!(kinds::types(entry)));
    node.add("additionalType", json!(record.kind.name()));
    node.add("identifier", identifiers(entry, &subject));
    node.add(
        "name",
        spoken(&subject.title, subject.title_en.as_deref(), subject.lang.as_deref()),
    );
    let summary = ["summary", "outcome_note"].map(|field| reading.text(field));
    let summary = summary.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
    let english = Some(reading.text("summary_en")).filter(|text| !text.is_empty());
    node.add("abstract", spoken(summary, english, subject.lang.as_deref()));
    node.add("inLanguage", json!(subject.lang));
    node.add("license", license(&subject.licence));
    node.add("author", organisation(entry, &subject));
    node.add("sourceOrganization", json!({"@id": alliance(origin)}));
    node.add("datePublished", json!(subject.day.map(crate::date::Day::iso)));
    node.add("version", json!(record.version));
    node.add("creativeWorkStatus", json!(record.state.code()));
    node.add("keywords", json!(subject.tags));
    node.add("url", json!(subject.url));
    let supersedes: Vec<Json> = reading.texts("supersedes").map(reference).collect();
    node.add("isBasedOn", json!(supersedes));
    node.add("citation", citations(entry));
    node.add("about", terms(entry));
    kinds::describe(entry, &subject, &mut node);
    node.add("alliance:bodyNote", json!(reading.note.code()));
    node.add("alliance:bodyHex", json!(reading.raw(record)));
    node.0
}

/// What names an alliance.
fn alliance(origin: &Origin<'_>) -> String {
    format!("urn:alliance:{}", origin.alliance)
}

/// A node that stands elsewhere, or nowhere in this graph.
pub(super) fn reference(id: &str) -> Json {
    json!({"@id": urn_of(id)})
}

/// A text in its language, and in English beside it.
pub(super) fn spoken(text: &str, english: Option<&str>, lang: Option<&str>) -> Json {
    let own = match lang {
        _ if text.is_empty() => Json::Null,
        Some(lang) => json!({"@value": text, "@language": lang}),
        None => json!(text),
    };
    match english {
        Some(english) if own.is_null() => json!({"@value": english, "@language": "en"}),
        Some(english) => json!([own, {"@value": english, "@language": "en"}]),
        None => own,
    }
}

fn identifiers(entry: &Entry<'_>, subject: &Subject) -> Json {
    let mut found = vec![json!({"@type": "PropertyValue", "propertyID": "alliance record", "value": subject.urn()})];
    for item in entry.reading.items("identifiers") {
        found
            .push(json!({"@type": "PropertyValue", "propertyID": text_of(item, "type"), "value": text_of(item, "id")}));
    }
    Json::Array(found)
}

/// The address of the licence's text, or a work of which only the name is known.
fn license(code: &str) -> Json {
    match licence::url(code) {
        Some(url) => json!(url),
        None if code.is_empty() => Json::Null,
        None => json!({"@type": "CreativeWork", "name": code}),
    }
}

pub(super) fn organisation(entry: &Entry<'_>, subject: &Subject) -> Json {
    let mut found = BTreeMap::from([
        ("@type", json!("Organization")),
        ("@id", json!(entry.record.organisation.did())),
        ("name", json!(subject.organisation)),
    ]);
    if !entry.record.country.is_empty() {
        found.insert(
            "address",
            json!({"@type": "PostalAddress", "addressCountry": entry.record.country}),
        );
    }
    json!(found)
}

fn citations(entry: &Entry<'_>) -> Json {
    let cited = entry.reading.items("citations").map(|item| {
        let (kind, id) = (text_of(item, "type"), text_of(item, "id"));
        let work = address(id).or_else(|| doi(id).and_then(|doi| address(&format!("https://doi.org/{doi}"))));
        match work {
            Some(work) => json!({"@type": "CreativeWork", "@id": work, "identifier": id}),
            None => json!({"@type": "CreativeWork", "identifier": format!("{kind}:{id}")}),
        }
    });
    let mut found: Vec<Json> = cited.collect();
    if entry.record.kind != Kind::MEASURE {
        found.extend(entry.reading.texts("measures").map(reference));
    }
    Json::Array(found)
}
