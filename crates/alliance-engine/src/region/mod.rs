//! Which region lies in which. Owns the table; knows nothing of who follows what.

mod table;

use std::collections::BTreeSet;

use table::REGIONS;

/// Regions whose direct part of the world is a continent, as the chapters of the alliance count them.
const CONTINENTS: [&str; 5] = ["m49:002", "m49:009", "m49:019", "m49:142", "m49:150"];

fn row(code: &str) -> Option<&'static (&'static str, &'static str, &'static [&'static str])> {
    REGIONS
        .binary_search_by(|(candidate, _, _)| (*candidate).cmp(code))
        .ok()
        .map(|index| &REGIONS[index])
}

/// The regions that directly contain `chapter`. A part of a country (`iso:gb-sct`) lies in its country.
fn parents(chapter: &str) -> Vec<&str> {
    if let Some((_, _, parents)) = row(chapter) {
        return parents.to_vec();
    }
    let country = chapter.split_once('-').map(|(country, _)| country);
    country
        .filter(|country| country.starts_with("iso:"))
        .into_iter()
        .collect()
}

/// Whether `inner` lies in `outer`, at any depth. A region does not contain itself; themes contain nothing.
#[must_use]
pub fn contains(outer: &str, inner: &str) -> bool {
    parents(inner)
        .into_iter()
        .any(|parent| parent == outer || contains(outer, parent))
}

/// The regions in which `inner` lies, at any depth.
pub(crate) fn around(inner: &str) -> BTreeSet<&str> {
    let mut around = BTreeSet::new();
    let mut next = parents(inner);
    while let Some(outer) = next.pop() {
        if around.insert(outer) {
            next.extend(parents(outer));
        }
    }
    around
}

/// The English name of a region; `None` for a code that the table does not have.
#[must_use]
pub fn name(chapter: &str) -> Option<&'static str> {
    row(chapter).map(|(_, name, _)| *name)
}

/// The continent of a region, as a chapter's name; `None` for unknown codes and the world.
#[must_use]
pub fn continent(chapter: &str) -> Option<&'static str> {
    CONTINENTS.into_iter().find(|continent| contains(continent, chapter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_every_parent_is_in_it() {
        assert!(REGIONS.is_sorted_by(|a, b| a.0 < b.0));
        for (code, _, parents) in REGIONS {
            assert!(parents.iter().all(|parent| row(parent).is_some()), "{code}");
        }
    }

    #[test]
    fn countries_lie_in_continents_and_the_world() {
        for (inner, outer, expected) in [
            ("iso:cz", "m49:150", true),
            ("iso:gb-sct", "iso:gb", true),
            ("iso:gb-sct", "m49:150", true),
            ("iso:za", "m49:002", true),
            ("iso:ca", "m49:019", true),
            ("iso:cz", "m49:002", false),
            ("m49:150", "m49:150", false),
            ("theme:seclusion", "m49:001", false),
        ] {
            assert_eq!(contains(outer, inner), expected, "{inner} in {outer}");
        }
        assert!(
            REGIONS
                .iter()
                .all(|(code, ..)| *code == "m49:001" || contains("m49:001", code))
        );
        assert_eq!(continent("iso:jo"), Some("m49:142"));
        assert_eq!(name("iso:jo"), Some("Jordan"));
    }
}
