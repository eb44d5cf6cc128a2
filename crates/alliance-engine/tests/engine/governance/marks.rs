//! Notices by which stewards mark records.

use alliance_engine::{ActState, Members, WhyNot};
use alliance_record::{Act, ActId, ActOf, NoticeType, RecordId};

use super::builders::{again, amend, lifting, notice};
use super::promises::Scene;
use crate::fixture::{Policy, charter_of, organisation};

const CONCERN: NoticeType = NoticeType::ExpressionOfConcern;

/// What marks a record of that organisation, in some chapter that members follow.
pub(crate) fn marks(members: &Members, record: u8, of: &str) -> Vec<(ActId, NoticeType)> {
    let chapter = "theme:seclusion".parse().unwrap();
    let marks = members.marked(&RecordId([record; 32]), &chapter, &organisation(of));
    marks.iter().map(|mark| (mark.act, mark.notice_type)).collect()
}

fn act(scene: &Scene, what: ActOf) -> Act {
    let act = scene.alliance.act(scene.alliance.founding(), None, what);
    Act {
        reason: "unreliable_findings".to_owned(),
        ..act
    }
}

fn state(scene: &Scene, act: &ActId) -> ActState {
    scene.members().act(act).unwrap().state
}

#[test]
fn a_mark_counts_with_as_many_stewards_as_the_charter_asks_for() {
    let mut scene = Scene::new();
    let mark = act(&scene, notice(1, "d", CONCERN));
    let id = scene.decide(&mark, &["a", "d", "f"]);
    assert_eq!(marks(&scene.members(), 1, "d"), []);
    assert_eq!(state(&scene, &id), ActState::Open);
    scene.decide(&mark, &["c"]);
    let members = scene.members();
    assert_eq!(marks(&members, 1, "d"), [(id, CONCERN)]);
    assert_eq!(state(&scene, &id), ActState::InForce);
    let chapter = "iso:gb".parse().unwrap();
    let shown = members.marked(&RecordId([1; 32]), &chapter, &organisation("d"));
    assert_eq!(
        (shown[0].reason, shown[0].text),
        ("unreliable_findings", "What is wrong with it")
    );
}

#[test]
fn it_marks_that_record_of_that_organisation_and_never_one_of_the_alliance() {
    let mut scene = Scene::new();
    let mark = act(&scene, notice(1, "d", CONCERN));
    scene.decide(&mark, &["a", "b"]);
    let members = scene.members();
    assert_eq!(marks(&members, 1, "f"), [], "of another organisation");
    assert_eq!(marks(&members, 2, "d"), [], "another record");
    let chapter = "alliance".parse().unwrap();
    let of_alliance = members.marked(&RecordId([1; 32]), &chapter, &organisation("d"));
    assert_eq!(of_alliance, []);
    assert_eq!(marks(&members, 1, "d").len(), 1);
}

#[test]
fn marks_are_many_and_shown_by_id() {
    let mut scene = Scene::new();
    let first = act(&scene, notice(1, "d", CONCERN));
    let others = [again(&first, 1), act(&scene, notice(1, "d", NoticeType::Correction))];
    let mut ids: Vec<_> = [&first, &others[0], &others[1]]
        .map(|mark| scene.decide(mark, &["b", "c"]))
        .to_vec();
    ids.sort_unstable();
    let shown: Vec<_> = marks(&scene.members(), 1, "d").iter().map(|(id, _)| *id).collect();
    assert_eq!(shown, ids);
    assert_eq!(scene.members().double_approvals(), [], "they contradict nothing");
}

#[test]
fn a_mark_counts_on_under_a_charter_that_does_not_carry_it() {
    let mut scene = Scene::new();
    let mark = act(&scene, notice(1, "d", NoticeType::Retraction));
    let id = scene.decide(&mark, &["a", "b"]);
    assert_eq!(scene.members().to_carry(), [], "and none has to");
    let charter = charter_of(&["a", "c", "f"], Policy::AnyMember);
    let amendment = act(&scene, amend(&charter, &[]));
    scene.decide(&amendment, &[]);
    for steward in ["a", "b", "c"] {
        let may = scene.members().may_approve(&organisation(steward), &amendment.id());
        assert_eq!(may, Ok(()), "who approved the mark approves it too");
    }
    scene.decide(&amendment, &["a", "b"]);
    assert_eq!(scene.members().charters().len(), 2);
    assert_eq!(marks(&scene.members(), 1, "d"), [(id, NoticeType::Retraction)]);
    assert_eq!(state(&scene, &id), ActState::InForce);
}

