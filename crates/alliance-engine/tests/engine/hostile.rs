//! Peers that lie about records: none of it enters, the true record comes from others, and honest peers are not blamed.

use alliance_engine::{Effect, Input, Notice, SessionId};
use alliance_record::{
    Body, ChapterName, Head, InstanceId, LogPosition, RecordId, Refusal, SignedRecord, TransportId, Verdict,
};
use alliance_wire::{ChapterView, Hello, SyncMessage};

use crate::fixture::{
    NOW_MS, Node, Saying, admission, alliance, chapter, founder, profile, subscription, transport, unsigned,
    with_other_words,
};
use crate::solo::{Rest, Solo, appended, head_of, is_closed, is_done, notices, wants};
use crate::world::{INTERVAL_MS, World};

/// A founder with a chapter and some practices in it.
fn practised(count: usize) -> (Node, Vec<SignedRecord>) {
    let (mut node, mut records) = founder("a1");
    records.push(node.says(subscription("iso:cz", true)));
    records.extend((0..count).map(|number| node.says(Saying::content("iso:cz", &format!("practice {number}")))));
    (node, records)
}

fn with_body(record: &SignedRecord, body: Option<Body>) -> SignedRecord {
    SignedRecord::from_parts(record.header_bytes().clone(), record.signature().copied(), body).unwrap()
}

fn alter_first(mut records: Vec<SignedRecord>) -> Vec<SignedRecord> {
    records
        .iter_mut()
        .take(1)
        .for_each(|record| *record = with_other_words(record));
    records
}

fn alter_last(mut records: Vec<SignedRecord>) -> Vec<SignedRecord> {
    records
        .iter_mut()
        .rev()
        .take(1)
        .for_each(|record| *record = with_other_words(record));
    records
}

fn strip_bodies(records: Vec<SignedRecord>) -> Vec<SignedRecord> {
    records.iter().map(|record| with_body(record, None)).collect()
}

fn strip_signatures(records: Vec<SignedRecord>) -> Vec<SignedRecord> {
    records.iter().map(unsigned).collect()
}

fn swap(mut records: Vec<SignedRecord>) -> Vec<SignedRecord> {
    records.reverse();
    records
}

fn drop_first(mut records: Vec<SignedRecord>) -> Vec<SignedRecord> {
    drop(records.drain(..1.min(records.len())));
    records
}

fn give_nothing(_: Vec<SignedRecord>) -> Vec<SignedRecord> {
    Vec::new()
}

/// Records of a log that was not asked for.
fn other_log(_: Vec<SignedRecord>) -> Vec<SignedRecord> {
    let mut stranger = Node::new("z1");
    vec![stranger.says(profile("stranger"))]
}

/// A hostile replica (0) that holds everything, an honest one (1) that does, and one (2) that holds nothing.
fn check(tamper: fn(Vec<SignedRecord>) -> Vec<SignedRecord>, code: Option<&str>) {
    let (_, records) = practised(20);
    let mut world = World::new(&["a1", "a2", "a3"], 1);
    for record in &records {
        world.gossip(1, 0, record);
        world.gossip(0, 1, record);
    }
    world.replicas[0].tamper = Some(tamper);
    world.connect(0, 2);
    world.run(INTERVAL_MS / 2);
    let (hostile, told) = (world.replicas[0].transport, &world.replicas[2].notices);
    let refused = told.iter().find_map(|notice| match notice {
        Notice::Refused { verdict, peer, .. } if *peer == hostile => Some(verdict.code()),
        _ => None,
    });
    assert_eq!(refused, code);
    let before = world.replicas[2].store.len();
    assert!(before < records.len(), "the hostile peer gave everything");
    world.connect(1, 2);
    world.run(3 * INTERVAL_MS);
    assert_eq!(world.replicas[2].state(), world.replicas[1].state());
    let blamed =
        |notice: &Notice| matches!(notice, Notice::Refused { peer, .. } if *peer == world.replicas[1].transport);
    assert!(
        !world.replicas[2].notices.iter().any(blamed),
        "an honest peer was blamed"
    );
}

#[test]
fn what_a_hostile_peer_spoils_comes_from_an_honest_one() {
    check(alter_first, Some("bad_body"));
    check(alter_last, Some("bad_body"));
    check(strip_signatures, Some("bad_signature"));
    check(swap, Some("wrong_sequence"));
    check(other_log, Some("wrong_log"));
    check(drop_first, None);
    check(strip_bodies, None);
    check(give_nothing, None);
}

