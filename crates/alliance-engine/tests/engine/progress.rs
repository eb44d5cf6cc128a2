//! How far catching up is: at each step the numbers are what is lacking, and nobody is said to be in step who is not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use alliance_engine::{Input, Notice, PeerSync, Source, State};
use alliance_record::{ChapterName, SignedRecord};

use crate::fixture::{Node, Saying, admission, founder, subscription, transport, verified};
use crate::library::{CHAPTER, Library};
use crate::solo::{Solo, head_of, wants};
use crate::world::{INTERVAL_MS, World};

/// The chapter's first logs are listed; with more of them it is sketched.
static FEW: LazyLock<Library> = LazyLock::new(|| Library::of(20, |log| 1 + log * 7 % 23, 30));
static MANY: LazyLock<Library> = LazyLock::new(|| Library::of(120, |log| 1 + log % 5, 30));

type Missing = BTreeMap<ChapterName, u64>;

/// Records that a replica lacks of what others hold, in the chapters that it replicates.
fn lacking(own: &State, others: &[&State]) -> Missing {
    let mut missing = Missing::new();
    for chapter in &own.replicated {
        let logs: BTreeSet<_> = others.iter().flat_map(|other| other.heads_of(chapter)).collect();
        let mut ahead: BTreeMap<_, u64> = BTreeMap::new();
        for head in logs {
            let next = own.head(&head.log).map_or(0, |own| own.sequence + 1);
            let beyond = ahead.entry(&head.log).or_default();
            *beyond = (*beyond).max((head.sequence + 1).saturating_sub(next));
        }
        let sum: u64 = ahead.values().sum();
        if sum > 0 {
            missing.insert(chapter.clone(), sum);
        }
    }
    missing
}

/// What one looks at while an asker catches up.
struct Watch {
    asker: usize,
    peers: Vec<usize>,
    /// Chapters that are known to differ, for each peer.
    seen: BTreeSet<(usize, ChapterName)>,
    synced: usize,
    steps: usize,
}

impl Watch {
    fn states<'a>(&self, world: &'a World, peers: &[usize]) -> (&'a State, Vec<&'a State>) {
        let of = |peer: &usize| world.replicas[*peer].state();
        (of(&self.asker), peers.iter().map(of).collect())
    }

    /// Compares what the engine says with what is.
    fn look(&mut self, world: &World) {
        self.steps += 1;
        let engine = &world.replicas[self.asker].engine;
        for progress in engine.progress() {
            let is_this = |replica: &usize| world.replicas[*replica].transport == progress.peer;
            let peer = self.peers.iter().copied().find(is_this).unwrap();
            let (own, others) = self.states(world, &[peer]);
            self.check(peer, &progress.missing, &lacking(own, &others));
        }
        let (own, others) = self.states(world, &self.peers);
        let truth = lacking(own, &others);
        for (chapter, missing) in engine.missing() {
            assert!(
                missing <= truth[&chapter],
                "{missing} of {} in {chapter}",
                truth[&chapter]
            );
        }
        self.check_synced(world);
    }

    /// Once a chapter is known to differ, its number is exact.
    fn check(&mut self, peer: usize, said: &Missing, truth: &Missing) {
        let known = said.keys().map(|chapter| (peer, chapter.clone()));
        self.seen.extend(known);
        for (_, chapter) in self.seen.iter().filter(|(of, _)| *of == peer) {
            assert_eq!(said.get(chapter), truth.get(chapter), "{chapter}, step {}", self.steps);
        }
    }

    /// Whoever is said to be in step is.
    fn check_synced(&mut self, world: &World) {
        let notices = &world.replicas[self.asker].notices;
        let synced = notices.iter().filter_map(|notice| match notice {
            Notice::Synced { status } => Some(status),
            _ => None,
        });
        let news: Vec<&PeerSync> = synced.skip(self.synced).collect();
        self.synced += news.len();
        for status in news.into_iter().filter(|status| status.is_in_step()) {
            let of_peer = world
                .replicas
                .iter()
                .find(|other| other.transport == status.peer)
                .unwrap();
            let missing = lacking(world.replicas[self.asker].state(), &[of_peer.state()]);
            assert_eq!(missing, Missing::new(), "said to be in step");
        }
    }
}

