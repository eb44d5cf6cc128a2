//! The options themselves: what every field must say, so that everything that follows from them can.

use std::collections::BTreeSet;

use crate::Role;
use crate::proto::v1::Format;
use crate::schema::{FieldInfo, Kind, ReferenceRole, Shape, kinds, vocabularies, vocabulary};

fn walk(fields: &'static [FieldInfo], place: &str, visit: &mut dyn FnMut(&str, &'static FieldInfo)) {
    for field in fields {
        let here = format!("{place}.{}", field.name);
        visit(&here, field);
        walk(&field.fields, &here, visit);
    }
}

fn each(mut visit: impl FnMut(&str, &'static FieldInfo)) {
    for info in kinds() {
        walk(&info.fields, &info.name, &mut visit);
    }
}

#[test]
fn the_ten_kinds_are_written_in_order() {
    let numbers: Vec<_> = kinds().map(|info| info.kind.0).collect();
    assert_eq!(numbers, (1..=10).collect::<Vec<_>>());
    for info in kinds() {
        assert_eq!(Kind::from_name(&info.name), Some(info.kind));
        assert!(!info.label.is_empty() && !info.help.is_empty(), "{}", info.name);
        assert!(
            info.fields.len() > 8 && info.field("title").is_some(),
            "{}: the common fields stand at the top",
            info.name
        );
    }
}

#[test]
fn every_vocabulary_named_exists() {
    let mut named = BTreeSet::new();
    each(|place, field| {
        if let Some(name) = &field.vocabulary {
            assert!(vocabulary(name).is_some(), "{place}: no list {name}");
            named.insert(name.as_str());
        }
    });
    let unused: Vec<_> = vocabularies().filter(|name| !named.contains(name)).collect();
    assert_eq!(
        unused,
        [
            "act_reason",
            "certainty_grade",
            "chart",
            "kind",
            "organisation_type",
            "rhythm"
        ],
        "used beside the bodies"
    );
}

#[test]
fn every_field_can_be_shown_and_filled() {
    each(|place, field| {
        assert_ne!(field.label, field.name, "{place} needs a label");
        assert!(
            !field.required || !field.example.is_empty() || field.shape == Shape::Group,
            "{place} needs an example"
        );
        assert!(
            !field.section || (field.format == Format::Prose && !field.repeated),
            "{place} is no section"
        );
        assert_eq!(field.shape == Shape::Group, !field.fields.is_empty(), "{place}");
        assert!(
            field.characters_min <= field.characters_max && field.items_max > 0,
            "{place}"
        );
        let is_id = matches!(field.format, Format::Record | Format::Hash);
        assert_eq!(field.shape == Shape::Bytes, is_id, "{place}: bytes are ids");
        assert_ne!(field.shape, Shape::Choice, "{place}: lists of codes grow, enums do not");
    });
}

#[test]
fn names_and_labels_are_unique_within_a_kind() {
    for info in kinds() {
        let names: BTreeSet<_> = info.fields.iter().map(|field| &field.name).collect();
        let labels: BTreeSet<_> = info.fields.iter().map(|field| field.label.to_lowercase()).collect();
        assert_eq!(
            (names.len(), labels.len()),
            (info.fields.len(), info.fields.len()),
            "{}",
            info.name
        );
        assert!(
            !names.contains(&"kind".to_owned()),
            "{}: kind is the file's own word",
            info.name
        );
    }
}

#[test]
fn examples_are_codes_of_their_lists() {
    each(|place, field| {
        if let (Some(list), false) = (&field.vocabulary, field.example.is_empty()) {
            let found = vocabulary(list).unwrap().iter().any(|code| code.code == field.example);
            assert!(found, "{place}: {} is not in {list}", field.example);
        }
    });
}

#[test]
fn roles_of_references_are_known_words() {
    let known = |role: &str| Role::from_name(role).is_some();
    each(|place, field| match &field.reference {
        ReferenceRole::None => {}
        ReferenceRole::Fixed(role) => assert!(known(role), "{place}: {role}"),
        ReferenceRole::Sibling(_) => {}
    });
}

#[test]
fn the_list_of_kinds_is_that_of_the_kinds() {
    let codes = vocabulary("kind").unwrap();
    let listed: Vec<_> = codes.iter().map(|code| (&code.code, &code.label)).collect();
    let written: Vec<_> = kinds().map(|info| (&info.name, &info.label)).collect();
    assert_eq!(listed, written);
}

/// Whether some code of the list has this value, or begins with it.
fn is_of_list(list: &str, value: &str) -> bool {
    let codes = vocabulary(list).unwrap();
    codes
        .iter()
        .any(|code| code.code == value || (value.ends_with('.') && code.code.starts_with(value)))
}

#[test]
fn conditions_name_fields_beside_theirs_and_codes_of_their_lists() {
    type Pairs = BTreeSet<(&'static str, &'static str)>;
    fn check(fields: &'static [FieldInfo], (named, met): (&mut Pairs, &mut Pairs)) {
        for field in fields {
            for condition in &field.applies_when {
                named.insert((&field.name, &condition.field));
                let Some(other) = fields.iter().find(|other| other.name == condition.field) else {
                    continue;
                };
                met.insert((&field.name, &condition.field));
                let place = format!("{} when {}", field.name, other.name);
                assert!(
                    !field.required && other.name != field.name && !other.repeated,
                    "{place}"
                );
                for value in condition.values.iter().chain(&condition.except) {
                    let fits = match &other.vocabulary {
                        Some(list) => is_of_list(list, value),
                        None => other.format == Format::Language && value.len() == 2,
                    };
                    assert!(fits, "{place}: {value}");
                }
            }
            check(&field.fields, (named, met));
        }
    }
    let (mut named, mut met) = (Pairs::new(), Pairs::new());
    kinds().for_each(|info| check(&info.fields, (&mut named, &mut met)));
    assert_eq!(named, met, "some kind has the field that another depends on");
    assert!(met.len() >= 15, "{met:?}");
}