#[test]
fn a_mark_is_taken_back_by_stewards_of_a_later_charter_too_and_stands_again_only_anew() {
    let mut scene = Scene::new();
    let mark = act(&scene, notice(1, "d", CONCERN));
    let id = scene.decide(&mark, &["a", "b"]);
    let charter = charter_of(&["a", "c", "f"], Policy::AnyMember);
    let version = act(&scene, amend(&charter, &[]));
    let version = scene.decide(&version, &["a", "b"]);
    let lifted = scene.alliance.act(version.into(), None, lifting(1, "d", id));
    let lifted_by = scene.decide(&lifted, &["f"]);
    assert_eq!(
        marks(&scene.members(), 1, "d"),
        [(id, CONCERN)],
        "one steward is not two"
    );
    scene.decide(&lifted, &["c"]);
    assert_eq!(marks(&scene.members(), 1, "d"), []);
    assert_eq!(state(&scene, &id), ActState::Lifted);
    assert_eq!(state(&scene, &lifted_by), ActState::InForce);
    let may = scene.members().may_approve(&organisation("c"), &id);
    assert_eq!(may, Err(WhyNot::Lifted));
    // Nothing lifts what lifts.
    let undone = scene.alliance.act(version.into(), None, lifting(1, "d", lifted_by));
    scene.decide(&undone, &["a", "c"]);
    assert_eq!(marks(&scene.members(), 1, "d"), []);
    let anew = scene.decide(&again(&mark, 7), &["b", "c"]);
    assert_eq!(marks(&scene.members(), 1, "d"), [(anew, CONCERN)]);
}

#[test]
fn what_lifts_another_record_or_another_organisations_lifts_nothing() {
    let mut scene = Scene::new();
    let mark = act(&scene, notice(1, "d", CONCERN));
    let id = scene.decide(&mark, &["a", "b"]);
    for (record, of) in [(2, "d"), (1, "f")] {
        let other = act(&scene, lifting(record, of, id));
        scene.decide(&other, &["a", "b"]);
        assert_eq!(marks(&scene.members(), 1, "d"), [(id, CONCERN)], "{record} of {of}");
    }
    let one = act(&scene, lifting(1, "d", id));
    let other = again(&one, 1);
    for lifting in [&one, &other] {
        scene.decide(lifting, &["a", "b"]);
    }
    assert_eq!(marks(&scene.members(), 1, "d"), []);
    let (first, second) = (one.id().min(other.id()), one.id().max(other.id()));
    assert_eq!(state(&scene, &first), ActState::InForce);
    assert_eq!(state(&scene, &second), ActState::Outrun);
}

#[test]
fn a_mark_that_is_lifted_before_it_is_complete_never_counts() {
    let mut scene = Scene::new();
    let mark = act(&scene, notice(1, "d", CONCERN));
    let id = scene.decide(&mark, &["a"]);
    let lifted = act(&scene, lifting(1, "d", id));
    scene.decide(&lifted, &["b", "c"]);
    scene.decide(&mark, &["b"]);
    assert_eq!(marks(&scene.members(), 1, "d"), []);
}

/// A charter that nobody knows, and one that was outrun.
#[test]
fn a_mark_under_what_is_no_version_of_the_charter_never_counts() {
    let mut scene = Scene::new();
    let charter = charter_of(&["a", "b", "c"], Policy::AnyMember);
    let idle = act(&scene, amend(&charter, &[]));
    let idle = scene.decide(&idle, &["a"]);
    let mark = scene.alliance.act(idle.into(), None, notice(1, "d", CONCERN));
    let id = scene.decide(&mark, &["a", "b", "c"]);
    assert_eq!(marks(&scene.members(), 1, "d"), []);
    assert_eq!(state(&scene, &id), ActState::Unknown);
    let word = scene.scribe.says(scene.alliance.approval(&idle, "b"));
    scene.records.push(word);
    assert_eq!(marks(&scene.members(), 1, "d"), [(id, CONCERN)], "now it is one");
}
