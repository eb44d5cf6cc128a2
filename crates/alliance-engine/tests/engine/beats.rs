//! Whom a node asks while nothing seems to be missing, and when.

use std::collections::BTreeSet;

use alliance_engine::{Effect, Input, SessionId};
use alliance_record::TransportId;
use alliance_wire::{ChapterView, Hello, Nonce, SessionKey, SyncMessage};

use crate::fixture::{NOW_MS, alliance, chapter, founder, subscription, transport};
use crate::solo::Solo;

/// Never, in these tests.
const SELDOM_MS: i64 = 1_000_000_000;
const NONCE: Nonce = [5; 16];
const CHAPTER: &str = "iso:de";

/// A node that follows a chapter.
fn solo(sync_interval_ms: i64, heartbeat_ms: i64) -> Solo {
    let (mut node, mut records) = founder("a1");
    records.push(node.says(subscription(CHAPTER, true)));
    Solo::looking(&records, sync_interval_ms, heartbeat_ms)
}

/// These come, are asked, and are in step.
fn in_step_with(solo: &mut Solo, peers: &[&str]) {
    for peer in peers {
        let session = solo.asks(peer);
        solo.heads(session, &[]);
    }
}

/// A peer says hello, with the heads that this node has, of these chapters.
fn greets(solo: &mut Solo, number: u64, peer: &str, chapters: &[&str]) {
    let session = SessionId::Theirs(number);
    let key = SessionKey::new(&NONCE);
    let peer = transport(peer);
    let view = |name: &&str| {
        let name = chapter(name);
        let heads = solo.engine.state().heads_of(&name);
        ChapterView {
            fingerprint: key.fingerprint(&name, heads.clone()),
            logs: u32::try_from(heads.len()).unwrap(),
            chapter: name.clone(),
        }
    };
    let hello = Hello {
        alliance: alliance(),
        nonce: NONCE,
        chapters: chapters.iter().map(view).collect(),
        addresses: false,
    };
    solo.input(Input::Opened { session, peer });
    solo.frame(session, SyncMessage::Hello(hello));
    solo.frame(session, SyncMessage::Done);
}

/// Whom these effects ask.
fn asked(effects: &[Effect]) -> BTreeSet<TransportId> {
    let peer = |effect: &Effect| match effect {
        Effect::Open { peer, .. } => Some(*peer),
        _ => None,
    };
    effects.iter().filter_map(peer).collect()
}

/// Wakes whenever the node wants to be, until this moment; whom it asked.
fn asked_until(solo: &mut Solo, until_ms: i64) -> BTreeSet<TransportId> {
    let mut all = BTreeSet::new();
    while solo.engine.next_wake() <= until_ms {
        let next = solo.engine.next_wake();
        assert!(next > solo.now_ms, "a wake in the past");
        all.extend(asked(&solo.wake_at(next)));
    }
    all
}

#[test]
fn whoever_was_not_compared_with_is_greeted_after_a_heartbeat() {
    let mut solo = solo(SELDOM_MS, 10_000);
    in_step_with(&mut solo, &["b1", "c1"]);
    assert!(solo.engine.next_wake() > NOW_MS + 5_000, "early");
    let all = asked_until(&mut solo, NOW_MS + 10_000);
    assert_eq!(all, BTreeSet::from([transport("b1"), transport("c1")]));
}

/// One greeting serves both: who was greeted does not greet in return.
#[test]
fn whoever_greeted_and_was_in_step_is_not_greeted() {
    let mut solo = solo(SELDOM_MS, 10_000);
    in_step_with(&mut solo, &["b1", "c1"]);
    solo.now_ms = NOW_MS + 5_000;
    greets(&mut solo, 0, "b1", &["alliance", CHAPTER]);
    let all = asked_until(&mut solo, NOW_MS + 10_000);
    assert_eq!(all, BTreeSet::from([transport("c1")]));
}

#[test]
fn a_look_goes_to_a_follower_of_each_chapter() {
    let mut solo = solo(10_000, SELDOM_MS);
    in_step_with(&mut solo, &["b1", "c1", "d1", "e1"]);
    greets(&mut solo, 0, "b1", &["alliance"]);
    greets(&mut solo, 1, "c1", &[CHAPTER]);
    greets(&mut solo, 2, "d1", &["iso:fr"]);
    let all = asked_until(&mut solo, NOW_MS + 10_000);
    assert_eq!(all, BTreeSet::from([transport("b1"), transport("c1")]));
}
