//! Words that say little by themselves. They are indexed, so that phrases keep them, but need not match where a question has
//! others.

use super::fold::fold;

const WORDS: &str = include_str!("../../data/stop_words.txt");

static SORTED: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(|| {
    let lines = WORDS.lines().filter(|line| !line.starts_with('#'));
    let mut words: Vec<String> = lines.flat_map(str::split_whitespace).map(fold).collect();
    words.sort_unstable();
    words.dedup();
    words
});

/// Whether a folded word is one of them in any language.
pub(crate) fn is_stop_word(term: &str) -> bool {
    SORTED.binary_search_by(|known| known.as_str().cmp(term)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_words_are_known_and_words_of_the_field_are_not() {
        for word in ["the", "und", "des", "para", "في", "של"] {
            assert!(is_stop_word(&fold(word)), "{word}");
        }
        for word in [
            "restraint",
            "seclusion",
            "time",
            "out",
            "near",
            "miss",
            "open",
            "door",
            "no",
            "force",
            "without",
        ] {
            assert!(!is_stop_word(word), "{word}");
        }
    }
}
