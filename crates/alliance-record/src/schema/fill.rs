//! The author's tree to a message, by the fields' own descriptions. Judges names and types; what a value may be is
//! judged after, by `check`.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use prost_reflect::{DynamicMessage, Kind as Wire, Value};
use unicode_normalization::UnicodeNormalization;

use super::Format;
use super::finding::{Finding, Position, shown};
use super::info::{FieldInfo, Shape};
use super::limits::FINDINGS_MAX;
use super::nearest::suggestion;
use super::node::{Content, Entry, Node};
use super::read::Written;

/// Code of the finding, and what should stand there.
type Expected<'a> = (&'static str, &'a str);

/// What is found, and where each field stands, while a tree is read.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) findings: Vec<Finding>,
    pub(super) places: BTreeMap<String, Position>,
    pub(super) texts: Vec<Written>,
}

impl Reader {
    /// Fills `message` with the fields written at `place`.
    pub(super) fn fields(
        &mut self,
        fields: &[FieldInfo],
        entries: &[Entry],
        place: &str,
        message: &mut DynamicMessage,
    ) {
        let mut seen = BTreeSet::new();
        for entry in entries {
            if self.findings.len() >= FINDINGS_MAX {
                return;
            }
            let here = if place.is_empty() {
                entry.name.clone()
            } else {
                format!("{place}.{}", entry.name)
            };
            if !seen.insert(entry.name.as_str()) {
                self.findings.push(twice(&entry.name, here).at(entry.at));
                continue;
            }
            let Some(field) = fields.iter().find(|field| field.name == entry.name) else {
                self.findings.push(unknown(fields, &entry.name, here).at(entry.at));
                continue;
            };
            self.remember(&here, entry.at);
            if let Some(value) = self.value(field, &entry.value, &here) {
                field.set(message, value);
            }
        }
    }

    fn remember(&mut self, place: &str, at: Option<Position>) {
        if let Some(at) = at {
            self.places.insert(place.to_owned(), at);
        }
    }

    fn value(&mut self, field: &FieldInfo, node: &Node, place: &str) -> Option<Value> {
        match &node.content {
            Content::Null => None,
            Content::List(items) if field.repeated => self.list(field, items, place),
            // One value where several may stand is a list of one.
            _ if field.repeated && field.shape != Shape::Group => {
                self.one(field, node, place).map(|one| Value::List(vec![one]))
            }
            _ if field.repeated => {
                self.wrong_type(field, node, place, ("expected_list", "a list"));
                None
            }
            _ => self.one(field, node, place),
        }
    }

