//! Several peers at once: they share the work, no record crosses twice, and whoever falls silent is made up for.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use alliance_engine::limits::{STALL_MS, WINDOW_BYTES};
use alliance_record::{RecordId, SignedRecord};
use alliance_wire::SyncMessage;

use crate::fixture::with_other_words;
use crate::library::Library;
use crate::stream::{Deed, Lie};
use crate::world::World;

const LOGS: usize = 200;
/// Frames of ranges after which a peer goes wrong.
const FRAMES: [usize; 7] = [0, 1, 2, 5, 20, 50, 100];
/// The replica that lacks everything; those before it are asked.
const ASKER: usize = 3;

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::of(LOGS, |log| 5 + log % 17, 20));

fn content() -> usize {
    LIBRARY.logs.iter().map(Vec::len).sum()
}

/// Three peers that hold these parts, and one that holds the alliance's own records alone and asks them all.
fn world(parts: [&[SignedRecord]; 3], dice: u64) -> World {
    let mut world = World::new(&["a1", "a2", "a3", "a4"], dice);
    for (peer, part) in parts.into_iter().enumerate() {
        world.hold(peer, part);
    }
    world.hold(ASKER, &LIBRARY.alliance);
    world
}

fn ask_all(world: &mut World) {
    (0..ASKER).for_each(|peer| world.meet(ASKER, peer));
}

/// How often each record was sent by these.
fn times_sent(world: &World, by: impl Fn(usize) -> bool) -> BTreeMap<RecordId, usize> {
    let mut times = BTreeMap::new();
    let sent = world.traffic.sent.iter().filter(|(peer, _)| by(*peer));
    sent.for_each(|(_, id)| *times.entry(*id).or_default() += 1);
    times
}

fn is_sent_once(world: &World, by: impl Fn(usize) -> bool) -> bool {
    times_sent(world, by).values().all(|times| *times == 1)
}

#[test]
fn peers_with_the_same_logs_share_the_work_and_send_each_record_once() {
    let all = LIBRARY.all();
    for dice in 0..8 {
        let mut world = world([&all; 3], dice);
        ask_all(&mut world);
        world.settle();
        assert_eq!(world.replicas[ASKER].state(), world.replicas[0].state());
        assert_eq!(world.traffic.content_records, content());
        assert!(is_sent_once(&world, |_| true));
        for peer in 0..ASKER {
            let part = world.traffic.records_from.get(&peer).copied().unwrap_or_default();
            assert!(
                part >= content() / 6,
                "{part} of {} from {peer}, dice {dice}",
                content()
            );
        }
    }
}

/// Each peer lacks a third of the logs, and has others only in part.
#[test]
fn peers_with_different_parts_make_up_the_whole() {
    let part = |peer: usize| {
        LIBRARY.part(|log, length| match (log + peer) % 3 {
            0 => 0,
            1 => length / 2,
            _ => length,
        })
    };
    let parts = [part(0), part(1), part(2)];
    for dice in 0..8 {
        let mut world = world([&parts[0], &parts[1], &parts[2]], dice);
        ask_all(&mut world);
        world.run(2000);
        assert_eq!(world.replicas[ASKER].store.len(), LIBRARY.all().len(), "dice {dice}");
        assert!(is_sent_once(&world, |_| true), "dice {dice}");
    }
}

/// Logs of which a peer has but the beginning: the rest comes from whoever has it.
#[test]
fn a_log_begun_by_one_peer_is_ended_by_another() {
    let [few, some, all] = [3, 4, usize::MAX].map(|most| LIBRARY.part(|_, length| length.min(most)));
    for dice in 0..5 {
        let mut world = world([&few, &some, &all], dice);
        ask_all(&mut world);
        world.run(2000);
        assert_eq!(world.replicas[ASKER].state(), world.replicas[2].state());
        assert!(is_sent_once(&world, |_| true), "dice {dice}");
    }
}

/// Behaves until it has sent so many frames of ranges; then does this.
fn after(frames: usize, mut deed: impl FnMut(SyncMessage) -> Deed + 'static) -> Lie {
    let mut left = frames;
    Box::new(move |message| {
        let is_range = matches!(message, SyncMessage::Range(_));
        if left > 0 {
            left -= usize::from(is_range);
            return Deed::Send(vec![message.encode()]);
        }
        deed(message)
    })
}

fn hang_up(_: SyncMessage) -> Deed {
    Deed::HangUp
}

fn be_silent(_: SyncMessage) -> Deed {
    Deed::Send(Vec::new())
}

fn spoil(message: SyncMessage) -> Deed {
    let message = match message {
        SyncMessage::Range(mut part) => {
            part.records
                .iter_mut()
                .for_each(|record| *record = with_other_words(record));
            SyncMessage::Range(part)
        }
        other => other,
    };
    Deed::Send(vec![message.encode()])
}

/// One of three does this after so many frames; the rest is brought by the others within the time.
fn check(frames: usize, deed: fn(SyncMessage) -> Deed, within_ms: i64) {
    let all = LIBRARY.all();
    let dead = frames % ASKER;
    let mut world = world([&all; 3], frames as u64);
    world.replicas[dead].lie = Some(after(frames, deed));
    ask_all(&mut world);
    world.run(within_ms);
    assert_eq!(world.replicas[ASKER].store.len(), all.len(), "after {frames} frames");
    assert!(is_sent_once(&world, |peer| peer != dead), "after {frames} frames");
    // What the dead one sent and nobody could keep.
    let twice = times_sent(&world, |_| true)
        .values()
        .filter(|times| **times > 1)
        .count();
    let bytes = twice as u64 * 400;
    assert!(bytes <= WINDOW_BYTES && twice <= content() / 2, "{twice} records twice");
}

#[test]
fn a_peer_that_hangs_up_is_made_up_for_at_once() {
    FRAMES.into_iter().for_each(|frames| check(frames, hang_up, 1000));
}

#[test]
fn a_peer_that_falls_silent_is_made_up_for_when_it_has_stalled() {
    FRAMES
        .into_iter()
        .for_each(|frames| check(frames, be_silent, 2 * STALL_MS + 1000));
}

#[test]
fn a_peer_that_begins_to_lie_is_made_up_for_at_once() {
    FRAMES.into_iter().for_each(|frames| check(frames, spoil, 1000));
}
