//! What the roster promises of removals, rivals and charters.

use alliance_engine::{ActState, Members};
use alliance_record::{Act, ActId, Cuts, SignedRecord, StandingTo};

use super::builders::{Alliance, again, amend, certificate, certificate_in, cuts, proposal, standing};
use crate::fixture::{Node, Policy, admission, charter_of, organisation};

/// Stewards `a`, `b` and `c`, of whom two decide; `d`, whom `a` let in; `f`, whom `d` let in.
pub(crate) struct Scene {
    pub(crate) alliance: Alliance,
    pub(crate) a: Node,
    pub(crate) d: Node,
    pub(crate) scribe: Node,
    pub(crate) records: Vec<SignedRecord>,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let alliance = Alliance::of(&["a", "b", "c"]);
        let (mut a, mut records) = alliance.founder();
        records.push(a.says(admission("d")));
        let mut d = alliance.node("d1");
        let said = d.certificate();
        records.push(d.says(said));
        records.push(d.says(admission("f")));
        Self {
            scribe: alliance.scribe(),
            alliance,
            a,
            d,
            records,
        }
    }

    pub(crate) fn decide(&mut self, act: &Act, stewards: &[&str]) -> ActId {
        let said = self.alliance.decide(&mut self.scribe, act, stewards);
        self.records.extend(said);
        act.id()
    }

    pub(crate) fn change(&self, previous: Option<ActId>, name: &str, to: StandingTo) -> Act {
        let what = standing(name, to, Cuts::default());
        self.alliance.act(self.alliance.founding(), previous, what)
    }

    /// `d` is removed behind what it has written.
    pub(crate) fn remove(&mut self) -> ActId {
        let what = standing("d", StandingTo::Removed, cuts(&[&self.d]));
        let act = self.alliance.act(self.alliance.founding(), None, what);
        self.decide(&act, &["a", "b"])
    }

    pub(crate) fn d_says(&mut self, saying: crate::fixture::Saying) {
        self.records.push(self.d.says(saying));
    }

    pub(crate) fn members(&self) -> Members {
        self.alliance.roster(&self.records)
    }

    pub(crate) fn is_member(&self, name: &str) -> bool {
        self.members().is_member(&organisation(name))
    }
}

#[test]
fn nobody_brings_a_removed_member_back_but_k_stewards() {
    let mut scene = Scene::new();
    let removal = scene.remove();
    for name in ["d", "d"] {
        let said = scene.a.says(admission(name));
        scene.records.push(said);
    }
    let mut other = scene.alliance.node("f1");
    let said = other.certificate();
    scene.records.push(other.says(said));
    scene.records.push(other.says(admission("d")));
    assert!(!scene.is_member("d"));
    let back = scene.change(Some(removal), "d", StandingTo::Reinstated);
    scene.decide(&back, &["a", "d", "f"]);
    assert!(!scene.is_member("d"), "one steward is not two");
    scene.decide(&back, &["c"]);
    assert!(scene.is_member("d"));
}

#[test]
fn who_is_removed_before_it_is_admitted_stays_out() {
    let mut scene = Scene::new();
    let removal = scene.change(None, "g", StandingTo::Removed);
    scene.decide(&removal, &["b", "c"]);
    scene.records.push(scene.a.says(admission("g")));
    assert!(!scene.is_member("g"));
}

#[test]
fn invitees_before_the_cut_stay_and_those_after_are_nobody() {
    let mut scene = Scene::new();
    scene.remove();
    scene.d_says(admission("g"));
    assert!(scene.is_member("f"));
    assert!(!scene.is_member("g"));
}

/// The certificate cites the removal itself and is signed by the key that is the organisation's still.
#[test]
fn a_removed_member_certifies_nobody_in_the_epoch_of_its_removal() {
    let mut scene = Scene::new();
    let removal = scene.remove();
    let mut second = scene.alliance.node("d2");
    let said = certificate(&certificate_in(&second, Some(removal), "d"));
    scene.records.push(second.says(said));
    scene.records.push(second.says(admission("g")));
    let members = scene.members();
    assert!(!members.is_member(&organisation("g")));
    assert!(!members.is_certified(&second.author.key.writer(), &organisation("d")));
}

/// Stewards who take an organisation back cut nothing: what it wrote before it was removed counts on.
#[test]
fn who_comes_back_brings_its_invitees_along() {
    let mut scene = Scene::new();
    let removal = scene.remove();
    scene.d_says(admission("g"));
    let back = scene.change(Some(removal), "d", StandingTo::Reinstated);
    let back = scene.decide(&back, &["a", "b"]);
    assert!(scene.is_member("d") && scene.is_member("f") && !scene.is_member("g"));
    let again = certificate(&certificate_in(&scene.d, Some(back), "d"));
    scene.d_says(again);
    assert!(!scene.is_member("g"), "a log that an act names ends there for good");
    assert!(scene.is_member("f"));
}