    fn list(&mut self, field: &FieldInfo, items: &[Node], place: &str) -> Option<Value> {
        if items.len() > field.items_max as usize {
            let message = format!(
                "\"{}\" has {} items; at most {} fit.",
                field.name,
                items.len(),
                field.items_max
            );
            self.findings.push(Finding::error(
                "too_many_items",
                place,
                message,
                "Keep those that matter most.",
            ));
            return None;
        }
        let mut values = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let here = format!("{place}[{index}]");
            self.remember(&here, item.at);
            if item.content == Content::Null && field.shape != Shape::Group {
                continue;
            }
            values.extend(self.one(field, item, &here));
        }
        Some(Value::List(values))
    }

    fn one(&mut self, field: &FieldInfo, node: &Node, place: &str) -> Option<Value> {
        match field.shape {
            Shape::Group => self.group(field, node, place),
            Shape::Text | Shape::Code => self.text(field, node, place),
            Shape::Bytes => self.bytes(field, node, place),
            Shape::Integer | Shape::Number => self.number(field, node, place),
            Shape::YesNo => self.yes_no(field, node, place),
            Shape::Choice => None,
        }
    }

    fn group(&mut self, field: &FieldInfo, node: &Node, place: &str) -> Option<Value> {
        let Content::Map(entries) = &node.content else {
            if node.content != Content::Null {
                let names: Vec<_> = field.fields.iter().map(|field| field.name.as_str()).collect();
                let expected = format!("fields of its own ({})", names.join(", "));
                self.wrong_type(field, node, place, ("expected_fields", &expected));
            }
            return None;
        };
        let descriptor = field.descriptor.kind().as_message()?.clone();
        let mut message = DynamicMessage::new(descriptor);
        self.fields(&field.fields, entries, place, &mut message);
        // An optional group whose fields are all left empty was left out.
        let filled = message.fields().next().is_some() || field.repeated || field.required;
        filled.then_some(Value::Message(message))
    }

    fn text(&mut self, field: &FieldInfo, node: &Node, place: &str) -> Option<Value> {
        let Some(text) = node.text() else {
            self.wrong_type(field, node, place, ("expected_text", "text"));
            return None;
        };
        let text = normal(text);
        if field.shape == Shape::Text {
            self.texts.push(Written {
                place: place.to_owned(),
                text: text.clone(),
                line: node.at.map(|at| at.line),
                column: node.at.map(|at| at.column),
                format: field.format,
                personal: field.personal,
            });
        }
        Some(Value::String(text))
    }

    fn bytes(&mut self, field: &FieldInfo, node: &Node, place: &str) -> Option<Value> {
        let text = node.text().map(str::to_ascii_lowercase);
        let decoded = text.and_then(|text| data_encoding::HEXLOWER.decode(text.trim().as_bytes()).ok());
        match decoded {
            Some(bytes) if bytes.len() == 32 => Some(Value::Bytes(Bytes::from(bytes))),
            _ => {
                self.wrong_type(field, node, place, ("expected_id", "an id of 64 hexadecimal digits"));
                None
            }
        }
    }

    fn number(&mut self, field: &FieldInfo, node: &Node, place: &str) -> Option<Value> {
        let value = match &node.content {
            Content::Plain(text) => parse_number(field, text),
            _ => None,
        };
        if value.is_none() {
            let expected = if field.shape == Shape::Integer {
                "a whole number"
            } else {
                "a number"
            };
            self.wrong_type(
                field,
                node,
                place,
                ("expected_number", &format!("{expected}, without quotes")),
            );
        }
        value
    }

    fn yes_no(&mut self, field: &FieldInfo, node: &Node, place: &str) -> Option<Value> {
        let value = match &node.content {
            Content::Plain(text) => text.parse().ok().map(Value::Bool),
            _ => None,
        };
        if value.is_none() {
            self.wrong_type(field, node, place, ("expected_yes_no", "true or false, without quotes"));
        }
        value
    }

    fn wrong_type(&mut self, field: &FieldInfo, node: &Node, place: &str, expected: Expected<'_>) {
        let (code, what) = expected;
        let found = match &node.content {
            Content::Null => "nothing".to_owned(),
            Content::Plain(text) | Content::Quoted(text) => format!("\"{}\"", shown(text)),
            Content::List(_) => "a list".to_owned(),
            Content::Map(_) => "fields".to_owned(),
        };
        let message = format!("\"{}\" should be {what}; here is {found}.", field.name);
        self.findings
            .push(Finding::error(code, place, message, example(field, what)).at(node.at));
    }
}

fn example(field: &FieldInfo, expected: &str) -> String {
    let name = &field.name;
    match (field.example.as_str(), field.shape) {
        (_, Shape::Group) if field.repeated => format!("Write {name}: and below it items that begin with \"- \"."),
        (_, Shape::Group) => format!("Write {name}: and below it, indented, its fields."),
        _ if field.format == Format::Record => {
            format!("Write {expected}: the whole id, as `alliance show` prints it for the beginning of one.")
        }
        ("", _) => format!("Write {expected}."),
        (example, _) => format!("Write it like this: {name}: {example}"),
    }
}

/// Text as bodies hold it: NFC, lines ended by a line feed, nothing blank around it.
pub(super) fn normal(text: &str) -> String {
    let composed: String = text.nfc().collect();
    composed.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned()
}

fn parse_number(field: &FieldInfo, text: &str) -> Option<Value> {
    match field.descriptor.kind() {
        Wire::Uint32 => text.parse().ok().map(Value::U32),
        Wire::Double => text
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
            .map(Value::F64),
        _ => None,
    }
}

fn twice(name: &str, place: String) -> Finding {
    let message = format!("\"{}\" is given twice.", shown(name));
    Finding::error("duplicate_field", place, message, "Keep one of them.")
}

fn unknown(fields: &[FieldInfo], name: &str, place: String) -> Finding {
    let names = || fields.iter().map(|field| field.name.as_str());
    let message = format!("There is no field \"{}\" here.", shown(name));
    let remedy = suggestion(name, names())
        .unwrap_or_else(|| format!("The fields are: {}.", names().collect::<Vec<_>>().join(", ")));
    Finding::error("unknown_field", place, message, remedy)
}
