//! The main promise: the same records make the same state, whatever the way and the order in which they came.

use std::collections::BTreeMap;

use alliance_engine::State;
use alliance_record::schema::Kind;
use alliance_record::{ChapterName, Head, LogName, OrganisationId, SignedRecord};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::fixture::{
    Dice, NOW_MS, Node, Saying, admission, chapter, deep_subscription, founder, organisation, pledge, profile,
    subscription,
};
use crate::replica::{Replica, restored};
use crate::world::{INTERVAL_MS, World};

/// Chapters that the histories speak of.
const CHAPTERS: [&str; 4] = ["iso:cz", "iso:de", "m49:150", "theme:seclusion"];
/// The founder's node first: it follows everything and holds everything.
const REPLICAS: [&str; 5] = ["a1", "b1", "b2", "c1", "d1"];

/// One record more: who says what about what, and the time it claims.
type Act = (usize, u8, usize, i64);

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = (0..REPLICAS.len(), 0..9_u8, 0..CHAPTERS.len(), -3..4_i64);
    proptest::collection::vec(act, 0..30)
}

/// `a` founds; `b` is admitted by `a`, `c` by `b`, `d` by `c`; both nodes of `b` certify themselves.
fn prelude() -> (Vec<Node>, Vec<SignedRecord>) {
    let (founder, mut records) = founder("a1");
    let mut nodes = vec![founder];
    for name in CHAPTERS {
        records.push(nodes[0].says(subscription(name, true).at(NOW_MS + 100)));
    }
    for (index, name) in REPLICAS.iter().enumerate().skip(1) {
        let invited = &name[..1];
        if !name.ends_with('2') {
            let inviter = if index == 1 { 0 } else { nodes.len() - 1 };
            records.push(nodes[inviter].says(admission(invited)));
        }
        let mut node = Node::new(name);
        let certificate = node.certificate();
        records.push(node.says(certificate));
        nodes.push(node);
    }
    (nodes, records)
}

fn history(acts: &[Act]) -> Vec<SignedRecord> {
    let (mut nodes, mut records) = prelude();
    for (who, what, about, shift) in acts {
        let name = CHAPTERS[*about];
        let own_mind = *who > 0;
        let saying = match what {
            0 | 1 if own_mind => subscription(name, *what == 0),
            2 if own_mind => deep_subscription("m49:150"),
            3 => profile(&format!("{about} {shift}")),
            4 => pledge(&format!("{about} {shift}")),
            5 => admission(["a", "b", "c", "e"][*about]),
            6 => Saying {
                kind: Kind(100),
                ..profile("later kind")
            },
            _ => Saying::content(name, &format!("{about} {shift}")),
        };
        records.push(nodes[*who].says(saying.at(NOW_MS + shift)));
    }
    records
}

/// Gossips the history to every replica: shuffled, with gaps and with duplicates. The first replica gets all of it, in
/// order.
fn spread(world: &mut World, records: &[SignedRecord], dice: &mut Dice) {
    for record in records {
        world.gossip(1, 0, record);
    }
    for to in 1..world.replicas.len() {
        let mut arriving: Vec<_> = records.iter().filter(|_| dice.below(4) > 0).collect();
        arriving.extend(records.iter().filter(|_| dice.below(4) == 0));
        if dice.below(3) > 0 {
            dice.shuffle(&mut arriving);
        }
        for record in arriving {
            world.gossip(0, to, record);
        }
    }
}

fn heads_of_replicated(replica: &Replica) -> BTreeMap<ChapterName, BTreeMap<LogName, Head>> {
    let state = replica.state();
    let mut heads = state.heads.clone();
    heads.retain(|chapter, _| state.replicated.contains(chapter));
    heads
}

fn check(acts: &[Act], dice: u64) {
    let records = history(acts);
    let mut world = World::new(&REPLICAS, dice);
    let mut dice = Dice(dice);
    match dice.below(3) {
        0 => {
            world.connect_all();
            spread(&mut world, &records, &mut dice);
        }
        1 => {
            spread(&mut world, &records, &mut dice);
            world.connect_all();
        }
        // Sync alone, from the one that holds everything.
        _ => {
            for record in &records {
                world.gossip(1, 0, record);
            }
            world.connect_all();
        }
    }
    world.run(20 * INTERVAL_MS);
    assert_eq!(
        world.replicas[0].store.len(),
        records.len(),
        "the first holds everything"
    );
    for (replica, name) in world.replicas.iter().zip(REPLICAS) {
        check_replica(replica, &world.replicas[0]);
        check_chapters(replica.state(), &organisation(&name[..1]));
        let again = restored(replica, name, &mut dice);
        assert_eq!(again.state(), replica.state(), "{name}: not the same after a restart");
    }
    assert_eq!(
        world.replicas[1].state().replicated,
        world.replicas[2].state().replicated
    );
}

fn check_replica(replica: &Replica, full: &Replica) {
    let (state, reference) = (replica.state(), full.state());
    assert_eq!(state.members, reference.members);
    assert_eq!(state.chapters, reference.chapters);
    let replicated: std::collections::BTreeSet<_> = state.replicated.iter().map(ToString::to_string).collect();
    assert_eq!(
        replica.following, replicated,
        "gossip is not taken part in as it should"
    );
    let mut expected = reference.heads.clone();
    expected.retain(|chapter, _| state.replicated.contains(chapter));
    assert_eq!(heads_of_replicated(replica), expected);
    assert_eq!(replica.engine.parked(), 0, "something still waits");
}

/// The engine keeps count as subscriptions come; counting anew gives the same.
fn check_chapters(state: &State, own: &OrganisationId) {
    assert_eq!(state.replicated, state.chapters.replicated_by(own));
    for name in CHAPTERS.map(chapter).into_iter().chain(state.chapters.names()) {
        let members = state.members.organisations().into_iter();
        let followers = members.filter(|member| state.chapters.follows(member, &name)).collect();
        assert_eq!(state.standing(&name).followers, followers, "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::default()
    })]

    #[test]
    fn replicas_of_the_same_records_agree(acts in acts(), dice in any::<u64>()) {
        check(&acts, dice);
    }
}

#[test]
fn the_history_without_acts_makes_four_members_and_a_chain_three_deep() {
    let mut world = World::new(&["a1"], 1);
    for record in history(&[]) {
        world.publish(0, &record);
    }
    let members = &world.replicas[0].state().members;
    let depth = |name: &str| {
        let organisation = crate::fixture::organisation(name);
        std::iter::successors(members.member(&organisation).unwrap().admitted_by, |inviter| {
            members.member(inviter).unwrap().admitted_by
        })
        .count()
    };
    assert_eq!(["a", "b", "c", "d"].map(depth), [0, 1, 2, 3]);
    assert!(world.replicas[0].state().replicated.contains(&chapter("m49:150")));
}
