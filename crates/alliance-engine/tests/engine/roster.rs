//! The roster alone: what it makes of the alliance's own records.

use alliance_engine::{BodiesKept, Config, Engine};
use alliance_record::{OrganisationId, SignedRecord};

use crate::fixture::{
    Dice, NOW_MS, Node, Policy, Saying, admission, alliance, charter_of, founder, organisation, seed, verified,
};
use alliance_record::schema::Kind;

fn engine() -> Engine {
    let config = Config {
        alliance: alliance(),
        organisation: organisation("a"),
        seed: seed("roster"),
        sync_interval_ms: 1000,
        heartbeat_ms: 60_000_000,
        bodies: BodiesKept::default(),
    };
    Engine::new(config, NOW_MS)
}

fn restored(records: &[SignedRecord]) -> Engine {
    let mut engine = engine();
    records
        .iter()
        .for_each(|record| engine.restore_record(&verified(record)));
    engine
}

/// `a` admits `b`, `b` admits `c`.
fn chain() -> Vec<SignedRecord> {
    let (mut first, mut records) = founder("a1");
    records.push(first.says(admission("b")));
    let mut second = Node::new("b1");
    let certificate = second.certificate();
    records.push(second.says(certificate));
    records.push(second.says(admission("c")));
    records
}

#[test]
fn a_restart_forgets_no_member_in_whatever_order_the_store_is_read() {
    let records = chain();
    let straight = restored(&records);
    assert_eq!(straight.state().members.organisations().len(), 3);
    for seed in 0..50 {
        let mut shuffled = records.clone();
        Dice(seed).shuffle(&mut shuffled);
        assert_eq!(restored(&shuffled).state(), straight.state());
    }
}

#[test]
fn an_admission_that_the_charter_does_not_allow_makes_no_member_and_no_branch() {
    let charter = charter_of(&["a"], Policy::Stewards);
    let id = alliance_record::alliance_id(&prost::Message::encode_to_vec(&charter));
    let mut config_engine = Engine::new(
        Config {
            alliance: id,
            organisation: organisation("a"),
            seed: seed("roster"),
            sync_interval_ms: 1000,
            heartbeat_ms: 60_000_000,
            bodies: BodiesKept::default(),
        },
        NOW_MS,
    );
    let mut nodes = ["a1", "b1"].map(Node::new);
    nodes.iter_mut().for_each(|node| node.author.alliance = id);
    let [first, second] = &mut nodes;
    let records = [
        first.says(Saying::governance(Kind::CHARTER, &charter)),
        first.says(admission("b")),
        second.says(admission("c")),
        first.says(admission("d")),
        second.says(admission("d")),
    ];
    for record in &records {
        config_engine.restore_record(&verified(record));
    }
    let members = &config_engine.state().members;
    assert!(!members.is_member(&organisation("c")));
    let inviter = |name: &str| -> Option<OrganisationId> { members.member(&organisation(name))?.admitted_by };
    assert_eq!(inviter("b"), Some(organisation("a")));
    assert_eq!(inviter("d"), Some(organisation("a")));
    assert_eq!(members.admission_record(&organisation("c")), None);
    assert_eq!(members.all().len(), 3);
}

/// Two organisations that admit each other, and a founder that admits both: every chain ends at the charter.
#[test]
fn admissions_in_a_circle_still_end_at_the_charter() {
    let mut records = chain();
    let mut third = Node::new("c1");
    let certificate = third.certificate();
    records.push(third.says(certificate));
    records.push(third.says(admission("b")));
    records.push(third.says(admission("a")));
    let engine = restored(&records);
    let inviter = |name: &str| engine.state().members.member(&organisation(name)).unwrap().admitted_by;
    assert_eq!(inviter("a"), None);
    assert_eq!(inviter("b"), Some(organisation("a")));
    assert_eq!(inviter("c"), Some(organisation("b")));
    let all = engine.state().members.all();
    assert!(
        all.iter()
            .all(|member| Some(member) == engine.state().members.member(&member.organisation).as_ref())
    );
}
