//! Headers first, headers alone: bodies lag or stay away, and nothing else changes.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use alliance_engine::{BodiesKept, Engine};
use alliance_record::{SignedRecord, Verdict, VerifiedRecord};

use crate::fixture::{NOW_MS, Node, Saying, admission, chapter, subscription, without_body};
use crate::library::{CHAPTER, Library};
use crate::replica::Replica;
use crate::world::{HEARTBEAT_MS, INTERVAL_MS, World};

/// Logs of one record and of many, and another member that follows their chapter.
static LIBRARY: LazyLock<Library> = LazyLock::new(|| {
    let mut library = Library::of(10, |log| 1 + log * 7 % 23, 300);
    let mut member = Node::new("b1");
    // The founder's node as it was before it began other lives.
    let mut founder = library.writers[0].clone();
    founder.author.instance = Node::new("a1").author.instance;
    library.alliance.push(founder.says(admission("b")));
    for saying in [member.certificate(), subscription(CHAPTER, true)] {
        library.alliance.push(member.says(saying));
    }
    library
});

fn after_headers() -> BodiesKept {
    BodiesKept {
        after_headers: true,
        ..BodiesKept::default()
    }
}

fn headers_only() -> BodiesKept {
    BodiesKept {
        after_headers: false,
        headers_only: BTreeSet::from([chapter(CHAPTER)]),
    }
}

/// Replica 0 holds everything; the others, of the other member, keep bodies in these ways and hold nothing.
fn world(ways: &[BodiesKept], dice: u64) -> World {
    let names = ["a1", "b1", "b2"];
    let mut world = World::new(&names[..=ways.len()], dice);
    world.hold(0, &LIBRARY.all());
    for (index, bodies) in ways.iter().enumerate() {
        world.replicas[index + 1] = Replica::keeping(names[index + 1], NOW_MS, bodies.clone());
    }
    world
}

fn content_records() -> usize {
    LIBRARY.logs.iter().map(Vec::len).sum()
}

fn has_all_headers(world: &World, replica: usize) -> bool {
    world.replicas[replica].state() == world.replicas[0].state()
        || world.replicas[replica].state().heads == world.replicas[0].state().heads
}

/// What a replica begins with after a restart.
fn restart(world: &mut World, replica: usize, bodies: BodiesKept) {
    let store = world.replicas[replica].store.clone();
    let mut fresh = Replica::keeping("b1", world.now_ms, bodies);
    store.heads().for_each(|head| fresh.engine.restore_head(head));
    let alliance = store
        .arrivals()
        .iter()
        .filter(|record| record.header().log.chapter.is_alliance());
    alliance.for_each(|record| restore(&mut fresh.engine, record));
    for (log, end) in store.bodies_ends() {
        fresh.engine.restore_lagging(log, end);
    }
    fresh.store = store;
    world.replicas[replica] = fresh;
}

fn restore(engine: &mut Engine, record: &SignedRecord) {
    engine.restore_record(&VerifiedRecord::from_own_store(record.clone()).unwrap());
}

#[test]
fn all_headers_come_before_the_first_body() {
    for dice in 0..8 {
        let mut world = world(&[after_headers()], dice);
        world.hold(1, &LIBRARY.alliance);
        world.meet(1, 0);
        let mut bodies_seen = 0;
        while world.step() {
            let store = &world.replicas[1].store;
            let bodies = store.len() - store.bare();
            if bodies > LIBRARY.alliance.len() {
                assert!(has_all_headers(&world, 1), "a body came early, dice {dice}");
                bodies_seen += 1;
            }
        }
        assert!(bodies_seen > 5, "{bodies_seen} frames of bodies, dice {dice}");
        assert_eq!(world.replicas[1].store.bare(), 0, "dice {dice}");
        assert_eq!(world.replicas[1].store.len(), world.replicas[0].store.len());
    }
}

/// Each header twice, once with its body: no more.
#[test]
fn bodies_are_fetched_once() {
    let mut world = world(&[after_headers()], 3);
    world.meet(1, 0);
    world.run(10 * INTERVAL_MS);
    assert_eq!(world.traffic.content_records, 2 * content_records());
}

#[test]
fn bodies_that_were_cut_off_are_fetched_from_where_they_were() {
    for parcels in (10..200).step_by(7) {
        let mut world = world(&[after_headers()], parcels);
        world.meet(1, 0);
        for _ in 0..parcels {
            world.step();
        }
        world.cut_all();
        world.settle();
        restart(&mut world, 1, after_headers());
        world.meet(1, 0);
        world.run(INTERVAL_MS);
        assert!(has_all_headers(&world, 1));
        assert_eq!(world.replicas[1].store.bare(), 0, "cut after {parcels}");
    }
}

#[test]
fn a_chapter_that_is_watched_keeps_headers_and_is_in_step() {
    let mut world = world(&[headers_only()], 1);
    world.meet(1, 0);
    world.run(2 * INTERVAL_MS);
    assert!(has_all_headers(&world, 1));
    assert_eq!(world.replicas[1].store.bare(), content_records());
    let sent = world.traffic.sent.len();
    world.run(2 * HEARTBEAT_MS);
    assert_eq!(world.traffic.sent.len(), sent, "something is fetched again and again");
}

#[test]
fn a_chapter_that_is_not_only_watched_any_more_gets_its_bodies() {
    let mut world = world(&[headers_only()], 1);
    world.meet(1, 0);
    world.run(INTERVAL_MS);
    for bodies in [BodiesKept::default(), after_headers()] {
        restart(&mut world, 1, bodies);
        world.meet(1, 0);
        world.run(INTERVAL_MS);
        assert_eq!(world.replicas[1].store.bare(), 0);
    }
}

