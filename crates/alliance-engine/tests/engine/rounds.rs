//! Nonces: shared by sessions that overlap, never for long, and never again after references collided.

use std::collections::BTreeMap;

use alliance_engine::limits::{ASKING_SESSIONS_MAX, ROUND_MS_MAX, SESSION_MS_MAX};
use alliance_engine::{Effect, Input, Notice, PeerSync, SessionId};
use alliance_record::{ChapterName, SignedRecord};
use alliance_wire::{ListPart, LogRef, Mark, Nonce, SyncMessage};

use crate::fixture::{NOW_MS, Node, founder, profile, transport};
use crate::solo::{Solo, appended, head_of, is_closed, is_done, notices, wants};

/// The sessions that were opened, with their nonces.
fn hellos(effects: &[Effect]) -> Vec<(SessionId, Nonce)> {
    let hello = |effect: &Effect| match effect {
        Effect::Send {
            session,
            message: SyncMessage::Hello(hello),
        } => Some((*session, hello.nonce)),
        _ => None,
    };
    effects.iter().filter_map(hello).collect()
}

fn list(marks: Vec<Mark>, more: bool) -> SyncMessage {
    SyncMessage::List(ListPart {
        chapter: ChapterName::alliance(),
        marks,
        more,
    })
}

/// Peers come and go for hours, each session kept alive as long as may be, so that some always runs: with how many
/// sessions each nonce was used, first and last.
fn hours(step_ms: i64, back_ms: i64) -> BTreeMap<Nonce, (usize, i64, i64)> {
    let (_, records) = founder("a1");
    let mut solo = Solo::holding(&records);
    let mut used: BTreeMap<Nonce, (usize, i64, i64)> = BTreeMap::new();
    let mut running: Vec<SessionId> = Vec::new();
    // A clock that is set back does not make time pass slower.
    let mut elapsed_ms = 0;
    for number in 0..4 * 3_600_000 / step_ms {
        let is_back = number % 100 == 99;
        solo.now_ms += if is_back { -back_ms } else { step_ms };
        elapsed_ms += if is_back { 0 } else { step_ms };
        let mut effects = solo.input(Input::Wake);
        let peer = transport(&format!("peer {}", number % 40));
        effects.extend(solo.input(Input::PeerUp { peer }));
        for session in running.clone() {
            effects.extend(solo.frame(session, list(Vec::new(), true)));
        }
        for (session, nonce) in hellos(&effects) {
            running.push(session);
            let span = used.entry(nonce).or_insert((0, elapsed_ms, elapsed_ms));
            *span = (span.0 + 1, span.1, elapsed_ms);
        }
        let closed = |session: &SessionId| {
            let is_it = |effect: &Effect| matches!(effect, Effect::Close { session: closed } if closed == session);
            effects.iter().any(is_it)
        };
        running.retain(|session| !closed(session));
        assert!(running.len() <= ASKING_SESSIONS_MAX);
        assert!(number < 100 || !running.is_empty(), "no session runs");
    }
    used
}

#[test]
fn no_nonce_is_taken_up_longer_than_a_round() {
    for (step_ms, back_ms) in [(5000, 0), (20_000, 0), (5000, 3_600_000), (20_000, 10_000)] {
        let used = hours(step_ms, back_ms);
        let longest = used.values().map(|(_, first, last)| last - first).max().unwrap();
        assert!(longest <= ROUND_MS_MAX, "{longest} ms");
        assert!(used.values().any(|(sessions, ..)| *sessions > 1), "no nonce was shared");
        let rounds = 4 * 3_600_000 / (ROUND_MS_MAX + SESSION_MS_MAX);
        assert!(used.len() as i64 > rounds / 2, "{} nonces in four hours", used.len());
    }
}

