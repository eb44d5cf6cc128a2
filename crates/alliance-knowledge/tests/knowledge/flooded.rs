//! Members who write very many records: nothing is hidden by them, nothing takes long, and every node shows the same.

use alliance_knowledge::{Knowledge, Month, Reading, Versions, knowledge, standing};
use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{RecordId, Role};

use crate::shelf::{Shelf, version_of};

fn known(shelf: &Shelf, id: RecordId) -> Knowledge {
    let Ok(known) = knowledge(&Reading::new(shelf), &shelf.item(id), Month::new(2026, 11).unwrap());
    known
}

fn reply(shelf: &mut Shelf, by: u8, to: RecordId) -> RecordId {
    let body = v1::Response {
        response_type: "comment".to_owned(),
        about: version_of(to),
        text: "It did harm here.".to_owned(),
        ..v1::Response::default()
    };
    shelf.put(by, Kind::RESPONSE, &[(Role::REPLIES_TO, to)], body)
}

fn adoption(shelf: &mut Shelf, by: u8, of: RecordId, effect: &str) -> RecordId {
    let measure = shelf.put(by, Kind::MEASURE, &[], v1::Measure::default());
    let body = v1::Adoption {
        of: version_of(of),
        status: "in_use".to_owned(),
        effect: effect.to_owned(),
        independent_of_origin: Some(true),
        measures: vec![measure.0.to_vec().into()],
        ..v1::Adoption::default()
    };
    shelf.put(by, Kind::ADOPTION, &[(Role::ADOPTS, of)], body)
}

#[test]
fn notices_of_notices_of_notices_cost_little() {
    let mut shelf = Shelf::default();
    let record = shelf.practice(1, &[]);
    let mut level = vec![record];
    for _ in 0..4 {
        let below = level;
        level = (0..30)
            .map(|_| {
                let links: Vec<_> = below.iter().map(|id| (Role::CORRECTS, *id)).collect();
                let body = v1::Notice {
                    notice_type: "retraction".to_owned(),
                    target: version_of(below[0]),
                    ..v1::Notice::default()
                };
                shelf.put(1, Kind::NOTICE, &links, body)
            })
            .collect();
    }
    let Ok(told) = standing(&Reading::new(&shelf), &shelf.item(record));
    assert!(told.marks.len() <= 30);
    assert!(shelf.given.get() < 10_000, "{}", shelf.given.get());
}

#[test]
fn versions_that_all_take_the_place_of_all_cost_little() {
    let mut shelf = Shelf::default();
    let firsts: Vec<_> = (0..32).map(|_| shelf.practice(1, &[])).collect();
    for _ in 0..2_000 {
        shelf.practice(1, &firsts);
    }
    let Ok(work) = Versions::of(&Reading::new(&shelf), &shelf.item(firsts[0]));
    assert!(work.more);
    assert!(shelf.given.get() < 20_000, "{}", shelf.given.get());
}

#[test]
fn an_adoption_that_names_a_thousand_measures_costs_little() {
    let mut shelf = Shelf::default();
    let practice = shelf.practice(1, &[]);
    let measure = shelf.put(2, Kind::MEASURE, &[], v1::Measure::default());
    shelf.notice(2, "retraction", measure);
    let body = v1::Adoption {
        of: version_of(practice),
        measures: vec![measure.0.to_vec().into(); 1_800],
        ..v1::Adoption::default()
    };
    shelf.put(2, Kind::ADOPTION, &[(Role::ADOPTS, practice)], body);
    assert!(!known(&shelf, practice).facts.unwrap().adoptions[0].has_measure);
    assert!(shelf.given.get() < 200, "{}", shelf.given.get());
}

#[test]
fn a_notice_that_says_nothing_of_the_record_takes_no_place() {
    let mut shelf = Shelf::default();
    let (record, other) = (shelf.practice(1, &[]), shelf.practice(1, &[]));
    let junk = |shelf: &mut Shelf, by: u8| {
        let body = v1::Notice {
            notice_type: "addendum".to_owned(),
            target: version_of(other),
            ..v1::Notice::default()
        };
        shelf.put(by, Kind::NOTICE, &[(Role::CORRECTS, record)], body);
    };
    shelf.notice(1, "retraction", record);
    shelf.notice(3, "expression_of_concern", record);
    for _ in 0..150 {
        junk(&mut shelf, 1);
        junk(&mut shelf, 2);
    }
    for _ in 0..150 {
        shelf.notice(2, "addendum", record);
    }
    let told = known(&shelf, record);
    assert!(told.standing.is_retracted());
    assert!(
        told.by_others
            .iter()
            .any(|mark| mark.notice_type == "expression_of_concern")
    );
    assert!(told.more, "that some are left out is told");
}

#[test]
fn a_critique_is_shown_beside_hundreds_of_endorsements_and_counted_beside_thousands_of_adoptions() {
    let mut shelf = Shelf::default();
    let practice = shelf.practice(1, &[]);
    for _ in 0..600 {
        reply(&mut shelf, 1, practice);
        adoption(&mut shelf, 1, practice, "improved");
    }
    for by in [2, 3] {
        adoption(&mut shelf, by, practice, "improved");
    }
    for by in 4..9 {
        adoption(&mut shelf, by, practice, "worse");
    }
    let critique = reply(&mut shelf, 9, practice);
    let told = known(&shelf, practice);
    assert!(told.responses.iter().any(|response| response.item.id == critique));
    let facts = told.facts.clone().unwrap();
    assert_eq!((facts.adopters, facts.worse), (7, 5));
    assert_eq!(facts.stage, Some("4"), "by the rule, beside what became worse");
    assert!(facts.more && told.more);
    // Another node, to which all came the other way round, shows the same.
    assert_eq!(known(&shelf.turned(), practice), told);
}

#[test]
fn one_answer_to_two_questions_answers_both() {
    let mut shelf = Shelf::default();
    let practice = shelf.practice(1, &[]);
    let question = |shelf: &mut Shelf| {
        let body = v1::Response {
            response_type: "question".to_owned(),
            about: version_of(practice),
            ..v1::Response::default()
        };
        shelf.put(2, Kind::RESPONSE, &[(Role::REPLIES_TO, practice)], body)
    };
    let (one, other) = (question(&mut shelf), question(&mut shelf));
    let body = v1::Response {
        response_type: "answer".to_owned(),
        about: version_of(one),
        ..v1::Response::default()
    };
    shelf.put(
        1,
        Kind::RESPONSE,
        &[(Role::REPLIES_TO, one), (Role::REPLIES_TO, other)],
        body,
    );
    let told = known(&shelf, practice);
    assert!(told.responses.iter().all(|response| !response.is_open));
}

#[test]
fn an_adoption_is_of_one_work() {
    let mut shelf = Shelf::default();
    let (first, second) = (shelf.practice(1, &[]), shelf.practice(3, &[]));
    let body = v1::Adoption {
        of: version_of(first),
        status: "in_use".to_owned(),
        effect: "improved".to_owned(),
        independent_of_origin: Some(true),
        ..v1::Adoption::default()
    };
    shelf.put(
        2,
        Kind::ADOPTION,
        &[(Role::ADOPTS, first), (Role::ADOPTS, second)],
        body,
    );
    let adopters = |id| known(&shelf, id).facts.unwrap().adopters;
    assert_eq!((adopters(first), adopters(second)), (1, 0));
}