#[test]
fn of_rivals_the_harshest_wins_then_the_smallest_and_who_approved_both_is_named() {
    let mut scene = Scene::new();
    let mild = scene.change(None, "d", StandingTo::Suspended);
    let harsh = scene.change(None, "d", StandingTo::Removed);
    let same = again(&harsh, 1);
    scene.decide(&mild, &["a", "b"]);
    scene.decide(&harsh, &["b", "c"]);
    scene.decide(&same, &["a", "c"]);
    let members = scene.members();
    let winner = harsh.id().min(same.id());
    assert_eq!(
        members.standing(&organisation("d")),
        Some((winner, StandingTo::Removed))
    );
    assert_eq!(members.act(&mild.id()).unwrap().state, ActState::Outrun);
    let named: Vec<_> = members.double_approvals();
    let of = |name: &str| {
        let found = named.iter().find(|(key, _)| *key == organisation(name));
        found.map(|(_, acts)| acts.len())
    };
    assert_eq!(["a", "b", "c"].map(of), [Some(2), Some(2), Some(2)]);
    assert_eq!(members.rivals(&mild).count(), 2);
}

#[test]
fn nobody_is_named_for_deciding_anew_what_a_charter_dropped() {
    let mut scene = Scene::new();
    let first = scene.change(None, "d", StandingTo::Removed);
    scene.decide(&first, &["a", "b"]);
    let charter = charter_of(&["a", "b", "c"], Policy::AnyMember);
    let dropping = scene
        .alliance
        .act(scene.alliance.founding(), None, amend(&charter, &[]));
    let version = scene.decide(&dropping, &["a", "c"]);
    let members = scene.members();
    assert!(
        members.is_member(&organisation("d")),
        "a steward broke the rules, and was not stopped"
    );
    assert_eq!(members.act(&first.id()).unwrap().state, ActState::Lapsed);
    let anew = scene.alliance.act(version.into(), None, first.what.clone());
    scene.decide(&anew, &["a", "b"]);
    let members = scene.members();
    assert!(!members.is_member(&organisation("d")));
    assert_eq!(members.double_approvals(), []);
}

#[test]
fn an_act_that_an_amendment_carries_counts_on_and_may_be_completed_later() {
    let mut scene = Scene::new();
    let removal = scene.change(None, "d", StandingTo::Removed);
    scene.decide(&removal, &["a"]);
    let charter = charter_of(&["a", "b", "f"], Policy::AnyMember);
    let what = amend(&charter, &[removal.id()]);
    let amendment = scene.alliance.act(scene.alliance.founding(), None, what);
    scene.decide(&amendment, &["a", "b"]);
    scene.decide(&removal, &["f"]);
    assert!(
        scene.is_member("d"),
        "f is no steward of the charter under which it is made"
    );
    scene.decide(&removal, &["c"]);
    assert!(!scene.is_member("d"));
}

#[test]
fn a_founder_is_removed_only_after_a_charter_without_it() {
    let mut scene = Scene::new();
    let early = scene.change(None, "c", StandingTo::Removed);
    scene.decide(&early, &["a", "b"]);
    assert!(scene.is_member("c"));
    let charter = charter_of(&["a", "b"], Policy::AnyMember);
    let what = amend(&charter, &[early.id()]);
    let amendment = scene.alliance.act(scene.alliance.founding(), None, what);
    let version = scene.decide(&amendment, &["a", "b"]);
    assert!(
        scene.is_member("c"),
        "carried on, and still an act on a steward of its charter"
    );
    let late = scene.alliance.act(version.into(), None, early.what.clone());
    scene.decide(&late, &["a", "b"]);
    assert!(!scene.is_member("c"));
    let mut c = scene.alliance.node("c1");
    let said = c.certificate();
    scene.records.push(c.says(said));
    scene.records.push(c.says(admission("c")));
    assert!(!scene.is_member("c"));
}

#[test]
fn an_amendment_carries_on_what_stewards_approved_and_nothing_else() {
    let mut scene = Scene::new();
    let removal = scene.change(None, "d", StandingTo::Removed);
    scene.decide(&removal, &["a"]);
    // Members, and keys that nobody knows, approve what they like.
    for (nonce, name) in [(1, "d"), (2, "f"), (3, "stranger")] {
        scene.decide(&again(&removal, nonce), &[name]);
    }
    scene.records.push(scene.scribe.says(proposal(&again(&removal, 4))));
    let members = scene.members();
    assert_eq!(members.to_carry(), [removal.id()]);
    assert_eq!(members.approved_by(&organisation("a")), [removal.id()]);
    assert_eq!(members.approved_by(&organisation("stranger")), []);
}
