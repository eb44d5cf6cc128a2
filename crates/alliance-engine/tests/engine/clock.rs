//! Clocks that are wrong, hours that come, and numbers at their ends.

use alliance_engine::{Effect, Input, Source};
use alliance_record::{Head, LogPosition, Parking, RecordId, SignedRecord, Verdict};

use crate::fixture::{NOW_MS, Saying, founder, profile, transport, verified};
use crate::solo::{Rest, Solo, appended, head_of, is_done, opened, wants};

const AHEAD_MS: i64 = alliance_record::limits::CLAIMED_AHEAD_MS_MAX;

fn gossip(solo: &mut Solo, record: &SignedRecord) -> (Option<Verdict>, Vec<Effect>) {
    let source = Source::Gossip {
        ticket: 1,
        from: transport("b1"),
    };
    let record = Box::new(verified(record));
    let effects = solo.input(Input::Record {
        record,
        stored: None,
        source,
    });
    let judged = effects.iter().find_map(|effect| match effect {
        Effect::Judge { verdict, .. } => Some(*verdict),
        _ => None,
    });
    (judged, effects)
}

/// A record far beyond the head of its log, of any claimed time.
fn stray(saying: Saying) -> SignedRecord {
    let (node, _) = founder("a1");
    let place = LogPosition {
        sequence: 7,
        previous: Some(RecordId([9; 32])),
    };
    node.signs_at(saying, place)
}

#[test]
fn a_record_from_the_future_waits_for_its_hour_and_no_longer() {
    let (mut node, records) = founder("a1");
    let early = node.says(profile("early").at(NOW_MS + AHEAD_MS + 1000));
    let next = node.says(profile("next"));
    let mut solo = Solo::holding(&records);
    // What waits for something else, and claims a time long past, must not hide the hour.
    let other = crate::fixture::Node::new("b1").says(profile("stranger").at(i64::MIN));
    assert_eq!(
        gossip(&mut solo, &other).0,
        Some(Verdict::Parked(Parking::UnknownOrganisation))
    );
    assert_eq!(gossip(&mut solo, &early).0, Some(Verdict::Parked(Parking::FutureTime)));
    assert_eq!(
        gossip(&mut solo, &next).0,
        Some(Verdict::Parked(Parking::MissingPrevious))
    );
    assert_eq!(solo.engine.next_wake(), NOW_MS + 1000);
    // Another input at that very moment must not swallow the wake.
    solo.now_ms = NOW_MS + 1000;
    solo.input(Input::PeerDown { peer: transport("b1") });
    assert_eq!(solo.engine.next_wake(), NOW_MS + 1000);
    assert_eq!(appended(&solo.wake_at(NOW_MS + 1000)), 2);
    assert!(solo.engine.next_wake() > solo.now_ms);
    assert_eq!(solo.engine.parked(), 1);
}

/// Its hour comes, and it must wait on for something else: nobody is woken for it again.
#[test]
fn a_record_whose_hour_has_come_wakes_nobody_twice() {
    let (_, records) = founder("a1");
    let mut solo = Solo::holding(&records);
    let stranger = crate::fixture::Node::new("b1").says(profile("stranger").at(NOW_MS + AHEAD_MS + 1000));
    gossip(&mut solo, &stranger);
    assert_eq!(solo.engine.next_wake(), NOW_MS + 1000);
    assert_eq!(appended(&solo.wake_at(NOW_MS + 1000)), 0);
    assert!(solo.engine.next_wake() > NOW_MS + 1000);
}

#[test]
fn a_clock_that_was_years_ahead_stops_nothing_when_it_is_set_right() {
    let (_, records) = founder("a1");
    let mut solo = Solo::holding(&records);
    solo.now_ms = NOW_MS + 20 * 365 * 86_400_000;
    let session = solo.asks("b1");
    assert!(is_done(&solo.heads(session, &[])));
    solo.now_ms = NOW_MS;
    // A gap is found: the peer is asked after the usual pause.
    let (_, effects) = gossip(&mut solo, &stray(profile("stray")));
    assert_eq!(opened(&effects), None);
    let mut wakes = 0;
    while opened(&solo.wake_at(solo.engine.next_wake().max(solo.now_ms))).is_none() {
        wakes += 1;
        assert!(wakes < 5, "woken for nothing");
    }
    assert!(solo.now_ms <= NOW_MS + 1000, "waited {} ms", solo.now_ms - NOW_MS);
    // The session that the peer does not answer is given up in a minute of the right time.
    assert!(solo.engine.next_wake() <= solo.now_ms + 60_000);
}

#[test]
fn numbers_at_their_ends_break_nothing() {
    let (_, records) = founder("a1");
    for claimed_at_ms in [i64::MIN, -1, 0, i64::MAX] {
        let mut solo = Solo::holding(&records);
        let (verdict, _) = gossip(&mut solo, &stray(profile("stray").at(claimed_at_ms)));
        assert_eq!(verdict, Some(Verdict::Parked(Parking::MissingPrevious)));
        assert!(solo.engine.next_wake() > NOW_MS - 1);
    }
    let lies = [u64::MAX, u64::MAX - 1, 1 << 60, 1 << 32, u64::from(u32::MAX), 1 << 31].map(|sequence| Head {
        sequence,
        record: RecordId([9; 32]),
        ..head_of(&records[1])
    });
    for lie in &lies {
        let mut solo = Solo::holding(&records);
        let session = solo.asks("b1");
        let mut effects = solo.heads(session, std::slice::from_ref(lie));
        for want in wants(&effects) {
            effects.extend(solo.part(session, want.log, &[], Rest::Nothing));
        }
        assert!(is_done(&effects), "{}", lie.sequence);
    }
    // One log named twice: which is meant nobody knows.
    let mut solo = Solo::holding(&records);
    let session = solo.asks("b1");
    let effects = solo.heads(session, &lies[..2]);
    assert!(is_done(&effects) && wants(&effects).is_empty());
}
