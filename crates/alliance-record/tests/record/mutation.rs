//! Whatever happens to an envelope on its way: it is refused, or it still says the same.

use std::sync::LazyLock;

use alliance_record::{Certificate, Charter, SignedRecord};
use bytes::Bytes;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use prost::Message;

use crate::fixture::sample;
use crate::governance::{certified_node, charter};

/// Made once: signing is slow.
static SAMPLE: LazyLock<SignedRecord> = LazyLock::new(sample);
static CERTIFICATE: LazyLock<Certificate> =
    LazyLock::new(|| Certificate::issue(&crate::fixture::organisation_key(), certified_node()));

#[derive(Debug, Clone)]
enum Change {
    Flip(usize, u8),
    Insert(usize, u8),
    Remove(usize),
    Truncate(usize),
    /// Copies some bytes from one place to another.
    Copy(usize, usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let place = 0..400_usize;
    prop_oneof![
        (place.clone(), 1..=255_u8).prop_map(|(at, bits)| Change::Flip(at, bits)),
        (place.clone(), any::<u8>()).prop_map(|(at, byte)| Change::Insert(at, byte)),
        place.clone().prop_map(Change::Remove),
        place.clone().prop_map(Change::Truncate),
        (place.clone(), place, 1..80_usize).prop_map(|(from, to, count)| Change::Copy(from, to, count)),
    ]
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    let length = bytes.len().max(1);
    match change {
        Change::Flip(at, bits) => bytes
            .iter_mut()
            .skip(at % length)
            .take(1)
            .for_each(|byte| *byte ^= bits),
        Change::Insert(at, byte) => bytes.insert((at % length).min(bytes.len()), *byte),
        Change::Remove(at) if !bytes.is_empty() => drop(bytes.remove(at % length)),
        Change::Remove(_) => {}
        Change::Truncate(at) => bytes.truncate(at % length),
        Change::Copy(from, to, count) => {
            let from = from % length;
            let copied: Vec<u8> = bytes.iter().skip(from).take(*count).copied().collect();
            let to = (to % length).min(bytes.len());
            bytes.splice(to..to, copied);
        }
    }
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config(10_000))]

    /// The envelope itself is not signed, so that bytes around its parts may differ; the record may not.
    #[test]
    fn a_changed_envelope_is_refused_or_says_the_same(changes in proptest::collection::vec(change(), 1..4)) {
        let original = &*SAMPLE;
        let mut bytes = original.encode().to_vec();
        changes.iter().for_each(|change| apply(&mut bytes, change));
        let Ok(record) = SignedRecord::decode(bytes.into()) else { return Ok(()) };
        let Ok(record) = record.verify() else { return Ok(()) };
        prop_assert_eq!(record.id(), original.id());
        prop_assert_eq!(record.header(), original.header());
        prop_assert!(record.body().is_none() || record.body() == original.body());
    }

    /// The same for what stands by itself.
    #[test]
    fn a_changed_certificate_is_refused_or_says_the_same(changes in proptest::collection::vec(change(), 1..4)) {
        let original = &*CERTIFICATE;
        let mut bytes = original.bytes().to_vec();
        changes.iter().for_each(|change| apply(&mut bytes, change));
        if let Ok(read) = Certificate::decode(&bytes.into()) {
            prop_assert_eq!(read.node(), original.node());
        }
    }

    #[test]
    fn no_bytes_make_a_decoder_stumble(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let bytes = Bytes::from(bytes);
        if let Ok(record) = SignedRecord::decode(bytes.clone()) {
            prop_assert!(record.verify().is_err());
        }
        prop_assert!(Certificate::decode(&bytes).is_err());
        let _ = Charter::decode(&bytes);
    }

    #[test]
    fn no_change_makes_the_charters_decoder_stumble(changes in proptest::collection::vec(change(), 1..4)) {
        let mut bytes = charter().encode_to_vec();
        changes.iter().for_each(|change| apply(&mut bytes, change));
        if let Ok(read) = Charter::decode(&bytes.into()) {
            prop_assert!(read.threshold as usize * 2 > read.stewards.len());
        }
    }
}

/// Every single bit of an envelope, turned.
#[test]
fn every_bit_turned_is_refused_or_says_the_same() {
    let original = sample();
    let envelope = original.encode();
    let mut accepted = 0;
    for place in 0..envelope.len() * 8 {
        let mut bytes = envelope.to_vec();
        bytes[place / 8] ^= 1 << (place % 8);
        let Ok(record) = SignedRecord::decode(bytes.into()) else {
            continue;
        };
        let Ok(record) = record.verify() else { continue };
        assert_eq!(record.id(), original.id(), "bit {place}");
        assert!(
            record.body().is_none() || record.body() == original.body(),
            "bit {place}"
        );
        accepted += 1;
    }
    // A few bits name the body's field: turned, the body counts as absent.
    assert!(accepted <= 8, "{accepted}");
}
