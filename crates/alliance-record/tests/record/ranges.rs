//! Ranges: one signature for many records, and how much of a spoiled range still stands.

use alliance_record::{Author, Body, InstanceId, RangeError, SecretKey, Signature, SignedRecord, verify_range};
use bytes::Bytes;

use crate::fixture::{author, draft, log_of};

fn unsigned(record: &SignedRecord) -> SignedRecord {
    SignedRecord::from_parts(record.header_bytes().clone(), None, record.body().cloned()).unwrap()
}

fn with_body(record: &SignedRecord, body: Option<Body>) -> SignedRecord {
    SignedRecord::from_parts(record.header_bytes().clone(), record.signature().copied(), body).unwrap()
}

fn other_words(record: &SignedRecord) -> SignedRecord {
    let mut body = record.body().cloned().unwrap();
    body.bytes = Bytes::from_static(b"practice X");
    with_body(record, Some(body))
}

/// Ten records of which the third and the last carry their signature.
fn range() -> Vec<SignedRecord> {
    let mut records = log_of(&author(), 10);
    for (index, record) in records.iter_mut().enumerate() {
        if index != 2 && index != 9 {
            *record = unsigned(record);
        }
    }
    records
}

/// What is wrong, where, and how many records before it still stand.
fn check(name: &str, records: Vec<SignedRecord>, expected: (&str, usize, usize)) {
    let RangeError {
        verified,
        index,
        refusal,
    } = verify_range(records).expect_err(name);
    assert_eq!((refusal.code(), index, verified.len()), expected, "{name}");
}

fn spoiled(spoil: impl FnOnce(&mut Vec<SignedRecord>)) -> Vec<SignedRecord> {
    let mut records = range();
    spoil(&mut records);
    records
}

#[test]
fn one_signature_at_the_end_proves_all_before_it() {
    let verified = verify_range(range()).unwrap();
    let ids: Vec<_> = verified.iter().map(|record| record.id()).collect();
    let expected: Vec<_> = log_of(&author(), 10).iter().map(SignedRecord::id).collect();
    assert_eq!(ids, expected);
    assert_eq!(verify_range(Vec::new()).unwrap(), Vec::new());
    assert_eq!(verify_range(range().split_off(4)).unwrap().len(), 6, "from the middle");
    let erased = spoiled(|records| records[5] = with_body(&records[5], None));
    assert_eq!(verify_range(erased).unwrap().len(), 10, "with a body erased");
}

#[test]
fn what_stands_before_a_fault_is_kept_as_far_as_a_signature_covers_it() {
    let spoil = |index: usize| spoiled(|records| records[index] = other_words(&records[index]));
    check("first body", spoil(0), ("bad_body", 0, 0));
    check("second body", spoil(1), ("bad_body", 1, 0));
    check("body under the first signature", spoil(2), ("bad_body", 2, 0));
    check("middle body", spoil(6), ("bad_body", 6, 3));
    check("last body", spoil(9), ("bad_body", 9, 3));
    check(
        "unsigned tail",
        spoiled(|records| records.truncate(7)),
        ("bad_signature", 6, 3),
    );
    check(
        "no signature at all",
        spoiled(|records| records.truncate(2)),
        ("bad_signature", 1, 0),
    );
    check(
        "a hole",
        spoiled(|records| drop(records.remove(5))),
        ("wrong_sequence", 5, 3),
    );
    check(
        "twice the same",
        spoiled(|records| records.insert(5, records[5].clone())),
        ("wrong_sequence", 6, 3),
    );
    check(
        "backwards",
        spoiled(|records| records.reverse()),
        ("wrong_sequence", 1, 1),
    );
}

fn with_signature(record: &SignedRecord, signature: Signature) -> SignedRecord {
    SignedRecord::from_parts(record.header_bytes().clone(), Some(signature), record.body().cloned()).unwrap()
}

#[test]
fn every_signature_in_a_range_must_hold() {
    let wrong = Signature([1; 64]);
    for (index, standing) in [(1, 0), (2, 0), (5, 3), (9, 3)] {
        let records = spoiled(|records| records[index] = with_signature(&records[index], wrong));
        check("a wrong signature", records, ("bad_signature", index, standing));
    }
}

/// A record of another author at a place of the range, linked as if it belonged there.
fn spliced(author: &Author, index: usize) -> Vec<SignedRecord> {
    spoiled(|records| {
        let position = alliance_record::LogPosition {
            sequence: index as u64,
            previous: Some(records[index - 1].id()),
        };
        records[index] = author
            .sign(draft("spliced"), position, alliance_record::Salt([0; 32]))
            .unwrap();
    })
}

#[test]
fn records_of_other_logs_do_not_pass() {
    let other_life = Author {
        instance: InstanceId([4; 8]),
        ..author()
    };
    check("another log", spliced(&other_life, 5), ("wrong_log", 5, 3));
    let other_name = Author {
        organisation: SecretKey::from_seed(&[9; 32]).organisation(),
        ..author()
    };
    check(
        "another organisation",
        spliced(&other_name, 5),
        ("wrong_organisation", 5, 3),
    );
    let other_alliance = Author {
        alliance: alliance_record::AllianceId([9; 32]),
        ..author()
    };
    check(
        "another alliance",
        spliced(&other_alliance, 5),
        ("wrong_alliance", 5, 3),
    );
    // The writer signed a second record at the place: what follows links to the first one.
    check("a fork", spliced(&author(), 5), ("wrong_previous", 6, 6));
}
