//! Proofs of forks: what is one, and what is none.

use alliance_record::limits::FORK_PROOF_BYTES_MAX;
use alliance_record::proto::v1;
use alliance_record::{
    Author, Branches, ForkError, ForkProof, InstanceId, LogEnd, LogPosition, RecordId, Salt, SecretKey, SignedRecord,
};
use bytes::Bytes;
use prost::Message;

use crate::fixture::{author, draft, log_of};

/// Goes on with a log, with words of its own.
fn goes_on(author: &Author, log: &[SignedRecord], count: u64, word: &str) -> Vec<SignedRecord> {
    let mut log = log.to_vec();
    for number in 0..count {
        let position = LogPosition {
            sequence: log.len() as u64,
            previous: log.last().map(SignedRecord::id),
        };
        let record = author.sign(draft(&format!("{word} {number}")), position, Salt([9; 32]));
        log.push(record.unwrap());
    }
    log
}

fn unsigned(record: &SignedRecord) -> SignedRecord {
    SignedRecord::from_parts(record.header_bytes().clone(), None, record.body().cloned()).unwrap()
}

/// Two branches of a log of three records, each five long and signed at its end alone.
fn branches() -> (Vec<SignedRecord>, Vec<SignedRecord>) {
    let common = log_of(&author(), 3);
    let grown = |word| {
        let mut log = goes_on(&author(), &common, 5, word);
        log[3..7].iter_mut().for_each(|record| *record = unsigned(record));
        log
    };
    (grown("one"), grown("other"))
}

fn message() -> v1::ForkProof {
    let (one, other) = branches();
    let proof = ForkProof::of(&one[3..], &other[3..]).unwrap();
    v1::ForkProof::decode(proof.bytes().clone()).unwrap()
}

#[test]
fn a_proof_says_where_the_log_ends() {
    let (one, other) = branches();
    let proof = ForkProof::of(&one[3..], &other[3..]).unwrap();
    let end = LogEnd {
        next: 3,
        last: Some(one[2].id()),
    };
    assert_eq!((proof.log(), proof.end()), (&one[0].header().log, end));
    assert_eq!(proof.organisation(), &author().organisation);
    assert_eq!(proof.alliance(), &author().alliance);
    assert_eq!(ForkProof::decode(proof.bytes()), Ok(proof.clone()));
    assert_eq!(
        ForkProof::of(&other[3..], &one[3..]),
        Ok(proof),
        "whichever is seen first"
    );
}

#[test]
fn a_log_may_fork_at_its_beginning() {
    let (one, other) = (goes_on(&author(), &[], 1, "one"), goes_on(&author(), &[], 1, "other"));
    assert_eq!(ForkProof::of(&one, &other).unwrap().end(), LogEnd::NOTHING);
}

#[test]
fn comparing_finds_where_branches_part() {
    let (one, other) = branches();
    let parted = |from: usize| ForkProof::between(&one[from..], &other[from..]);
    assert!(matches!(parted(0), Branches::Parted(proof) if proof.end().next == 3));
    assert!(matches!(parted(3), Branches::Parted(proof) if proof.end().next == 3));
    assert_eq!(parted(4), Branches::PartedBefore);
    assert_eq!(ForkProof::between(&one[..3], &other), Branches::Same);
    assert_eq!(ForkProof::between(&[], &other), Branches::Same);
    assert_eq!(
        ForkProof::between(&one[..5], &other),
        Branches::Unprovable,
        "no signature"
    );
}

#[test]
fn what_is_no_proof() {
    let change = |change: fn(&mut v1::ForkProof)| {
        let mut message = message();
        change(&mut message);
        ForkProof::decode(&message.encode_to_vec().into()).unwrap_err()
    };
    let empty = Bytes::new();
    let table = [
        (
            "one branch",
            change(|proof| drop(proof.branches.pop())),
            ForkError::BadEncoding,
        ),
        (
            "three branches",
            change(|proof| proof.branches.push(proof.branches[0].clone())),
            ForkError::BadEncoding,
        ),
        (
            "no header",
            change(|proof| proof.branches[0].headers.clear()),
            ForkError::BadEncoding,
        ),
        (
            "no signature",
            change(|proof| proof.branches[1].signature.clear()),
            ForkError::BadEncoding,
        ),
        (
            "the same branch",
            change(|proof| proof.branches[1] = proof.branches[0].clone()),
            ForkError::SameRecord,
        ),
        (
            "another one's signature",
            change(|proof| proof.branches[1].signature = proof.branches[0].signature.clone()),
            ForkError::BadSignature,
        ),
        (
            "a missing link",
            change(|proof| drop(proof.branches[1].headers.remove(2))),
            ForkError::BrokenLink,
        ),
        (
            "branches that begin at other places",
            change(|proof| drop(proof.branches[1].headers.remove(0))),
            ForkError::NotOneLog,
        ),
        (
            "an unsigned end",
            change(|proof| drop(proof.branches[1].headers.pop())),
            ForkError::BadSignature,
        ),
    ];
    for (name, got, expected) in table {
        assert_eq!(got, expected, "{name}");
    }
    assert_eq!(ForkProof::decode(&empty), Err(ForkError::BadEncoding));
    let huge = Bytes::from(vec![0; FORK_PROOF_BYTES_MAX + 1]);
    assert_eq!(ForkProof::decode(&huge), Err(ForkError::TooLarge));
}

#[test]
fn branches_of_two_logs_prove_nothing() {
    let common = log_of(&author(), 3);
    let one = goes_on(&author(), &common, 1, "one");
    let elsewhere = Author {
        instance: InstanceId([4; 8]),
        ..author()
    };
    let stranger = Author {
        organisation: SecretKey::from_seed(&[8; 32]).organisation(),
        ..author()
    };
    let other_key = Author {
        key: SecretKey::from_seed(&[9; 32]),
        ..author()
    };
    for (name, other) in [
        ("instance", elsewhere),
        ("organisation", stranger),
        ("writer", other_key),
    ] {
        let other = goes_on(&other, &common, 1, "other");
        assert_eq!(
            ForkProof::of(&one[3..], &other[3..]),
            Err(ForkError::NotOneLog),
            "{name}"
        );
    }
    // Records that follow different ones: an earlier place is forked, and not this one.
    let position = LogPosition {
        sequence: 3,
        previous: Some(RecordId([1; 32])),
    };
    let other = author().sign(draft("other"), position, Salt([9; 32])).unwrap();
    assert_eq!(ForkProof::of(&one[3..], &[other]), Err(ForkError::NotOneLog));
}

#[test]
fn no_branch_is_longer_than_a_signature_may_be_away() {
    let common = log_of(&author(), 1);
    let other = goes_on(&author(), &common, 1, "other");
    for (length, expected) in [(64, None), (65, Some(ForkError::TooLarge))] {
        let mut one = goes_on(&author(), &common, length, "one");
        let last = one.len() - 1;
        one[1..last].iter_mut().for_each(|record| *record = unsigned(record));
        assert_eq!(ForkProof::of(&one[1..], &other[1..]).err(), expected, "{length}");
    }
}
