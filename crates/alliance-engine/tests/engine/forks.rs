//! Forks: whatever branch reached whom first, all come to see the log end at one place.

use std::collections::BTreeMap;

use alliance_record::schema::Kind;
use alliance_record::{ChapterName, ForkProof, Head, LogEnd, LogName, SignedRecord};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::fixture::{Dice, NOW_MS, Node, Saying, admission, chapter, founder, profile, subscription};
use crate::replica::{Replica, restored};
use crate::world::{INTERVAL_MS, World};

const REPLICAS: [&str; 3] = ["a1", "a2", "c1"];
const CHAPTERS: [&str; 3] = ["iso:cz", "iso:de", "theme:seclusion"];

/// `a` founds and admits `b` and `c`, whose nodes certify themselves. All follow one chapter.
pub(crate) fn prelude() -> Vec<SignedRecord> {
    let (mut founding, mut records) = founder("a1");
    records.extend(["b", "c"].map(|name| founding.says(admission(name))));
    records.push(founding.says(subscription("iso:cz", true)));
    let certificate = Node::new("a2").certificate();
    records.push(Node::new("a2").says(certificate));
    for name in ["b1", "c1"] {
        let mut node = Node::new(name);
        let certificate = node.certificate();
        records.push(node.says(certificate));
        records.push(node.says(subscription("iso:cz", true)));
    }
    records
}

/// What the forking node says: wishes in the alliance's chapter, anything elsewhere.
pub(crate) fn words(name: &str, number: usize, branch: &str) -> Saying {
    let at = NOW_MS + number as i64;
    match (name, number % 3) {
        ("alliance", 0) => subscription(CHAPTERS[1 + usize::from(branch == "one")], number.is_multiple_of(2)).at(at),
        ("alliance", _) => profile(&format!("{branch} {number}")).at(at),
        _ => Saying::content(name, &format!("{branch} {number}")).at(at),
    }
}

/// A log of `b` that forks: what both branches share, and each of them from its beginning.
pub(crate) struct Forked {
    name: &'static str,
    common: usize,
    pub(crate) branches: [Vec<SignedRecord>; 2],
}

impl Forked {
    pub(crate) fn of(name: &'static str, common: usize, lengths: [usize; 2]) -> Self {
        let mut node = Node::living("b1", 3);
        let shared: Vec<_> = (0..common)
            .map(|number| node.says(words(name, number, "both")))
            .collect();
        let branches = [("one", lengths[0]), ("other", lengths[1])].map(|(word, length)| {
            let mut node = node.clone();
            let own = (common..common + length).map(|number| node.says(words(name, number, word)));
            shared.iter().cloned().chain(own).collect()
        });
        Self { name, common, branches }
    }

    pub(crate) fn log(&self) -> LogName {
        Node::living("b1", 3).log(self.name)
    }

    fn end(&self) -> LogEnd {
        LogEnd {
            next: self.common as u64,
            last: self.common.checked_sub(1).map(|last| self.branches[0][last].id()),
        }
    }

    pub(crate) fn proof(&self) -> ForkProof {
        ForkProof::of(&self.branches[0][self.common..], &self.branches[1][self.common..]).unwrap()
    }
}

pub(crate) fn proof_of(proof: &ForkProof) -> Saying {
    Saying {
        chapter: ChapterName::alliance(),
        kind: Kind::FORK_PROOF,
        bytes: proof.bytes().clone(),
        claimed_at_ms: NOW_MS,
        references: Vec::new(),
    }
}

fn heads(replica: &Replica) -> BTreeMap<ChapterName, BTreeMap<LogName, Head>> {
    let state = replica.state();
    let mut heads = state.heads.clone();
    heads.retain(|chapter, _| state.replicated.contains(chapter));
    heads
}

fn check_alike(world: &World, forked: &Forked) {
    let (log, organisation) = (forked.log(), crate::fixture::organisation("b"));
    let first = &world.replicas[0];
    for replica in &world.replicas {
        let (state, reference) = (replica.state(), first.state());
        assert_eq!(state.members.end_of(&log, &organisation), Some(forked.end()));
        assert_eq!(heads(replica), heads(first));
        assert_eq!(state.members.all().len(), reference.members.all().len());
        for name in CHAPTERS.map(chapter) {
            assert_eq!(state.standing(&name), reference.standing(&name), "{name}");
        }
        assert!(replica.engine.missing().is_empty());
    }
}

/// Nothing is spent on the log any more.
fn check_quiet(world: &mut World) {
    let before = world.traffic.clone();
    world.run(4 * INTERVAL_MS);
    let sessions = world.traffic.sessions - before.sessions;
    let control = world.traffic.control_bytes - before.control_bytes;
    assert_eq!(world.traffic.records, before.records, "records without end");
    assert!(
        sessions > 0 && control <= usize::try_from(sessions).unwrap() * 180,
        "{control} bytes in {sessions}"
    );
}

fn restart_all(world: &mut World, dice: &mut Dice) {
    for (index, name) in REPLICAS.iter().enumerate() {
        let again = restored(&world.replicas[index], name, dice);
        assert_eq!(
            again.state(),
            world.replicas[index].state(),
            "{name}: not the same after a restart"
        );
        world.replicas[index].engine = again;
    }
    world.cut_all();
    world.settle();
    world.connect_all();
}

fn check(forked: &Forked, seed: u64) {
    let mut world = World::new(&REPLICAS, seed);
    let mut dice = Dice(seed);
    let mut prelude = prelude();
    let records_each = prelude.len();
    for to in 0..REPLICAS.len() {
        if to > 0 {
            dice.shuffle(&mut prelude[2..]);
        }
        for _ in 0..3 {
            for record in &prelude {
                world.gossip(1 - to % 2, to, record);
            }
        }
        assert!(world.replicas[to].store.len() >= records_each);
        // Two hold one branch each; of the other, here and there a record comes by.
        let held = if to < 2 { to } else { dice.below(2) };
        for (index, record) in forked.branches[held].iter().enumerate() {
            if let Some(other) = forked.branches[1 - held].get(index).filter(|_| dice.below(5) == 0) {
                world.gossip(1 - to % 2, to, other);
            }
            world.gossip(1 - to % 2, to, record);
        }
    }
    world.connect_all();
    world.run(10 * INTERVAL_MS);
    check_alike(&world, forked);
    let carried: u64 = world.replicas.iter().map(|replica| replica.carried).sum();
    assert!((1..=3).contains(&carried), "{carried} proofs");
    check_quiet(&mut world);
    restart_all(&mut world, &mut dice);
    world.run(INTERVAL_MS);
    check_quiet(&mut world);
    check_alike(&world, forked);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::default()
    })]

    #[test]
    fn replicas_of_two_branches_come_to_one_end(
        in_alliance in any::<bool>(),
        common in 0..9_usize,
        lengths in [1..12_usize, 1..12_usize],
        dice in any::<u64>(),
    ) {
        let name = if in_alliance { "alliance" } else { "iso:cz" };
        check(&Forked::of(name, common, lengths), dice);
    }
}

#[test]
fn a_fork_far_back_is_found() {
    for (common, lengths) in [(3, [300, 290]), (200, [300, 1]), (150, [150, 400])] {
        check(&Forked::of("iso:cz", common, lengths), 5);
    }
}
