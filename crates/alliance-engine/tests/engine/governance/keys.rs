//! What the roster promises of keys that were stolen, changed or replaced.

use alliance_engine::Barred;
use alliance_record::{Act, ActId, CertifiedNode, Cuts, LogEnd, OrganisationId, StandingTo};

use super::builders::{
    again, amend, certificate, certificate_in, certified, committed, cuts, rekey, standing, succession,
};
use super::promises::Scene;
use crate::fixture::{Policy, admission, charter_of, organisation};

fn d() -> OrganisationId {
    organisation("d")
}

fn rekeyed(scene: &Scene, cut: Cuts) -> Act {
    let under = scene.alliance.founding();
    scene.alliance.act(under, None, rekey("d", "new d", cut))
}

#[test]
fn a_stolen_node_key_ends_at_the_cut_and_its_thief_lets_nobody_in() {
    let mut scene = Scene::new();
    let cut = cuts(&[&scene.d]);
    scene.d_says(admission("g"));
    assert!(scene.is_member("g"), "the thief is not found out yet");
    let thief = scene.alliance.revocation(&scene.d, "f", Cuts::default());
    scene.records.push(scene.a.says(thief));
    assert!(scene.is_member("f"), "another organisation's key ends nothing");
    let revocation = scene.alliance.revocation(&scene.d, "d", cut);
    scene.records.push(scene.a.says(revocation));
    let members = scene.members();
    assert!(members.is_member(&d()) && members.is_member(&organisation("f")));
    assert!(!members.is_member(&organisation("g")));
    assert_eq!(members.may_connect(&certified(&scene.d)), Err(Barred::Revoked));
    // Certified again, it stays ended.
    let said = scene.d.certificate();
    scene.records.push(scene.a.says(said));
    assert!(!scene.is_member("g"));
}

#[test]
fn a_prepared_key_takes_a_node_over_without_the_organisation_and_no_other_key_does() {
    let mut scene = Scene::new();
    let (mut next, thief) = (scene.alliance.node("next1"), scene.alliance.node("thief"));
    next.author.organisation = d();
    let issued = committed(&scene.d, &next, "d");
    scene.d_says(certificate(&issued));
    let cut = cuts(&[&scene.d]);
    scene.d_says(admission("g"));
    assert!(succession(&issued, &thief, &cut).is_none());
    // The thief has the node's key, not the organisation's: what it certifies itself with says nothing.
    let forged = committed(&scene.d, &thief, "thief");
    assert!(scene.alliance.roster(&scene.records).is_member(&organisation("g")));
    scene.records.push(scene.a.says(certificate(&forged)));
    assert_eq!(scene.members().ended_writers().len(), 0);
    let said = succession(&issued, &next, &cut).unwrap();
    scene.records.push(next.says(said));
    scene.records.push(next.says(admission("h")));
    let members = scene.members();
    assert!(members.is_member(&organisation("f")) && members.is_member(&organisation("h")));
    assert!(!members.is_member(&organisation("g")));
    assert!(members.may_connect(&certified(&next)).is_ok());
    assert_eq!(members.may_connect(issued.node()), Err(Barred::Revoked));
}

/// Whoever copied the node's keys has the prepared one too. The organisation's word is the last.
#[test]
fn beside_a_revocation_no_successor_counts_and_none_takes_back_what_was_written() {
    let mut scene = Scene::new();
    let mut thief = scene.alliance.node("next1");
    thief.author.organisation = d();
    let issued = committed(&scene.d, &thief, "d");
    scene.d_says(certificate(&issued));
    let cut = cuts(&[&scene.d]);
    let revocation = scene.alliance.revocation(&scene.d, "d", cut);
    let said = succession(&issued, &thief, &Cuts::default()).unwrap();
    scene.records.push(thief.says(said));
    scene.records.push(thief.says(admission("h")));
    assert!(
        scene.is_member("h") && !scene.is_member("f"),
        "the thief is not found out yet"
    );
    scene.records.push(scene.a.says(revocation));
    let members = scene.members();
    assert!(members.is_member(&organisation("f")) && !members.is_member(&organisation("h")));
    let writer = thief.author.key.writer();
    assert!(!members.is_certified(&writer, &d()) && members.is_ended(&writer, &d()));
    assert_eq!(
        members.end_of(&thief.log("alliance"), &d()),
        Some(LogEnd::NOTHING),
        "nobody asks for it any more"
    );
    let shown = CertifiedNode {
        succeeds: Some(issued.node().writer),
        ..certified(&thief)
    };
    assert_eq!(members.may_connect(&shown), Err(Barred::Revoked));
    // The organisation may still certify that very key itself: it is the one that it had prepared.
    let said = certificate(&certificate_in(&thief, None, "d"));
    scene.records.push(thief.says(said));
    assert!(scene.is_member("h"));
}

