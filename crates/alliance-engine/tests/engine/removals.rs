//! Removed records: their bodies go, on every node and for good; their headers stay, and logs go on as before.

use alliance_engine::RemovedBy;
use alliance_record::{Act, ActOf, RecordId, Refusal, SignedRecord, Verdict};

use crate::fixture::{
    Node, Policy, Saying, admission, charter_of, founder, organisation, removal, subscription, without_body,
};
use crate::governance::{amend, approval_of, proposal_of};
use crate::world::World;

const CHAPTER: &str = "theme:seclusion";

/// Two members that follow a chapter; the first has written three records there.
struct Scene {
    world: World,
    a: Node,
    b: Node,
    alliance: Vec<SignedRecord>,
    texts: Vec<SignedRecord>,
}

impl Scene {
    fn new(names: &[&str], dice: u64) -> Self {
        let (mut a, mut alliance) = founder("a1");
        let mut b = Node::new("b1");
        alliance.push(a.says(admission("b")));
        alliance.push(a.says(subscription(CHAPTER, true)));
        let certificate = b.certificate();
        alliance.push(b.says(certificate));
        alliance.push(b.says(subscription(CHAPTER, true)));
        let texts = ["one", "two", "three"].map(|text| a.says(Saying::content(CHAPTER, text)));
        let mut world = World::new(names, dice);
        world.hold(0, &alliance);
        world.hold(0, &texts);
        Self {
            world,
            a,
            b,
            alliance,
            texts: texts.to_vec(),
        }
    }

    fn second(&self) -> RecordId {
        self.texts[1].id()
    }

    fn has_body(&self, replica: usize, id: &RecordId) -> bool {
        let held = self.world.replicas[replica].store.find(id);
        held.is_some_and(|record| record.body().is_some())
    }

    fn holds(&self, replica: usize, id: &RecordId) -> bool {
        self.world.replicas[replica].store.find(id).is_some()
    }
}

#[test]
fn a_notice_of_its_organisation_erases_a_record_wherever_it_is_held() {
    let mut scene = Scene::new(&["a1", "b1"], 1);
    scene.world.connect_all();
    scene.world.run(60_000);
    let id = scene.second();
    assert!(scene.has_body(0, &id) && scene.has_body(1, &id));
    let notice = scene.a.says(removal(id));
    assert_eq!(scene.world.publish(0, &notice), Verdict::Accepted);
    assert_eq!(scene.world.gossip(0, 1, &notice), Verdict::Accepted);
    for replica in [0, 1] {
        assert!(scene.holds(replica, &id) && !scene.has_body(replica, &id));
        assert!(scene.has_body(replica, &scene.texts[2].id()));
        let by = scene.world.replicas[replica]
            .state()
            .removed_by(&id, scene.texts[1].header());
        assert_eq!(by, Some(RemovedBy::Notice(notice.id())));
    }
    // The log goes on.
    let next = scene.a.says(Saying::content(CHAPTER, "four"));
    scene.world.publish(0, &next);
    assert_eq!(scene.world.gossip(0, 1, &next), Verdict::Accepted);
}

#[test]
fn another_organisations_notice_removes_nothing() {
    let mut scene = Scene::new(&["a1", "b1"], 2);
    scene.world.connect_all();
    scene.world.run(60_000);
    let id = scene.second();
    let notice = scene.b.says(removal(id));
    scene.world.publish(1, &notice);
    assert_eq!(scene.world.gossip(1, 0, &notice), Verdict::Accepted);
    assert!(scene.has_body(0, &id) && scene.has_body(1, &id));
    assert_eq!(
        scene.world.replicas[0].state().removed_by(&id, scene.texts[1].header()),
        None
    );
}

/// It was told of the notice before it could have asked for the body; and a peer that kept the body offers it in vain.
#[test]
fn who_comes_later_gets_the_header_alone_from_honest_peers_and_from_others() {
    for dice in 0..6 {
        let mut scene = Scene::new(&["a1", "b1", "b2"], dice);
        let id = scene.second();
        let notice = scene.a.says(removal(id));
        // Replica 2 holds all that was, its body too, and says so whatever it hears of removals.
        let texts = scene.texts.clone();
        let alliance = scene.alliance.clone();
        scene.world.hold(2, &alliance);
        scene.world.hold(2, &texts);
        scene.world.publish(0, &notice);
        assert!(scene.has_body(2, &id), "it has not heard of it");
        scene.world.replicas[2].tamper = Some(|records| records);
        let asked_first = usize::try_from(dice % 2).unwrap() * 2;
        scene.world.meet(1, asked_first);
        scene.world.run(60_000);
        if asked_first == 2 {
            assert!(scene.has_body(1, &id), "nobody has told it");
        }
        scene.world.meet(1, 2 - asked_first);
        scene.world.run(600_000);
        assert!(scene.holds(1, &id) && !scene.has_body(1, &id), "dice {dice}");
        assert!(scene.has_body(1, &scene.texts[2].id()), "dice {dice}");
        assert_eq!(
            scene.world.gossip(2, 1, &scene.texts[1].clone()),
            Verdict::Duplicate,
            "gossip brings nothing back"
        );
        assert!(!scene.has_body(1, &id));
    }
}

