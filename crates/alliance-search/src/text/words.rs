//! Where words begin and end. Scripts without spaces between words, and Korean, whose particles hang on them, are taken as
//! single letters and overlapping pairs: no dictionary is needed, and whatever is asked is found as part of a longer text.

use unicode_normalization::char::is_combining_mark;

use super::fold::fold;

/// Characters of a term at most: what is longer is no word, and would only be a burden to the index.
const TERM_CHARACTERS_MAX: usize = 64;
/// Letters of the short end of a word beside an apostrophe: `l'`, `qu'`, `'s`, `'re`. It is left out.
const ELISION_CHARACTERS_MAX: usize = 2;

/// A term and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// Folded.
    pub(crate) term: String,
    /// Bytes of the text: first.
    pub(crate) from: usize,
    /// Bytes of the text: behind the last.
    pub(crate) to: usize,
    /// The count of words or letters before it.
    pub(crate) position: u32,
    pub(crate) shape: Shape,
}

/// What a term is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A word.
    Word,
    /// A letter of a script without spaces that stands alone.
    Alone,
    /// Such a letter beside others.
    Single,
    /// Two of them.
    Pair,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Unspaced,
    /// Belongs to the letter before it.
    Mark,
    /// Seen by nobody.
    Invisible,
    Apostrophe,
    Gap,
}

/// The terms of a text, by position.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Cutter {
        text,
        tokens: Vec::new(),
        position: 0,
    };
    let mut letters = text.char_indices().peekable();
    while let Some((from, letter)) = letters.next() {
        match class(letter) {
            Class::Letter => {
                let to = run(text, from, Class::Letter);
                found.words(from, to);
                while letters.next_if(|(at, _)| *at < to).is_some() {}
            }
            Class::Unspaced => {
                let to = run(text, from, Class::Unspaced);
                found.pairs(from, to);
                while letters.next_if(|(at, _)| *at < to).is_some() {}
            }
            Class::Mark | Class::Invisible | Class::Apostrophe | Class::Gap => {}
        }
    }
    found.tokens
}

/// Where a run of one class that begins at `from` ends, with what belongs to its letters.
fn run(text: &str, from: usize, wanted: Class) -> usize {
    let mut end = from;
    for (at, letter) in text[from..].char_indices() {
        let class = class(letter);
        let behind = from + at + letter.len_utf8();
        match class {
            _ if class == wanted => end = behind,
            Class::Mark | Class::Invisible if !is_parting(text, from + at, letter) => end = behind,
            Class::Apostrophe if wanted == Class::Letter => {}
            _ => break,
        }
    }
    end
}

/// Persian writes this between the parts of a word, which others write apart or together.
fn is_parting(text: &str, at: usize, letter: char) -> bool {
    letter == '\u{200c}'
        && text[..at]
            .chars()
            .next_back()
            .is_some_and(|before| ('\u{600}'..'\u{780}').contains(&before))
}

fn class(letter: char) -> Class {
    match letter {
        _ if letter.is_ascii_alphanumeric() => Class::Letter,
        '\'' | '’' | '\u{2bc}' | '＇' => Class::Apostrophe,
        _ if letter.is_ascii() => Class::Gap,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2060}' => Class::Invisible,
        '\u{5f3}' | '\u{5f4}' | '\u{ff9e}' | '\u{ff9f}' => Class::Mark,
        _ if is_combining_mark(letter) => Class::Mark,
        _ if is_unspaced(letter) && letter.is_alphanumeric() => Class::Unspaced,
        _ if letter.is_alphanumeric() => Class::Letter,
        _ => Class::Gap,
    }
}

/// Thai and Lao, Burmese, Khmer, kana, Han, Hangul.
fn is_unspaced(letter: char) -> bool {
    matches!(letter,
        '\u{e00}'..='\u{e4f}' | '\u{e80}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}'
        | '\u{1780}'..='\u{17ff}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{3100}'..='\u{318f}'
        | '\u{31a0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ffdc}' | '\u{20000}'..='\u{3ffff}')
}

struct Cutter<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    position: u32,
}

