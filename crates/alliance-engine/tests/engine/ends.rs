//! Ends of logs, one node at a time: what is taken, taken back, proven and carried.

use std::collections::BTreeSet;

use alliance_engine::{Effect, Input, Source, ToCarry};
use alliance_record::schema::Kind;
use alliance_record::{Branches, ForkProof, InstanceId, Refusal, SignedRecord, Verdict, VerifiedRecord};

use crate::fixture::{NOW_MS, Node, Saying, admission, chapter, founder, subscription, transport, unsigned, verified};
use crate::forks::{Forked, prelude, proof_of, words};
use crate::solo::{Solo, appended, head_of, notices};
use crate::world::{INTERVAL_MS, World};

#[test]
fn what_proves_nothing_changes_nothing() {
    let forked = Forked::of("iso:cz", 2, [3, 3]);
    let good = forked.proof();
    let strange = {
        let mut node = Node::living("b1", 3);
        node.author.alliance = alliance_record::AllianceId([8; 32]);
        let mut twin = node.clone();
        let (one, other) = (
            node.says(words("iso:cz", 0, "one")),
            twin.says(words("iso:cz", 0, "other")),
        );
        ForkProof::of(&[one], &[other]).unwrap()
    };
    let cut = good.bytes().slice(..good.bytes().len() - 70);
    let mut bodies = vec![
        cut,
        strange.bytes().clone(),
        bytes::Bytes::new(),
        bytes::Bytes::from(vec![9; 60_000]),
    ];
    for at in [10, 200, good.bytes().len() - 3] {
        let mut spoiled = good.bytes().to_vec();
        spoiled[at] ^= 1;
        bodies.push(spoiled.into());
    }
    let (mut founding, mut records) = founder("a1");
    records.push(founding.says(admission("b")));
    let mut solo = Solo::holding(&records);
    let before = solo.engine.state().members.clone();
    for bytes in bodies {
        let lie = founding.says(Saying {
            bytes,
            ..proof_of(&good)
        });
        let effects = gossip(&mut solo, &lie);
        assert_eq!((verdict(&effects), appended(&effects)), (Verdict::Accepted, 1));
        assert_eq!(solo.engine.state().members, before);
    }
    let effects = gossip(&mut solo, &founding.says(proof_of(&good)));
    assert_eq!(verdict(&effects), Verdict::Accepted);
    assert!(solo.engine.state().members.has_ends());
}

fn gossip(solo: &mut Solo, record: &SignedRecord) -> Vec<Effect> {
    let from = transport("b1");
    solo.input(Input::Record {
        record: Box::new(verified(record)),
        stored: None,
        source: Source::Gossip { ticket: 1, from },
    })
}

fn verdict(effects: &[Effect]) -> Verdict {
    let judged = |effect: &Effect| match effect {
        Effect::Judge { verdict, .. } => Some(*verdict),
        _ => None,
    };
    effects.iter().find_map(judged).unwrap()
}

/// Holds what `a`'s node must hold to take records of `b`, and the founder to go on with.
fn with_b() -> (Solo, Node) {
    let (mut founding, mut records) = founder("a1");
    let mut invited = Node::new("b1");
    records.push(founding.says(admission("b")));
    records.push(founding.says(subscription("iso:cz", true)));
    let certificate = invited.certificate();
    records.push(invited.says(certificate));
    (Solo::holding(&records), founding)
}

#[test]
fn beyond_its_end_a_log_takes_only_what_proves_its_last_record() {
    let forked = Forked::of("iso:cz", 3, [9, 9]);
    let branch = &forked.branches[0];
    let (mut solo, mut founding) = with_b();
    gossip(&mut solo, &branch[0]);
    gossip(&mut solo, &founding.says(proof_of(&forked.proof())));
    // Another node's answer is signed at its fifth record.
    let session = solo.asks("b1");
    solo.heads(session, &[head_of(&branch[2])]);
    let answer = [
        unsigned(&branch[1]),
        unsigned(&branch[2]),
        unsigned(&branch[3]),
        branch[4].clone(),
    ];
    let effects = solo.range(session, &forked.log(), &answer);
    assert_eq!(appended(&effects), 4);
    let state = solo.engine.state();
    assert_eq!(state.held(&forked.log()).map(|head| head.sequence), Some(4));
    assert_eq!(state.head(&forked.log()), Some(&head_of(&branch[2])));
    let effects = gossip(&mut solo, &branch[5]);
    assert_eq!((verdict(&effects), appended(&effects)), (Refusal::LogEnded.into(), 0));
    // Nor is a fork beyond the end any news.
    let effects = gossip(&mut solo, &forked.branches[1][4]);
    assert!(notices(&effects).is_empty() && !effects.iter().any(|effect| matches!(effect, Effect::Prove { .. })));
    assert_eq!(solo.engine.parked(), 0);
}

