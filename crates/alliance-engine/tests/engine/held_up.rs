//! Records whose time has come, held up by a later one under the same signature: not fetched with each session, and not
//! left lying either.

use alliance_engine::BodiesKept;
use alliance_engine::limits::HELD_UP_MS;
use alliance_record::SignedRecord;
use alliance_record::limits::CLAIMED_AHEAD_MS_MAX;

use crate::fixture::{NOW_MS, Saying, founder, profile, subscription, unsigned, without_body};
use crate::solo::{Solo, appended, head_of, is_done, wants};

const YEAR_MS: i64 = 365 * 86_400_000;

/// What one signature proves: a record whose time has come, one whose time comes so much later, and one more.
fn run(early_by_ms: i64) -> (Vec<SignedRecord>, [SignedRecord; 3]) {
    let (mut node, held) = founder("a1");
    let due = node.says(profile("due"));
    let early = node.says(profile("early").at(NOW_MS + CLAIMED_AHEAD_MS_MAX + early_by_ms));
    let last = node.says(profile("last"));
    (held, [due, early, last])
}

/// How many logs are asked for of a new peer that names this record as its newest.
fn wanted_of(solo: &mut Solo, peer: &str, newest: &SignedRecord) -> usize {
    let session = solo.asks(peer);
    let effects = solo.heads(session, &[head_of(newest)]);
    let wanted = wants(&effects).len();
    assert_eq!(is_done(&effects), wanted == 0);
    wanted
}

/// A node to which a peer gave the run, in vain.
fn held_up(early_by_ms: i64, now_ms: i64) -> (Solo, [SignedRecord; 3]) {
    let (held, run) = run(early_by_ms);
    let mut solo = Solo::holding(&held);
    solo.now_ms = now_ms;
    let session = solo.asks("b1");
    solo.heads(session, &[head_of(&run[2])]);
    let answer = [unsigned(&run[0]), unsigned(&run[1]), run[2].clone()];
    let effects = solo.range(session, &run[0].header().log, &answer);
    assert_eq!((appended(&effects), is_done(&effects)), (0, true));
    (solo, run)
}

#[test]
fn they_are_not_fetched_with_each_session() {
    let (mut solo, [_, _, last]) = held_up(YEAR_MS, NOW_MS);
    assert_eq!(wanted_of(&mut solo, "c1", &last), 0);
    solo.now_ms += HELD_UP_MS - 1;
    assert_eq!(wanted_of(&mut solo, "d1", &last), 0);
    // Somebody may have a signature between them.
    solo.now_ms += 1;
    assert_eq!(wanted_of(&mut solo, "e1", &last), 1);
}

#[test]
fn they_are_fetched_when_the_time_of_all_has_come() {
    let (mut solo, [_, _, last]) = held_up(1000, NOW_MS);
    solo.now_ms += 999;
    assert_eq!(wanted_of(&mut solo, "c1", &last), 0);
    solo.now_ms += 1;
    assert_eq!(wanted_of(&mut solo, "d1", &last), 1);
}

#[test]
fn a_peer_that_has_only_what_may_enter_is_asked() {
    let (mut solo, [due, early, _]) = held_up(YEAR_MS, NOW_MS);
    assert_eq!(wanted_of(&mut solo, "c1", &early), 0);
    assert_eq!(wanted_of(&mut solo, "d1", &due), 1);
}

#[test]
fn a_clock_that_was_wrong_holds_nothing_back_when_it_is_set_right() {
    let (mut solo, [_, _, last]) = held_up(6 * YEAR_MS, NOW_MS + 5 * YEAR_MS);
    solo.now_ms = NOW_MS;
    assert_eq!(wanted_of(&mut solo, "c1", &last), 1);
}

#[test]
fn headers_whose_time_has_not_come_are_not_fetched_with_each_session() {
    let chapter = "iso:cz";
    let (mut node, mut held) = founder("a1");
    held.push(node.says(subscription(chapter, true)));
    let early = node.says(Saying::content(chapter, "early").at(NOW_MS + CLAIMED_AHEAD_MS_MAX + YEAR_MS));
    let after_headers = BodiesKept {
        after_headers: true,
        ..BodiesKept::default()
    };
    let mut solo = Solo::keeping(&held, after_headers);
    let session = solo.asks("b1");
    assert_eq!(wants(&solo.heads(session, &[head_of(&early)])).len(), 1);
    let effects = solo.range(session, &early.header().log, &[without_body(&early)]);
    assert_eq!((appended(&effects), is_done(&effects)), (0, true));
    assert_eq!(wanted_of(&mut solo, "c1", &early), 0);
}
