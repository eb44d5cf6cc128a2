//! What it costs to find out that nothing, or one log among many, has changed.

use alliance_record::{InstanceId, SignedRecord};
use alliance_wire::limits::HEADS_PER_PAGE_MAX;

use crate::fixture::{Node, Saying, admission, founder, subscription};
use crate::world::{Traffic, World};

/// A chapter of many logs: one writer in many lives, so that the roster stays small.
const LOGS: u16 = 10_000;

fn many_logs(node: &Node) -> Vec<SignedRecord> {
    let write = |number: u16| {
        let mut node = node.clone();
        let mut life = [0; 8];
        life[..2].copy_from_slice(&number.to_be_bytes());
        life[2] = 1;
        node.author.instance = InstanceId(life);
        node.says(Saying::content("iso:cz", &number.to_string()))
    };
    (0..LOGS).map(write).collect()
}

/// Two replicas that hold the chapter of many logs; the first holds `more` besides. They meet, and no time passes.
fn meet(more: &[&str]) -> (World, Traffic) {
    let (mut node, mut records) = founder("a1");
    records.push(node.says(subscription("iso:cz", true)));
    records.extend(many_logs(&node));
    let mut world = World::new(&["a1", "a2"], 1);
    world.hold(1, &records);
    records.extend(more.iter().map(|text| node.says(Saying::content("iso:cz", text))));
    world.hold(0, &records);
    world.connect(0, 1);
    world.settle();
    let traffic = world.traffic;
    (world, traffic)
}

#[test]
fn in_step_is_one_small_round_trip() {
    let (_, traffic) = meet(&[]);
    // Each way: hello; addresses and no heads; done.
    assert_eq!((traffic.sessions, traffic.frames, traffic.records), (2, 8, 0));
    // 32 bytes a chapter and its name, and what a hello says once.
    assert!(traffic.bytes <= 2 * 256, "{traffic:?}");
}

#[test]
fn one_changed_log_among_many_is_one_round_trip_before_its_records() {
    let (world, traffic) = meet(&["new"]);
    assert_eq!(world.replicas[0].state(), world.replicas[1].state());
    let pages = u64::from(LOGS).div_ceil(HEADS_PER_PAGE_MAX as u64);
    // Each way: hello; addresses and the pages of heads; done. And one want with its one range.
    assert_eq!((traffic.sessions, traffic.frames), (2, 2 * (3 + pages) + 2));
    assert_eq!(traffic.records, 1);
    // The heads are listed whole: so much a log, either way.
    assert!(traffic.control_bytes <= 2 * 120 * usize::from(LOGS), "{traffic:?}");
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
