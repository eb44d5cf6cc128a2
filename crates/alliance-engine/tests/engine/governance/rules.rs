//! What an honest steward does not approve, and why.

use alliance_engine::WhyNot;
use alliance_record::{Act, ActId, Cuts, StandingTo};

use super::builders::{again, amend, cuts, rekey, standing};
use super::promises::Scene;
use crate::fixture::{Policy, charter_of, organisation};

fn amendment(scene: &Scene, carries: &[ActId]) -> Act {
    let charter = charter_of(&["a", "b", "f"], Policy::AnyMember);
    scene
        .alliance
        .act(scene.alliance.founding(), None, amend(&charter, carries))
}

fn asked(scene: &Scene, steward: &str, act: &Act) -> Result<(), WhyNot> {
    scene.members().may_approve(&organisation(steward), &act.id())
}

#[test]
fn an_act_that_is_not_known_and_a_key_that_is_no_stewards() {
    let mut scene = Scene::new();
    let removal = scene.change(None, "d", StandingTo::Removed);
    assert_eq!(asked(&scene, "a", &removal), Err(WhyNot::Unknown));
    scene.decide(&removal, &[]);
    assert_eq!(asked(&scene, "a", &removal), Ok(()));
    assert_eq!(asked(&scene, "f", &removal), Err(WhyNot::NotSteward));
    let elsewhere = scene.alliance.act(removal.id().into(), None, removal.what.clone());
    scene.decide(&elsewhere, &[]);
    assert_eq!(asked(&scene, "a", &elsewhere), Err(WhyNot::Unknown));
}

#[test]
fn never_two_rivals() {
    let mut scene = Scene::new();
    let removal = scene.change(None, "d", StandingTo::Removed);
    let rival = again(&removal, 1);
    scene.decide(&removal, &["a"]);
    scene.decide(&rival, &[]);
    assert_eq!(asked(&scene, "a", &rival), Err(WhyNot::Rival(removal.id())));
    assert_eq!(asked(&scene, "b", &rival), Ok(()));
    scene.decide(&removal, &["b"]);
    assert_eq!(asked(&scene, "c", &rival), Err(WhyNot::Outrun));
    let first = amendment(&scene, &[removal.id()]);
    let second = again(&first, 1);
    scene.decide(&first, &["c"]);
    scene.decide(&second, &[]);
    assert_eq!(asked(&scene, "c", &second), Err(WhyNot::Rival(first.id())));
}

#[test]
fn no_amendment_that_drops_what_one_approved_and_nothing_that_it_drops_after_it() {
    let mut scene = Scene::new();
    let removal = scene.change(None, "d", StandingTo::Removed);
    scene.decide(&removal, &["a"]);
    let (dropping, carrying) = (amendment(&scene, &[]), amendment(&scene, &[removal.id()]));
    scene.decide(&dropping, &["b"]);
    scene.decide(&carrying, &[]);
    assert_eq!(asked(&scene, "a", &dropping), Err(WhyNot::Drops(removal.id())));
    assert_eq!(asked(&scene, "a", &carrying), Ok(()));
    assert_eq!(asked(&scene, "b", &removal), Err(WhyNot::LeftBehind(dropping.id())));
    scene.decide(&dropping, &["c"]);
    assert_eq!(asked(&scene, "b", &removal), Err(WhyNot::Lapsed));
    assert_eq!(asked(&scene, "b", &carrying), Err(WhyNot::Outrun));
}

/// Without the last rule no steward breaks one, and `d` comes back: `a` and `c` approve the key under the first charter, of
/// whom neither is asked under the second.
#[test]
fn nothing_is_built_in_a_place_that_an_act_carried_on_may_take() {
    let mut scene = Scene::new();
    let what = rekey("d", "new d", cuts(&[&scene.d]));
    let pending = scene.alliance.act(scene.alliance.founding(), None, what);
    scene.decide(&pending, &["a"]);
    let charter = charter_of(&["e", "f", "b"], Policy::AnyMember);
    let what = amend(&charter, &[pending.id()]);
    let next = scene.alliance.act(scene.alliance.founding(), None, what);
    let version = scene.decide(&next, &["a", "b"]);
    let other = scene
        .alliance
        .act(version.into(), None, rekey("d", "thief", Cuts::default()));
    let removal = standing("d", StandingTo::Removed, Cuts::default());
    let removal = scene.alliance.act(version.into(), None, removal);
    scene.decide(&other, &[]);
    scene.decide(&removal, &[]);
    assert_eq!(asked(&scene, "e", &other), Err(WhyNot::Carried(pending.id())));
    assert_eq!(asked(&scene, "e", &removal), Ok(()));
    let after = scene
        .alliance
        .act(version.into(), Some(other.id()), removal.what.clone());
    // Both approved it against the rule: `d` is removed, until `c` completes what it may complete.
    scene.decide(&other, &["e", "f"]);
    scene.decide(&after, &["e", "f"]);
    assert!(!scene.is_member("d"));
    scene.decide(&pending, &["c"]);
    assert_eq!(scene.is_member("d"), pending.id() < other.id());
}

/// Nobody has left: both acts could be complete only if stewards approved both.
#[test]
fn one_steward_alone_keeps_no_place_for_an_act_that_is_carried_on() {
    let mut scene = Scene::new();
    let what = rekey("d", "new d", cuts(&[&scene.d]));
    let pending = scene.alliance.act(scene.alliance.founding(), None, what);
    scene.decide(&pending, &["a"]);
    let charter = charter_of(&["a", "b", "c"], Policy::AnyMember);
    let next = scene
        .alliance
        .act(scene.alliance.founding(), None, amend(&charter, &[pending.id()]));
    let version = scene.decide(&next, &["a", "b"]);
    let what = standing("d", StandingTo::Suspended, Cuts::default());
    let suspension = scene.alliance.act(version.into(), None, what);
    scene.decide(&suspension, &[]);
    assert_eq!(asked(&scene, "b", &suspension), Ok(()));
    assert_eq!(asked(&scene, "a", &suspension), Err(WhyNot::Rival(pending.id())));
}
