//! Attacks that were found and are held off: acts that few have seen, stewards who left, statements that came too early, and
//! members whose leavings fill the queue of those who carry on.

use std::collections::BTreeMap;

use alliance_engine::{Effect, Effects, Engine, Input, ToCarry, WhyNot};
use alliance_record::schema::Kind;
use alliance_record::{ActId, Cuts, ForkProof, Head, RecordId, SignedRecord, StandingTo};

use super::builders::{
    Alliance, again, amend, certificate, certificate_in, committed, cuts, rekey, said, standing, succession,
};
use super::promises::Scene;
use crate::fixture::{
    NOW_MS, Node, Policy, Saying, admission, charter_of, organisation, profile, subscription, verified,
};

fn feed(engine: &mut Engine, records: &[SignedRecord]) {
    records
        .iter()
        .for_each(|record| engine.restore_record(&verified(record)));
}

fn proof(one: &SignedRecord, other: &SignedRecord) -> Saying {
    let proof = ForkProof::of(std::slice::from_ref(one), std::slice::from_ref(other)).unwrap();
    said(Kind::FORK_PROOF, proof.bytes().clone())
}

/// What the engine of `a` carries in so many minutes, each with the minute in which it did: said in `a`'s name at once.
fn carried(engine: &mut Engine, a: &mut Node, known: &[SignedRecord], minutes: i64) -> BTreeMap<RecordId, i64> {
    let by_id: BTreeMap<_, _> = known.iter().map(|record| (record.id(), record)).collect();
    let mut found = BTreeMap::new();
    for minute in 1..=minutes {
        let mut fx = Effects::new();
        engine.handle(Input::Wake, NOW_MS + minute * 60_000, &mut fx);
        for effect in fx.drain() {
            let Effect::Carry {
                statement: ToCarry::Held { record },
            } = effect
            else {
                continue;
            };
            found.insert(record, minute);
            let held = by_id[&record];
            let saying = said(held.header().kind, held.body().unwrap().bytes.clone());
            engine.restore_record(&verified(&a.says(saying)));
        }
    }
    found
}

/// An amendment came to `b`, `e` and `f` before the act that it carries on, which `c` may complete when a removal has been
/// built on another act in its place.
#[test]
fn nobody_approves_what_carries_on_an_act_that_has_not_arrived() {
    let mut scene = Scene::new();
    let founding = scene.alliance.founding();
    let what = rekey("d", "new d", cuts(&[&scene.d]));
    let pending = scene.alliance.act(founding, None, what);
    let seen = scene.alliance.decide(&mut scene.scribe, &pending, &["a"]);
    let charter = charter_of(&["e", "f", "b"], Policy::AnyMember);
    let next = scene.alliance.act(founding, None, amend(&charter, &[pending.id()]));
    let version = scene.decide(&next, &[]);
    let may = |scene: &Scene, name: &str, act: &ActId| scene.members().may_approve(&organisation(name), act);
    assert_eq!(may(&scene, "b", &next.id()), Err(WhyNot::Unseen(pending.id())));
    // Others have seen it, and the amendment is in force.
    for name in ["a", "c"] {
        let record = scene.scribe.says(scene.alliance.approval(&next.id(), name));
        scene.records.push(record);
    }
    let other = rekey("d", "newer d", Cuts::default());
    let other = scene.alliance.act(version.into(), None, other);
    let removal = standing("d", StandingTo::Removed, Cuts::default());
    let removal = scene.alliance.act(version.into(), None, removal);
    for act in [&other, &removal] {
        let id = scene.decide(act, &[]);
        assert_eq!(may(&scene, "e", &id), Err(WhyNot::Unseen(pending.id())));
    }
    scene.records.extend(seen);
    assert_eq!(may(&scene, "e", &other.id()), Err(WhyNot::Carried(pending.id())));
    assert_eq!(may(&scene, "e", &removal.id()), Ok(()));
}

/// Of two removals in one place the later completed one, whose id is smaller, would undo what was built on the other.
#[test]
fn removals_in_one_place_are_in_force_together() {
    let mut charter = charter_of(&["a", "b", "c", "d", "e"], Policy::AnyMember);
    charter.threshold = 4;
    let alliance = Alliance::by(charter);
    let (mut a, mut records) = alliance.founder();
    records.push(a.says(admission("m")));
    let mut scribe = alliance.scribe();
    let what = standing("m", StandingTo::Removed, Cuts::default());
    let first = alliance.act(alliance.founding(), None, what.clone());
    records.extend(alliance.decide(&mut scribe, &first, &["a", "b"]));
    let mut next = charter_of(&["e", "f", "g", "h", "i"], Policy::AnyMember);
    next.threshold = 4;
    let amendment = alliance.act(alliance.founding(), None, amend(&next, &[first.id()]));
    records.extend(alliance.decide(&mut scribe, &amendment, &["a", "b", "e", "c"]));
    let version = alliance.roster(&records).charter_version().unwrap();
    let mut second = alliance.act(version, None, what);
    while second.id() < first.id() {
        second = again(&second, second.nonce[0] + 1);
    }
    records.extend(alliance.decide(&mut scribe, &second, &["e", "f", "g", "h"]));
    assert!(!alliance.roster(&records).is_member(&organisation("m")));
    let what = standing("m", StandingTo::Reinstated, Cuts::default());
    let back = alliance.act(version, Some(second.id()), what);
    records.extend(alliance.decide(&mut scribe, &back, &["e", "f", "g", "h"]));
    assert!(alliance.roster(&records).is_member(&organisation("m")));
    let late = ["c", "d"].map(|name| scribe.says(alliance.approval(&first.id(), name)));
    records.extend(late);
    assert!(
        alliance.roster(&records).is_member(&organisation("m")),
        "what counted counts on"
    );
}

