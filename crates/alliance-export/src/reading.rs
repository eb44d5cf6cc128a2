//! A body as its fields, and what could not be read of it.

use alliance_record::schema::{Kind, to_json};
use serde_json::{Map, Value as Json};

use crate::exported::Exported;

/// How `schema::to_json` calls what it cannot name: numbers of fields from newer nodes, and bodies of newer kinds.
const UNKNOWN_FIELDS: &str = "unknown_fields";
const RAW_HEX: &str = "raw_hex";

/// How much of a body its fields say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Note {
    /// All of it.
    Whole,
    /// There is none here.
    Absent,
    /// It has fields of a newer version.
    UnknownFields,
    /// It has a text with U+0000 or a number that is none, which no table can hold.
    Unwritable,
    /// Its kind is of a newer version.
    UnknownKind,
    /// It is not a message of its kind.
    Unreadable,
}

impl Note {
    /// As the column `body_note` writes it.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Whole => "",
            Self::Absent => "absent",
            Self::UnknownFields => UNKNOWN_FIELDS,
            Self::Unwritable => "unwritable",
            Self::UnknownKind => "unknown_kind",
            Self::Unreadable => "unreadable",
        }
    }

    pub(crate) const ALL: [Self; 5] = [
        Self::Absent,
        Self::UnknownFields,
        Self::Unwritable,
        Self::UnknownKind,
        Self::Unreadable,
    ];
}

/// A body as far as it can be read.
pub(crate) struct Reading {
    /// The fields that are filled; empty where nothing can be read.
    pub(crate) fields: Map<String, Json>,
    pub(crate) note: Note,
}

impl Reading {
    pub(crate) fn of(record: &Exported<'_>) -> Self {
        let Some(body) = &record.body else {
            return Self::empty(Note::Absent);
        };
        match to_json(record.kind, body) {
            Ok(Json::Object(fields)) if is_known(record.kind, &fields) => {
                let note = note(&fields);
                Self { fields, note }
            }
            Ok(_) => Self::empty(Note::UnknownKind),
            Err(_) => Self::empty(Note::Unreadable),
        }
    }

    fn empty(note: Note) -> Self {
        Self {
            fields: Map::new(),
            note,
        }
    }

    /// Whether the fields are those of the body, if not all of them.
    pub(crate) fn has_fields(&self) -> bool {
        !matches!(self.note, Note::Absent | Note::UnknownKind | Note::Unreadable)
    }

    /// The body in hexadecimal where its fields do not say all of it; empty otherwise.
    pub(crate) fn raw(&self, record: &Exported<'_>) -> String {
        match &record.body {
            Some(body) if self.is_raw() => data_encoding::HEXLOWER.encode(body),
            _ => String::new(),
        }
    }

    /// Whether there is a body whose fields do not say all of it.
    pub(crate) fn is_raw(&self) -> bool {
        !matches!(self.note, Note::Whole | Note::Absent)
    }

    /// The text of a field; empty where there is none.
    pub(crate) fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Json::as_str).unwrap_or_default()
    }

    /// The items of a list that are texts.
    pub(crate) fn texts(&self, field: &str) -> impl Iterator<Item = &str> {
        self.items(field).filter_map(Json::as_str)
    }

    /// The items of a list.
    pub(crate) fn items(&self, field: &str) -> impl Iterator<Item = &Json> {
        self.fields.get(field).and_then(Json::as_array).into_iter().flatten()
    }

    /// A field of a group that stands once.
    pub(crate) fn within(&self, group: &str, field: &str) -> &str {
        let group = self.fields.get(group).and_then(Json::as_object);
        let value = group.and_then(|group| group.get(field));
        value.and_then(Json::as_str).unwrap_or_default()
    }
}

/// The text of a field of one item of a list of groups.
pub(crate) fn text_of<'a>(item: &'a Json, field: &str) -> &'a str {
    item.get(field).and_then(Json::as_str).unwrap_or_default()
}

/// A kind known here never has a field called `raw_hex`.
fn is_known(kind: Kind, fields: &Map<String, Json>) -> bool {
    !(fields.contains_key(RAW_HEX) && kind.name().starts_with("kind-"))
}

fn note(fields: &Map<String, Json>) -> Note {
    if any(fields, &|name, _| name == UNKNOWN_FIELDS) {
        Note::UnknownFields
    } else if any(fields, &|_, value| is_unwritable(value)) {
        Note::Unwritable
    } else {
        Note::Whole
    }
}

fn is_unwritable(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Number(number) => number.is_u64() && !number.is_i64(),
        Json::String(text) => text.contains('\0'),
        Json::Array(items) => items.iter().any(is_unwritable),
        _ => false,
    }
}

/// Whether something holds of any field, however deep: the messages are four levels deep.
fn any(fields: &Map<String, Json>, holds: &dyn Fn(&str, &Json) -> bool) -> bool {
    fields.iter().any(|(name, value)| {
        holds(name, value)
            || match value {
                Json::Object(group) => any(group, holds),
                Json::Array(items) => items
                    .iter()
                    .any(|item| item.as_object().is_some_and(|group| any(group, holds))),
                _ => false,
            }
    })
}