#[test]
fn a_body_that_comes_after_the_notice_is_not_kept() {
    let mut scene = Scene::new(&["a1", "b1"], 4);
    let notice = {
        let id = scene.second();
        scene.a.says(removal(id))
    };
    let alliance = scene.alliance.clone();
    scene.world.hold(1, &alliance);
    scene.world.gossip(0, 1, &notice);
    let (first, second) = (scene.texts[0].clone(), scene.texts[1].clone());
    assert_eq!(scene.world.gossip(0, 1, &first), Verdict::Accepted);
    assert_eq!(scene.world.gossip(0, 1, &second), Verdict::Accepted);
    assert!(!scene.has_body(1, &second.id()));
    // Without it, it is as good.
    let third = scene.texts[2].clone();
    assert_eq!(
        scene.world.gossip(0, 1, &without_body(&third)).code(),
        "missing_body",
        "this one is not removed"
    );
}

#[test]
fn notices_that_remove_stand_in_the_alliances_own_chapter_and_no_others_do() {
    let mut scene = Scene::new(&["a1", "b1"], 5);
    scene.world.connect_all();
    scene.world.run(60_000);
    let id = scene.second();
    let elsewhere = Saying {
        chapter: CHAPTER.parse().unwrap(),
        ..removal(id)
    };
    let elsewhere = scene.a.clone().says(elsewhere);
    assert_eq!(
        scene.world.gossip(0, 1, &elsewhere),
        Verdict::Refused(Refusal::WrongChapter)
    );
    let plain = Saying {
        references: Vec::new(),
        ..removal(id)
    };
    let plain = scene.a.clone().says(plain);
    assert_eq!(
        scene.world.gossip(0, 1, &plain),
        Verdict::Refused(Refusal::WrongChapter)
    );
    assert!(scene.has_body(0, &id) && scene.has_body(1, &id));
}

#[test]
fn stewards_erase_what_an_organisation_does_not() {
    let mut scene = Scene::new(&["a1", "b1"], 6);
    scene.world.connect_all();
    scene.world.run(60_000);
    let theirs = scene.b.says(Saying::content(CHAPTER, "a patient's name"));
    scene.world.publish(1, &theirs);
    assert_eq!(scene.world.gossip(1, 0, &theirs), Verdict::Accepted);
    let id = theirs.id();
    for (of, is_gone) in [("a", false), ("b", true)] {
        let act = Act {
            alliance: scene.a.author.alliance,
            charter: scene.a.author.alliance.into(),
            previous: None,
            reason: "privacy".to_owned(),
            note: String::new(),
            nonce: [3; 16],
            what: ActOf::Erase {
                record: id,
                organisation: organisation(of),
            },
        };
        for saying in [proposal_of(&act), approval_of(&act, "a")] {
            let record = scene.a.says(saying);
            scene.world.publish(0, &record);
            scene.world.gossip(0, 1, &record);
        }
        for replica in [0, 1] {
            assert_eq!(!scene.has_body(replica, &id), is_gone, "as a record of {of}");
        }
    }
}

/// The act comes first, and the amendment under which it is made is decided after it.
#[test]
fn an_erasure_counts_as_soon_as_its_charter_does() {
    let mut scene = Scene::new(&["a1", "b1"], 8);
    scene.world.connect_all();
    scene.world.run(60_000);
    let id = scene.second();
    let founding = scene.a.author.alliance;
    let act = |charter, what| Act {
        alliance: founding,
        charter,
        previous: None,
        reason: "privacy".to_owned(),
        note: String::new(),
        nonce: [3; 16],
        what,
    };
    let next = amend(&charter_of(&["a"], Policy::AnyMember), &[]);
    let next = act(founding.into(), next);
    let erasure = ActOf::Erase {
        record: id,
        organisation: organisation("a"),
    };
    let erasure = act(next.id().into(), erasure);
    let said = [&next, &erasure].map(proposal_of).into_iter();
    let words = [&erasure, &next].map(|act| approval_of(act, "a"));
    for saying in said.chain(words) {
        assert!(scene.has_body(0, &id) && scene.has_body(1, &id));
        let record = scene.a.says(saying);
        scene.world.publish(0, &record);
        scene.world.gossip(0, 1, &record);
    }
    assert!(!scene.has_body(0, &id) && !scene.has_body(1, &id));
}

#[test]
fn the_alliances_own_records_are_removed_by_nobody() {
    let mut scene = Scene::new(&["a1", "b1"], 7);
    scene.world.connect_all();
    scene.world.run(60_000);
    let own = scene.alliance.last().unwrap().clone();
    let notice = scene.b.says(removal(own.id()));
    scene.world.publish(1, &notice);
    assert_eq!(scene.world.gossip(1, 0, &notice), Verdict::Accepted);
    for replica in [0, 1] {
        assert!(scene.has_body(replica, &own.id()));
        let state = scene.world.replicas[replica].state();
        assert_eq!(state.removed_by(&own.id(), own.header()), None);
    }
}
