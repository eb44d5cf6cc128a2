//! The columns of a kind, by reflection over its fields.

use alliance_record::schema::{FieldInfo, KindInfo, Shape, kinds};
use serde_json::{Map, Value as Json};

use super::cell::list;

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

/// What a column's cells hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// What people wrote.
    Text,
    /// A number, yes or no, or hexadecimal digits.
    Plain,
    /// Several texts, codes or ids.
    List,
    /// Several groups, as JSON.
    Json,
}

/// All columns of a kind.
pub(crate) fn columns(info: &'static KindInfo, taken: &[&str]) -> Vec<Column> {
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
        Shape::Text | Shape::Code | Shape::Choice => Holds::Text,
        Shape::Integer | Shape::Number | Shape::YesNo | Shape::Bytes => Holds::Plain,
    }
}

impl Column {
    /// The field that says what its cells hold.
    pub(crate) fn field(&self) -> Option<&'static FieldInfo> {
        self.path.last().copied()
    }

    /// The cell of a body; empty where the field is not filled.
    pub(super) fn cell(&self, fields: &Map<String, Json>) -> String {
        let mut value: Option<&Json> = None;
        for field in &self.path {
            let group = value.map_or(Some(fields), Json::as_object);
            value = group.and_then(|group| group.get(&field.name));
            if value.is_none() {
                return String::new();
            }
        }
        value.map_or_else(String::new, |value| cell(value, self.holds))
    }
}

fn cell(value: &Json, holds: Holds) -> String {
    match (holds, value) {
        (Holds::List, Json::Array(items)) => list(items.iter().map(word)),
        (Holds::Json, value) => value.to_string(),
        (_, value) => word(value),
    }
}

/// A value that is no list and no group.
fn word(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        value => value.to_string(),
    }
}