#[test]
fn sessions_that_overlap_share_a_nonce_and_others_do_not() {
    let (_, records) = founder("a1");
    let mut solo = Solo::holding(&records);
    let mut nonces = Vec::new();
    for name in ["b1", "c1", "d1"] {
        let peer = transport(name);
        nonces.extend(hellos(&solo.input(Input::PeerUp { peer })));
    }
    assert_eq!((nonces[0].1, nonces[1].1), (nonces[1].1, nonces[2].1));
    for (session, _) in &nonces {
        assert!(is_done(&solo.heads(*session, &[])));
    }
    let peer = transport("e1");
    let alone = hellos(&solo.input(Input::PeerUp { peer }))[0];
    assert_ne!(alone.1, nonces[0].1);
}

fn synced(effects: &[Effect]) -> PeerSync {
    let status = |notice: Notice| match notice {
        Notice::Synced { status } => Some(status),
        _ => None,
    };
    notices(effects).into_iter().find_map(status).expect("an end in order")
}

/// The next session with whoever is due: its nonce.
fn next_session(solo: &mut Solo) -> (SessionId, Nonce) {
    let before = solo.now_ms;
    loop {
        let effects = solo.wake_at(solo.engine.next_wake());
        if let Some(hello) = hellos(&effects).first() {
            return *hello;
        }
        assert!(solo.now_ms < before + 1000, "nobody is asked for a second");
    }
}

/// A reference that two logs share, one of which differs: which of them the session cannot know.
fn collided(log: LogRef) -> Vec<Mark> {
    let mark = |sequence: u8| {
        let mut bytes = [0; Mark::BYTES];
        bytes[..LogRef::BYTES].copy_from_slice(&log.to_bytes());
        bytes[LogRef::BYTES] = 1;
        bytes[LogRef::BYTES + 4] = sequence;
        Mark::from_bytes(&bytes).unwrap()
    };
    vec![mark(1), mark(2)]
}

/// What a peer holds beyond the founder's first words.
fn news() -> (Node, Vec<SignedRecord>, SignedRecord) {
    let (mut node, records) = founder("a1");
    let newest = node.says(profile("a"));
    (node, records, newest)
}

/// While another session of the round still runs.
#[test]
fn a_collided_reference_is_told_and_heals_under_another_nonce() {
    let (node, records, newest) = news();
    let mut solo = Solo::holding(&records);
    let other = hellos(&solo.input(Input::PeerUp { peer: transport("c1") }))[0];
    let session = solo.asks("b1");
    let log = solo.key(session).log_ref(&node.log("alliance"));
    let mut effects = solo.frame(session, list(collided(log), false));
    effects.extend(solo.frame(session, SyncMessage::Compared { lagging: Vec::new() }));
    assert!(is_done(&effects) && is_closed(&effects) && wants(&effects).is_empty());
    let status = synced(&effects);
    assert!(!status.is_in_step(), "{status:?}");
    assert_eq!(
        status.unsettled.into_iter().collect::<Vec<_>>(),
        [ChapterName::alliance()]
    );
    let (again, nonce) = next_session(&mut solo);
    assert_ne!(nonce, other.1);
    solo.heads(again, &[head_of(&newest)]);
    let effects = solo.range(again, &node.log("alliance"), &[newest]);
    assert_eq!(appended(&effects), 1);
    assert!(synced(&effects).is_in_step());
    assert!(solo.now_ms < NOW_MS + 2000);
}

/// A peer whose references collide each time is asked again, and ever more seldom.
#[test]
fn a_peer_whose_references_always_collide_is_not_asked_in_a_storm() {
    let (node, records, _) = news();
    let mut solo = Solo::holding(&records);
    let mut session = solo.asks("b1");
    let mut sessions = 0;
    while solo.now_ms < NOW_MS + 3_600_000 {
        sessions += 1;
        let log = solo.key(session).log_ref(&node.log("alliance"));
        solo.frame(session, list(collided(log), false));
        assert!(is_done(
            &solo.frame(session, SyncMessage::Compared { lagging: Vec::new() })
        ));
        session = loop {
            let effects = solo.wake_at(solo.engine.next_wake());
            if let Some((session, _)) = hellos(&effects).first() {
                break *session;
            }
        };
    }
    assert!(sessions < 300, "{sessions} sessions in an hour");
}
