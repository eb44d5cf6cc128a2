//! Codes as defined terms, found by reflection.

use alliance_record::schema::{self, Shape};
use serde_json::{Map, Value as Json, json};

use crate::exporter::Entry;

/// All codes of lists that stand at the top of a body: settings, populations, models and the like. A code that stands alone
/// says something of the record (its status, its effect) rather than what it is about, and is no part of this.
pub(super) fn terms(entry: &Entry<'_>) -> Json {
    let mut found = Vec::new();
    for field in schema::kind(entry.record.kind)
        .into_iter()
        .flat_map(|info| &info.fields)
    {
        let Some(list) = field
            .vocabulary
            .as_deref()
            .filter(|_| field.repeated && field.shape == Shape::Code)
        else {
            continue;
        };
        found.extend(entry.reading.texts(&field.name).map(|code| term(list, code)));
    }
    Json::Array(found)
}

/// A code with its list; without a name where it is from a newer version.
pub(super) fn term(list: &str, code: &str) -> Json {
    if code.is_empty() {
        return Json::Null;
    }
    let set = json!({"@type": "DefinedTermSet", "@id": format!("urn:alliance:codes:{list}"), "name": list});
    let mut term = Map::new();
    term.insert("@type".to_owned(), json!("DefinedTerm"));
    term.insert("termCode".to_owned(), json!(code));
    let known = schema::vocabulary(list)
        .into_iter()
        .flatten()
        .find(|known| known.code == code);
    if let Some(known) = known {
        term.insert("@id".to_owned(), json!(format!("urn:alliance:codes:{list}:{code}")));
        term.insert("name".to_owned(), json!(known.label));
    }
    term.insert("inDefinedTermSet".to_owned(), set);
    Json::Object(term)
}