#[test]
fn after_a_rekey_the_old_key_certifies_nobody_and_old_writers_end_at_the_cut() {
    let mut scene = Scene::new();
    let act = rekeyed(&scene, cuts(&[&scene.d]));
    let act = scene.decide(&act, &["a", "c"]);
    scene.d_says(admission("g"));
    let mut second = scene.alliance.node("d2");
    for standing in [None, Some(act)] {
        let said = certificate(&certificate_in(&second, standing, "d"));
        scene.records.push(second.says(said));
    }
    scene.records.push(second.says(admission("h")));
    let members = scene.members();
    assert!(members.is_member(&d()) && members.is_member(&organisation("f")));
    assert!(!members.is_member(&organisation("g")) && !members.is_member(&organisation("h")));
    assert_eq!(members.may_connect(&certified(&second)), Err(Barred::Revoked));
    let issued = certificate_in(&second, Some(act), "new d");
    scene.records.push(second.says(certificate(&issued)));
    let members = scene.members();
    assert!(
        members.is_member(&organisation("h")),
        "certified in the newest epoch, its log is unbroken"
    );
    assert!(members.may_connect(issued.node()).is_ok());
}

/// Who has stolen the organisation's key takes back all that it wrote; a new key mends it.
#[test]
fn a_new_key_takes_back_what_the_stolen_one_ended() {
    let mut scene = Scene::new();
    let cut = cuts(&[&scene.d]);
    let revocation = scene.alliance.revocation(&scene.d, "d", Cuts::default());
    scene.records.push(scene.a.says(revocation));
    let thief = scene.alliance.node("thief");
    let issued = committed(&scene.d, &thief, "d");
    let said = succession(&issued, &thief, &Cuts::default()).unwrap();
    scene.records.push(scene.a.says(said));
    assert!(!scene.is_member("f"));
    let act = rekeyed(&scene, cut);
    scene.decide(&act, &["a", "c"]);
    assert!(scene.is_member("f"));
    assert_eq!(scene.members().ended_writers().len(), 0);
    // The new key still can.
    let revocation = scene.alliance.revocation(&scene.d, "new d", Cuts::default());
    scene.records.push(scene.a.says(revocation));
    assert!(!scene.is_member("f"));
}

#[test]
fn a_certificate_that_cites_an_unknown_act_waits_for_it() {
    let mut scene = Scene::new();
    let act = rekeyed(&scene, cuts(&[&scene.d]));
    let mut second = scene.alliance.node("d2");
    let said = certificate(&certificate_in(&second, Some(act.id()), "new d"));
    scene.records.push(second.says(said));
    scene.records.push(second.says(admission("g")));
    let writer = second.author.key.writer();
    assert!(!scene.members().is_certified(&writer, &d()) && !scene.is_member("g"));
    scene.decide(&act, &["b"]);
    assert!(!scene.is_member("g"));
    scene.decide(&act, &["c"]);
    assert!(scene.members().is_certified(&writer, &d()) && scene.is_member("g"));
}

#[test]
fn a_writer_that_a_later_epoch_certifies_goes_on() {
    let mut scene = Scene::new();
    let suspension = scene.change(None, "d", StandingTo::Suspended);
    let suspension = scene.decide(&suspension, &["a", "b"]);
    assert!(!scene.is_member("d") && !scene.is_member("f"), "the act names no log");
    let what = standing("d", StandingTo::Reinstated, Cuts::default());
    let back = scene.alliance.act(scene.alliance.founding(), Some(suspension), what);
    let back = scene.decide(&back, &["a", "b"]);
    assert!(scene.is_member("d") && !scene.is_member("f"));
    let said = certificate(&certificate_in(&scene.d, Some(back), "d"));
    scene.d_says(said);
    scene.d_says(admission("g"));
    assert!(scene.is_member("f") && scene.is_member("g"));
}

/// Nodes that did not take the writer's records while its certificate counted never will: so they count nowhere.
#[test]
fn what_a_writer_wrote_by_an_act_that_lapsed_counts_for_nobody() {
    let mut scene = Scene::new();
    let act = rekeyed(&scene, cuts(&[&scene.d]));
    let id = scene.decide(&act, &["a", "c"]);
    let mut second = scene.alliance.node("d2");
    let said = certificate(&certificate_in(&second, Some(id), "new d"));
    scene.records.push(second.says(said));
    scene.records.push(second.says(admission("g")));
    assert!(scene.is_member("g"));
    let charter = charter_of(&["a", "b", "c"], Policy::AnyMember);
    let dropping = scene
        .alliance
        .act(scene.alliance.founding(), None, amend(&charter, &[]));
    scene.decide(&dropping, &["a", "b"]);
    let members = scene.members();
    assert!(!members.is_certified(&second.author.key.writer(), &d()));
    assert!(!members.is_member(&organisation("g")));
    assert!(members.is_member(&organisation("f")));
}

/// What stands beyond an end and proves nothing is nobody's business to write again.
#[test]
fn acts_on_another_organisation_end_no_log_of_this_one() {
    let mut scene = Scene::new();
    let cut = cuts(&[]);
    let act: ActId = {
        let what = standing("f", StandingTo::Removed, cut);
        let act = scene.alliance.act(scene.alliance.founding(), None, what);
        scene.decide(&again(&act, 1), &["a", "b"])
    };
    let members = scene.members();
    assert_eq!(members.standing(&organisation("f")), Some((act, StandingTo::Removed)));
    assert_eq!(members.end_of(&scene.d.log("alliance"), &d()), None);
}
