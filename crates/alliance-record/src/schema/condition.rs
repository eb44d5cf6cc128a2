//! When a field applies: what another field beside it must say. Guides templates and the completeness meter, and refuses
//! nothing.

use prost_reflect::{DynamicMessage, Value};

use super::info::FieldInfo;
use crate::proto::v1::{Condition, Format};

/// What parts the levels of a code, and so ends a value that stands for several.
const LEVEL: char = '.';

impl FieldInfo {
    /// Whether its kind, or its group, has every field that it depends on.
    pub(super) fn can_apply(&self, beside: &[FieldInfo]) -> bool {
        let is_there = |condition: &Condition| named(condition, beside).is_some();
        self.applies_when.iter().all(is_there)
    }

    /// Whether the message that holds it says what it depends on.
    pub(super) fn applies(&self, beside: &[FieldInfo], message: &DynamicMessage) -> bool {
        self.applies_when.iter().all(|condition| {
            named(condition, beside).is_some_and(|field| {
                let said = field.value(message).and_then(Value::as_str).unwrap_or_default();
                is_met(condition, field.format, said)
            })
        })
    }

    /// When it applies, in words for an author; empty when that is always.
    pub(super) fn applies_in_words(&self) -> String {
        let words: Vec<_> = self.applies_when.iter().filter_map(in_words).collect();
        words.join(". ")
    }
}

fn named<'a>(condition: &Condition, beside: &'a [FieldInfo]) -> Option<&'a FieldInfo> {
    beside.iter().find(|field| field.name == condition.field)
}

/// Whether a field of this format that says `said` meets the condition. A field that says nothing has none of the values.
pub(super) fn is_met(condition: &Condition, format: Format, said: &str) -> bool {
    let is_among = |values: &[String]| values.iter().any(|value| stands_for(value, format, said));
    (condition.values.is_empty() || is_among(&condition.values)) && !is_among(&condition.except)
}

fn stands_for(value: &str, format: Format, said: &str) -> bool {
    if format == Format::Language {
        let wider = said.split('-').next().unwrap_or_default();
        return [said, wider].iter().any(|tag| tag.eq_ignore_ascii_case(value));
    }
    said == value || (value.ends_with(LEVEL) && said.starts_with(value))
}

fn in_words(condition: &Condition) -> Option<String> {
    let (when, values) = match (condition.values.as_slice(), condition.except.as_slice()) {
        ([], []) => return None,
        ([], except) => ("Not when", except),
        (values, _) => ("Only when", values),
    };
    let shown = |value: &String| match value.strip_suffix(LEVEL) {
        Some(begins) => format!("{begins}{LEVEL}*"),
        None => value.clone(),
    };
    let shown: Vec<_> = values.iter().map(shown).collect();
    let listed = match shown.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => shown.concat(),
    };
    Some(format!("{when} {} is {listed}", condition.field))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(values: &[&str], except: &[&str]) -> Condition {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Condition {
            field: "lang".to_owned(),
            values: owned(values),
            except: owned(except),
        }
    }

    #[test]
    fn values_are_codes_branches_of_codes_and_languages() {
        let check = |condition: &Condition, format, said: &str, met: bool| {
            assert_eq!(is_met(condition, format, said), met, "{said} {condition:?}");
        };
        let code = condition(&["one", "two."], &[]);
        for (said, met) in [
            ("one", true),
            ("two.a", true),
            ("two", false),
            ("ones", false),
            ("", false),
        ] {
            check(&code, Format::Unspecified, said, met);
        }
        let foreign = condition(&[], &["en"]);
        for (said, met) in [("en", false), ("EN-gb", false), ("eng", true), ("cs", true), ("", true)] {
            check(&foreign, Format::Language, said, met);
        }
        check(&condition(&[], &[]), Format::Unspecified, "", true);
    }

    #[test]
    fn words_for_an_author() {
        let told = |values: &[&str], except: &[&str]| in_words(&condition(values, except));
        assert_eq!(told(&[], &[]), None);
        assert_eq!(told(&["x"], &[]).unwrap(), "Only when lang is x");
        assert_eq!(told(&["x", "y", "z."], &[]).unwrap(), "Only when lang is x, y or z.*");
        assert_eq!(told(&[], &["en"]).unwrap(), "Not when lang is en");
    }
}
