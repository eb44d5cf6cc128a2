//! The code lists of `proto/vocabulary.json`. Never a reason to drop a code: unknown ones are shown raw.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Map, Value};

const SOURCE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../proto/vocabulary.json"));

static READ: LazyLock<Value> = LazyLock::new(|| {
    let source = serde_json::from_str::<Value>(SOURCE).unwrap_or_default();
    assert!(source.is_object(), "proto/vocabulary.json is part of the program");
    source
});

static LISTS: LazyLock<BTreeMap<String, Vec<Code>>> = LazyLock::new(|| {
    let lists = READ.get("lists").and_then(Value::as_object);
    lists
        .into_iter()
        .flatten()
        .map(|(name, rows)| (name.clone(), codes(rows)))
        .collect()
});

/// One code of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// As bodies carry it.
    pub code: String,
    /// As people read it, in English.
    pub label: String,
    columns: BTreeMap<String, String>,
}

impl Code {
    /// All further columns, by name.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &str)> {
        self.columns.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A further column of the list, such as `per` of a measure's definition or a `crosswalk`; None when it is empty.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&str> {
        self.columns.get(name).map(String::as_str)
    }
}

/// The codes of a list, in the order for people; None when no list is called so.
#[must_use]
pub fn vocabulary(name: &str) -> Option<&'static [Code]> {
    LISTS.get(name).map(Vec::as_slice)
}

/// The version of the lists: another one when a code or a label is added or changed.
#[must_use]
pub fn vocabulary_version() -> &'static str {
    READ.get("version").and_then(Value::as_str).unwrap_or_default()
}

/// The names of all lists.
pub fn vocabularies() -> impl Iterator<Item = &'static str> {
    LISTS.keys().map(String::as_str)
}

fn codes(rows: &Value) -> Vec<Code> {
    rows.as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .filter_map(code)
        .collect()
}

fn code(row: &Map<String, Value>) -> Option<Code> {
    let code = row.get("code")?.as_str()?.to_owned();
    let label = row
        .get("label")
        .and_then(Value::as_str)
        .map_or_else(|| in_words(&code), str::to_owned);
    let columns = row
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "code" | "label"));
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let columns = columns.map(|(name, value)| (name.clone(), text(value))).collect();
    Some(Code { code, label, columns })
}

fn in_words(code: &str) -> String {
    let words = code.replace('_', " ");
    let mut letters = words.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn lists_are_complete_and_codes_are_unique() {
        for name in vocabularies() {
            let list = vocabulary(name).unwrap();
            assert!(!list.is_empty(), "{name}");
            assert_eq!(
                list.iter().map(|code| &code.code).collect::<BTreeSet<_>>().len(),
                list.len(),
                "{name}"
            );
            let rows = serde_json::from_str::<Value>(SOURCE).unwrap()["lists"][name]
                .as_array()
                .unwrap()
                .len();
            assert_eq!(rows, list.len(), "{name}");
        }
        assert!(vocabulary("no_such_list").is_none());
    }

    #[test]
    fn labels_and_columns() {
        let find = |name, wanted| {
            vocabulary(name)
                .unwrap()
                .iter()
                .find(|code| code.code == wanted)
                .unwrap()
        };
        assert_eq!(find("setting", "prison").label, "Prison health care");
        assert_eq!(find("lesson_valence", "near_miss").label, "Near miss");
        assert_eq!(find("measure_definition", "debrief.pct").column("per"), Some("100"));
        assert_eq!(find("setting", "prison").column("per"), None);
    }
}
