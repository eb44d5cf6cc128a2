//! Practices made of the words of the demonstration's records in a random order, with made-up names among them: their
//! vocabulary, none of their phrases, so that they compress to about a half, as texts of many authors do. Always the
//! same for the same seed.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use alliance_record::proto::v1;
use prost::Message;

/// Letters of each part, so that a record takes about a kilobyte with header and signature.
const TITLE_BYTES: usize = 48;
const PART_BYTES: usize = 120;

/// One word of so many is a made-up name.
const WORDS_TO_A_NAME: u64 = 3;
const VOWELS: &[u8] = b"aeiouy";

/// Where the words are from, in four languages.
const SOURCES: [&str; 7] = [
    include_str!("../../../config/demo/records/ex-01.md"),
    include_str!("../../../config/demo/records/ex-02.md"),
    include_str!("../../../config/demo/records/ex-03.md"),
    include_str!("../../../config/demo/records/ex-04.md"),
    include_str!("../../../config/demo/records/ex-05.md"),
    include_str!("../../../config/demo/records/ex-06.md"),
    include_str!("../../../config/demo/records/ex-09.md"),
];

/// Every word once.
static WORDS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let words: BTreeSet<&str> = SOURCES.iter().flat_map(|text| words(text)).collect();
    words.into_iter().collect()
});

/// The words of a document's sections.
fn words(document: &'static str) -> impl Iterator<Item = &'static str> {
    let (_, sections) = document.rsplit_once("\n---\n").unwrap_or(("", document));
    let lines = sections.lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace)
}

/// A practice that may be published.
pub(crate) fn practice(dice: &mut Dice) -> Vec<u8> {
    let mut part = |bytes| prose(dice, bytes);
    let common = v1::Common {
        title: part(TITLE_BYTES),
        lang: "en-GB".to_owned(),
        scope: "public".to_owned(),
        licence: "CC-BY-4.0".to_owned(),
        ..v1::Common::default()
    };
    let coproduction = v1::Coproduction {
        level: "codesigned".to_owned(),
        note: part(TITLE_BYTES),
    };
    v1::Practice {
        common: Some(common),
        summary: part(PART_BYTES),
        problem: part(PART_BYTES),
        why_it_should_work: part(PART_BYTES),
        what_procedures: part(PART_BYTES),
        settings: vec!["inpatient.acute_adult".to_owned()],
        coproduction: Some(coproduction),
        evidence_stage: "1".to_owned(),
        effect: "too_early".to_owned(),
        status: "in_use".to_owned(),
        ..v1::Practice::default()
    }
    .encode_to_vec()
}

/// Words until there are so many bytes.
fn prose(dice: &mut Dice, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 24);
    while text.len() < bytes {
        if !text.is_empty() {
            text.push(' ');
        }
        match dice.below(WORDS_TO_A_NAME) {
            0 => name(dice, &mut text),
            _ => text.push_str(WORDS[dice.below(WORDS.len() as u64) as usize]),
        }
    }
    text
}

/// A name such as no text has twice.
fn name(dice: &mut Dice, text: &mut String) {
    text.push(char::from(b'A' + dice.below(26) as u8));
    for _ in 0..4 {
        text.push(char::from(VOWELS[dice.below(VOWELS.len() as u64) as usize]));
        text.push(char::from(b'a' + dice.below(26) as u8));
    }
}

/// Throws the same numbers for the same seed and number (splitmix64).
#[derive(Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: &[u8; 32], number: u64) -> Self {
        let hash = blake3::keyed_hash(seed, &number.to_le_bytes());
        let first = hash.as_bytes().first_chunk().copied().unwrap_or_default();
        Self(u64::from_le_bytes(first))
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    const fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub(crate) fn bytes(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes());
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use alliance_record::schema::{self, Kind};

    use super::*;

    fn bodies(count: u64) -> Vec<Vec<u8>> {
        (0..count)
            .map(|number| practice(&mut Dice::new(&[7; 32], number)))
            .collect()
    }

    #[test]
    fn every_practice_may_be_published() {
        for body in bodies(500) {
            let findings = schema::validate(Kind::PRACTICE, &body);
            assert!(findings.is_empty(), "{findings:?}");
        }
    }

    #[test]
    fn texts_compress_to_about_half() {
        let together = bodies(64).concat();
        let packed = zstd::bulk::compress(&together, 1).unwrap();
        let part = packed.len() as f64 / together.len() as f64;
        assert!((0.40..0.60).contains(&part), "{part}");
    }

    #[test]
    fn a_seed_gives_the_same_text_again() {
        assert_eq!(bodies(3), bodies(3));
        assert_ne!(bodies(2)[0], bodies(2)[1]);
    }
}
