//! Where words are shown in texts.

use super::fixture::{Shelf, ask, practice};
use crate::Snippet;
use crate::filter::Facts;

fn snippets(lang: &str, title: &str, summary: &str, question: &str) -> Vec<Snippet> {
    let mut shelf = Shelf::new();
    let id = shelf.put(practice(lang, title, summary));
    let (_indexer, searcher) = shelf.followed();
    let answer = ask(&searcher, question);
    assert_eq!(answer.found, 1, "{question}");
    answer
        .marks
        .snippets(&Facts::of(&shelf.reader.record(&id).unwrap().unwrap().record))
}

fn check(lang: &str, summary: &str, question: &str, marked: &[&str]) {
    let found = snippets(lang, "–", summary, question);
    let all: Vec<&str> = found
        .iter()
        .flat_map(|one| one.ranges.iter().map(|range| &one.text[range.clone()]))
        .collect();
    assert_eq!(all, marked, "{question}");
}

#[test]
fn words_are_marked_as_they_stand_in_the_text() {
    check("en", "Worried patients, and a worry.", "worries", &["Worried", "worry"]);
    check(
        "en",
        "Two open doors and one open window.",
        "\"open doors\"",
        &["open doors"],
    );
    check(
        "en",
        "Restraint and restraining",
        "restrain*",
        &["Restraint", "restraining"],
    );
    check("en", "They restrain no one", "restarin", &["restrain"]);
    check("de", "Große TÜREN", "türen", &["TÜREN"]);
    check("ar", "قلّل التّقييد", "تقييد", &["التّقييد"]);
    check("ja", "昨日の身体拘束は", "身体拘束", &["身体拘束"]);
    check("en", "A calm ward", "calm -noise kind:practice", &["calm"]);
}

#[test]
fn titles_come_whole_and_texts_where_most_is_found() {
    let long = format!(
        "{} calm nurse and calm patient {}",
        "filler word ".repeat(60),
        "more of it ".repeat(60)
    );
    let found = snippets("en", "Calm mornings", &format!("calm {long}"), "calm");
    assert_eq!(
        (found[0].field.as_str(), found[0].is_title, found[0].text.as_str()),
        ("title", true, "Calm mornings")
    );
    let text = &found[1];
    assert_eq!((text.field.as_str(), text.ranges.len()), ("summary", 2));
    assert!(text.is_cut_before && text.is_cut_after);
    assert!(
        text.text.chars().count() <= 200 && text.text.starts_with("filler") | text.text.starts_with("word"),
        "{text:?}"
    );
    assert!(snippets("en", "Calm mornings", &long, "").is_empty());
}
