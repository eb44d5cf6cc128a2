//! Counts and filters against looking at each record.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::fixture::{DAY, Shelf, coded, question};
use crate::filter::Facts;
use crate::{Answer, Order, Question, Searcher};

const SETTINGS: [&str; 4] = ["inpatient.picu", "inpatient.rehab", "prison", "of_a_newer_list"];
const LANGUAGES: [&str; 4] = ["en-GB", "de", "de-AT", "ja"];
const CHAPTERS: [&str; 2] = ["m49:150", "theme:seclusion"];
const WORDS: [&str; 6] = ["calm", "room", "nurses", "Türen", "病棟", "seclusion"];
const QUESTIONS: [&str; 16] = [
    "",
    "calm",
    "calm room",
    "calm OR nurse",
    "-calm",
    "\"calm room\"",
    "setting:inpatient.*",
    "setting:prison -language:de",
    "language:de-AT OR language:ja",
    "chapter:theme:seclusion setting:inpatient.picu",
    "kind:practice (tür OR 病棟) year:2024..2025",
    "-(setting:prison calm)",
    "date:2025-06.. room",
    "setting:\"of_a_newer_list\" OR \"病棟\"",
    "kind:lesson",
    "isolation OR seclusion room",
];

#[derive(Debug, Clone)]
struct Made {
    author: u8,
    chapter: usize,
    language: usize,
    settings: Vec<usize>,
    words: Vec<usize>,
    years: i64,
}

fn made() -> impl Strategy<Value = Made> {
    let settings = prop::collection::vec(0..SETTINGS.len(), 0..4);
    let words = prop::collection::vec(0..WORDS.len(), 0..6);
    (
        0_u8..3,
        0..CHAPTERS.len(),
        0..LANGUAGES.len(),
        settings,
        words,
        0_i64..3,
    )
        .prop_map(|(author, chapter, language, settings, words, years)| Made {
            author,
            chapter,
            language,
            settings,
            words,
            years,
        })
}

fn add(shelf: &mut Shelf, made: &[Made]) {
    for one in made {
        let settings: Vec<_> = one.settings.iter().map(|at| SETTINGS[*at]).collect();
        let words: Vec<_> = one.words.iter().map(|at| WORDS[*at]).collect();
        let body = coded(LANGUAGES[one.language], "A practice", &words.join(" "), &settings);
        let record = shelf.sign(
            one.author,
            CHAPTERS[one.chapter],
            body,
            DAY + one.years * 365 * 86_400_000,
        );
        shelf.append(&[record]);
    }
}

/// The records of the store, each as questions see it.
fn facts(shelf: &Shelf) -> Vec<Facts> {
    let all = alliance_store::RangeLimits {
        records_max: usize::MAX,
        bytes_max: usize::MAX,
    };
    let stored = shelf.reader.arrivals_since(alliance_store::Arrival::NONE, all).unwrap();
    stored.iter().map(|stored| Facts::of(&stored.record)).collect()
}

fn counted(all: &[&Facts]) -> BTreeMap<String, BTreeMap<String, u64>> {
    let mut lists: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    let mut add = |list: &str, value: String| *lists.entry(list.to_owned()).or_default().entry(value).or_default() += 1;
    for facts in all {
        add("kind", facts.kind.name().into_owned());
        add("chapter", facts.chapter.clone());
        add("organisation", facts.organisation.clone());
        add("language", facts.lang.split('-').next().unwrap().to_owned());
        add(
            "year",
            (2024 + (facts.claimed_at_ms - DAY) / (365 * 86_400_000)).to_string(),
        );
        for (list, code) in &facts.codes {
            add(list, code.clone());
        }
    }
    lists
}

fn lists(answer: &Answer) -> BTreeMap<String, BTreeMap<String, u64>> {
    let list = |counts: &[crate::Count]| {
        counts
            .iter()
            .map(|count| (count.value.clone(), count.records))
            .collect()
    };
    answer
        .lists
        .iter()
        .map(|one| (one.list.clone(), list(&one.counts)))
        .collect()
}

fn compare(searcher: &Searcher, facts: &[Facts]) -> Result<(), TestCaseError> {
    for (text, order) in QUESTIONS
        .into_iter()
        .flat_map(|text| [(text, Order::Relevance), (text, Order::Newest)])
    {
        let asked = Question {
            limit: 100,
            order,
            ..question(text)
        };
        let answer = searcher.search(&asked, &|_| true).unwrap();
        if answer.is_loose || !answer.spellings.is_empty() {
            continue;
        }
        let right: Vec<&Facts> = facts.iter().filter(|facts| asked.tree.matches(facts)).collect();
        let mut found: Vec<_> = answer.hits.iter().map(|hit| hit.id).collect();
        let mut wanted: Vec<_> = right.iter().map(|facts| facts.id).collect();
        found.sort_unstable();
        wanted.sort_unstable();
        prop_assert_eq!(found, wanted, "{}", text);
        prop_assert_eq!(answer.found, right.len() as u64);
        prop_assert_eq!(lists(&answer), counted(&right), "{}", text);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_index_finds_and_counts_what_looking_at_each_record_does(
        first in prop::collection::vec(made(), 1..20),
        second in prop::collection::vec(made(), 0..20),
    ) {
        let mut shelf = Shelf::new();
        add(&mut shelf, &first);
        let (mut indexer, searcher) = shelf.followed();
        compare(&searcher, &facts(&shelf))?;
        add(&mut shelf, &second);
        super::fixture::follow(&shelf, &mut indexer);
        compare(&searcher, &facts(&shelf))?;
        let all = facts(&shelf);
        let (gone, kept) = all.split_at(all.len() / 3);
        let gone: Vec<_> = gone.iter().map(|facts| facts.id).collect();
        let forgotten = indexer.forget(&gone).unwrap();
        prop_assert_eq!(forgotten.removed, gone.len() as u64);
        compare(&searcher, kept)?;
    }
}

#[test]
fn of_a_long_list_the_most_frequent_are_given() {
    let mut shelf = Shelf::new();
    let codes: Vec<String> = (0..80).map(|number| format!("code_{number:02}")).collect();
    let all: Vec<&str> = codes.iter().map(String::as_str).collect();
    shelf.put(coded("en", "All of them", "", &all));
    shelf.put(coded("en", "The last of them", "", &all[79..]));
    let (_indexer, searcher) = shelf.followed();
    let answer = searcher.search(&question(""), &|_| true).unwrap();
    let list = answer.lists.iter().find(|list| list.list == "setting").unwrap();
    assert_eq!((list.counts.len(), list.left_out), (50, 30));
    assert_eq!((list.counts[0].value.as_str(), list.counts[0].records), ("code_79", 2));
    assert_eq!(list.counts[1].value, "code_00");
}

#[test]
fn made_up_codes_do_not_take_memory_without_end() {
    let mut shelf = Shelf::new();
    let mut records = Vec::new();
    for first in 0..100 {
        let codes: Vec<String> = (0..200)
            .map(|number| format!("made_up_{}", first * 200 + number))
            .collect();
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        records.push(shelf.sign(1, CHAPTERS[0], coded("en", "Calm", "", &codes), DAY));
    }
    shelf.append(&records);
    let (_indexer, searcher) = shelf.followed();
    let answer = searcher.search(&question("calm"), &|_| true).unwrap();
    assert_eq!(answer.found, 100);
    let list = answer.lists.iter().find(|list| list.list == "setting").unwrap();
    assert_eq!(list.counts.len() + list.left_out, 16_384);
}
