//! CSL-JSON: one array.

use serde_json::{Map, Value as Json, json};

use super::{Sort, sort};
use crate::exporter::{Entry, Form, Written};
use crate::licence;
use crate::ndjson::put;
use crate::options::Origin;
use crate::subject::Subject;

/// Writes items of the types `report`, `dataset` and `document`. The title in English follows the title in square brackets,
/// as APA has translations. The licence is in `custom`, where CSL leaves room for what it has no variable for.
pub(crate) struct CslJson<'o> {
    origin: Origin<'o>,
    is_begun: bool,
}

impl<'o> CslJson<'o> {
    pub(crate) fn new(origin: Origin<'o>) -> Self {
        Self {
            origin,
            is_begun: false,
        }
    }
}

impl Form for CslJson<'_> {
    fn begin(&mut self, row: &mut Vec<u8>) {
        row.push(b'[');
    }

    fn record(&mut self, entry: &Entry<'_>, row: &mut Vec<u8>) -> Written {
        let between: &[u8] = if std::mem::replace(&mut self.is_begun, true) {
            b",\n"
        } else {
            b"\n"
        };
        row.extend_from_slice(between);
        put(
            &Json::Object(item(&Subject::of(entry, &self.origin), entry, &self.origin)),
            row,
        );
        Written::Rows(1)
    }

    fn end(&mut self, row: &mut Vec<u8>) {
        row.extend_from_slice(b"\n]\n");
    }
}

fn item(subject: &Subject, entry: &Entry<'_>, origin: &Origin<'_>) -> Map<String, Json> {
    let kind = match sort(subject.kind) {
        Sort::Report => "report",
        Sort::Dataset => "dataset",
        Sort::Misc => "document",
    };
    let title = match &subject.title_en {
        Some(english) => format!("{} [{english}]", subject.title),
        None => subject.title.clone(),
    };
    let mut item = Map::new();
    let mut add = |name: &str, value: Option<Json>| {
        item.extend(value.map(|value| (name.to_owned(), value)));
    };
    let filled = |text: &str| (!text.is_empty()).then(|| json!(text));
    add("id", Some(json!(subject.key())));
    add("type", Some(json!(kind)));
    add("title", Some(json!(title)));
    add("author", Some(json!([{"literal": subject.organisation}])));
    add(
        "issued",
        subject
            .day
            .map(|day| json!({"date-parts": [[day.year, day.month, day.day]]})),
    );
    add("genre", Some(json!(subject.kind_label())));
    add("publisher", filled(&origin.alliance_name));
    add("language", subject.lang.as_deref().and_then(filled));
    add(
        "version",
        entry.record.version.map(|version| json!(version.to_string())),
    );
    add("DOI", subject.doi.as_deref().and_then(filled));
    add("URL", subject.url.as_deref().and_then(filled));
    add("keyword", filled(&subject.tags.join(", ")));
    add("abstract", filled(&subject.summary));
    add("note", filled(&subject.note));
    let custom = json!({
        "record": subject.urn(),
        "state": entry.record.state.code(),
        "licence": subject.licence,
        "licence_url": licence::url(&subject.licence),
    });
    add("custom", Some(custom));
    item
}
