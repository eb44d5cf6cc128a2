//! Words of the field that mean the same, also in other languages: data, in `data/synonyms.toml`. They are looked up when a
//! question is asked, so that a change of the file needs no new index.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::text::{Shape, tokens};

const SOURCE: &str = include_str!("../data/synonyms.toml");

/// Words of a phrase that is looked for among the words of a question.
const PHRASE_WORDS_MAX: usize = 6;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    group: Vec<Group>,
}

/// Ways to say one thing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    /// As people write them.
    pub(crate) words: Vec<String>,
    /// `list:code`: records that carry one of these speak of it too, in whatever language.
    #[serde(default)]
    pub(crate) codes: Vec<String>,
}

struct Known {
    groups: Vec<Group>,
    /// The terms of each way to say it, sorted, and its group.
    phrases: Vec<(Vec<String>, usize)>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let read = toml::from_str::<File>(SOURCE);
    assert!(read.is_ok(), "data/synonyms.toml is part of the program");
    let groups = read.unwrap_or_default().group;
    let all = groups.iter().enumerate();
    let mut phrases: Vec<_> = all
        .flat_map(|(at, group)| group.words.iter().map(move |words| (terms(words), at)))
        .collect();
    phrases.sort_unstable();
    Known { groups, phrases }
});

/// The terms by which words are compared here.
pub(crate) fn terms(words: &str) -> Vec<String> {
    let all = tokens(words).into_iter();
    all.filter(|token| !matches!(token.shape, Shape::Pair | Shape::Joined))
        .map(|token| token.term)
        .collect()
}

/// The longest phrase with which the words of a question begin, each given by its terms: how many words it takes, and what
/// else can be said for it.
pub(crate) fn longest(words: &[Vec<String>]) -> Option<(usize, Vec<&'static Group>)> {
    let count = words.len().min(PHRASE_WORDS_MAX);
    (1..=count).rev().find_map(|count| {
        let sought = words[..count].concat();
        let known = &KNOWN.phrases;
        let first = known.partition_point(|(terms, _)| *terms < sought);
        let same = known[first..].iter().take_while(|(terms, _)| *terms == sought);
        let groups: Vec<_> = same.map(|(_, group)| &KNOWN.groups[*group]).collect();
        (!groups.is_empty()).then_some((count, groups))
    })
}

#[cfg(test)]
mod tests {
    use alliance_record::schema::vocabulary;

    use super::*;

    #[test]
    fn the_file_is_sound() {
        assert!(KNOWN.groups.len() >= 20);
        for group in &KNOWN.groups {
            assert!(group.words.len() + group.codes.len() >= 2, "{:?}", group.words);
            for words in &group.words {
                assert!((1..=24).contains(&terms(words).len()), "{words}");
            }
            for code in &group.codes {
                let (list, code) = code.split_once(':').unwrap();
                assert!(
                    vocabulary(list).unwrap().iter().any(|known| known.code == code),
                    "{list}:{code}"
                );
            }
        }
    }

    #[test]
    fn the_longest_phrase_is_taken() {
        let words: Vec<_> = ["psychiatric", "intensive", "care", "unit", "beds"]
            .into_iter()
            .map(terms)
            .collect();
        let (count, groups) = longest(&words).unwrap();
        assert_eq!(count, 4);
        assert!(groups[0].words.iter().any(|words| words == "PICU"));
        assert!(longest(&words[4..]).is_none());
        assert!(longest(&[]).is_none());
    }
}
