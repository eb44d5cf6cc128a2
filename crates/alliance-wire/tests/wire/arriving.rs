//! Ranges on their way: however they are cut into frames, they say what the whole says, and each frame keeps its limits.

use std::sync::LazyLock;

use alliance_record::limits::{CHECKPOINT_RECORDS, RECORD_BYTES_MAX};
use alliance_record::{RecordId, SignedRecord, Verdict, verify_range};
use alliance_wire::limits::{FRAME_BYTES_MAX, RANGE_BYTES_MAX, RANGE_RECORDS_MAX};
use alliance_wire::{Arrived, Arriving, LogRef, RangePart, ReadFrame, SyncMessage, WireError, range_frames};
use bytes::Bytes;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;

use crate::fixture::{log_of, log_ref, other_words, unsigned};

/// Signed once: signing is slow. All carry their signature.
static LOG: LazyLock<Vec<SignedRecord>> = LazyLock::new(|| log_of(180, |_| 10));

fn read(frame: Bytes) -> alliance_wire::RangeFrame {
    match ReadFrame::read(frame) {
        Ok(ReadFrame::Range(frame)) => frame,
        other => panic!("{other:?}"),
    }
}

/// What a whole answer came to.
#[derive(Debug, PartialEq, Default)]
struct Came {
    records: Vec<RecordId>,
    fault: Option<Verdict>,
}

/// Takes frames until a fault or the end of the answer.
fn take(arriving: &mut Arriving, frames: Vec<Bytes>) -> Came {
    let mut came = Came::default();
    for frame in frames {
        let length = frame.len() as u64;
        let Arrived {
            records, fault, bytes, ..
        } = arriving.take(read(frame)).unwrap();
        assert_eq!(bytes, length);
        came.records.extend(records.iter().map(|record| record.id()));
        came.fault = fault;
        if fault.is_some() {
            break;
        }
    }
    came
}

fn whole(records: &[SignedRecord]) -> Came {
    let (verified, fault) = match verify_range(records.to_vec()) {
        Ok(verified) => (verified, None),
        Err(error) => (error.verified, Some(error.refusal.into())),
    };
    let records = verified.iter().map(|record| record.id()).collect();
    Came { records, fault }
}

fn frame(log: LogRef, from: u64, records: &[SignedRecord], more: bool) -> Bytes {
    let part = RangePart {
        log,
        from,
        records: records.to_vec(),
        more,
        fault: None,
    };
    SyncMessage::Range(part).encode()
}

/// An answer cut before each of these places, each piece in a frame of its own.
fn cut(log: LogRef, records: &[SignedRecord], cuts: &[Index]) -> Vec<Bytes> {
    let mut places: Vec<_> = cuts.iter().map(|cut| cut.index(records.len() + 1)).collect();
    places.extend([0, records.len()]);
    places.sort_unstable();
    let last = places.len() - 2;
    let pieces = places.windows(2).enumerate();
    pieces
        .map(|(index, pair)| frame(log, pair[0] as u64, &records[pair[0]..pair[1]], index < last))
        .collect()
}

/// Some of the log, of which one in `gap` carries its signature, and the last.
fn some(from: usize, count: usize, gap: usize) -> Vec<SignedRecord> {
    let mut records = LOG[from..from + count].to_vec();
    for (index, record) in records.iter_mut().enumerate().take(count - 1) {
        if index % gap != gap - 1 {
            *record = unsigned(record);
        }
    }
    records
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::default()
    }
}

/// What one answer of a stream is made of.
type Answer = (usize, usize, usize, Vec<Index>, Option<Index>);

fn answer() -> impl Strategy<Value = Answer> {
    let cuts = proptest::collection::vec(any::<Index>(), 0..8);
    let spoilt = proptest::option::weighted(0.3, any::<Index>());
    (0..60_usize, 1..120_usize, 1..80_usize, cuts, spoilt)
}

proptest! {
    #![proptest_config(config(150))]

    /// Several answers on one stream, of which some are spoilt: each says what the whole would.
    #[test]
    fn frames_cut_anywhere_say_what_the_whole_says(answers in proptest::collection::vec(answer(), 1..4)) {
        let mut arriving = Arriving::default();
        for (number, (from, count, gap, cuts, spoilt)) in answers.into_iter().enumerate() {
            let mut records = some(from, count, gap);
            if let Some(place) = spoilt {
                let place = place.index(count);
                records[place] = other_words(&records[place]);
            }
            let log = LogRef::from_bytes([u8::try_from(number).unwrap(); 5]);
            let came = take(&mut arriving, cut(log, &records, &cuts));
            prop_assert_eq!(&came, &whole(&records));
            if came.fault.is_some() {
                // Whoever goes on after a fault begins anew.
                arriving = Arriving::default();
            }
        }
    }

    /// A record that cannot be read at all, anywhere in any frame: those before it stand as far as they are proven.
    #[test]
    fn an_unreadable_record_spoils_none_before_it(
        count in 2..100_usize,
        gap in 1..64_usize,
        place in any::<Index>(),
        cuts in proptest::collection::vec(any::<Index>(), 0..5),
    ) {
        let records = some(0, count, gap);
        let place = place.index(count);
        let mut frames = cut(log_ref(), &records[..place], &cuts);
        let last = frames.pop().unwrap();
        let SyncMessage::Range(part) = SyncMessage::decode(last).unwrap() else { panic!("no range") };
        frames.push(unreadable_after(&part));
        let came = take(&mut Arriving::default(), frames);
        let before = whole(&records[..place]);
        prop_assert_eq!(came.records, before.records);
        prop_assert_eq!(came.fault.map(Verdict::code), Some("bad_encoding"));
    }

    #[test]
    fn frames_of_ours_keep_their_limits_and_say_the_whole(
        sizes in proptest::collection::vec(0..RECORD_BYTES_MAX - 4096, 1..24),
        small in 0..150_usize,
        more in any::<bool>(),
    ) {
        // Many small ones between the large ones: both limits count.
        let records = log_of(sizes.len() + small, |index| sizes.get(index).copied().unwrap_or(3));
        let frames = range_frames(log_ref(), 7, records.clone(), more);
        check_frames(&frames, &records, (7, more));
    }
}