impl Cutter<'_> {
    /// A run of letters: one word, or several about apostrophes.
    fn words(&mut self, from: usize, to: usize) {
        let run = &self.text[from..to];
        let is_latin = run
            .chars()
            .all(|letter| letter < '\u{250}' || class(letter) == Class::Apostrophe);
        let has_apostrophe = run.chars().any(|letter| class(letter) == Class::Apostrophe);
        if !has_apostrophe || !is_latin {
            return self.word(from, to);
        }
        let mut parts = Vec::new();
        let mut start = from;
        for (at, letter) in run
            .char_indices()
            .filter(|(_, letter)| class(*letter) == Class::Apostrophe)
        {
            parts.push((start, from + at));
            start = from + at + letter.len_utf8();
        }
        parts.push((start, to));
        let is_long = |(from, to): &(usize, usize)| self.text[*from..*to].chars().count() > ELISION_CHARACTERS_MAX;
        let any_is_long = parts.iter().any(is_long);
        parts.retain(|part| !any_is_long || is_long(part));
        for (from, to) in parts {
            self.word(from, to);
        }
    }

    fn word(&mut self, from: usize, to: usize) {
        let mut term = fold(&self.text[from..to]);
        if let Some((end, _)) = term.char_indices().nth(TERM_CHARACTERS_MAX) {
            term.truncate(end);
        }
        if !term.is_empty() {
            self.put(term, (from, to), Shape::Word);
            self.position += 1;
        }
    }

    /// A run of letters of a script without spaces: each letter with its marks, and each with the one after it.
    fn pairs(&mut self, from: usize, to: usize) {
        let mut starts: Vec<usize> = Vec::new();
        for (at, letter) in self.text[from..to].char_indices() {
            if class(letter) == Class::Unspaced {
                starts.push(from + at);
            }
        }
        starts.push(to);
        let is_alone = starts.len() == 2;
        for (at, ends) in starts.windows(2).enumerate() {
            let [first, end] = [ends[0], ends[1]];
            let shape = if is_alone { Shape::Alone } else { Shape::Single };
            self.put(fold(&self.text[first..end]), (first, end), shape);
            if let Some(end) = starts.get(at + 2) {
                self.put(fold(&self.text[first..*end]), (first, *end), Shape::Pair);
            }
            self.position += 1;
        }
    }

    fn put(&mut self, term: String, (from, to): (usize, usize), shape: Shape) {
        self.tokens.push(Token {
            term,
            from,
            to,
            position: self.position,
            shape,
        });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, terms: &[&str]) {
        let found = tokens(text);
        assert_eq!(
            found.iter().map(|token| token.term.as_str()).collect::<Vec<_>>(),
            terms,
            "{text}"
        );
    }

    #[test]
    fn words_and_pairs() {
        check("The patient's room, 2024.", &["the", "patient", "room", "2024"]);
        check(
            "l’isolement qu'il aujourd'hui",
            &["isolement", "qu", "il", "aujourd", "hui"],
        );
        check("об'єкт", &["обєкт"]);
        check("open-door_policy", &["open", "door", "policy"]);
        check("身体拘束", &["身", "身体", "体", "体拘", "拘", "拘束", "束"]);
        check("隔", &["隔"]);
        check("격리 를", &["격", "격리", "리", "를"]);
        check("การ", &["ก", "กา", "า", "าร", "ร"]);
        check("ｶﾞｲ", &["ガ", "ガイ", "イ"]);
        check("آرام‌سازی", &["ارام", "سازي"]);
        check("הַבַּיְתָה צה״ל", &["הביתה", "צהל"]);
        check("हिन्दी में", &["हिन्दी", "में"]);
        check("ICU病棟5", &["icu", "病", "病棟", "棟", "5"]);
        check("— … '", &[]);
        assert_eq!(tokens(&"x".repeat(500))[0].term.len(), TERM_CHARACTERS_MAX);
    }

    #[test]
    fn positions_count_words_and_letters() {
        let found = tokens("a 病棟 b");
        let places: Vec<_> = found
            .iter()
            .map(|token| (token.term.as_str(), token.position))
            .collect();
        assert_eq!(places, [("a", 0), ("病", 1), ("病棟", 1), ("棟", 2), ("b", 3)]);
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_cut_at_letters_and_in_order(text in "\\PC{0,60}") {
            let found = tokens(&text);
            for token in &found {
                prop_assert!(token.from < token.to && text.get(token.from..token.to).is_some());
            }
            prop_assert!(found.windows(2).all(|two| two[0].position <= two[1].position && two[0].from <= two[1].from));
        }
    }
}
