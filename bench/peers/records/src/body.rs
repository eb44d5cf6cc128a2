//! The bodies: words of a fixed list, chosen by splitmix64, so that every language writes the same bytes.
//!
//! Owns the order of records and authors. Never signs.

/// Authors, or logs, that records are spread over where a system has such.
pub const AUTHORS: u64 = 100;

/// Bytes of one body.
pub const BODY_BYTES: usize = 1024;

/// What record 0 is derived from: "alliance" in ASCII.
const SEED: u64 = 0x616c_6c69_616e_6365;

/// The step of splitmix64.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// One word a line, of which the first 256 count: one for each byte.
const WORDS: &str = include_str!("../words.txt");

/// The finishing step of splitmix64.
#[must_use]
pub const fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// Who signs record `index`, from 0 to [`AUTHORS`]` - 1`.
#[must_use]
pub const fn author(index: u64) -> u64 {
    index % AUTHORS
}

/// The [`BODY_BYTES`] bytes of record `index`: words with a space behind each, the last one cut off.
#[must_use]
pub fn body(index: u64) -> String {
    let words: Vec<&str> = WORDS.lines().collect();
    let mut text = String::with_capacity(BODY_BYTES + 128);
    let mut state = mix(SEED.wrapping_add(index));
    while text.len() < BODY_BYTES {
        state = state.wrapping_add(STEP);
        for byte in mix(state).to_le_bytes() {
            text.push_str(words.get(usize::from(byte)).copied().unwrap_or_default());
            text.push(' ');
        }
    }
    text.truncate(BODY_BYTES);
    text
}

#[cfg(test)]
mod tests {
    use super::{BODY_BYTES, WORDS, body};

    #[test]
    fn words_are_distinct_and_enough() {
        let mut words: Vec<&str> = WORDS.lines().take(256).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), 256);
    }

    #[test]
    fn record_0_is_what_other_languages_write() {
        let text = body(0);
        assert_eq!(text.len(), BODY_BYTES);
        assert!(
            text.starts_with("group attend example evidence clear beyond after harm list item"),
            "{text}"
        );
    }
}
