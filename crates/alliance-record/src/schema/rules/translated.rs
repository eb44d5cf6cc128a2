//! The names by which a translation calls the fields of its source. The kind of the source is not known here, so a name fits
//! when any kind has a text of that name. An item of a list is named by its place, as findings name it: `tags[0]`,
//! `core_components[2].text`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::proto::v1::Format;
use crate::schema::finding::{Finding, shown};
use crate::schema::info::{FieldInfo, Shape, kinds};
use crate::schema::nearest::nearest;

/// Stands for the place of an item in the names of [`NAMES`].
const ANY: &str = "[]";
const EXAMPLES: &str =
    "Write it as the source calls it, items of lists counted from 0: summary, tags[0], core_components[2].text.";

/// Every name of a text of any kind, with [`ANY`] where a list's item is named.
static NAMES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let mut names = BTreeSet::new();
    for info in kinds() {
        collect(&info.fields, "", &mut names);
    }
    names
});

fn collect(fields: &[FieldInfo], within: &str, names: &mut BTreeSet<String>) {
    for field in fields {
        let item = if field.repeated { ANY } else { "" };
        let name = format!("{within}{}{item}", field.name);
        if is_words(field) {
            names.insert(name);
        } else {
            collect(&field.fields, &format!("{name}."), names);
        }
    }
}

fn is_words(field: &FieldInfo) -> bool {
    field.shape == Shape::Text && matches!(field.format, Format::Unspecified | Format::Prose)
}

/// What is wrong with a name that stands at `place`. An empty one has been reported before.
pub(super) fn check(name: &str, place: String) -> Option<Finding> {
    if name.is_empty() || kinds().any(|info| is_named(&info.fields, name)) {
        return None;
    }
    let message = format!("No kind of record has a text \"{}\".", shown(name));
    let remedy = meant(name).map_or_else(
        || EXAMPLES.to_owned(),
        |meant| format!("Did you mean \"{meant}\"? {EXAMPLES}"),
    );
    Some(Finding::error("unknown_field", place, message, remedy))
}

fn is_named(fields: &[FieldInfo], name: &str) -> bool {
    let (first, rest) = match name.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (name, None),
    };
    let (first, item) = match first.split_once('[') {
        Some((first, item)) => (first, Some(item)),
        None => (first, None),
    };
    let Some(field) = fields.iter().find(|field| field.name == first) else {
        return false;
    };
    let is_one = match item {
        Some(item) => {
            field.repeated
                && item
                    .strip_suffix(']')
                    .is_some_and(|item| is_place(item, field.items_max))
        }
        None => !field.repeated,
    };
    is_one && rest.map_or_else(|| is_words(field), |rest| is_named(&field.fields, rest))
}

/// Whether this is the place of an item, written in the one way there is.
fn is_place(text: &str, items_max: u32) -> bool {
    text.parse::<u32>()
        .is_ok_and(|place| place < items_max && place.to_string() == text)
}

/// The name nearest to what was written, with the places that were written, or the first where none was.
fn meant(written: &str) -> Option<String> {
    let (bare, places) = without_places(written);
    let near = nearest(&bare, NAMES.iter().map(String::as_str))?;
    let mut places = places.into_iter();
    let mut parts = near.split(ANY);
    let mut name = parts.next()?.to_owned();
    for part in parts {
        name.push_str(&format!("[{}]{part}", places.next().unwrap_or(0)));
    }
    (name != written).then_some(name)
}

/// A name with [`ANY`] for each place, and the places; what is no number counts as the first.
fn without_places(name: &str) -> (String, Vec<u32>) {
    let mut parts = name.split('[');
    let mut bare = parts.next().unwrap_or_default().to_owned();
    let mut places = Vec::new();
    for part in parts {
        let (place, after) = part.split_once(']').unwrap_or((part, ""));
        places.push(place.parse().unwrap_or(0));
        bare.push_str(ANY);
        bare.push_str(after);
    }
    (bare, places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_all_kinds_have_names() {
        for name in [
            "title",
            "summary",
            "tags[0]",
            "core_components[2].text",
            "will_change[9].action",
            "coproduction.note",
            "points_unknown",
            "agenda[0].title",
        ] {
            let found = check(name, String::new());
            assert_eq!(found.is_none(), name != "points_unknown", "{name} {found:?}");
        }
        assert!(NAMES.contains("core_components[].text") && NAMES.len() > 60);
    }

    #[test]
    fn other_names_are_refused_with_what_was_meant() {
        let check = |name: &str, meant: Option<&str>| {
            let found = check(name, "fields[3].field".to_owned()).unwrap();
            assert_eq!((found.code, found.place.as_str()), ("unknown_field", "fields[3].field"));
            let remedy = meant.map_or_else(String::new, |meant| format!("Did you mean \"{meant}\"? "));
            assert_eq!(found.remedy, format!("{remedy}{EXAMPLES}"), "{name}");
        };
        check("sumary", Some("summary"));
        check("core_components[c1].text", Some("core_components[0].text"));
        check("core_componets[2].text", Some("core_components[2].text"));
        check("core_components.text", Some("core_components[0].text"));
        check("tags", Some("tags[0]"));
        check("tags[00]", Some("tags[0]"));
        check("summary[0]", Some("summary"));
        // Places that the list cannot have, fields that are no text, and what is nothing at all.
        for name in [
            "tags[10]",
            "tags[",
            "summary.",
            "settings[0]",
            "started",
            "coproduction",
            "]]..[[",
        ] {
            let found = super::check(name, String::new()).unwrap();
            assert!(found.remedy.ends_with(EXAMPLES), "{name}: {}", found.remedy);
        }
    }
}
