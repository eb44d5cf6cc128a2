//! Folding: case, width, diacritics, and the spellings of Arabic, Persian, Hebrew and Hindi that people mix. Never drops what
//! makes another letter in its script: vowels of Thai and Hindi stay, and so do the marks of kana.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::decompose_canonical;

/// A word as it is compared.
pub(crate) fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    fold_onto(word, &mut folded);
    folded
}

/// Adds a word as it is compared.
pub(crate) fn fold_onto(word: &str, folded: &mut String) {
    if word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        folded.extend(word.chars().map(|letter| letter.to_ascii_lowercase()));
        return;
    }
    if word.chars().all(is_folded) {
        folded.push_str(word);
        return;
    }
    for letter in word.nfkc().flat_map(char::to_lowercase) {
        match letter {
            _ if letter.is_ascii_alphanumeric() => folded.push(letter),
            _ if is_decomposed(letter) => decompose_canonical(letter, |part| put(part, folded)),
            _ => put(letter, folded),
        }
    }
}

/// Letters of scripts without spaces that stay as they are, whatever of them stands beside them: it spares the most of their
/// texts all further looking.
fn is_folded(letter: char) -> bool {
    matches!(letter,
        '\u{e01}'..='\u{e30}' | '\u{e32}' | '\u{e40}'..='\u{e46}'
        | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// Scripts whose marks are diacritics.
fn is_decomposed(letter: char) -> bool {
    matches!(letter, '\u{80}'..='\u{77f}' | '\u{1e00}'..='\u{1fff}')
}

fn put(letter: char, folded: &mut String) {
    match letter {
        _ if is_dropped(letter) => {}
        'ß' => folded.push_str("ss"),
        'æ' => folded.push_str("ae"),
        'œ' => folded.push_str("oe"),
        'þ' => folded.push_str("th"),
        _ => folded.push(replaced(letter)),
    }
}

/// Letters that have no decomposition, and digits.
fn replaced(letter: char) -> char {
    match letter {
        'ø' => 'o',
        'đ' | 'ð' => 'd',
        'ł' => 'l',
        'ı' => 'i',
        'ħ' => 'h',
        'ς' => 'σ',
        // Arabic and Persian keyboards write the same letters differently, and texts leave out what is clear.
        'ٱ' => 'ا',
        'ى' | 'ی' | 'ې' | 'ے' => 'ي',
        'ک' => 'ك',
        'ة' | 'ە' | 'ہ' | 'ھ' => 'ه',
        // Final letters of Hebrew stay apart from the others: they are not typed for one another.
        '\u{901}' => '\u{902}',
        '\u{660}'..='\u{669}' => digit(letter, 0x660),
        '\u{6f0}'..='\u{6f9}' => digit(letter, 0x6f0),
        '\u{966}'..='\u{96f}' => digit(letter, 0x966),
        '\u{e50}'..='\u{e59}' => digit(letter, 0xe50),
        _ => letter,
    }
}

fn digit(letter: char, zero: u32) -> char {
    char::from_digit(u32::from(letter) - zero, 10).unwrap_or(letter)
}

/// Diacritics, vowel points, letters drawn long, nuktas, and what is not seen.
fn is_dropped(letter: char) -> bool {
    matches!(letter,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{487}'
        | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}' | '\u{5f3}' | '\u{5f4}'
        | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}'
        | '\u{6df}'..='\u{6e8}' | '\u{6ea}'..='\u{6ed}' | '\u{8d3}'..='\u{8ff}'
        | '\u{93c}' | '\u{9bc}' | '\u{a3c}'
        | '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{2bc}' | '\'' | '’')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, folded: &str) {
        assert_eq!(fold(written), folded, "{written}");
        assert_eq!(fold(&fold(written)), folded, "{written}: folding twice");
    }

    #[test]
    fn spellings_that_people_mix_are_one() {
        check("Restraint", "restraint");
        check("Straße", "strasse");
        check("ŽALUDEČNÍ", "zaludecni");
        check("Cœur", "coeur");
        check("İstanbul", "istanbul");
        check("ΛΌΓΟΣ", "λογοσ");
        check("ёлка", "елка");
        check("Łódź", "lodz");
        check("ＡＢＣ１", "abc1");
        check("إِعَادَة", "اعاده");
        check("عـــزل", "عزل");
        check("مسئولیت", "مسيوليت");
        check("کتاب", "كتاب");
        check("שָׁלוֹם", "שלום");
        check("ज़रूरत", "जरूरत");
        check("माँ", "मां");
        check("ｶﾞｲﾄﾞ", "ガイド");
        check("การผูกยึด", "การผูกยึด");
        check("٢٠٢٤", "2024");
    }

    #[test]
    fn letters_that_stay_are_those_that_the_long_way_leaves() {
        let all = (0..=u32::from(char::MAX)).filter_map(char::from_u32);
        for letter in all.filter(|letter| is_folded(*letter)) {
            let long: String = letter.nfkc().flat_map(char::to_lowercase).collect();
            let mut put_by = String::new();
            long.chars().for_each(|letter| put(letter, &mut put_by));
            assert_eq!(put_by, letter.to_string());
        }
        check("한국어", "한국어");
    }
}
