//! Streams that break: whatever the moment, nothing is lost, and no more crosses twice than was on its way.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use alliance_engine::Input;
use alliance_engine::limits::WINDOW_BYTES;
use alliance_record::RecordId;
use alliance_wire::limits::FRAME_BYTES_MAX;

use crate::fixture::{Dice, founder, profile, transport};
use crate::library::Library;
use crate::replica::restored;
use crate::solo::{Solo, appended, head_of, is_done, opened};
use crate::store::CHECKPOINT;
use crate::world::{FRAME_RECORDS, INTERVAL_MS, World};

/// Few logs, of one record and of many.
static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::of(10, |log| 1 + log * 7 % 23, 30));
/// More bytes than a window lets through.
static LARGE: LazyLock<Library> = LazyLock::new(|| Library::of(4, |_| 50, 16_000));

/// Records that a stream may have brought without the signature that proves them.
const UNPROVEN_MAX: usize = CHECKPOINT as usize + FRAME_RECORDS;

/// Replica 0 holds everything; replica 1 holds the first `alliance` of the alliance's own records, and asks.
fn world(library: &Library, alliance: usize, dice: u64) -> World {
    let mut world = World::new(&["a1", "a2"], dice);
    world.hold(0, &library.all());
    world.hold(1, &library.alliance[..alliance]);
    world.meet(1, 0);
    world
}

/// Records that were sent more than once, and how often in all beyond the first time.
fn sent_again(world: &World) -> usize {
    let mut times: BTreeMap<RecordId, usize> = BTreeMap::new();
    for (_, id) in &world.traffic.sent {
        *times.entry(*id).or_default() += 1;
    }
    times.values().map(|times| times - 1).sum()
}

/// Moves so many parcels, breaks every stream, and lets both sides hear of it. Gives the records that were lost on their
/// way; `None` when nothing was under way any more.
fn cut_after(world: &mut World, parcels: usize) -> Option<usize> {
    for _ in 0..parcels {
        if !world.step() {
            return None;
        }
    }
    let lost = world.cut_all();
    world.settle();
    Some(lost)
}

fn is_whole(world: &World) -> bool {
    world.replicas[1].state() == world.replicas[0].state()
        && world.replicas[1].store.len() == world.replicas[0].store.len()
}

#[test]
fn a_stream_cut_after_any_frame_is_resumed_where_it_was() {
    let mut cuts = 0;
    for dice in 0..24 {
        for parcels in 1.. {
            let mut world = world(&LIBRARY, if dice % 2 == 0 { 0 } else { 3 }, dice);
            let Some(lost) = cut_after(&mut world, parcels) else {
                break;
            };
            cuts += 1;
            world.run(INTERVAL_MS);
            assert!(is_whole(&world), "cut after {parcels}, dice {dice}");
            let again = sent_again(&world);
            assert!(
                again <= lost + UNPROVEN_MAX,
                "{again} again, {lost} lost, cut after {parcels}, dice {dice}"
            );
        }
    }
    assert!(cuts > 700, "{cuts} cuts");
}

/// One cut after another, every so many parcels; with `restarts`, the asker forgets all but its store each time.
fn check_cuts(parcels: usize, dice: u64, restarts: fn(&mut World)) -> usize {
    let mut world = world(&LIBRARY, 0, dice);
    let (mut cuts, mut lost) = (0, 0);
    while !is_whole(&world) {
        let Some(more) = cut_after(&mut world, parcels) else {
            // A session ended in its order, and another is to follow.
            world.tick();
            continue;
        };
        cuts += 1;
        lost += more + UNPROVEN_MAX;
        assert!(cuts < 200, "no headway with {parcels} parcels a time, dice {dice}");
        restarts(&mut world);
    }
    assert!(sent_again(&world) <= lost, "{parcels} parcels a time, dice {dice}");
    cuts
}

fn goes_on(_: &mut World) {}

fn restarts(world: &mut World) {
    let engine = restored(&world.replicas[1], "a2", &mut Dice(1));
    world.replicas[1].engine = engine;
    let peer = world.replicas[0].transport;
    world.input(1, Input::PeerUp { peer });
}

#[test]
fn streams_cut_again_and_again_bring_everything() {
    let mut cuts = 0;
    for parcels in 10..60 {
        for dice in 0..4 {
            cuts += check_cuts(parcels, dice, goes_on);
            cuts += check_cuts(parcels, dice, restarts);
        }
    }
    assert!(cuts > 800, "{cuts} cuts");
}

/// What is on its way is never more than the window that the asker grants.
#[test]
fn no_more_than_a_window_crosses_twice() {
    let largest = LARGE.logs[0][0].encode().len() as u64;
    let mut most = 0;
    for parcels in (5..80).step_by(5) {
        let mut world = world(&LARGE, 3, parcels as u64);
        let Some(lost) = cut_after(&mut world, parcels) else {
            break;
        };
        world.run(INTERVAL_MS);
        assert!(is_whole(&world));
        let again = sent_again(&world);
        assert!(again <= lost + UNPROVEN_MAX);
        assert!(
            again as u64 * largest <= WINDOW_BYTES + FRAME_BYTES_MAX as u64,
            "{again} records"
        );
        most = most.max(again as u64 * largest);
    }
    assert!(most > WINDOW_BYTES / 2, "the window was never filled: {most}");
}

/// The connection broke, and what it had brought is still being taken when the peer is back.
#[test]
fn what_came_before_a_connection_broke_is_taken_after_it() {
    let (mut node, records) = founder("a1");
    let newest = node.says(profile("a"));
    let mut solo = Solo::holding(&records);
    let session = solo.asks("b1");
    solo.heads(session, &[head_of(&newest)]);
    solo.input(Input::PeerDown { peer: transport("b1") });
    let again = opened(&solo.input(Input::PeerUp { peer: transport("b1") })).unwrap();
    assert_eq!(
        appended(&solo.range(session, &node.log("alliance"), std::slice::from_ref(&newest))),
        1
    );
    solo.input(Input::Closed { session });
    assert_eq!(opened(&solo.wake_at(solo.now_ms + 10_000)), None, "it is asked already");
    assert!(is_done(&solo.heads(again, &[head_of(&newest)])));
}