/// The frame of a part with an envelope behind its records that is none.
fn unreadable_after(part: &RangePart) -> Bytes {
    use crate::fixture::{field, number};
    let mut inside = field(1, &part.log.to_bytes());
    inside.extend(number(2, part.from));
    part.records
        .iter()
        .for_each(|record| inside.extend(field(3, &record.encode())));
    inside.extend(field(3, &field(1, b"\xff")));
    field(8, &inside).into()
}

fn check_frames(frames: &[Bytes], records: &[SignedRecord], (from, more): (u64, bool)) {
    let mut ids = Vec::new();
    let mut arriving = Arriving::default();
    for (index, bytes) in frames.iter().enumerate() {
        let Ok(SyncMessage::Range(part)) = SyncMessage::decode(bytes.clone()) else {
            panic!("no range");
        };
        assert!(bytes.len() <= FRAME_BYTES_MAX && part.records.len() <= RANGE_RECORDS_MAX);
        assert!(
            bytes.len() <= RANGE_BYTES_MAX + 64 || part.records.len() == 1,
            "{}",
            bytes.len()
        );
        assert_eq!(part.from, from + ids.len() as u64);
        assert_eq!(part.more, more || index + 1 < frames.len());
        ids.extend(part.records.iter().map(SignedRecord::id));
        assert_eq!(arriving.take(read(bytes.clone())).unwrap().fault, None);
    }
    assert_eq!(ids, records.iter().map(SignedRecord::id).collect::<Vec<_>>());
}

#[test]
fn many_small_records_are_one_frame_with_few_signatures() {
    let part = |bytes: &Bytes| match SyncMessage::decode(bytes.clone()) {
        Ok(SyncMessage::Range(part)) => part,
        other => panic!("{other:?}"),
    };
    let frames = range_frames(log_ref(), 0, LOG.clone(), false);
    assert_eq!(frames.len(), 1);
    check_frames(&frames, &LOG, (0, false));
    let signed = frames.iter().flat_map(|frame| part(frame).records);
    let signed = signed.filter(|record| record.signature().is_some()).count() as u64;
    assert!(
        signed <= (LOG.len() as u64).div_ceil(CHECKPOINT_RECORDS),
        "{signed} signatures"
    );
    let nothing = range_frames(log_ref(), 9, Vec::new(), false);
    assert_eq!(nothing.len(), 1);
    assert_eq!((part(&nothing[0]).from, part(&nothing[0]).more), (9, false));
}

#[test]
fn an_answer_within_another_ends_the_stream() {
    let other = LogRef::from_bytes([1; 5]);
    let mut arriving = Arriving::default();
    arriving.take(read(frame(log_ref(), 0, &LOG[..3], true))).unwrap();
    let error = arriving.take(read(frame(other, 0, &LOG[..3], false))).err();
    assert_eq!(error, Some(WireError::BadEncoding { place: "log" }));
}

/// Frames of an answer that never shows a signature: what is held of it is bounded.
#[test]
fn records_without_a_signature_are_not_held_for_ever() {
    let mut arriving = Arriving::default();
    let mut faults = Vec::new();
    for (index, record) in LOG.iter().enumerate() {
        let piece = frame(log_ref(), index as u64, &[unsigned(record)], true);
        let arrived = arriving.take(read(piece)).unwrap();
        assert!(arrived.records.is_empty());
        faults.extend(arrived.fault.map(|fault| (index, fault.code())));
    }
    assert_eq!(faults.first(), Some(&(63, "bad_signature")));
}

/// The same records again in the same answer, or a hole in it, each piece proven by itself.
#[test]
fn an_answer_that_does_not_go_on_where_it_was_is_told_so() {
    for (next, code) in [
        (0..3, "wrong_sequence"),
        (2..5, "wrong_sequence"),
        (4..7, "wrong_sequence"),
    ] {
        let mut arriving = Arriving::default();
        arriving.take(read(frame(log_ref(), 0, &LOG[..3], true))).unwrap();
        let arrived = arriving.take(read(frame(log_ref(), 3, &LOG[next], true))).unwrap();
        assert_eq!(arrived.fault.map(Verdict::code), Some(code));
    }
}

#[test]
fn a_frame_cut_short_is_no_frame() {
    let bytes = frame(log_ref(), 0, &LOG[..2], true);
    for length in 0..bytes.len() {
        // What is left may by chance be a shorter range, and never one with more or other records.
        if let Ok(ReadFrame::Range(short)) = ReadFrame::read(bytes.slice(..length)) {
            let arrived = Arriving::default().take(short).unwrap();
            assert!(arrived.records.len() < 2, "cut at {length}");
        }
    }
}
