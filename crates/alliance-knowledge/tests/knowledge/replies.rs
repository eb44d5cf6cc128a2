//! Responses, translations and collections.

use alliance_knowledge::{Month, Reading, Response, Versions, is_open, knowledge, responses, translation_is_stale};
use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{RecordId, Role};

use crate::shelf::{Shelf, version_of};

fn reply(shelf: &mut Shelf, by: u8, response_type: &str, to: RecordId) -> RecordId {
    let body = v1::Response {
        response_type: response_type.to_owned(),
        about: version_of(to),
        text: format!("a {response_type}"),
        ..v1::Response::default()
    };
    shelf.put(by, Kind::RESPONSE, &[(Role::REPLIES_TO, to)], body)
}

fn to(shelf: &Shelf, id: RecordId) -> Vec<Response> {
    let Ok(work) = Versions::of(&Reading::new(shelf), &shelf.item(id));
    let Ok((responses, _)) = responses(&Reading::new(shelf), &work);
    responses
}

#[test]
fn a_question_is_open_until_somebody_answers_it() {
    let mut shelf = Shelf::default();
    let practice = shelf.practice(1, &[]);
    let newer = shelf.practice(1, &[practice]);
    let question = reply(&mut shelf, 2, "question", practice);
    reply(&mut shelf, 3, "comment", question);
    let open = |shelf: &Shelf| {
        let told = to(shelf, newer);
        assert_eq!(told.len(), 1);
        let Ok(asked) = is_open(&Reading::new(shelf), &shelf.item(question));
        assert_eq!(asked, told[0].is_open);
        asked
    };
    assert!(open(&shelf), "a comment is no answer");
    let answer = reply(&mut shelf, 1, "answer", question);
    assert!(!open(&shelf));
    let thread = &to(&shelf, practice)[0].responses;
    assert_eq!(
        thread.iter().map(|one| one.response_type.as_str()).collect::<Vec<_>>(),
        ["comment", "answer"]
    );
    shelf.notice(1, "withdrawal", answer);
    assert!(open(&shelf), "an answer that was withdrawn is none");
}

#[test]
fn an_author_closes_a_question() {
    let mut shelf = Shelf::default();
    let practice = shelf.practice(1, &[]);
    let body = v1::Response {
        response_type: "question".to_owned(),
        about: version_of(practice),
        open: Some(false),
        ..v1::Response::default()
    };
    shelf.put(2, Kind::RESPONSE, &[(Role::REPLIES_TO, practice)], body);
    assert!(!to(&shelf, practice)[0].is_open);
}

#[test]
fn responses_that_answer_one_another_for_ever_end() {
    let mut shelf = Shelf::default();
    let practice = shelf.practice(1, &[]);
    let mut last = practice;
    for _ in 0..100 {
        last = reply(&mut shelf, 2, "comment", last);
    }
    let mut depth = 0;
    let mut here = &to(&shelf, practice);
    while let Some(first) = here.first() {
        depth += 1;
        here = &first.responses;
    }
    assert_eq!(depth, 5);
}

#[test]
fn a_translation_is_stale_when_its_source_has_moved_on() {
    let mut shelf = Shelf::default();
    let practice = shelf.practice(1, &[]);
    let body = v1::Translation {
        of: version_of(practice),
        how: "human".to_owned(),
        ..v1::Translation::default()
    };
    let translation = shelf.put(2, Kind::TRANSLATION, &[(Role::TRANSLATES, practice)], body);
    let stale = |shelf: &Shelf| {
        let Ok(known) = knowledge(
            &Reading::new(shelf),
            &shelf.item(practice),
            Month::new(2026, 11).unwrap(),
        );
        let Ok(own) = translation_is_stale(&Reading::new(shelf), &shelf.item(translation));
        assert_eq!(own, Some(known.translations[0].is_stale));
        known.translations[0].is_stale
    };
    assert!(!stale(&shelf));
    shelf.practice(2, &[practice]);
    assert!(!stale(&shelf), "somebody else's version is none");
    shelf.practice(1, &[practice]);
    assert!(stale(&shelf));
    shelf.lose(practice);
    assert_eq!(
        translation_is_stale(&Reading::new(&shelf), &shelf.item(translation)),
        Ok(None)
    );
}

#[test]
fn a_collection_tells_where_its_entries_stand() {
    let mut shelf = Shelf::default();
    let first = shelf.practice(1, &[]);
    let newer = shelf.practice(1, &[first]);
    let lost = shelf.practice(1, &[]);
    let entry = |record: RecordId| v1::CollectionEntry {
        record: record.0.to_vec().into(),
        heading: "Read this".to_owned(),
        note: String::new(),
    };
    let body = v1::Collection {
        entries: vec![entry(lost), entry(first)],
        ..v1::Collection::default()
    };
    let links = [(Role::CONTAINS, lost), (Role::CONTAINS, first)];
    let collection = shelf.put(2, Kind::COLLECTION, &links, body);
    shelf.lose(lost);
    let today = Month::new(2026, 11).unwrap();
    let Ok(known) = knowledge(&Reading::new(&shelf), &shelf.item(collection), today);
    assert_eq!(known.entries[0].held, None);
    let (_, standing) = known.entries[1].held.as_ref().unwrap();
    assert_eq!(standing.replaced_by, [newer]);
    let Ok(known) = knowledge(&Reading::new(&shelf), &shelf.item(newer), today);
    assert_eq!(known.connections[0].item.id, collection);
    assert_eq!(known.connections[0].role, Role::CONTAINS);
}