/// The one who asks for whole records gets them from whoever has them, and is not misled by one that has none.
#[test]
fn one_that_has_headers_alone_brings_no_bodies_and_holds_nobody_up() {
    let mut world = world(&[headers_only(), BodiesKept::default()], 1);
    world.meet(1, 0);
    world.run(INTERVAL_MS);
    world.meet(2, 1);
    world.run(INTERVAL_MS);
    let store = &world.replicas[2].store;
    assert_eq!((store.len(), store.bare()), (LIBRARY.alliance.len(), 0));
    world.meet(2, 0);
    world.run(INTERVAL_MS);
    assert_eq!(world.replicas[2].store.len(), world.replicas[0].store.len());
}

/// Two that lack each other's bodies, and nobody else: each is asked all the same.
#[test]
fn those_that_lack_bodies_themselves_are_asked_for_what_they_have() {
    let mut world = world(&[after_headers(), after_headers()], 1);
    let half = |odd: usize| {
        let logs = LIBRARY.logs.iter().enumerate();
        let records = logs.flat_map(move |(number, log)| log.iter().map(move |record| (number % 2 == odd, record)));
        let records = records.map(|(whole, record)| if whole { record.clone() } else { without_body(record) });
        LIBRARY.alliance.iter().cloned().chain(records).collect::<Vec<_>>()
    };
    for replica in [1, 2] {
        world.hold(replica, &half(replica - 1));
        for (log, end) in world.replicas[replica].store.bodies_ends() {
            world.replicas[replica].engine.restore_lagging(log, end);
        }
    }
    world.connect(1, 2);
    world.run(INTERVAL_MS);
    for replica in [1, 2] {
        assert_eq!(world.replicas[replica].store.bare(), 0, "replica {replica}");
    }
}

#[test]
fn gossip_brings_what_this_node_keeps() {
    let mut writer = LIBRARY.writers[1].clone();
    let record = writer.says(Saying::content(CHAPTER, "new"));
    for (bodies, bare) in [(BodiesKept::default(), 0), (after_headers(), 0), (headers_only(), 1)] {
        let mut world = world(&[bodies], 2);
        world.meet(1, 0);
        world.run(INTERVAL_MS);
        let before = world.replicas[1].store.bare();
        assert_eq!(world.gossip(0, 1, &record), Verdict::Accepted);
        assert_eq!(world.replicas[1].store.bare(), before + bare);
    }
}

/// A record too large to be gossiped is told by its header: taken as it is, and its body is asked for at once.
#[test]
fn an_announced_record_gets_its_body_at_once() {
    let mut writer = LIBRARY.writers[1].clone();
    let record = writer.says(Saying::content(CHAPTER, "new"));
    let announced = SignedRecord::decode(record.announcement()).unwrap();
    let mut world = world(&[after_headers()], 2);
    world.meet(1, 0);
    world.run(INTERVAL_MS);
    assert_eq!(world.publish(0, &record), Verdict::Accepted);
    assert_eq!(world.gossip(0, 1, &announced), Verdict::Accepted);
    world.run(1_000);
    assert_eq!(world.replicas[1].store.bare(), 0);
    assert_eq!(world.replicas[1].store.len(), world.replicas[0].store.len());
}

/// Of what came after it whole, nothing is fetched with it.
#[test]
fn an_announced_record_brings_its_own_body_alone() {
    let mut writer = LIBRARY.writers[1].clone();
    let mut world = world(&[after_headers()], 2);
    world.meet(1, 0);
    world.run(INTERVAL_MS);
    let records: Vec<_> = (0..9).map(|_| writer.says(Saying::content(CHAPTER, "new"))).collect();
    let fetched = world.traffic.content_records;
    for (number, record) in records.iter().enumerate() {
        assert_eq!(world.publish(0, record), Verdict::Accepted);
        let told = match number {
            2 | 4 => SignedRecord::decode(record.announcement()).unwrap(),
            _ => record.clone(),
        };
        assert_eq!(world.gossip(0, 1, &told), Verdict::Accepted);
    }
    world.run(1_000);
    assert_eq!(world.replicas[1].store.bare(), 0);
    // The second, the third and the fourth: one range.
    assert_eq!(world.traffic.content_records, fetched + 3);
}

/// A writer that signed twice: a peer has the other branch's bodies. They are not those of the headers held.
#[test]
fn bodies_of_another_branch_are_refused_and_not_asked_for_again() {
    let mut world = world(&[after_headers()], 4);
    let mut twin = LIBRARY.writers[0].clone();
    let mut other = twin.clone();
    let (ours, theirs) = (
        twin.says(Saying::content(CHAPTER, "one")),
        other.says(Saying::content(CHAPTER, "two")),
    );
    let bare = SignedRecord::from_parts(ours.header_bytes().clone(), ours.signature().copied(), None).unwrap();
    world.hold(0, &[theirs]);
    world.hold(1, &LIBRARY.all());
    world.hold(1, &[bare]);
    for (log, end) in world.replicas[1].store.bodies_ends() {
        world.replicas[1].engine.restore_lagging(log, end);
    }
    world.meet(1, 0);
    world.run(2 * INTERVAL_MS);
    assert_eq!(world.replicas[1].store.bare(), 1);
    let sent = world.traffic.sent.len();
    world.run(10 * INTERVAL_MS);
    // The other branch's head differs for ever: it is looked at, and no more than that.
    assert!(
        world.traffic.sent.len() <= sent + 10,
        "{} records more",
        world.traffic.sent.len() - sent
    );
}