/// Wakes the engine when it wishes, until it opens a session: with whom, and after how long.
fn next_asked(solo: &mut Solo) -> (TransportId, i64) {
    let before = solo.now_ms;
    for _ in 0..10 {
        let effects = solo.wake_at(solo.engine.next_wake());
        let peer = effects.iter().find_map(|effect| match effect {
            Effect::Open { peer, .. } => Some(*peer),
            _ => None,
        });
        if let Some(peer) = peer {
            return (peer, solo.now_ms - before);
        }
    }
    panic!("nobody is asked");
}

#[test]
fn when_a_peer_gives_wrong_bytes_the_others_are_asked_at_once() {
    let (node, records) = practised(1);
    let mut solo = Solo::holding(&records[..2]);
    let honest = solo.asks("c1");
    solo.heads(honest, &[]);
    let hostile = solo.asks("b1");
    solo.heads(hostile, &[head_of(&records[2])]);
    let effects = solo.faulty_range(hostile, &node.log("alliance"), &[], Some(Refusal::BadBody));
    assert!(is_closed(&effects) && !is_done(&effects));
    let (asked, after_ms) = next_asked(&mut solo);
    assert_eq!(asked, transport("c1"));
    assert!(after_ms <= 250, "{after_ms} ms");
}

#[test]
fn who_is_asked_by_one_with_other_heads_asks_in_turn() {
    let (_, records) = practised(1);
    let mut solo = Solo::holding(&records);
    let ours = solo.asks("b1");
    solo.heads(ours, &[]);
    let session = SessionId::Theirs(1);
    let peer = transport("b1");
    solo.input(Input::Opened { session, peer });
    let view = ChapterView {
        chapter: ChapterName::alliance(),
        fingerprint: [0; 8],
        logs: 1,
    };
    let hello = Hello {
        alliance: alliance(),
        nonce: [0; 16],
        chapters: vec![view],
        addresses: false,
    };
    solo.frame(session, SyncMessage::Hello(hello));
    let (asked, after_ms) = next_asked(&mut solo);
    assert_eq!(asked, peer);
    assert!(after_ms <= 250, "{after_ms} ms");
}

#[test]
fn a_lie_about_a_head_is_no_proof_of_a_fork() {
    let (node, records) = practised(1);
    let mut solo = Solo::holding(&records);
    let session = solo.asks("b1");
    let lie = Head {
        record: RecordId([9; 32]),
        ..head_of(&records[2])
    };
    let effects = solo.heads(session, &[lie]);
    assert_eq!((notices(&effects), wants(&effects)[0].from), (Vec::new(), 2));
    // The peer has but the true record to give, or nothing.
    let effects = solo.range(session, &node.log("alliance"), &records[2..3]);
    assert!(is_done(&effects));
    let forked = |notice: &Notice| matches!(notice, Notice::Forked { .. });
    assert!(!notices(&effects).iter().any(forked));
}

#[test]
fn the_record_itself_proves_a_fork_on_either_way() {
    let (node, records) = practised(0);
    let place = LogPosition {
        sequence: 2,
        previous: Some(records[1].id()),
    };
    let twin = node.signs_at(profile("twin"), place);
    let after_twin = node.signs_at(
        profile("after"),
        LogPosition {
            sequence: 3,
            previous: Some(twin.id()),
        },
    );
    for (record, refusal) in [(&twin, Refusal::Fork), (&after_twin, Refusal::WrongPrevious)] {
        let mut solo = Solo::holding(&records);
        let session = solo.asks("b1");
        solo.heads(session, &[head_of(record)]);
        let effects = solo.range(session, &node.log("alliance"), std::slice::from_ref(record));
        let verdicts: Vec<_> = notices(&effects).into_iter().filter_map(shown).collect();
        assert_eq!(verdicts, vec![None, Some(Verdict::Refused(refusal))]);
        // Whoever passes a fork on is not to blame: it is asked further back, to find where its branch parts.
        let places: Vec<_> = wants(&effects).iter().map(|want| (want.from, want.until)).collect();
        assert_eq!(places, [(0, record.header().sequence)]);
        assert!(!is_closed(&effects) && appended(&effects) == 0);
        // It has nothing to show: then it has nothing to say.
        let effects = solo.range(session, &node.log("alliance"), &[]);
        assert!(is_done(&effects));
    }
}

/// `None` for a fork, the verdict for a refusal.
fn shown(notice: Notice) -> Option<Option<Verdict>> {
    match notice {
        Notice::Forked { .. } => Some(None),
        Notice::Refused { verdict, .. } => Some(Some(verdict)),
        _ => None,
    }
}

