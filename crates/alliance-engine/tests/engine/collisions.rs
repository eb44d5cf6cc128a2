//! Logs that share a reference because somebody who knew the nonce looked for one.

use alliance_engine::{Effect, Notice};
use alliance_record::{InstanceId, SignedRecord};

use crate::fixture::{Node, Saying, admission, founder, subscription, transport};
use crate::solo::{Solo, appended, head_of, notices, opened, wants};

/// Instances of b1 and c1 whose logs share a reference under the first nonce that the node draws: found among 2,500,000
/// of each.
const SHARING: [u64; 2] = [912_845, 183_810];

/// The members, and records of theirs that make them such.
fn members() -> ([Node; 2], Vec<SignedRecord>) {
    let (mut founder, mut records) = founder("a1");
    let sayings = [subscription("iso:cz", true), admission("b"), admission("c")];
    records.extend(sayings.map(|saying| founder.says(saying)));
    let mut members = ["b1", "c1"].map(Node::new);
    for (member, instance) in members.iter_mut().zip(SHARING) {
        let certificate = member.certificate();
        records.push(member.says(certificate));
        member.author.instance = InstanceId(instance.to_be_bytes());
    }
    (members, records)
}

#[test]
fn nobody_is_blamed_for_a_log_whose_reference_another_one_took() {
    let ([mut liar, mut honest], records) = members();
    let mut solo = Solo::holding(&records);
    let first = solo.asks("b1");
    let key = solo.key(first).clone();
    let [theirs, wanted] = [&liar, &honest].map(|node| node.log("iso:cz"));
    assert_eq!(key.log_ref(&theirs), key.log_ref(&wanted), "look for another pair");

    let lure = liar.says(Saying::content("iso:cz", "a lure"));
    let good = [0, 1].map(|text| honest.says(Saying::content("iso:cz", &text.to_string())));
    solo.heads(first, &[head_of(&lure)]);
    let second = solo.asks("c1");
    solo.heads(second, &[head_of(&good[1])]);
    let effects = solo.range(first, &theirs, &[lure]);
    assert_eq!((appended(&effects), wants(&effects).len()), (1, 1));

    let mut effects = solo.range(second, &wanted, &good[1..]);
    let is_blamed = |notice: &Notice| matches!(notice, Notice::Refused { peer, .. } if *peer == transport("c1"));
    assert!(!notices(&effects).iter().any(is_blamed));
    while opened_with_honest(&effects).is_none() {
        effects = solo.wake_at(solo.engine.next_wake());
    }
    let third = opened_with_honest(&effects).unwrap();
    solo.heads(third, &[head_of(&good[1])]);
    assert_eq!(appended(&solo.range(third, &wanted, &good)), 2);
}

fn opened_with_honest(effects: &[Effect]) -> Option<alliance_engine::SessionId> {
    let with_honest = |effect: &&Effect| matches!(effect, Effect::Open { peer, .. } if *peer == transport("c1"));
    opened(&effects.iter().filter(with_honest).cloned().collect::<Vec<_>>())
}
