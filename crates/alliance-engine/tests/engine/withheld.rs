//! A peer that has what comes first, and sends it by drops or not at all: the others bring theirs all the same.

use alliance_engine::limits::SESSION_MS_MAX;
use alliance_engine::{Effect, Input, Notice, SessionId};
use alliance_record::{Head, RecordId};
use alliance_wire::Want;

use crate::fixture::{NOW_MS, Node, Saying, founder, subscription, transport};
use crate::solo::{Rest, Solo, head_of, is_done, notices, opened, wants};

/// Between two drops: less than any patience.
const DROP_MS: i64 = 10_000;
/// In less than this an honest peer is asked for what it has.
const BOUND_MS: i64 = 90_000;

/// A session that these effects open with a peer.
fn opened_with(effects: &[Effect], peer: &str) -> Option<SessionId> {
    effects.iter().find_map(|effect| match effect {
        Effect::Open { session, peer: asked } if *asked == transport(peer) => Some(*session),
        _ => None,
    })
}

/// The alliance's log of nobody, far on.
fn invented() -> Head {
    Head {
        log: Node::new("x1").log("alliance"),
        organisation: crate::fixture::organisation("x"),
        sequence: 1_000_000,
        record: RecordId([9; 32]),
    }
}

/// An invented log of the alliance is offered and never comes; each frame says that more will. No record of any other
/// peer may wait for it for long.
#[test]
fn a_log_of_the_alliance_that_never_comes_holds_nobody_up_for_long() {
    let (mut node, mut records) = founder("a1");
    records.push(node.says(subscription("iso:cz", true)));
    let content = node.says(Saying::content("iso:cz", "a practice"));
    let mut solo = Solo::holding(&records);
    let liar = solo.asks("b1");
    assert_eq!(wants(&solo.heads(liar, &[invented()])).len(), 1);
    let mut effects = solo.input(Input::PeerUp { peer: transport("c1") });
    let mut asked: Vec<Want> = Vec::new();
    let mut drop_ms = NOW_MS;
    while asked.is_empty() {
        assert!(solo.now_ms < NOW_MS + BOUND_MS, "held up");
        if let Some(honest) = opened_with(&effects, "c1") {
            asked = wants(&solo.heads(honest, &[head_of(&content)]));
        }
        drop_ms += DROP_MS;
        effects = Vec::new();
        while solo.engine.next_wake() < drop_ms {
            effects.extend(solo.wake_at(solo.engine.next_wake()));
        }
        solo.now_ms = drop_ms;
        let log = solo.key(liar).log_ref(&invented().log);
        effects.extend(solo.part(liar, log, &[], Rest::More));
    }
}

/// What takes longer than a session may is fetched in several. The peer did what it could: it is not told of, and asked
/// again at once.
#[test]
fn a_peer_that_was_at_work_all_the_time_is_not_blamed_when_the_time_is_over() {
    let (mut node, mut records) = founder("a1");
    records.push(node.says(subscription("iso:cz", true)));
    let long: Vec<_> = (0..1000)
        .map(|text| node.says(Saying::content("iso:cz", &text.to_string())))
        .collect();
    let mut solo = Solo::holding(&records);
    let session = solo.asks("b1");
    let log = wants(&solo.heads(session, &[head_of(&long[999])]))[0].log;
    let mut effects = Vec::new();
    for record in &long {
        solo.now_ms += DROP_MS;
        effects = solo.part(session, log, std::slice::from_ref(record), Rest::More);
        effects.extend(solo.wake_at(solo.now_ms));
        if is_done(&effects) {
            break;
        }
    }
    assert_eq!(solo.now_ms, NOW_MS + SESSION_MS_MAX);
    let is_blamed = |notice: &Notice| matches!(notice, Notice::Stalled { .. });
    assert!(!notices(&effects).iter().any(is_blamed));
    assert!(opened(&solo.wake_at(solo.now_ms + 1000)).is_some());
}
