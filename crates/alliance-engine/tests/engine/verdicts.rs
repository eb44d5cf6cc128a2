//! Every verdict that the engine itself gives, by gossip and by sync alike.

use alliance_engine::Effect;
use alliance_engine::{Input, Notice, Source};
use alliance_record::schema::Kind;
use alliance_record::{AllianceId, ChapterName, LogPosition, RecordId, SignedRecord, Verdict, VerifiedRecord};

use crate::fixture::{
    NOW_MS, Node, Saying, admission, founder, founding, organisation, profile, subscription, transport, verified,
};
use crate::solo::{Solo, head_of, notices};

/// What this node holds: charter, certificate, an admission of `b` and a chapter that it follows.
fn held() -> (Node, Vec<SignedRecord>) {
    let (mut node, mut records) = founder("a1");
    records.push(node.says(admission("b")));
    records.push(node.says(subscription("iso:cz", true)));
    (node, records)
}

fn at(sequence: u64, previous: Option<RecordId>) -> LogPosition {
    LogPosition { sequence, previous }
}

fn in_chapter(saying: Saying, name: &str) -> Saying {
    Saying {
        chapter: crate::fixture::chapter(name),
        ..saying
    }
}

fn without_body(record: &SignedRecord) -> SignedRecord {
    SignedRecord::from_parts(record.header_bytes().clone(), record.signature().copied(), None).unwrap()
}

/// Records with the code each must get. All are authentic: the door before this one has seen to that.
fn cases() -> Vec<(&'static str, SignedRecord)> {
    let (node, records) = held();
    let newest = records.last().unwrap();
    let next = at(4, Some(newest.id()));
    let second = Node::new("b1");
    let mut elsewhere = node.clone();
    elsewhere.author.alliance = AllianceId([9; 32]);
    let mut pretender = node.clone();
    pretender.author.organisation = organisation("b");
    let mut uncertified = Node::new("a9");
    uncertified.author.organisation = organisation("a");
    let later_kind = |number| Saying {
        kind: Kind(number),
        ..profile("later")
    };
    let too_early = NOW_MS + alliance_record::limits::CLAIMED_AHEAD_MS_MAX + 1;
    vec![
        ("accepted", node.signs_at(profile("next"), next)),
        ("accepted", node.signs_at(profile("just").at(too_early - 1), next)),
        ("accepted", node.signs_at(profile("long ago").at(i64::MIN), next)),
        ("accepted", node.signs_at(later_kind(100), next)),
        ("accepted", node.signs_at(later_kind(200), next)),
        ("accepted", second.signs_at(second.certificate(), at(0, None))),
        ("duplicate", newest.clone()),
        (
            "not_followed",
            node.signs_at(Saying::content("iso:de", "x"), at(0, None)),
        ),
        ("wrong_alliance", elsewhere.signs_at(profile("x"), next)),
        (
            "wrong_chapter",
            node.signs_at(in_chapter(profile("x"), "iso:cz"), at(0, None)),
        ),
        (
            "wrong_chapter",
            node.signs_at(in_chapter(Saying::content("iso:cz", "x"), "alliance"), next),
        ),
        ("fork", node.signs_at(profile("twin"), at(3, newest.header().previous))),
        (
            "wrong_previous",
            node.signs_at(profile("x"), at(4, Some(records[0].id()))),
        ),
        ("wrong_organisation", pretender.signs_at(profile("x"), next)),
        (
            "missing_previous",
            node.signs_at(profile("x"), at(5, Some(newest.id()))),
        ),
        (
            "missing_previous",
            node.signs_at(profile("x"), at(u64::MAX, Some(newest.id()))),
        ),
        (
            "unknown_organisation",
            Node::new("c1").signs_at(profile("x"), at(0, None)),
        ),
        (
            "unknown_organisation",
            Node::new("c1").signs_at(founding(), at(0, None)),
        ),
        ("unknown_writer", second.signs_at(profile("x"), at(0, None))),
        (
            "unknown_writer",
            uncertified.signs_at(second.certificate(), at(0, None)),
        ),
        ("future_time", node.signs_at(profile("x").at(too_early), next)),
        ("future_time", node.signs_at(profile("x").at(i64::MAX), next)),
        ("missing_body", without_body(&node.signs_at(profile("x"), next))),
    ]
}

