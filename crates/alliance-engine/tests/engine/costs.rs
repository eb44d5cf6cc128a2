//! What it costs to find out that nothing, or a few logs among many, has changed.

use std::sync::LazyLock;

use alliance_engine::limits::GRANT_BYTES;
use alliance_record::SignedRecord;

use crate::fixture::{Node, Saying, admission, founder, subscription};
use crate::library::{CHAPTER, Library};
use crate::traffic::Traffic;
use crate::world::World;

const LOGS: usize = 10_000;

/// Signing is slow: the logs are written once.
static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::of(LOGS, |_| 1, 5));

/// Two replicas that hold the chapter of many logs; in the first, `changed` logs have each `more` records besides. The
/// second asks the first in one session, and no time passes.
fn meet(changed: usize, more: usize) -> Traffic {
    meet_as("a2", changed, more)
}

/// The same, with an asker of this name: each draws other nonces.
fn meet_as(name: &str, changed: usize, more: usize) -> Traffic {
    let (mut records, mut writers) = (LIBRARY.all(), LIBRARY.writers.clone());
    let mut world = World::new(&["a1", name], 1);
    world.hold(1, &records);
    // Spread over the chapter.
    for node in writers.iter_mut().step_by(LOGS / changed.max(1)).take(changed) {
        let later = (0..more).map(|text| Saying::content(CHAPTER, &text.to_string()));
        records.extend(later.map(|saying| node.says(saying)));
    }
    world.hold(0, &records);
    world.meet(1, 0);
    world.settle();
    assert_eq!(world.replicas[0].state(), world.replicas[1].state());
    let traffic = world.traffic;
    assert_eq!((traffic.sessions, traffic.records), (1, changed * more));
    traffic
}

#[test]
fn in_step_is_one_small_round_trip() {
    let traffic = meet(0, 0);
    // Hello; addresses, and that nothing differs; done.
    assert_eq!(traffic.frames, 4);
    assert!(traffic.bytes <= 128, "{traffic:?}");
}

/// In step, what chapters of so long a name add to the hello and to its answer.
fn added(names: &[String], held: &[SignedRecord]) -> usize {
    let bytes = |names: &[String]| {
        let (mut node, mut records) = founder("a1");
        records.extend(names.iter().map(|name| node.says(subscription(name, true))));
        records.extend_from_slice(held);
        let mut world = World::new(&["a1", "a2"], 1);
        world.hold(0, &records);
        world.hold(1, &records);
        world.meet(1, 0);
        world.settle();
        world.traffic.bytes
    };
    bytes(names) - bytes(&[])
}

#[test]
fn a_chapter_in_step_costs_its_name_and_little_more() {
    for count in [1, 2, 10, 50] {
        let names: Vec<_> = (0..count).map(|number| format!("theme:seclusi{number:02}")).collect();
        let added = added(&names, &[]);
        assert!(added <= 32 * count, "{added} bytes for {count} chapters");
    }
    let added = added(&[CHAPTER.to_owned()], &LIBRARY.logs.concat());
    assert!(added <= 32, "{added} bytes for a chapter of {LOGS} logs");
}

/// Bytes of all frames but ranges, and but the grants of a long stream: one of 8 bytes for each so many that it brings.
fn beyond_ranges(traffic: &Traffic) -> usize {
    let grants = traffic.range_bytes as u64 / GRANT_BYTES;
    let paced = usize::try_from(grants).unwrap() * 8;
    (traffic.control_bytes + traffic.granting_bytes).saturating_sub(paced)
}

#[test]
fn one_changed_log_among_many_is_one_round_trip_before_its_records() {
    for more in [1, 2, 64, 3000] {
        let traffic = meet(1, more);
        assert_eq!(traffic.trips_before_records, 1, "{more} records");
        assert!(beyond_ranges(&traffic) <= 1024, "{more} records: {traffic:?}");
    }
}

/// Cells may by chance be too few: seldom, and then one round trip more settles it.
#[test]
fn a_hundred_changed_logs_are_two_round_trips_before_their_records() {
    let met = (0..24).map(|number| meet_as(&format!("a{}", 2 + number), 100, 1 + number % 3));
    let costs: Vec<_> = met
        .map(|traffic| (traffic.trips_before_records, beyond_ranges(&traffic)))
        .collect();
    let dear = costs.iter().filter(|(trips, bytes)| *trips > 2 || *bytes > 6144);
    assert!(dear.count() <= 1, "{costs:?}");
    assert!(
        costs.iter().all(|(trips, bytes)| *trips <= 3 && *bytes <= 8192),
        "{costs:?}"
    );
}

/// Of logs that it does not know at all, a newcomer learns 13 bytes each, and asks for them with 9.
#[test]
fn a_newcomer_asks_for_many_logs_in_few_pulls() {
    let known = 2000;
    let mut world = World::new(&["a1", "a2"], 1);
    world.hold(0, &LIBRARY.part(|log, length| if log < known { length } else { 0 }));
    world.hold(1, &LIBRARY.alliance);
    world.meet(1, 0);
    world.settle();
    assert_eq!(world.replicas[0].state(), world.replicas[1].state());
    let traffic = world.traffic;
    assert_eq!(traffic.trips_before_records, 1);
    assert!(beyond_ranges(&traffic) <= known * (13 + 9), "{traffic:?}");
}

/// A node that follows the chapter already learns of forty members, each admitted by the one before it, and of what they
/// have shared.
#[test]
fn what_members_share_is_fetched_when_they_are_known_and_only_once() {
    let (mut inviter, mut records) = founder("a1");
    records.push(inviter.says(subscription("iso:cz", true)));
    for number in 0..40 {
        let mut member = Node::new(&format!("m{number}x1"));
        let certificate = member.certificate();
        records.push(inviter.says(admission(&format!("m{number}x"))));
        records.push(member.says(certificate));
        records.extend((0..10).map(|text| member.says(Saying::content("iso:cz", &format!("{text}")))));
        inviter = member;
    }
    let mut world = World::new(&["a1", "a2"], 1);
    world.hold(0, &records);
    world.hold(1, &records[..3]);
    world.connect(0, 1);
    world.run(1000);
    assert_eq!(world.replicas[0].state(), world.replicas[1].state());
    assert_eq!(world.traffic.content_records, 400);
}
