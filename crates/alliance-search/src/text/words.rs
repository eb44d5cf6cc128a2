//! Where words begin and end. Scripts without spaces between words, and Korean, whose particles hang on them, are taken as
//! single letters and overlapping pairs: no dictionary is needed, and whatever is asked is found as part of a longer text.

use std::sync::LazyLock;

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
    /// Words that are joined by what is not seen, as one; the words themselves follow.
    Joined,
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

/// Where a term stands in its text, before it is folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Bytes of the text: first.
    pub(crate) from: usize,
    /// Bytes of the text: behind the last.
    pub(crate) to: usize,
    /// The count of words or letters before it.
    pub(crate) position: u32,
    pub(crate) shape: Shape,
}

/// The terms of a text, by position.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    pieces(text, &mut |piece| {
        let term = term(&text[piece.from..piece.to]);
        let is_kept = !term.is_empty();
        if is_kept {
            tokens.push(Token {
                term,
                from: piece.from,
                to: piece.to,
                position: piece.position,
                shape: piece.shape,
            });
        }
        is_kept
    });
    tokens
}

/// A piece as it is compared. Empty when nothing of it is.
pub(crate) fn term(piece: &str) -> String {
    let mut term = fold(piece);
    if term.len() > TERM_CHARACTERS_MAX
        && let Some((end, _)) = term.char_indices().nth(TERM_CHARACTERS_MAX)
    {
        term.truncate(end);
    }
    term
}

/// Gives the pieces of a text to `each`, by position. It says whether there was a term: a word without one has no place.
pub(crate) fn pieces(text: &str, each: &mut impl FnMut(Piece) -> bool) {
    let mut cutter = Cutter {
        text,
        classes: &CLASSES,
        position: 0,
        each,
    };
    let mut at = 0;
    while let Some(letter) = text[at..].chars().next() {
        at = match cutter.class(letter) {
            Class::Letter => cutter.words(at),
            Class::Unspaced => cutter.pairs(at),
            Class::Mark | Class::Invisible | Class::Apostrophe | Class::Gap => at + letter.len_utf8(),
        };
    }
}

/// Persian writes this between the parts of a word, which others write apart or together.
fn is_parting(text: &str, at: usize, letter: char) -> bool {
    letter == '\u{200c}'
        && text[..at]
            .chars()
            .next_back()
            .is_some_and(|before| ('\u{600}'..'\u{780}').contains(&before))
}

/// Of the first 65,536 letters, which is nearly all that is written: looking it up costs a tenth of working it out.
static CLASSES: LazyLock<Vec<Class>> = LazyLock::new(|| {
    let letters = 0..=u32::from(u16::MAX);
    letters
        .map(|code| char::from_u32(code).map_or(Class::Gap, class))
        .collect()
});

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

/// Letters in a row.
struct Run {
    from: usize,
    to: usize,
    /// Whether apostrophes part it.
    has_parts: bool,
}

struct Cutter<'a, F> {
    text: &'a str,
    classes: &'a [Class],
    position: u32,
    each: &'a mut F,
}

impl<F: FnMut(Piece) -> bool> Cutter<'_, F> {
    fn class(&self, letter: char) -> Class {
        let known = self.classes.get(letter as usize).copied();
        known.unwrap_or_else(|| class(letter))
    }

    /// Runs of letters that begin at `from`, joined by what is not seen: as one, and each. Gives where they end.
    fn words(&mut self, from: usize) -> usize {
        let first = self.run(from);
        let Some(next) = self.joined(first.to) else {
            self.give_run(&first);
            return first.to;
        };
        let mut runs = vec![first, self.run(next)];
        while let Some(next) = runs.last().and_then(|run| self.joined(run.to)) {
            runs.push(self.run(next));
        }
        let to = runs.last().map_or(from, |run| run.to);
        self.give((from, to), Shape::Joined);
        runs.iter().for_each(|run| self.give_run(run));
        to
    }

    fn give_run(&mut self, run: &Run) {
        match run.has_parts {
            true => self.parts(run.from, run.to),
            false => self.word(run.from, run.to),
        }
    }

    /// Where the next word begins, when it is joined to the one that ends here.
    fn joined(&self, at: usize) -> Option<usize> {
        let mut letters = self.text[at..].chars();
        let join = letters.next().filter(|join| is_parting(self.text, at, *join))?;
        let is_letter = self.class(letters.next()?) == Class::Letter;
        is_letter.then_some(at + join.len_utf8())
    }

    /// A run of letters that begins at `from`: one word, or several about apostrophes.
    fn run(&self, from: usize) -> Run {
        let (mut to, mut is_latin) = (from, true);
        // Whether one has letters behind it, and whether one has been met.
        let (mut has_apostrophe, mut is_behind_one) = (false, false);
        for (at, letter) in self.text[from..].char_indices() {
            match self.class(letter) {
                Class::Letter => {}
                Class::Mark | Class::Invisible if !is_parting(self.text, from + at, letter) => {}
                Class::Apostrophe => {
                    is_behind_one = true;
                    continue;
                }
                _ => break,
            }
            to = from + at + letter.len_utf8();
            is_latin &= letter < '\u{250}';
            has_apostrophe |= is_behind_one;
        }
        Run {
            from,
            to,
            has_parts: has_apostrophe && is_latin,
        }
    }

    /// Words about apostrophes.
    fn parts(&mut self, from: usize, to: usize) {
        let mut parts = Vec::new();
        let mut start = from;
        for (at, letter) in self.text[from..to].char_indices() {
            if self.class(letter) == Class::Apostrophe {
                parts.push((start, from + at));
                start = from + at + letter.len_utf8();
            }
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
        if from < to && self.give((from, to), Shape::Word) {
            self.position += 1;
        }
    }

    /// A run of letters of a script without spaces that begins at `from`: each letter with its marks, and each with the one
    /// after it. Gives where it ends.
    fn pairs(&mut self, from: usize) -> usize {
        let mut to = from;
        // Where the last letter begins, and the one before it.
        let (mut before, mut last) = (None, from);
        for (at, letter) in self.text[from..].char_indices() {
            let at = from + at;
            match self.class(letter) {
                Class::Unspaced if at > from => {
                    if let Some(before) = before {
                        self.pair(before, last, at);
                    }
                    (before, last) = (Some(last), at);
                }
                Class::Unspaced => {}
                Class::Mark | Class::Invisible if !is_parting(self.text, at, letter) => {}
                _ => break,
            }
            to = at + letter.len_utf8();
        }
        let shape = if before.is_none() { Shape::Alone } else { Shape::Single };
        if let Some(before) = before {
            self.pair(before, last, to);
        }
        self.give((last, to), shape);
        self.position += 1;
        to
    }

    /// A letter, and it and the next.
    fn pair(&mut self, first: usize, second: usize, to: usize) {
        self.give((first, second), Shape::Single);
        self.give((first, to), Shape::Pair);
        self.position += 1;
    }

    fn give(&mut self, (from, to): (usize, usize), shape: Shape) -> bool {
        (self.each)(Piece {
            from,
            to,
            position: self.position,
            shape,
        })
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
        check("آرام‌سازی", &["ارامسازي", "ارام", "سازي"]);
        check("گفت‌و‌گو ", &["گفتوگو", "گفت", "و", "گو"]);
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