fn judged(effects: &[Effect]) -> Verdict {
    let verdict = |effect: &Effect| match effect {
        Effect::Judge { verdict, .. } => Some(*verdict),
        _ => None,
    };
    effects.iter().find_map(verdict).expect("a verdict")
}

fn input(record: VerifiedRecord, source: Source) -> Input {
    Input::Record {
        record: Box::new(record),
        stored: None,
        source,
    }
}

#[test]
fn gossip_and_publishing_get_the_word_of_the_table() {
    let (_, records) = held();
    for (code, record) in cases() {
        let from = transport("b1");
        for source in [Source::Gossip { ticket: 1, from }, Source::Local { ticket: 1 }] {
            let mut solo = Solo::holding(&records);
            let before = solo.engine.state().clone();
            let effects = solo.input(input(verified(&record), source));
            assert_eq!(judged(&effects).code(), code, "{source:?}");
            let entered = solo.engine.state() != &before;
            assert_eq!(entered, code == "accepted", "{code} {source:?}");
            let is_local = matches!(source, Source::Local { .. });
            let told = effects.iter().any(|effect| matches!(effect, Effect::Broadcast { .. }));
            assert_eq!(told, is_local && code == "accepted", "{code} {source:?}");
            let kept = matches!(judged(&effects), Verdict::Parked(_)) && record.body().is_some() && !is_local;
            assert_eq!(solo.engine.parked(), usize::from(kept), "{code} {source:?}");
        }
    }
}

fn refusal(notice: Notice) -> Option<&'static str> {
    match notice {
        Notice::Refused { verdict, .. } => Some(verdict.code()),
        _ => None,
    }
}

#[test]
fn sync_gets_the_word_of_the_table() {
    let (_, records) = held();
    for (code, record) in cases() {
        let (log, sequence) = (record.header().log.clone(), record.header().sequence);
        if log.chapter != ChapterName::alliance() && code == "not_followed" {
            continue;
        }
        let mut solo = Solo::holding(&records);
        let session = solo.asks("b1");
        let mut head = head_of(&record);
        head.sequence = u64::MAX;
        solo.heads(session, &[head]);
        let before = solo.engine.state().clone();
        let effects = solo.range(session, &log, &[record]);
        let told = notices(&effects).into_iter();
        let refused: Vec<_> = told.filter_map(refusal).collect();
        let is_refusal = alliance_record::Refusal::ALL
            .iter()
            .any(|refusal| refusal.code() == code);
        // A place that no mark can name was not asked for.
        let code_told = if sequence > u64::from(u32::MAX) {
            Some("wrong_sequence")
        } else {
            is_refusal.then_some(code)
        };
        assert_eq!(refused, Vec::from_iter(code_told));
        assert_eq!(solo.engine.state() != &before, code == "accepted", "{code}");
    }
}

/// What the store holds at a place behind the head tells a duplicate from a fork.
#[test]
fn behind_the_head_the_store_tells_a_duplicate_from_a_fork() {
    let (node, records) = held();
    let twin = node.signs_at(profile("twin"), at(1, Some(records[0].id())));
    let source = Source::Gossip {
        ticket: 1,
        from: transport("b1"),
    };
    for (record, stored, code) in [
        (&records[1], Some(records[1].id()), "duplicate"),
        (&twin, Some(records[1].id()), "fork"),
        (&twin, None, "duplicate"),
    ] {
        let mut solo = Solo::holding(&records);
        let record = Box::new(verified(record));
        let effects = solo.input(Input::Record { record, stored, source });
        assert_eq!(judged(&effects).code(), code);
    }
}
