//! Acts, approvals, revocations and successions: what they say comes back, and nothing in them can be altered.

use std::collections::BTreeSet;

use alliance_record::limits::{ACT_BYTES_MAX, CARRIED_ACTS_MAX, CUT_LOGS_MAX, MARK_TEXT_CHARS_MAX};
use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{
    Act, ActId, ActOf, AllianceId, Approval, Certificate, CertifiedNode, Cuts, Head, InstanceId, LogEnd, LogName,
    Marking, NoticeType, RecordId, Revocation, SecretKey, StandingTo, Statement, StatementError, Succession, act_id,
    writer_commitment,
};
use bytes::Bytes;
use prost::Message;

use crate::governance::certified_node;

const ALLIANCE: AllianceId = AllianceId([7; 32]);

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

fn head(chapter: &str, sequence: u64) -> Head {
    Head {
        log: LogName {
            writer: key(2).writer(),
            instance: InstanceId([1; 8]),
            chapter: chapter.parse().unwrap(),
        },
        organisation: key(1).organisation(),
        sequence,
        record: RecordId([9; 32]),
    }
}

fn removal(cuts: Cuts) -> Act {
    Act {
        alliance: ALLIANCE,
        charter: ALLIANCE.into(),
        previous: None,
        reason: "conduct".to_owned(),
        note: "Agreed".to_owned(),
        nonce: [5; 16],
        what: ActOf::Standing {
            organisation: key(1).organisation(),
            to: StandingTo::Removed,
            cuts,
            key: None,
        },
    }
}

#[test]
fn an_act_comes_back_as_it_was_and_its_id_is_over_its_bytes() {
    let heads = [head("alliance", 3), head("iso:gb", 0)];
    let act = removal(Cuts::behind(heads.iter()).unwrap());
    let bytes = act.encode();
    assert_eq!(Act::decode(&bytes), Ok(act.clone()));
    assert_eq!(act.id(), act_id(&bytes));
    let (id, read) = Act::proposed(&act.proposal()).unwrap();
    assert_eq!((id, &read), (act.id(), &act));
    let ActOf::Standing { cuts, .. } = &read.what else {
        panic!("another act")
    };
    let end = |chapter: &str, at| cuts.end_of(&head(chapter, at).log);
    let last = Some(RecordId([9; 32]));
    assert_eq!(end("alliance", 0), Some(LogEnd { next: 4, last }));
    assert_eq!(end("iso:gb", 0), Some(LogEnd { next: 1, last }));
    assert_eq!(end("iso:fr", 0), None);
    assert_ne!(
        Act {
            nonce: [6; 16],
            ..act.clone()
        }
        .id(),
        act.id()
    );
}

fn refused(change: impl FnOnce(&mut v1::Act)) {
    let mut message = v1::Act::decode(removal(Cuts::default()).encode()).unwrap();
    change(&mut message);
    assert_eq!(
        Act::decode(&message.encode_to_vec().into()),
        Err(StatementError::BadEncoding)
    );
}

#[test]
fn an_act_that_breaks_a_rule_of_its_form_is_none() {
    refused(|act| act.standing = None);
    refused(|act| act.amendment = Some(v1::Amendment::default()));
    refused(|act| act.nonce = Bytes::from_static(&[1; 15]));
    refused(|act| act.previous = Bytes::from_static(&[1; 31]));
    refused(|act| act.standing.as_mut().unwrap().to = 0);
    refused(|act| act.standing.as_mut().unwrap().to = 9);
    refused(|act| act.standing.as_mut().unwrap().new_key = Bytes::copy_from_slice(key(8).organisation().as_bytes()));
    refused(|act| act.standing.as_mut().unwrap().to = v1::StandingTo::Rekeyed.into());
    refused(|act| act.note = "x".repeat(ACT_BYTES_MAX));
    refused(|act| {
        let chapter = |number: usize| v1::ChapterCut {
            chapter: format!("theme:t{number}"),
            sequence: 1,
            record: Bytes::from_static(&[1; 32]),
        };
        let cut = v1::WriterCut {
            writer: Bytes::from_static(&[1; 32]),
            instance: Bytes::from_static(&[1; 8]),
            chapters: (0..=CUT_LOGS_MAX).map(chapter).collect(),
        };
        act.standing.as_mut().unwrap().cuts = vec![cut];
    });
    refused(|act| {
        act.standing = None;
        act.amendment = Some(v1::Amendment {
            charter: Bytes::new(),
            carries: vec![Bytes::from_static(&[1; 32]); CARRIED_ACTS_MAX + 1],
        });
    });
}

