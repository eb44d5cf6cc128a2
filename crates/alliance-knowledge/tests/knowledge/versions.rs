//! Versions of a work.

use alliance_knowledge::{Reading, State, VERSIONS_MAX, Versions, standing};
use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{RecordId, Role};

use crate::shelf::Shelf;

fn versions(shelf: &Shelf, id: RecordId) -> Versions {
    let Ok(versions) = Versions::of(&Reading::new(shelf), &shelf.item(id));
    versions
}

fn heads(shelf: &Shelf, id: RecordId) -> Vec<RecordId> {
    versions(shelf, id).heads().map(|head| head.item.id).collect()
}

fn numbers(shelf: &Shelf, id: RecordId) -> Vec<(RecordId, Option<u32>)> {
    let versions = versions(shelf, id);
    versions.all.iter().map(|one| (one.item.id, one.number)).collect()
}

#[test]
fn a_work_is_the_same_from_each_of_its_versions() {
    let mut shelf = Shelf::default();
    let first = shelf.practice(1, &[]);
    let second = shelf.practice(1, &[first]);
    let third = shelf.practice(1, &[second]);
    let other = shelf.practice(1, &[]);
    let expected = vec![(first, Some(1)), (second, Some(2)), (third, Some(3))];
    for start in [first, second, third] {
        assert_eq!(numbers(&shelf, start), expected);
        assert_eq!(heads(&shelf, start), [third]);
    }
    assert_eq!(numbers(&shelf, other), [(other, Some(1))]);
}

#[test]
fn edits_at_two_places_are_both_heads_until_one_takes_the_place_of_both() {
    let mut shelf = Shelf::default();
    let first = shelf.practice(1, &[]);
    let (left, right) = (shelf.practice(1, &[first]), shelf.practice(1, &[first]));
    assert_eq!(heads(&shelf, first), [left, right]);
    assert_eq!(versions(&shelf, first).newest().unwrap().item.id, right);
    let merged = shelf.practice(1, &[left, right]);
    assert_eq!(heads(&shelf, left), [merged]);
    assert_eq!(
        numbers(&shelf, merged),
        [(first, Some(1)), (left, Some(2)), (right, Some(2)), (merged, Some(3))]
    );
}

#[test]
fn nobody_else_gives_a_record_a_new_version() {
    let mut shelf = Shelf::default();
    let first = shelf.practice(1, &[]);
    let hostile = shelf.practice(2, &[first]);
    let of_another_kind = shelf.put(1, Kind::LESSON, &[(Role::SUPERSEDES, first)], v1::Lesson::default());
    assert_eq!(heads(&shelf, first), [first]);
    assert!(
        standing(&Reading::new(&shelf), &shelf.item(first))
            .unwrap()
            .is_current()
    );
    // They are works of their own, whose number does not count what is not theirs.
    assert_eq!(numbers(&shelf, hostile), [(hostile, Some(1))]);
    assert_eq!(numbers(&shelf, of_another_kind), [(of_another_kind, Some(1))]);
}

#[test]
fn what_is_disputed_replaces_nothing_and_what_is_removed_still_does() {
    let mut shelf = Shelf::default();
    let first = shelf.practice(1, &[]);
    let second = shelf.practice(1, &[first]);
    for (state, head) in [
        (State::Disputed, first),
        (State::Removed, second),
        (State::SetAside, second),
    ] {
        shelf.set(second, state);
        assert_eq!(heads(&shelf, first), [head], "{state:?}");
    }
}

#[test]
fn a_version_whose_predecessor_is_not_held_has_no_number() {
    let mut shelf = Shelf::default();
    let first = shelf.practice(1, &[]);
    let second = shelf.practice(1, &[first]);
    let third = shelf.practice(1, &[second]);
    shelf.lose(first);
    assert_eq!(numbers(&shelf, third), [(second, None), (third, None)]);
    assert_eq!(versions(&shelf, third).all[0].replaces, [first]);
}

#[test]
fn a_long_history_is_told_to_be_cut() {
    let mut shelf = Shelf::default();
    let mut last = shelf.practice(1, &[]);
    for _ in 0..VERSIONS_MAX {
        last = shelf.practice(1, &[last]);
    }
    let versions = versions(&shelf, last);
    assert!(versions.more);
    assert_eq!(versions.all.len(), VERSIONS_MAX);
    assert_eq!(versions.newest().unwrap().item.id, last);
    assert!(
        versions.all.iter().all(|version| version.number.is_none()),
        "an earlier one may not have been looked at"
    );
    // From the first version too, no head is made up.
    let first = shelf.item(versions.all[0].item.id);
    let Ok(versions) = Versions::of(
        &Reading::new(&shelf),
        &shelf.item(first.linked(Role::SUPERSEDES).copied().next().unwrap()),
    );
    assert!(versions.more && versions.heads().next().is_none());
}
