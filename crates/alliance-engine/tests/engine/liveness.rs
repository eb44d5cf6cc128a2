//! Connected engines come to agree and then to rest, and floods stay within their bounds.

use alliance_engine::limits::{ASKING_SESSIONS_MAX, PARKED_PER_LOG_MAX, PARKED_RECORDS_MAX};
use alliance_engine::{Effect, Input};
use alliance_record::{LogPosition, RecordId};

use crate::fixture::{Node, Saying, admission, founder, profile, subscription, transport};
use crate::solo::{Solo, opened};
use crate::world::{INTERVAL_MS, World};

#[test]
fn two_engines_with_different_contents_agree_within_seconds_and_then_are_quiet() {
    let (mut first, mut records) = founder("a1");
    records.push(first.says(subscription("iso:cz", true)));
    let mut second = Node::new("a2");
    let certificate = second.certificate();
    let mut seconds = vec![second.says(certificate)];
    let mut world = World::new(&["a1", "a2"], 11);
    for record in records.iter().chain(&seconds) {
        world.gossip(1, 0, record);
        world.gossip(0, 1, record);
    }
    // Apart, each writes on.
    for number in 0..300 {
        let text = format!("practice {number}");
        world.publish(0, &first.says(Saying::content("iso:cz", &text)));
        let record = second.says(Saying::content("iso:cz", &text));
        world.publish(1, &record);
        seconds.push(record);
    }
    world.connect(0, 1);
    world.run(3000);
    assert_eq!(world.replicas[0].state(), world.replicas[1].state());
    assert_eq!(world.replicas[0].store.len(), records.len() + seconds.len() + 300);
    let (sessions, records) = (world.traffic.sessions, world.traffic.records);
    assert_eq!(records, 600, "each record crosses once");
    world.run(10 * INTERVAL_MS);
    assert!(world.traffic.sessions - sessions <= 22, "two looks an interval");
    assert_eq!(world.traffic.records, records, "in step, no record crosses");
}

#[test]
fn a_newcomer_behind_one_peer_gets_everything_through_it() {
    let (mut node, records) = founder("a1");
    let mut world = World::new(&["a1", "a2", "a3", "a4"], 2);
    for record in &records {
        world.publish(0, record);
    }
    world.publish(0, &node.says(subscription("iso:cz", true)));
    for number in 0..200 {
        world.publish(0, &node.says(Saying::content("iso:cz", &number.to_string())));
    }
    world.connect(0, 1);
    world.connect(1, 2);
    world.connect(2, 3);
    world.run(3 * INTERVAL_MS);
    for replica in &world.replicas {
        assert_eq!(replica.state(), world.replicas[0].state());
    }
}

#[test]
fn sessions_of_ours_stay_within_their_bound_whoever_comes() {
    let (_, records) = founder("a1");
    let mut solo = Solo::holding(&records);
    let mut running = 0_usize;
    for number in 0..100 {
        let peer = transport(&format!("peer {number}"));
        for effect in solo.input(Input::PeerUp { peer }) {
            running += usize::from(matches!(effect, Effect::Open { .. }));
        }
    }
    assert_eq!(running, ASKING_SESSIONS_MAX);
    // The silent ones are given up, and the others have their turn.
    let effects = solo.wake_at(solo.engine.next_wake() + 60_000);
    assert!(opened(&effects).is_some());
}

#[test]
fn what_is_kept_aside_stays_within_its_bound() {
    let (mut node, records) = founder("a1");
    let mut world = World::new(&["a1", "a2"], 1);
    for record in &records {
        world.gossip(1, 0, record);
    }
    // One log with a gap.
    let gap = node.says(profile("gap"));
    for number in 0..2 * PARKED_PER_LOG_MAX {
        let record = node.says(profile(&number.to_string()));
        assert_eq!(world.gossip(1, 0, &record).code(), "missing_previous");
    }
    assert_eq!(world.replicas[0].engine.parked(), PARKED_PER_LOG_MAX);
    // Many strangers.
    for number in 0..PARKED_RECORDS_MAX + 100 {
        let stranger = Node::new(&format!("stranger {number} 1"));
        let place = LogPosition {
            sequence: 0,
            previous: None,
        };
        let record = stranger.signs_at(profile("x"), place);
        assert_eq!(world.gossip(1, 0, &record).code(), "unknown_organisation");
    }
    assert_eq!(world.replicas[0].engine.parked(), PARKED_RECORDS_MAX);
    // With no room left, a gap is still closed by what comes after it.
    assert_eq!(world.gossip(1, 0, &gap).code(), "accepted");
    assert_eq!(
        world.replicas[0].engine.parked(),
        PARKED_RECORDS_MAX - PARKED_PER_LOG_MAX
    );
}

/// Admissions that come in the worst order, each before the one that makes its author a member.
#[test]
fn a_chain_of_admissions_that_waits_enters_at_once() {
    let (mut node, records) = founder("a1");
    let mut world = World::new(&["a1", "a2"], 1);
    for record in &records {
        world.gossip(1, 0, record);
    }
    let mut waiting = Vec::new();
    for number in 0..40 {
        let mut member = Node::new(&format!("m{number}x1"));
        let certificate = member.certificate();
        waiting.push(member.says(certificate));
        waiting.push(member.says(admission(&format!("m{}x", number + 1))));
    }
    for record in waiting.iter().rev() {
        world.gossip(1, 0, record);
    }
    assert_eq!(world.replicas[0].engine.parked(), waiting.len());
    world.gossip(1, 0, &node.says(admission("m0x")));
    assert_eq!(world.replicas[0].engine.parked(), 0);
    assert_eq!(world.replicas[0].state().members.all().len(), 42);
}

#[test]
fn an_authentic_record_that_links_to_nothing_known_changes_nothing() {
    let (node, records) = founder("a1");
    let mut world = World::new(&["a1", "a2"], 1);
    for record in &records {
        world.gossip(1, 0, record);
    }
    let before = world.replicas[0].state().clone();
    let place = LogPosition {
        sequence: 9,
        previous: Some(RecordId([1; 32])),
    };
    world.gossip(1, 0, &node.signs_at(profile("x"), place));
    assert_eq!(world.replicas[0].state(), &before);
}
