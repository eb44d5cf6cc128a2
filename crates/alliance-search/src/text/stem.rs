//! Stems: what the forms of a word have in common, by the rules of its language. Languages without rules here are found by
//! their words alone.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;

use super::fold::fold;
use super::light;

/// Letters that a word needs to have a stem.
const LETTERS_MIN: usize = 3;

/// Languages with rules of Snowball, by their primary tag; others have [`light`] ones.
const RULES: [(&str, Algorithm); 28] = [
    ("ca", Algorithm::Catalan),
    ("da", Algorithm::Danish),
    ("de", Algorithm::German),
    ("el", Algorithm::Greek),
    ("en", Algorithm::English),
    ("es", Algorithm::Spanish),
    ("et", Algorithm::Estonian),
    ("eu", Algorithm::Basque),
    ("fi", Algorithm::Finnish),
    ("fr", Algorithm::French),
    ("ga", Algorithm::Irish),
    ("hi", Algorithm::Hindi),
    ("hu", Algorithm::Hungarian),
    ("hy", Algorithm::Armenian),
    ("id", Algorithm::Indonesian),
    ("it", Algorithm::Italian),
    ("lt", Algorithm::Lithuanian),
    ("ne", Algorithm::Nepali),
    ("nl", Algorithm::Dutch),
    ("no", Algorithm::Norwegian),
    ("pl", Algorithm::Polish),
    ("pt", Algorithm::Portuguese),
    ("ro", Algorithm::Romanian),
    ("ru", Algorithm::Russian),
    ("sv", Algorithm::Swedish),
    ("ta", Algorithm::Tamil),
    ("tr", Algorithm::Turkish),
    ("uk", Algorithm::Ukrainian),
];

/// Letters of a primary tag at most (BCP 47).
const TAG_LETTERS_MAX: usize = 8;

/// The language under which texts of a tag are kept: the primary tag in lower case, without old and near names. Tags come from
/// strangers: what no tag has is left out.
pub(crate) fn language(tag: &str) -> String {
    let primary = tag.split(['-', '_']).next().unwrap_or_default();
    let letters = primary
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(TAG_LETTERS_MAX);
    let primary: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    match primary.as_str() {
        "nb" | "nn" => "no".to_owned(),
        "iw" => "he".to_owned(),
        "prs" => "fa".to_owned(),
        _ => primary,
    }
}

/// Whether words of a language, as [`language`] gives it, have stems.
pub(crate) fn has_stems(language: &str) -> bool {
    light::has_rules(language) || RULES.iter().any(|(known, _)| *known == language)
}

/// The stem of a word as it is written, in a language as [`language`] gives it; `None` where there are no rules, or the word
/// is too short.
pub(crate) fn stem(language: &str, word: &str) -> Option<String> {
    word.chars().nth(LETTERS_MIN - 1)?;
    if let Some(stem) = light::stem(language, word) {
        return Some(stem);
    }
    let (_, rules) = RULES.iter().find(|(known, _)| *known == language)?;
    let lower: Cow<'_, str> = match word.is_ascii() {
        true => Cow::Owned(word.to_ascii_lowercase()),
        false => Cow::Owned(word.nfkc().flat_map(char::to_lowercase).collect()),
    };
    Some(fold(&Stemmer::new(*rules).stem(&lower)))
}

/// The stems to ask for: of the word as typed, as typed by who leaves diacritics out, and the word itself, which the rules of
/// some languages would shorten once more although it is the stem of its plural.
pub(crate) fn stems_asked(language: &str, word: &str) -> Vec<String> {
    let Some(first) = stem(language, word) else {
        return Vec::new();
    };
    let folded = fold(word);
    let mut stems = vec![first];
    stems.extend(stem(language, &folded));
    stems.push(folded);
    stems.sort_unstable();
    stems.dedup();
    stems
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both forms have one stem.
    fn check(tag: &str, one: &str, other: &str) {
        let language = language(tag);
        assert_eq!(stem(&language, one), stem(&language, other), "{tag}: {one}, {other}");
        assert!(stem(&language, one).is_some());
    }

    #[test]
    fn forms_of_a_word_have_one_stem() {
        check("en-GB", "restraints", "restraint");
        check("de-AT", "Fixierung", "Fixierungen");
        check("fr-CA", "isolements", "isolement");
        check("es-CL", "contenciones", "contención");
        check("cs", "omezení", "omezením");
        check("pt-BR", "isolamentos", "isolamento");
        check("uk", "ізоляція", "ізоляції");
        check("tr", "hastaları", "hastalar");
        check("ar", "المرضى", "مرضى");
        check("he", "הבידודים", "בידוד");
        check("hi", "मरीजों", "मरीज");
    }

    #[test]
    fn the_singular_is_asked_for_too_where_it_is_the_stem() {
        for (language, plural, singular) in [("tr", "hastalar", "hasta"), ("es", "unidades", "unidad")] {
            let stem = stem(language, plural).unwrap();
            assert!(stems_asked(language, singular).contains(&stem), "{plural}");
        }
        assert_eq!(stems_asked("en", "by").len() + stems_asked("xh", "abaguli").len(), 0);
    }

    #[test]
    fn other_languages_and_short_words_have_none() {
        for (tag, word) in [("xh", "abaguli"), ("ja", "拘束"), ("en", "by"), ("", "word")] {
            assert_eq!(stem(&language(tag), word), None, "{tag} {word}");
        }
        assert_eq!(language("nb-NO"), "no");
        assert_eq!(language("zh-Hant"), "zh");
        assert_eq!(language("E\u{1f}n:x y-GB"), "enxy");
    }
}
