//! Bodies that are awaited while all heads are the same: whom a node asks for them, and for how many.

use std::collections::BTreeSet;

use alliance_engine::{Effect, Input, SessionId};
use alliance_record::{Head, InstanceId, RecordId, SignedRecord};
use alliance_wire::{ChapterView, Hello, LogRef, Nonce, SessionKey, SyncMessage, Want};

use crate::fixture::{Node, alliance, chapter, founder, organisation, subscription, transport};
use crate::solo::{Rest, Solo, is_done, opened, wants};

const HEARTBEAT_MS: i64 = 30_000;
const NONCE: Nonce = [5; 16];
const CHAPTER: &str = "iso:de";

/// Heads of so many logs of the chapter, of which nobody has seen the records.
fn heads(count: u64) -> Vec<Head> {
    let log = |number: u64| {
        let mut log = Node::new("a1").log(CHAPTER);
        log.instance = InstanceId(number.to_be_bytes());
        log
    };
    let head = |number| Head {
        log: log(number),
        organisation: organisation("a"),
        sequence: 0,
        record: RecordId([7; 32]),
    };
    (0..count).map(head).collect()
}

/// A node that follows the chapter, and holds nothing of these logs but headers.
fn awaiting(heads: &[Head]) -> Solo {
    let (mut node, mut records) = founder("a1");
    records.push(node.says(subscription(CHAPTER, true)));
    let mut solo = Solo::looking(&records, 1_000_000_000, HEARTBEAT_MS);
    for head in heads {
        solo.engine.restore_head(head.clone());
        solo.engine.restore_lagging(head.log.clone(), 0);
    }
    solo
}

/// A peer says hello, with the heads that this node has, of these chapters.
fn greets(solo: &mut Solo, number: u64, peer: &str, chapters: &[&str]) -> Vec<Effect> {
    let session = SessionId::Theirs(number);
    let key = SessionKey::new(&NONCE);
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
    let peer = transport(peer);
    solo.input(Input::Opened { session, peer });
    let answer = solo.frame(session, SyncMessage::Hello(hello));
    solo.frame(session, SyncMessage::Done);
    answer
}

/// A session in which the peer is in step and has no bodies to give: the logs that it was asked for.
fn asked_in_vain(solo: &mut Solo, session: SessionId, lagging: &[&str]) -> BTreeSet<LogRef> {
    let lagging = lagging.iter().map(|name| chapter(name)).collect();
    let mut effects = solo.frame(session, SyncMessage::Compared { lagging });
    let mut asked = BTreeSet::new();
    let mut waiting: Vec<Want> = Vec::new();
    loop {
        waiting.extend(wants(&effects));
        if is_done(&effects) {
            return asked;
        }
        let want = waiting.pop().expect("a session that goes on");
        asked.insert(want.log);
        let none: [SignedRecord; 0] = [];
        effects = solo.part(session, want.log, &none, Rest::Nothing);
    }
}

fn next_session(solo: &mut Solo) -> SessionId {
    loop {
        let effects = solo.wake_at(solo.engine.next_wake());
        if let Some(session) = opened(&effects) {
            return session;
        }
    }
}

/// How many of these logs are meant by references of one session.
fn meant(solo: &Solo, session: SessionId, heads: &[Head], asked: &BTreeSet<LogRef>) -> BTreeSet<usize> {
    let key = solo.key(session);
    let is_asked = |(_, head): &(usize, &Head)| asked.contains(&key.log_ref(&head.log));
    heads
        .iter()
        .enumerate()
        .filter(is_asked)
        .map(|(number, _)| number)
        .collect()
}

#[test]
fn greetings_of_a_peer_that_is_in_step_do_not_keep_this_node_from_asking_it_for_bodies() {
    let mut solo = awaiting(&heads(1));
    let session = solo.asks("b1");
    assert_eq!(asked_in_vain(&mut solo, session, &[]).len(), 1);
    let began_ms = solo.now_ms;
    for number in 0.. {
        assert!(solo.now_ms <= began_ms + HEARTBEAT_MS, "never asked");
        greets(&mut solo, number, "b1", &["alliance", CHAPTER]);
        let effects = solo.wake_at(solo.now_ms + HEARTBEAT_MS / 10);
        if effects.iter().any(|effect| matches!(effect, Effect::Open { .. })) {
            break;
        }
    }
}

/// It is asked for a part in each session, and not for the same part each time.
#[test]
fn one_that_lacks_bodies_itself_is_asked_for_each_log_in_its_turn() {
    let heads = heads(2500);
    let mut solo = awaiting(&heads);
    let mut session = solo.asks("b1");
    let mut all = BTreeSet::new();
    for _ in 0..4 {
        let asked = asked_in_vain(&mut solo, session, &[CHAPTER]);
        assert!(asked.len() <= alliance_engine::limits::BODIES_TRIED_MAX);
        all.extend(meant(&solo, session, &heads, &asked));
        session = next_session(&mut solo);
    }
    assert_eq!(all.len(), heads.len());
}

/// It has none, and does not say so.
#[test]
fn one_that_does_not_replicate_the_chapter_is_not_asked_for_all_of_its_bodies() {
    let heads = heads(2500);
    for (chapters, most) in [(&["alliance", CHAPTER][..], 2500), (&["alliance"][..], 1024)] {
        let mut solo = awaiting(&heads);
        let session = solo.asks("b1");
        greets(&mut solo, 0, "b1", chapters);
        assert_eq!(asked_in_vain(&mut solo, session, &[]).len(), most);
    }
}

/// The writer signed twice. Who asks this node for whole records is to know that it cannot give them all.
#[test]
fn a_node_that_awaits_bodies_no_more_says_all_the_same_that_it_lacks_some() {
    let heads = heads(1);
    let mut solo = awaiting(&heads);
    let log = heads[0].log.clone();
    solo.input(Input::Unfillable { log });
    let lagging = |effect: &Effect| match effect {
        Effect::Send {
            message: SyncMessage::Compared { lagging },
            ..
        } => Some(lagging.clone()),
        _ => None,
    };
    let answer = greets(&mut solo, 0, "b1", &["alliance", CHAPTER]);
    assert_eq!(answer.iter().find_map(lagging), Some(vec![chapter(CHAPTER)]));
}
