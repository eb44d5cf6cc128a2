//! Notices, and where a record stands.

use alliance_knowledge::{Issuer, Mark, Month, Reading, Standing, State, knowledge, said_by_others, standing};
use alliance_record::schema::Kind;
use alliance_record::{RecordId, Role};

use crate::shelf::{Shelf, organisation};

fn of(shelf: &Shelf, id: RecordId) -> Standing {
    let Ok(standing) = standing(&Reading::new(shelf), &shelf.item(id));
    standing
}

fn types(marks: &[Mark]) -> Vec<&str> {
    marks.iter().map(|mark| mark.notice_type.as_str()).collect()
}

#[test]
fn its_organisation_and_stewards_retract_a_record_and_nobody_else_does() {
    for notice_type in ["retraction", "withdrawal"] {
        let mut shelf = Shelf::default();
        let record = shelf.practice(1, &[]);
        shelf.notice(2, notice_type, record);
        assert!(of(&shelf, record).is_current());
        let Ok((others, _)) = said_by_others(&Reading::new(&shelf), &shelf.item(record));
        assert_eq!(types(&others), [notice_type]);
        assert_eq!(others[0].issuer, Issuer::Other(organisation(2)));
        assert!(!others[0].retracts());
        shelf.notice(1, notice_type, record);
        assert!(of(&shelf, record).is_retracted(), "{notice_type}");
    }
    let mut shelf = Shelf::default();
    let record = shelf.practice(1, &[]);
    shelf.act(record, "retraction");
    assert!(of(&shelf, record).is_retracted());
}

#[test]
fn other_notices_mark_it_and_leave_it_where_it_is() {
    for notice_type in [
        "correction",
        "expression_of_concern",
        "partial_retraction",
        "addendum",
        "from_a_newer_node",
    ] {
        let mut shelf = Shelf::default();
        let record = shelf.practice(1, &[]);
        shelf.notice(1, notice_type, record);
        let standing = of(&shelf, record);
        assert!(standing.is_current());
        assert_eq!(types(&standing.marks), [notice_type]);
    }
}

#[test]
fn a_notice_is_taken_back_by_a_new_version_of_it_or_by_retracting_it() {
    let mut shelf = Shelf::default();
    let record = shelf.practice(1, &[]);
    let notice = shelf.notice(1, "retraction", record);
    let taken_back = shelf.notice(1, "retraction", notice);
    assert!(of(&shelf, record).is_current());
    // … and that again.
    shelf.notice(1, "retraction", taken_back);
    assert!(of(&shelf, record).is_retracted());

    let mut shelf = Shelf::default();
    let record = shelf.practice(1, &[]);
    let notice = shelf.notice(1, "retraction", record);
    let milder = shelf.notice(1, "correction", record);
    shelf.supersede(milder, notice);
    assert_eq!(types(&of(&shelf, record).marks), ["correction"]);
}

#[test]
fn a_notice_that_does_not_count_says_nothing() {
    for state in [State::Disputed, State::Removed, State::SetAside] {
        let mut shelf = Shelf::default();
        let record = shelf.practice(1, &[]);
        let notice = shelf.notice(1, "retraction", record);
        shelf.set(notice, state);
        assert!(of(&shelf, record).is_current(), "{state:?}");
    }
}

#[test]
fn a_notice_whose_body_names_another_record_says_nothing_of_this_one() {
    let mut shelf = Shelf::default();
    let (record, other) = (shelf.practice(1, &[]), shelf.practice(1, &[]));
    let body = alliance_record::proto::v1::Notice {
        notice_type: "retraction".to_owned(),
        target: crate::shelf::version_of(other),
        ..Default::default()
    };
    shelf.put(1, Kind::NOTICE, &[(Role::CORRECTS, record)], body);
    assert!(of(&shelf, record).is_current());
    assert!(of(&shelf, other).is_current());
}

#[test]
fn what_is_said_of_one_version_is_shown_at_the_others() {
    let mut shelf = Shelf::default();
    let first = shelf.practice(1, &[]);
    let second = shelf.practice(1, &[first]);
    shelf.act(first, "expression_of_concern");
    let Ok(known) = knowledge(
        &Reading::new(&shelf),
        &shelf.item(second),
        Month::new(2026, 11).unwrap(),
    );
    assert!(known.standing.is_current());
    assert_eq!(types(&known.of_versions), ["expression_of_concern"]);
    assert_eq!(known.of_versions[0].on, first);
}

#[test]
fn no_number_of_others_records_hides_what_its_organisation_says() {
    let mut shelf = Shelf::default();
    shelf.links_max = Some(50);
    let record = shelf.practice(1, &[]);
    for _ in 0..100 {
        shelf.notice(2, "expression_of_concern", record);
    }
    let newer = shelf.practice(1, &[record]);
    shelf.notice(1, "retraction", record);
    let standing = of(&shelf, record);
    assert_eq!(standing.replaced_by, [newer]);
    assert!(standing.is_retracted());
    let Ok(known) = knowledge(
        &Reading::new(&shelf),
        &shelf.item(record),
        Month::new(2026, 11).unwrap(),
    );
    assert!(
        known.facts.is_some_and(|facts| facts.more),
        "and that others were not all looked at is told"
    );
}