/// The last replica holds `held` and catches up with the others, which hold these records; looked at after each parcel.
fn check(parts: &[Vec<SignedRecord>], held: &[SignedRecord], dice: u64) -> Watch {
    let names: Vec<_> = (1..=parts.len() + 1).map(|number| format!("a{number}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let mut world = World::new(&names, dice);
    let asker = parts.len();
    for (peer, part) in parts.iter().enumerate() {
        world.hold(peer, part);
    }
    world.hold(asker, held);
    let mut watch = Watch {
        asker,
        peers: (0..asker).collect(),
        seen: BTreeSet::new(),
        synced: 0,
        steps: 0,
    };
    (0..asker).for_each(|peer| world.meet(asker, peer));
    let until = world.now_ms + INTERVAL_MS;
    while world.now_ms < until {
        watch.look(&world);
        while world.step() {
            watch.look(&world);
        }
        world.tick();
    }
    watch.look(&world);
    let (own, others) = watch.states(&world, &watch.peers);
    assert_eq!(lacking(own, &others), Missing::new(), "something is lacking at the end");
    watch
}

#[test]
fn against_one_honest_peer_the_numbers_are_exact_at_each_step() {
    for library in [&*FEW, &*MANY] {
        for dice in 0..4 {
            let held = library.part(|log, length| [0, 1, length / 2, length][log % 4]);
            for held in [&library.alliance, &held] {
                let watch = check(&[library.all()], held, dice);
                assert!(
                    watch.seen.contains(&(0, CHAPTER.parse().unwrap())),
                    "nothing was seen to be lacking"
                );
            }
        }
    }
}

#[test]
fn against_several_peers_nothing_is_counted_twice() {
    let part = |peer: usize| {
        MANY.part(|log, length| match (log + peer) % 3 {
            0 => 0,
            1 => length / 2,
            _ => length,
        })
    };
    for dice in 0..4 {
        check(&[part(0), part(1), part(2)], &MANY.alliance, dice);
        check(&[MANY.all(), MANY.all()], &MANY.alliance, dice);
    }
}

/// A newcomer learns in its first session which chapters it follows: that one did not compare them.
#[test]
fn a_newcomer_is_not_in_step_before_its_chapters_were_compared() {
    for dice in 0..8 {
        check(&[FEW.all()], &[], dice);
        check(&[members()], &[], dice);
    }
}

/// Members that admit one another, each with something to share.
fn members() -> Vec<SignedRecord> {
    let (mut inviter, mut records) = founder("a1");
    records.push(inviter.says(subscription(CHAPTER, true)));
    for number in 0..12 {
        let mut member = Node::new(&format!("m{number}x1"));
        let certificate = member.certificate();
        records.push(inviter.says(admission(&format!("m{number}x"))));
        records.push(member.says(certificate));
        records.extend((0..5).map(|text| member.says(Saying::content(CHAPTER, &format!("{text}")))));
        inviter = member;
    }
    records
}

/// Gossip begins a log that a session knows by its reference alone: it is counted, and asked for, from there on.
#[test]
fn what_gossip_brings_of_an_unknown_log_is_not_lacking_any_more() {
    let mut solo = Solo::holding(&FEW.alliance);
    let session = solo.asks("b1");
    let (few, many) = (&FEW.logs[1], &FEW.logs[2]);
    let heads = [few, many].map(|log| head_of(log.last().unwrap()));
    let missing = |solo: &Solo| solo.engine.missing().into_values().sum::<u64>();
    let asked = solo.heads(session, &heads);
    assert_eq!(
        (wants(&asked).len(), missing(&solo)),
        (2, (few.len() + many.len()) as u64)
    );
    for (number, record) in many.iter().take(3).enumerate() {
        let source = Source::Gossip {
            ticket: 1,
            from: transport("c1"),
        };
        solo.input(Input::Record {
            record: Box::new(verified(record)),
            stored: None,
            source,
        });
        assert_eq!(missing(&solo), (few.len() + many.len() - number - 1) as u64);
    }
    let log = many[0].header().log.clone();
    solo.range(session, &log, many);
    assert_eq!(missing(&solo), few.len() as u64);
}