#[test]
fn what_a_log_said_beyond_its_end_is_taken_back() {
    let (mut solo, mut founding) = with_b();
    let mut node = Node::living("b1", 3);
    let first = node.says(subscription("iso:cz", true));
    let mut twin = node.clone();
    let own = node.says(subscription("iso:cz", false).at(NOW_MS + 1));
    let other = twin.says(subscription("iso:de", true).at(NOW_MS + 1));
    let (b, cz) = (crate::fixture::organisation("b"), chapter("iso:cz"));
    let follows = |solo: &Solo| solo.engine.state().chapters.follows(&b, &cz);
    gossip(&mut solo, &first);
    assert!(follows(&solo));
    gossip(&mut solo, &own);
    assert!(!follows(&solo));
    let proof = ForkProof::of(&[own], &[other]).unwrap();
    gossip(&mut solo, &founding.says(proof_of(&proof)));
    assert!(follows(&solo), "the older word counts again");
}

/// What a fork takes with it that others need comes back: here the certificate with which the forked log begins.
#[test]
fn a_certificate_beyond_an_end_is_carried_again() {
    let records = prelude();
    let mut world = World::new(&["a1", "c1", "c2"], 3);
    for to in 0..2 {
        for record in &records {
            world.gossip(1 - to, to, record);
        }
    }
    let node = Node::new("b1");
    let mut twin = node.clone();
    let certificate = node.certificate();
    let other = twin.says(certificate.at(NOW_MS + 9));
    let mut content = Node::new("b1");
    let practice = content.says(Saying::content("iso:cz", "before it was known"));
    for to in 0..2 {
        assert_eq!(world.gossip(1 - to, to, &practice), Verdict::Accepted);
        assert_eq!(world.gossip(1 - to, to, &other), Refusal::Fork.into());
    }
    world.connect(0, 1);
    world.run(2 * INTERVAL_MS);
    assert!(
        world.replicas[0].state().head(&node.log("alliance")).is_none(),
        "ended at its first record"
    );
    // Who comes later gets all that counts.
    world.connect(2, 0);
    world.run(2 * INTERVAL_MS);
    let late = world.replicas[2].state();
    assert!(
        late.members
            .is_certified(&node.author.key.writer(), &node.author.organisation)
    );
    assert_eq!(late.head(&practice.header().log), Some(&head_of(&practice)));
    let carriers: BTreeSet<_> = world
        .broadcast
        .iter()
        .map(|(by, record)| (*by, record.header().kind))
        .collect();
    assert!(carriers.iter().any(|(_, kind)| *kind == Kind::CERTIFICATE));
}

#[test]
fn a_writer_that_forks_many_logs_makes_nobody_publish_without_end() {
    let (mut solo, _) = with_b();
    for life in 0..40 {
        let mut node = Node::new("b1");
        node.author.instance = InstanceId([100 + life; 8]);
        let mut twin = node.clone();
        let (one, other) = (
            node.says(words("iso:cz", 0, "one")),
            twin.says(words("iso:cz", 0, "other")),
        );
        gossip(&mut solo, &one);
        let effects = gossip(&mut solo, &other);
        let given: Vec<VerifiedRecord> = effects.iter().find_map(given).unwrap();
        assert_eq!(given[0].id(), other.id());
        let found = ForkProof::between(&[one], &[other]);
        assert!(matches!(found, Branches::Parted(_)));
        let log = node.log("iso:cz");
        let (from, until) = (0, 0);
        solo.input(Input::Proved {
            log,
            from,
            until,
            found,
        });
    }
    let mut carried = Vec::new();
    for after_ms in [5_000, 10_000, 1_000_000, 3_590_000] {
        carried.push(
            solo.wake_at(NOW_MS + after_ms)
                .iter()
                .filter(|effect| is_proof(effect))
                .count(),
        );
    }
    assert_eq!(carried, [16, 0, 0, 0]);
    assert_eq!(
        solo.wake_at(NOW_MS + 3_700_000)
            .iter()
            .filter(|effect| is_proof(effect))
            .count(),
        16
    );
}

fn given(effect: &Effect) -> Option<Vec<VerifiedRecord>> {
    match effect {
        Effect::Prove { other } => Some(other.clone()),
        _ => None,
    }
}

fn is_proof(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::Carry {
            statement: ToCarry::New { .. }
        }
    )
}
