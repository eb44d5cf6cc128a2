//! One JSON object a line.

use serde_json::{Map, Value as Json, json};

use crate::date::instant;
use crate::exported::Exported;
use crate::exporter::{Entry, Form, Written};

/// Envelope; `body`, null where there is none or it cannot be read; `body_note` and the body raw (`body_hex`) where its fields do
/// not say all of it.
pub(crate) struct Ndjson;

impl Form for Ndjson {
    fn record(&mut self, entry: &Entry<'_>, row: &mut Vec<u8>) -> Written {
        let mut line = envelope(entry.record);
        let reading = entry.reading;
        let fields = reading.has_fields().then(|| Json::Object(reading.fields.clone()));
        line.insert("body".to_owned(), fields.unwrap_or(Json::Null));
        if !reading.note.code().is_empty() {
            line.insert("body_note".to_owned(), json!(reading.note.code()));
        }
        if reading.is_raw() {
            line.insert("body_hex".to_owned(), json!(reading.raw(entry.record)));
        }
        put(&Json::Object(line), row);
        row.push(b'\n');
        Written::Rows(1)
    }
}

/// Adds a value in one line: JSON escapes every line break within its texts.
pub(crate) fn put(value: &Json, row: &mut Vec<u8>) {
    row.extend_from_slice(value.to_string().as_bytes());
}

fn envelope(record: &Exported<'_>) -> Map<String, Json> {
    let notices: Json = record
        .notices
        .iter()
        .map(|notice| json!({"type": notice.notice_type, "by": notice.by}))
        .collect();
    let columns = [
        ("id", json!(record.id.to_string())),
        ("kind", json!(record.kind.name())),
        ("chapter", json!(record.chapter)),
        ("organisation", json!(record.organisation.to_string())),
        ("organisation_name", json!(record.organisation_name)),
        ("country", json!(record.country)),
        ("claimed_at", json!(instant(record.claimed_at_ms))),
        ("claimed_at_ms", json!(record.claimed_at_ms)),
        ("arrival", json!(record.arrival)),
        ("version", json!(record.version)),
        ("state", json!(record.state.code())),
        ("notices", notices),
    ];
    columns
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
}