fn marking(says: Marking) -> Act {
    Act {
        what: ActOf::Mark {
            record: RecordId([9; 32]),
            organisation: key(1).organisation(),
            says,
        },
        ..removal(Cuts::default())
    }
}

/// Characters, not bytes, are counted.
fn longest() -> Marking {
    Marking::Notice {
        notice_type: NoticeType::ExpressionOfConcern,
        text: "é".repeat(MARK_TEXT_CHARS_MAX),
    }
}

#[test]
fn a_mark_and_what_lifts_it_come_back_as_they_were() {
    for says in [longest(), Marking::Lifting(ActId([4; 32]))] {
        let act = marking(says);
        let (id, read) = Act::proposed(&act.proposal()).unwrap();
        assert_eq!((id, read), (act.id(), act));
    }
}

#[test]
fn a_mark_that_breaks_a_rule_of_its_form_is_none() {
    let refused = |says: Marking, change: fn(&mut v1::Act, &mut v1::Marking)| {
        let mut message = v1::Act::decode(marking(says).encode()).unwrap();
        let mut marking = message.marking.take().unwrap();
        change(&mut message, &mut marking);
        message.marking = Some(marking);
        assert!(Act::decode(&message.encode_to_vec().into()).is_err(), "{message:?}");
    };
    refused(longest(), |_, mark| mark.text.push('x'));
    refused(longest(), |_, mark| mark.notice_type = "removal".to_owned());
    refused(longest(), |_, mark| mark.notice_type = "new_version".to_owned());
    refused(longest(), |_, mark| mark.notice_type.clear());
    refused(longest(), |_, mark| mark.record = Bytes::from_static(&[1; 31]));
    refused(longest(), |_, mark| mark.organisation = Bytes::from_static(&[0; 32]));
    refused(longest(), |_, mark| mark.lifts = Bytes::from_static(&[4; 32]));
    refused(longest(), |act, _| act.previous = Bytes::from_static(&[4; 32]));
    refused(longest(), |act, mark| {
        act.erasure = Some(v1::Erasure {
            record: mark.record.clone(),
            organisation: mark.organisation.clone(),
        });
    });
    let lifting = || Marking::Lifting(ActId([4; 32]));
    refused(lifting(), |_, mark| mark.lifts.clear());
    refused(lifting(), |_, mark| mark.lifts = Bytes::from_static(&[4; 31]));
    refused(lifting(), |_, mark| mark.notice_type = "correction".to_owned());
    refused(lifting(), |_, mark| mark.text = "Mended".to_owned());
}

/// No byte of a signed statement can be changed.
fn cannot_be_altered(kind: Kind, body: &Bytes) {
    assert!(Statement::read(kind, body).is_some(), "{kind}");
    for place in 0..body.len() {
        let mut altered = body.to_vec();
        altered[place] ^= 1;
        let altered = Statement::read(kind, &altered.into());
        assert!(
            altered.is_none(),
            "{kind}: byte {place} of {} can be changed",
            body.len()
        );
    }
}

fn approval(approves: bool) -> Approval {
    Approval {
        alliance: ALLIANCE,
        act: ActId([3; 32]),
        steward: key(1).organisation(),
        approves,
        note: String::new(),
    }
}

#[test]
fn an_approval_is_the_stewards_who_signed_it_and_nobody_elses() {
    let body = approval(true).sign(&key(1));
    assert_eq!(Approval::decode(&body), Ok(approval(true)));
    cannot_be_altered(Kind::APPROVAL, &body);
    // Whoever signs is the one who approves.
    let by_another = Approval::decode(&approval(true).sign(&key(4))).unwrap();
    assert_eq!(by_another.steward, key(4).organisation());
    let mut message = v1::Approval::decode(body).unwrap();
    message.signature = v1::Approval::decode(approval(false).sign(&key(1))).unwrap().signature;
    let crossed = Approval::decode(&message.encode_to_vec().into());
    assert_eq!(crossed, Err(StatementError::BadSignature));
}

