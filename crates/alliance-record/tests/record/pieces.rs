//! A range in pieces: wherever it is cut, the pieces say what the whole says.

use std::sync::LazyLock;

use alliance_record::limits::CHECKPOINT_RECORDS;
use alliance_record::{
    Author, Body, CheckedPiece, InstanceId, RangeProof, RecordId, Refusal, Signature, SignedRecord, verify_range,
};
use bytes::Bytes;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;

use crate::fixture::{author, log_of};

/// Two lives of one writer, signed once: signing is slow.
static LOGS: LazyLock<[Vec<SignedRecord>; 2]> = LazyLock::new(|| {
    let other = Author {
        instance: InstanceId([4; 8]),
        ..author()
    };
    [log_of(&author(), 200), log_of(&other, 200)]
});

/// What is done to a record of a range.
#[derive(Debug, Clone, Copy)]
enum Spoil {
    DropIt,
    Double,
    SwapWithNext,
    OtherWords,
    WrongSignature,
    OtherLog,
    NoSignature,
    NoBody,
}

const SPOILS: [Spoil; 8] = [
    Spoil::DropIt,
    Spoil::Double,
    Spoil::SwapWithNext,
    Spoil::OtherWords,
    Spoil::WrongSignature,
    Spoil::OtherLog,
    Spoil::NoSignature,
    Spoil::NoBody,
];

fn with(record: &SignedRecord, signature: Option<Signature>, body: Option<Body>) -> SignedRecord {
    SignedRecord::from_parts(record.header_bytes().clone(), signature, body).unwrap()
}

fn unsigned(record: &SignedRecord) -> SignedRecord {
    with(record, None, record.body().cloned())
}

fn spoil(records: &mut Vec<SignedRecord>, at: usize, how: Spoil) {
    let record = records[at].clone();
    let (signature, body) = (record.signature().copied(), record.body().cloned());
    match how {
        Spoil::DropIt => drop(records.remove(at)),
        Spoil::Double => records.insert(at, record),
        Spoil::SwapWithNext => {
            let next = (at + 1).min(records.len() - 1);
            records.swap(at, next);
        }
        Spoil::OtherWords => {
            let words = |body| Body {
                bytes: Bytes::from_static(b"practice X"),
                ..body
            };
            records[at] = with(&record, signature, body.map(words));
        }
        Spoil::WrongSignature => records[at] = with(&record, Some(Signature([1; 64])), body),
        Spoil::OtherLog => {
            let place = usize::try_from(record.header().sequence).unwrap();
            records[at] = LOGS[1][place].clone();
        }
        Spoil::NoSignature => records[at] = unsigned(&record),
        Spoil::NoBody => records[at] = with(&record, signature, None),
    }
}

/// Consecutive records, of which those at `gaps` from one another carry their signature, and the last.
fn range(from: usize, count: usize, gaps: &[usize]) -> Vec<SignedRecord> {
    let mut records = LOGS[0][from..from + count].to_vec();
    let (mut gaps, mut next) = (gaps.iter().cycle(), 0);
    for (index, record) in records.iter_mut().enumerate().take(count - 1) {
        if index == next {
            next += gaps.next().unwrap();
        } else {
            *record = unsigned(record);
        }
    }
    records
}

type Came = (Vec<RecordId>, Option<Refusal>);

fn whole(records: Vec<SignedRecord>) -> Came {
    let (verified, refusal) = match verify_range(records) {
        Ok(verified) => (verified, None),
        Err(error) => (error.verified, Some(error.refusal)),
    };
    (verified.iter().map(|record| record.id()).collect(), refusal)
}

/// The same, cut before each of these places.
fn in_pieces(records: &[SignedRecord], cuts: &[usize]) -> Came {
    let (mut proof, mut ids, mut begin) = (RangeProof::default(), Vec::new(), 0);
    for end in cuts.iter().copied().chain([records.len()]) {
        let piece = CheckedPiece::of(records[begin..end].to_vec());
        let (verified, fault) = proof.push(piece);
        ids.extend(verified.iter().map(|record| record.id()));
        if fault.is_some() {
            assert!(proof.unproven().is_empty(), "held after a fault");
            return (ids, fault);
        }
        assert!(
            (proof.unproven().len() as u64) < CHECKPOINT_RECORDS,
            "too many unproven"
        );
        begin = end;
    }
    let refusal = (!proof.unproven().is_empty()).then_some(Refusal::BadSignature);
    (ids, refusal)
}

fn cut_places(cuts: &[Index], length: usize) -> Vec<usize> {
    let mut places: Vec<_> = cuts.iter().map(|cut| cut.index(length + 1)).collect();
    places.sort_unstable();
    places
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_cutting_says_what_the_whole_says(
        from in 0..40_usize,
        count in 1..150_usize,
        gaps in proptest::collection::vec(1..90_usize, 1..5),
        spoils in proptest::collection::vec((any::<Index>(), 0..SPOILS.len()), 0..4),
        cuts in proptest::collection::vec(any::<Index>(), 0..12),
    ) {
        let mut records = range(from, count, &gaps);
        for (at, how) in spoils {
            if !records.is_empty() {
                let at = at.index(records.len());
                spoil(&mut records, at, SPOILS[how]);
            }
        }
        let cuts = cut_places(&cuts, records.len());
        prop_assert_eq!(in_pieces(&records, &cuts), whole(records));
    }
}

/// One fault at one place, and one cut at each place around it: what chance seldom hits.
#[test]
fn a_cut_beside_a_fault_hides_nothing() {
    for gap in [1, 4, 63, 64, 65] {
        for how in SPOILS {
            for at in [0, 1, 3, 4, 62, 63, 64, 68] {
                let mut records = range(0, 70, &[gap]);
                spoil(&mut records, at, how);
                for cut in at.saturating_sub(2)..(at + 3).min(records.len()) {
                    let said = in_pieces(&records, &[cut]);
                    assert_eq!(
                        said,
                        whole(records.clone()),
                        "{how:?} at {at}, cut at {cut}, {gap} apart"
                    );
                }
            }
        }
    }
}

#[test]
fn record_by_record_is_as_good_as_at_once() {
    for (count, gap) in [(1, 1), (64, 64), (65, 64), (66, 65), (130, 64), (130, 1), (150, 63)] {
        let records = range(5, count, &[gap]);
        let cuts: Vec<_> = (1..count).collect();
        assert_eq!(
            in_pieces(&records, &cuts),
            whole(records),
            "{count} records, {gap} apart"
        );
    }
}
