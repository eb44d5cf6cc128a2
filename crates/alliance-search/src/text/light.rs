//! Rules of our own for languages whose words are better shortened after folding: people leave out their vowel points, their
//! hamza or their háčky, and rules made for the full spelling then find no ending.

use super::fold::fold;

/// How the words of a language are shortened.
struct Rules {
    language: &'static str,
    /// What is written in one with the word, and how many letters must be left. The longer come first.
    before: &'static [(&'static str, usize)],
    /// How many of them at most.
    before_max: usize,
    /// Endings; the longer come first. Three letters must be left.
    endings: &'static [&'static str],
    /// How many of them at most.
    endings_max: usize,
    /// Last letters that change before an ending, and what stands for both.
    last: &'static [(&'static str, &'static str)],
}

const LETTERS_MIN: usize = 3;

const RULES: [Rules; 4] = [
    // The article, with what is written before it, and "and"; endings of number, gender and owner (Larkey's light stemmer).
    Rules {
        language: "ar",
        before: &[
            ("وال", 3),
            ("بال", 3),
            ("كال", 3),
            ("فال", 3),
            ("لل", 3),
            ("ال", 3),
            ("و", 4),
        ],
        before_max: 2,
        endings: &["ها", "ات", "ان", "ون", "ين", "يه", "ه", "ي"],
        endings_max: 1,
        last: &[],
    },
    // Cases and numbers, nouns of verbs, and the consonants that soften before them.
    Rules {
        language: "cs",
        before: &[],
        before_max: 0,
        endings: &[
            "enimi", "enich", "atech", "enim", "anim", "atum", "atem", "eni", "ani", "atu", "ata", "aty", "ich", "ych",
            "ech", "ach", "eho", "iho", "emu", "imu", "ami", "emi", "imi", "ymi", "ete", "eti", "at", "et", "it", "ej",
            "em", "im", "um", "ym", "am", "ou", "e", "i", "o", "a", "u", "y",
        ],
        endings_max: 1,
        last: &[("ch", "s"), ("h", "z"), ("k", "c")],
    },
    // Plurals, degrees, and the i that joins a word to the next.
    Rules {
        language: "fa",
        before: &[],
        before_max: 0,
        endings: &["هايي", "ترين", "هاي", "گان", "يان", "ها", "ان", "تر", "يي", "ي"],
        endings_max: 2,
        last: &[],
    },
    // And, the, in, to, from, that, as; plurals; letters that look otherwise at the end of a word.
    Rules {
        language: "he",
        before: &[("ו", 4), ("ה", 4), ("ב", 4), ("ל", 4), ("מ", 4), ("ש", 4), ("כ", 4)],
        before_max: 2,
        endings: &["יות", "ים", "ות", "יה", "ה"],
        endings_max: 1,
        last: &[("ם", "מ"), ("ן", "נ"), ("ץ", "צ"), ("ף", "פ"), ("ך", "כ")],
    },
];

/// Whether there are rules for a language.
pub(super) fn has_rules(language: &str) -> bool {
    RULES.iter().any(|rules| rules.language == language)
}

/// The stem of a word; `None` for a language without rules here.
pub(super) fn stem(language: &str, word: &str) -> Option<String> {
    let rules = RULES.iter().find(|rules| rules.language == language)?;
    let folded = fold(word);
    let mut rest = folded.as_str();
    let leaves = |shorter: &&str, letters: usize| shorter.chars().count() >= letters;
    for _ in 0..rules.before_max {
        let mut shorter = rules.before.iter().filter_map(|(before, letters)| {
            let shorter = rest.strip_prefix(before)?;
            leaves(&shorter, *letters).then_some(shorter)
        });
        match shorter.next() {
            Some(shorter) => rest = shorter,
            None => break,
        }
    }
    for _ in 0..rules.endings_max {
        let mut shorter = rules.endings.iter().filter_map(|ending| rest.strip_suffix(ending));
        match shorter.find(|shorter| leaves(shorter, LETTERS_MIN)) {
            Some(shorter) => rest = shorter,
            None => break,
        }
    }
    let changed = rules.last.iter().find_map(|(last, stands)| {
        let start = rest.strip_suffix(last)?;
        Some(format!("{start}{stands}"))
    });
    Some(changed.unwrap_or_else(|| rest.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All forms have one stem.
    fn check(language: &str, forms: &[&str]) {
        let stems: Vec<_> = forms.iter().map(|form| stem(language, form)).collect();
        assert!(
            stems[0].is_some() && stems.windows(2).all(|two| two[0] == two[1]),
            "{forms:?}: {stems:?}"
        );
    }

    #[test]
    fn forms_have_one_stem_however_they_are_spelt() {
        check("ar", &["مترجمون", "المترجمين", "مترجم"]);
        check("ar", &["الرعاية", "رعايه"]);
        check("ar", &["وصايا", "الوصايا"]);
        check("cs", &["podlaha", "podlaze"]);
        check("cs", &["mechanickych", "mechanické"]);
        check("cs", &["tlumočníci", "tlumocnik"]);
        check("fa", &["اتاق\u{200c}های", "اتاقها", "اتاق"]);
        check("fa", &["پتوی", "پتوهای", "پتو"]);
        check("he", &["מתורגמן", "המתורגמנים"]);
        check("he", &["טבליה", "טבליות"]);
        assert_eq!(stem("en", "rooms"), None);
    }
}