#[test]
fn a_revocation_says_who_ends_whom_and_where() {
    let revocation = Revocation {
        alliance: ALLIANCE,
        organisation: key(1).organisation(),
        key: key(1).organisation(),
        writer: key(2).writer(),
        cuts: Cuts::behind([head("alliance", 8)].iter()).unwrap(),
        reason: "stolen".to_owned(),
    };
    let body = revocation.clone().sign(&key(1));
    assert_eq!(Revocation::decode(&body), Ok(revocation));
    cannot_be_altered(Kind::REVOCATION, &body);
}

fn predecessor(next: &SecretKey) -> Certificate {
    let node = CertifiedNode {
        next_writer: Some(writer_commitment(&next.writer())),
        ..certified_node()
    };
    Certificate::issue(&key(1), node)
}

#[test]
fn a_successor_is_the_key_that_the_certificate_committed_to() {
    let (next, cuts) = (key(6), Cuts::behind([head("alliance", 8)].iter()).unwrap());
    let certificate = predecessor(&next);
    let body = Succession::sign(&certificate, key(7).transport(), &cuts, &next).unwrap();
    let read = Succession::decode(&body).unwrap();
    assert_eq!(read.cuts, Some(cuts.clone()));
    let node = read.node();
    assert_eq!((node.writer, node.transport), (next.writer(), key(7).transport()));
    assert_eq!(node.not_after_ms, certificate.node().not_after_ms);
    assert_eq!(node.next_writer, None);
    cannot_be_altered(Kind::SUCCESSION, &body);
    // What a connecting node shows has no cuts, and proves as much.
    let shown = Succession::decode(read.shown()).unwrap();
    assert_eq!((shown.cuts, shown.writer), (None, next.writer()));
    assert!(Succession::sign(&certificate, key(7).transport(), &cuts, &key(8)).is_none());
    let mut message = v1::Succession::decode(body).unwrap();
    message.cuts = Cuts::behind([head("alliance", 7)].iter()).unwrap().encode();
    assert_eq!(
        Succession::decode(&message.encode_to_vec().into()),
        Err(StatementError::BadEncoding)
    );
}

#[test]
fn an_amendment_carries_a_charter_that_keeps_its_rules() {
    let steward = |seed: u8| Bytes::copy_from_slice(key(seed).organisation().as_bytes());
    let charter = |threshold| v1::Charter {
        name: "Test".to_owned(),
        stewards: vec![steward(1), steward(2), steward(3)],
        steward_keys: vec![Bytes::new(), steward(9), Bytes::new()],
        threshold,
        chapter_active_at: 3,
        pledge_months: 24,
        founding_writer: steward(4),
        ..v1::Charter::default()
    };
    let act = |charter: v1::Charter| v1::Act {
        alliance: Bytes::copy_from_slice(ALLIANCE.as_bytes()),
        charter: Bytes::copy_from_slice(ALLIANCE.as_bytes()),
        nonce: Bytes::from_static(&[1; 16]),
        amendment: Some(v1::Amendment {
            charter: charter.encode_to_vec().into(),
            carries: vec![Bytes::from_static(&[2; 32])],
        }),
        ..v1::Act::default()
    };
    let read = Act::decode(&act(charter(2)).encode_to_vec().into()).unwrap();
    let ActOf::Amend {
        charter: next, carries, ..
    } = &read.what
    else {
        panic!("another act")
    };
    assert_eq!(*carries, BTreeSet::from([ActId([2; 32])]));
    assert_eq!(next.steward_keys[1], key(9).organisation());
    assert_eq!(next.steward_keys[0], key(1).organisation());
    assert_eq!(Act::decode(&read.encode()), Ok(read));
    let too_few = Act::decode(&act(charter(1)).encode_to_vec().into());
    assert_eq!(too_few, Err(StatementError::BadEncoding));
}

#[test]
fn cuts_leave_out_no_log_in_silence() {
    let heads: Vec<Head> = (0..=CUT_LOGS_MAX)
        .map(|number| head(&format!("theme:t{number}"), 1))
        .collect();
    assert!(Cuts::behind(heads.iter()).is_none());
    assert!(Cuts::behind(heads[1..].iter()).is_some());
}
