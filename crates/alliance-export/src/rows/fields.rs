//! The columns of a kind, by reflection over its fields.

use std::borrow::Cow;

use alliance_record::proto::v1::Format as Written;
use alliance_record::schema::{FieldInfo, KindInfo, Shape, kinds};
use serde_json::{Map, Value as Json};

use super::cell::{Cell, Holds};
use super::column::{TableColumn, unit};

/// How deep groups stand within groups: the kinds have three levels.
const LEVELS_MAX: usize = 8;
/// What a field's column begins with when a column of the envelope has its name already.
const BODY: &str = "body.";

/// A column of a body.
pub(crate) struct Column {
    /// As the header has it: the field's name, and dots where groups are flattened.
    pub(crate) name: String,
    /// The fields that lead to it, the last of which says what it holds.
    pub(crate) path: Vec<&'static FieldInfo>,
    pub(crate) holds: Holds,
}

/// All columns of a kind.
pub(super) fn columns(info: &'static KindInfo, taken: &[&str]) -> Vec<Column> {
    let mut found = Vec::new();
    add(&info.fields, &[], &mut found);
    rename(&mut found, taken);
    found
}

/// The columns that all kinds written by hand have in common.
pub(super) fn common(taken: &[&str]) -> Vec<Column> {
    let Some(first) = kinds().next() else {
        return Vec::new();
    };
    let mut found = columns(first, taken);
    found.retain(|column| {
        column.path.first().is_some_and(|field| {
            kinds().all(|info| {
                info.field(&field.name).is_some_and(|other| {
                    other.shape == field.shape && other.repeated == field.repeated && other.number == field.number
                })
            })
        })
    });
    found
}

fn rename(found: &mut [Column], taken: &[&str]) {
    for column in found.iter_mut().filter(|column| taken.contains(&column.name.as_str())) {
        column.name.insert_str(0, BODY);
    }
}

fn add(fields: &'static [FieldInfo], above: &[&'static FieldInfo], found: &mut Vec<Column>) {
    for field in fields {
        let path = [above, &[field]].concat();
        if field.shape == Shape::Group && !field.repeated && path.len() <= LEVELS_MAX {
            add(&field.fields, &path, found);
            continue;
        }
        let names: Vec<_> = path.iter().map(|field| field.name.as_str()).collect();
        found.push(Column {
            name: names.join("."),
            holds: holds(field),
            path,
        });
    }
}

fn holds(field: &FieldInfo) -> Holds {
    match field.shape {
        Shape::Group => Holds::Json,
        _ if field.repeated => Holds::List,
        Shape::Text if field.format == Written::Month => Holds::Month,
        Shape::Text | Shape::Code | Shape::Choice => Holds::Text,
        Shape::Bytes => Holds::Word,
        Shape::Integer => Holds::Integer,
        Shape::Number => Holds::Number,
        Shape::YesNo => Holds::YesNo,
    }
}

impl Column {
    /// The field that says what its cells hold.
    pub(crate) fn field(&self) -> Option<&'static FieldInfo> {
        self.path.last().copied()
    }

    /// The labels of the groups and the field.
    pub(crate) fn title(&self) -> String {
        let labels = self.path.iter().map(|field| field.label.as_str());
        labels.collect::<Vec<_>>().join(": ")
    }

    /// What the field means, as authors are told.
    pub(crate) fn meaning(&self) -> String {
        let Some(info) = self.field() else {
            return String::new();
        };
        let mut parts = vec![info.help.clone()];
        if self.holds == Holds::Json {
            let names: Vec<_> = info.fields.iter().map(|field| field.name.as_str()).collect();
            parts.push(format!("A JSON array of objects with {}.", names.join(", ")));
        }
        parts.retain(|part| !part.is_empty());
        parts.join(" ")
    }

    pub(super) fn described(&self) -> TableColumn {
        let parts = [self.title(), self.meaning()];
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        TableColumn {
            name: self.name.clone(),
            holds: self.holds,
            required: false,
            meaning: parts.join(". "),
            unit: self.field().map_or_else(String::new, |info| written(info, self.holds)),
        }
    }

    /// The cell of a body whose fields could be read.
    pub(super) fn cell<'a>(&self, fields: &'a Map<String, Json>) -> Cell<'a> {
        let mut value: Option<&Json> = None;
        for field in &self.path {
            let group = value.map_or(Some(fields), Json::as_object);
            value = group.and_then(|group| group.get(&field.name));
            if value.is_none() {
                break;
            }
        }
        match (value, self.holds) {
            (Some(value), holds) => cell(value, holds),
            (None, Holds::List) => Cell::List(Vec::new()),
            (None, _) => Cell::Empty,
        }
    }
}

/// How the values of a field are written.
fn written(info: &FieldInfo, holds: Holds) -> String {
    if let Some(list) = &info.vocabulary {
        return format!("code of {list}");
    }
    let written = match info.format {
        Written::Month => "month, YYYY-MM",
        Written::Date => "date, YYYY-MM-DD",
        Written::Instant => "moment in UTC, such as 2025-04-30T13:00:00Z",
        Written::Language => "language tag, BCP 47",
        Written::Url => "address on the web",
        Written::TimeZone => "time zone, IANA",
        Written::Record => "record id, 64 hexadecimal digits",
        Written::Hash => "BLAKE3 hash, 64 hexadecimal digits",
        Written::MediaType => "media type",
        Written::Prose => "light Markdown",
        Written::Unspecified | Written::Word => unit(holds),
    };
    written.to_owned()
}

fn cell(value: &Json, holds: Holds) -> Cell<'_> {
    match (holds, value) {
        (_, Json::Null) => Cell::Empty,
        (Holds::Json, value) => Cell::Json(value.to_string()),
        (Holds::List, Json::Array(items)) => Cell::List(items.iter().map(word).collect()),
        (Holds::Word, value) => Cell::word(word(value)),
        (Holds::Integer, value) => Cell::integer(value.as_i64()),
        (Holds::Number, value) => Cell::number(value.as_f64()),
        (Holds::YesNo, value) => value.as_bool().map_or(Cell::Empty, Cell::YesNo),
        (_, value) => Cell::Text(word(value)),
    }
}

/// A value that is no list and no group.
fn word(value: &Json) -> Cow<'_, str> {
    match value {
        Json::Null => Cow::Borrowed(""),
        Json::String(text) => Cow::Borrowed(text),
        value => Cow::Owned(value.to_string()),
    }
}
