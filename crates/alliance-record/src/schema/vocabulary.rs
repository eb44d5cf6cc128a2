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
    /// By language, each a tag of BCP 47.
    labels: BTreeMap<String, String>,
    columns: BTreeMap<String, String>,
}

impl Code {
    /// The label in a language, a tag of BCP 47 such as `pt-BR`: without one, that of the wider language (`pt`), or else the
    /// English one.
    #[must_use]
    pub fn label_in(&self, lang: &str) -> &str {
        let mut tag = lang;
        loop {
            let found = self.labels.iter().find(|(known, _)| known.eq_ignore_ascii_case(tag));
            if let Some((_, label)) = found {
                return label;
            }
            match tag.rsplit_once('-') {
                Some((wider, _)) => tag = wider,
                None => return &self.label,
            }
        }
    }

    /// The labels in languages other than English, with their tags.
    pub fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        self.labels.iter().map(|(lang, label)| (lang.as_str(), label.as_str()))
    }

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
        .filter(|(name, _)| !matches!(name.as_str(), "code" | "label" | "labels"));
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let columns = columns.map(|(name, value)| (name.clone(), text(value))).collect();
    let labels = row.get("labels").and_then(Value::as_object).into_iter().flatten();
    let labels = labels.map(|(lang, label)| (lang.clone(), text(label))).collect();
    Some(Code {
        code,
        label,
        labels,
        columns,
    })
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
    use crate::proto::v1::Format;
    use crate::schema::text::{fault, misformed};

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
            list.iter().for_each(|code| labels_are_fit(name, code));
        }
        assert!(vocabulary("no_such_list").is_none());
    }

    fn labels_are_fit(list: &str, code: &Code) {
        let place = |lang: &str| format!("{list} {} {lang}", code.code);
        for (lang, label) in code.labels().chain([("en", code.label.as_str())]) {
            assert_eq!(misformed(lang, Format::Language), None, "{}", place(lang));
            assert!(!label.is_empty(), "{}", place(lang));
            assert_eq!(fault(label, Format::Unspecified), None, "{}", place(lang));
        }
        assert!(
            code.labels().all(|(lang, _)| !lang.starts_with("en")),
            "{}",
            place("en")
        );
    }

    /// The lists that readers of lists meet most.
    const TRANSLATED: [&str; 6] = [
        "kind",
        "effect",
        "adoption_status",
        "lesson_valence",
        "notice_type",
        "response_type",
    ];

    #[test]
    fn what_readers_of_lists_meet_is_labelled_in_their_languages() {
        for (name, code) in TRANSLATED
            .iter()
            .flat_map(|name| vocabulary(name).unwrap().iter().map(move |code| (name, code)))
        {
            let languages: Vec<_> = code.labels().map(|(lang, _)| lang).collect();
            assert_eq!(languages, ["ar", "cs", "de", "es", "fr", "ja"], "{name} {}", code.code);
        }
        for name in TRANSLATED {
            for lang in ["en", "ar", "cs", "de", "es", "fr", "ja"] {
                let labels: BTreeSet<_> = vocabulary(name)
                    .unwrap()
                    .iter()
                    .map(|code| code.label_in(lang))
                    .collect();
                assert_eq!(
                    labels.len(),
                    vocabulary(name).unwrap().len(),
                    "{name} {lang}: each code has its own"
                );
            }
        }
    }

    #[test]
    fn a_label_falls_back_to_the_wider_language_and_then_to_english() {
        let code = find("effect", "improved");
        for (lang, label) in [
            ("cs", "Zlepšení"),
            ("CS-cz", "Zlepšení"),
            ("de-Latn-AT", "Verbessert"),
            ("en-GB", "Improved"),
            ("uk", "Improved"),
            ("", "Improved"),
            ("-", "Improved"),
        ] {
            assert_eq!(code.label_in(lang), label, "{lang}");
        }
        assert_eq!(find("setting", "prison").label_in("cs"), "Prison health care");
        assert_eq!(code.columns().count(), 0, "labels are no column");
    }

    fn find(name: &str, wanted: &str) -> &'static Code {
        let list = vocabulary(name).unwrap();
        list.iter().find(|code| code.code == wanted).unwrap()
    }

    #[test]
    fn labels_and_columns() {
        assert_eq!(find("setting", "prison").label, "Prison health care");
        assert_eq!(find("lesson_valence", "near_miss").label, "Near miss");
        assert_eq!(find("measure_definition", "debrief.pct").column("per"), Some("100"));
        assert_eq!(find("setting", "prison").column("per"), None);
    }
}