/// What `d` wrote beyond its end, of a writer whom nobody knew yet, is looked at again when that writer is known.
#[test]
fn a_proof_that_came_before_its_writers_certificate_is_carried_on() {
    for certificate_first in ["yes", "no"] {
        let mut scene = Scene::new();
        let mut f = scene.alliance.node("f1");
        let said = f.certificate();
        let first = f.says(said);
        let mut twin = f.clone();
        let (one, other) = (f.says(admission("x")), twin.says(profile("other")));
        let mut d_twin = scene.d.clone();
        let hidden = scene.d.says(proof(&one, &other));
        let d_proof = scene.a.says(proof(&hidden, &d_twin.says(profile("d"))));
        let mut order = scene.records.clone();
        let (known, proven) = ([first, one], [hidden.clone(), d_proof]);
        match certificate_first {
            "yes" => order.extend(known.into_iter().chain(proven)),
            _ => order.extend(proven.into_iter().chain(known)),
        }
        let mut engine = scene.alliance.engine();
        feed(&mut engine, &order);
        assert!(!engine.state().members.is_member(&organisation("x")));
        let carried = carried(&mut engine, &mut scene.a, &order, 60);
        assert!(
            carried.contains_key(&hidden.id()),
            "certificate first: {certificate_first}"
        );
    }
}

/// A successor of an earlier epoch whose logs the act spares, while its predecessor wrote nothing.
#[test]
fn a_succession_that_a_spared_log_needs_is_carried_on() {
    let mut scene = Scene::new();
    let d9 = scene.alliance.node("d9");
    let mut s = scene.alliance.node("s1");
    s.author.organisation = organisation("d");
    let issued = committed(&d9, &s, "d");
    let mut f = scene.alliance.node("f1");
    let said = f.certificate();
    scene.records.push(f.says(said));
    let mut f_twin = f.clone();
    let hidden = f.says(succession(&issued, &s, &Cuts::default()).unwrap());
    scene.records.push(hidden.clone());
    scene.records.push(s.says(admission("x")));
    let what = rekey("d", "new d", cuts(&[&scene.d, &s]));
    let act = scene.alliance.act(scene.alliance.founding(), None, what);
    scene.decide(&act, &["a", "b"]);
    let proven = scene.a.says(proof(&hidden, &f_twin.says(profile("f"))));
    scene.records.push(proven);
    assert!(scene.is_member("x"), "the act spares it");
    let mut engine = scene.alliance.engine();
    feed(&mut engine, &scene.records);
    let known = scene.records.clone();
    assert!(carried(&mut engine, &mut scene.a, &known, 60).contains_key(&hidden.id()));
}

/// Whoever does not hold them could not take them: they would wait for a certificate.
#[test]
fn logs_of_a_writer_that_speaks_no_more_are_seen_by_nobody() {
    let mut scene = Scene::new();
    let what = rekey("d", "new d", cuts(&[&scene.d]));
    let act = scene.alliance.act(scene.alliance.founding(), None, what);
    let id = scene.decide(&act, &["a", "c"]);
    let mut second = scene.alliance.node("d2");
    let said = certificate(&certificate_in(&second, Some(id), "new d"));
    scene.records.push(second.says(said));
    let last = second.says(subscription("iso:cz", true));
    scene.records.push(last.clone());
    let head = Head {
        log: second.log("alliance"),
        organisation: organisation("d"),
        sequence: last.header().sequence,
        record: last.id(),
    };
    let seen = |scene: &Scene| {
        let mut engine = scene.alliance.engine();
        feed(&mut engine, &scene.records);
        engine.restore_head(head.clone());
        let state = engine.state();
        let follows = state.chapters.follows(&organisation("d"), &"iso:cz".parse().unwrap());
        (state.head(&head.log).is_some(), follows)
    };
    assert_eq!(seen(&scene), (true, true));
    let charter = charter_of(&["a", "b", "c"], Policy::AnyMember);
    let dropping = scene
        .alliance
        .act(scene.alliance.founding(), None, amend(&charter, &[]));
    scene.decide(&dropping, &["a", "b"]);
    assert_eq!(seen(&scene), (false, false));
}

/// `f` forks its own log, and leaves hundreds of its own certificates beyond the end, beside a copy of a steward's word.
#[test]
fn a_members_leavings_hold_up_no_stewards_word() {
    let mut scene = Scene::new();
    let removal = scene.change(None, "d", StandingTo::Removed);
    scene.decide(&removal, &["a"]);
    let mut f = scene.alliance.node("f1");
    let said = f.certificate();
    scene.records.push(f.says(said));
    let mut twin = f.clone();
    let forked = f.says(profile("one"));
    let proven = scene.a.says(proof(&forked, &twin.says(profile("other"))));
    scene.records.extend([forked, proven]);
    for number in 0..400 {
        let mut other = scene.alliance.node(&format!("f{}", number + 2));
        other.author.organisation = organisation("f");
        let saying = certificate(&certificate_in(&other, None, "f"));
        scene.records.push(f.says(saying));
    }
    let word = f.says(scene.alliance.approval(&removal.id(), "b"));
    scene.records.push(word.clone());
    let mut engine = scene.alliance.engine();
    feed(&mut engine, &scene.records);
    let known = scene.records.clone();
    let found = carried(&mut engine, &mut scene.a, &known, 10);
    assert_eq!(
        found.get(&word.id()),
        Some(&1),
        "{} were carried before it",
        found.len()
    );
}
