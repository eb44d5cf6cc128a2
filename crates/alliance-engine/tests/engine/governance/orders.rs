//! Small sets of records in all orders: one roster.
//!
//! `ALLIANCE_ORDERS=8` takes all 40,320 orders of eight records; in `cargo test` the first of each set stand fast, and the
//! last five come in all of their 120 orders.

use alliance_engine::Members;
use alliance_record::{Cuts, NoticeType, SignedRecord, StandingTo, VerifiedRecord};

use super::builders::{Alliance, again, amend, certificate, certificate_in, cuts, lifting, notice, standing};
use super::marks::marks;
use super::promises::Scene;
use crate::fixture::{Policy, admission, charter_of, organisation, verified};

/// Calls for each order of what stands from a place on (Heap's).
fn orders(records: &mut [VerifiedRecord], upto: usize, each: &mut impl FnMut(&[VerifiedRecord])) {
    if upto <= 1 {
        return each(records);
    }
    for place in 0..upto {
        orders(records, upto - 1, each);
        let other = if upto.is_multiple_of(2) { place } else { 0 };
        if place + 1 < upto {
            records.swap(other, upto - 1);
        }
    }
}

/// One roster for all orders of `records`, after what stands fast.
fn agree(alliance: &Alliance, first: &[SignedRecord], records: &[SignedRecord]) -> Members {
    let among = std::env::var("ALLIANCE_ORDERS").map_or(5, |of| of.parse().unwrap());
    let fast = records.len().saturating_sub(among);
    let first: Vec<_> = first.iter().chain(&records[..fast]).map(verified).collect();
    let mut rest: Vec<_> = records[fast..].iter().map(verified).collect();
    let mut found: Option<Members> = None;
    let mut count = 0_u32;
    let among = rest.len();
    orders(&mut rest, among, &mut |order| {
        let mut engine = alliance.engine();
        first
            .iter()
            .chain(order)
            .for_each(|record| engine.restore_record(record));
        let members = &engine.state().members;
        count += 1;
        match &found {
            None => found = Some(members.clone()),
            Some(held) => assert!(held == members, "order {count}: another roster"),
        }
    });
    let all: u32 = (1..=u32::try_from(among).unwrap()).product();
    assert_eq!(count, all);
    found.unwrap()
}

/// The records that a scene has beyond its first.
fn split(scene: &Scene) -> (&[SignedRecord], &[SignedRecord]) {
    scene.records.split_at(4)
}

/// `f` let in below the cut; a suspension and a removal that contradict it, both complete.
#[test]
fn two_rivals_in_all_orders() {
    let mut scene = Scene::new();
    let removal = standing("d", StandingTo::Removed, cuts(&[&scene.d]));
    let removal = scene.alliance.act(scene.alliance.founding(), None, removal);
    let suspension = scene.change(None, "d", StandingTo::Suspended);
    scene.decide(&removal, &["a", "b"]);
    scene.decide(&suspension, &["b", "c"]);
    scene.d_says(admission("g"));
    let (first, rest) = split(&scene);
    let members = agree(&scene.alliance, first, rest);
    assert!(!members.is_member(&organisation("d")) && members.is_member(&organisation("f")));
    assert!(!members.is_member(&organisation("g")));
}

/// A removal, and an amendment that carries it or not.
#[test]
fn an_amendment_in_all_orders() {
    for carries in [true, false] {
        let mut scene = Scene::new();
        let removal = scene.change(None, "f", StandingTo::Removed);
        scene.decide(&removal, &["a", "b"]);
        let carried: Vec<_> = carries.then(|| removal.id()).into_iter().collect();
        let what = amend(&charter_of(&["a", "c"], Policy::Stewards), &carried);
        let amendment = scene.alliance.act(scene.alliance.founding(), None, what);
        scene.decide(&amendment, &["a", "c"]);
        scene.records.push(scene.a.says(admission("f")));
        let (first, rest) = split(&scene);
        let members = agree(&scene.alliance, first, rest);
        assert_eq!(members.is_member(&organisation("f")), !carries);
        assert_eq!(members.charters().len(), 2);
    }
}

/// A removal, the way back, and a certificate of the new epoch.
#[test]
fn a_readmission_in_all_orders() {
    let mut scene = Scene::new();
    let removal = scene.change(None, "d", StandingTo::Removed);
    let removal = scene.decide(&removal, &["a", "b"]);
    let back = standing("d", StandingTo::Reinstated, Cuts::default());
    let back = scene.alliance.act(scene.alliance.founding(), Some(removal), back);
    let back = scene.decide(&again(&back, 1), &["b", "c"]);
    let said = certificate(&certificate_in(&scene.d, Some(back), "d"));
    scene.d_says(said);
    let (first, rest) = split(&scene);
    let members = agree(&scene.alliance, first, rest);
    assert!(members.is_member(&organisation("d")) && members.is_member(&organisation("f")));
}

/// A mark of the first charter, another of the next, which carries nothing on, and a lifting of the first: each record may
/// be the last.
#[test]
fn marks_in_all_orders() {
    let mut scene = Scene::new();
    let founding = scene.alliance.founding();
    let first = scene
        .alliance
        .act(founding, None, notice(1, "d", NoticeType::ExpressionOfConcern));
    scene.decide(&first, &["a", "b"]);
    let charter = charter_of(&["a", "c"], Policy::AnyMember);
    let amendment = scene.alliance.act(founding, None, amend(&charter, &[]));
    let id = amendment.id();
    let lifting = scene.alliance.act(id.into(), None, lifting(1, "d", first.id()));
    let second = scene
        .alliance
        .act(id.into(), None, notice(1, "d", NoticeType::Correction));
    for act in [&amendment, &second, &lifting] {
        scene.decide(act, &["a", "c"]);
    }
    let (fast, rest) = split(&scene);
    for first in 0..rest.len() {
        // Others come last each time.
        let mut rest = rest.to_vec();
        rest.rotate_left(first);
        let members = agree(&scene.alliance, fast, &rest);
        assert_eq!(marks(&members, 1, "d"), [(second.id(), NoticeType::Correction)]);
    }
}