/// Two nodes hold the two branches of a fork, and say nothing of their own: they can never agree, and must not ask each
/// other for ever.
#[test]
fn replicas_on_two_branches_of_a_fork_come_to_rest() {
    let (mut node, records) = practised(3);
    let mut twin = node.clone();
    let mut world = World::new(&["a1", "a2"], 7);
    for record in &records {
        world.gossip(1, 0, record);
        world.gossip(0, 1, record);
    }
    world.gossip(1, 0, &node.says(profile("one")));
    world.gossip(0, 1, &twin.says(profile("other")));
    for replica in &mut world.replicas {
        // Nobody certifies this one.
        replica.pen.author.key = crate::fixture::secret("a stranger");
    }
    world.connect(0, 1);
    world.run(INTERVAL_MS);
    let early = world.traffic.sessions;
    world.run(100 * INTERVAL_MS);
    let sessions = world.traffic.sessions - early;
    assert!(sessions <= 500, "{sessions} sessions in 100 intervals");
    for replica in &world.replicas {
        assert!(
            replica
                .notices
                .iter()
                .any(|notice| matches!(notice, Notice::Forked { .. }))
        );
        assert_eq!(replica.store.len(), records.len() + 1);
    }
    // What is not forked still comes through.
    let practice = node.says(Saying::content("iso:cz", "later"));
    world.gossip(1, 0, &practice);
    world.run(4 * INTERVAL_MS);
    assert_eq!(
        world.replicas[1].store.at(&practice.header().log, 3),
        Some(practice.id())
    );
}

#[test]
fn an_unknown_organisation_waits_and_enters_when_its_admission_arrives() {
    let (mut founding, records) = founder("a1");
    let admitting = founding.says(admission("b"));
    let mut invited = Node::new("b1");
    let certificate = invited.certificate();
    let first = [invited.says(certificate), invited.says(profile("b"))];
    let mut world = World::new(&["a1", "a2"], 3);
    for record in &records {
        world.gossip(1, 0, record);
    }
    assert_eq!(world.gossip(1, 0, &first[1]).code(), "missing_previous");
    assert_eq!(world.gossip(1, 0, &first[0]).code(), "unknown_organisation");
    assert_eq!(world.gossip(1, 0, &admitting).code(), "accepted");
    assert_eq!(
        (world.replicas[0].store.len(), world.replicas[0].engine.parked()),
        (5, 0)
    );
}

#[test]
fn a_gap_in_gossip_is_fetched_from_whoever_sent_what_lies_behind_it() {
    let (_, records) = practised(6);
    let mut world = World::new(&["a1", "a2", "a3"], 5);
    for record in &records {
        world.gossip(1, 0, record);
        world.gossip(0, 1, record);
    }
    for record in &records[..4] {
        world.gossip(0, 2, record);
    }
    world.connect(0, 2);
    world.connect(1, 2);
    world.run(1000);
    let (mut node, _) = practised(6);
    let place = node.position(&chapter("iso:cz"));
    let skipped = node.says(Saying::content("iso:cz", "skipped").at(NOW_MS));
    let newest = node.says(Saying::content("iso:cz", "newest"));
    assert_eq!(skipped.header().sequence, place.sequence);
    for record in [&skipped, &newest] {
        world.gossip(0, 1, record);
    }
    let before = world.now_ms;
    assert_eq!(world.gossip(1, 2, &newest).code(), "missing_previous");
    world.run(1000);
    assert!(world.now_ms - before < INTERVAL_MS);
    assert_eq!(world.replicas[2].state(), world.replicas[1].state());
}

/// Heads that are named and never given cost one want each, and the session ends in its order.
#[test]
fn heads_of_logs_that_do_not_exist_cost_one_want_each() {
    let (_, records) = practised(1);
    let mut solo = Solo::holding(&records);
    let session = solo.asks("b1");
    let mut invented = vec![head_of(&records[3]); 50];
    for (number, head) in (100..).zip(&mut invented) {
        head.log.instance = InstanceId([number; 8]);
    }
    let mut effects = solo.heads(session, &invented);
    let mut waiting = wants(&effects);
    let mut answered = 0;
    while let Some(want) = waiting.pop() {
        answered += 1;
        effects = solo.part(session, want.log, &[], Rest::Nothing);
        waiting.extend(wants(&effects));
    }
    assert_eq!(answered, 50);
    assert!(is_done(&effects) && is_closed(&effects));
}
