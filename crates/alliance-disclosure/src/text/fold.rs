//! The scanning form of a text: one cell for each character that counts, and where it stood.
//!
//! Owns what must not hide a number or a word: digits of other scripts, full-width letters, accents, soft hyphens,
//! characters without width, points that are vowels, letters two scripts share, the many dashes and spaces. Never judges what the cells say.

use std::ops::Range;

use unicode_normalization::char::{decompose_canonical, decompose_compatible, is_combining_mark};

/// The zero of every run of ten decimal digits in Unicode 15, ASCII left out: each is followed by its nine others.
const ZEROS: [u32; 67] = [
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50, 0xED0, 0xF20,
    0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0,
    0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0,
    0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16A60,
    0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E950, 0x1FBF0,
];

/// A text as the detectors see it. Positions are cells; `origin` leads back to bytes of the text as given.
pub(super) struct Folded {
    /// Letters without accents and in their own case, digits as ASCII, one kind of space and one of dash.
    pub(super) plain: Vec<char>,
    /// The same in lower case, cell for cell.
    pub(super) lower: Vec<char>,
    /// Bytes of the text; texts are far shorter than the four thousand million that fit.
    starts: Vec<u32>,
    ends: Vec<u32>,
}

impl Folded {
    pub(super) fn of(text: &str) -> Self {
        let mut folded = Self {
            plain: Vec::with_capacity(text.len()),
            lower: Vec::with_capacity(text.len()),
            starts: Vec::with_capacity(text.len()),
            ends: Vec::with_capacity(text.len()),
        };
        for (start, original) in text.char_indices() {
            let end = start + original.len_utf8();
            if !is_invisible(original) {
                spread(original, |cell| folded.push(cell, start..end));
            } else if is_combining_mark(original) {
                // A mark belongs to the letter it is written on.
                if let Some(last) = folded.ends.last_mut() {
                    *last = narrow(end);
                }
            }
        }
        folded
    }

    fn push(&mut self, cell: char, origin: Range<usize>) {
        self.plain.push(cell);
        // One cell stays one cell: of the few letters whose lower case is two characters the second is an accent.
        self.lower.push(match cell.to_lowercase().next() {
            Some('ς') => 'σ',
            lower => lower.unwrap_or(cell),
        });
        self.starts.push(narrow(origin.start));
        self.ends.push(narrow(origin.end));
    }

    pub(super) fn len(&self) -> usize {
        self.plain.len()
    }

    /// The bytes of the original text that the cells came from.
    pub(super) fn origin(&self, cells: Range<usize>) -> Range<usize> {
        let start = self.starts.get(cells.start).copied().unwrap_or_default();
        let end = cells.end.checked_sub(1).and_then(|last| self.ends.get(last));
        start as usize..end.copied().unwrap_or(start) as usize
    }

    /// The cell at a position, and a line break where the text is over.
    pub(super) fn at(&self, cell: usize) -> char {
        self.plain.get(cell).copied().unwrap_or('\n')
    }

    /// The cell before a position, and a line break where the text has not begun.
    pub(super) fn before(&self, cell: usize) -> char {
        cell.checked_sub(1).map_or('\n', |previous| self.at(previous))
    }
}

/// A byte's place; beyond the first four thousand million all places are one.
fn narrow(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Gives the cells of one character: usually one, more for ligatures, none for accents that stand alone.
fn spread(original: char, mut give: impl FnMut(char)) {
    let code = u32::from(original);
    match original {
        '\u{0}'..='\u{7f}' => give(if original == '\t' { ' ' } else { original }),
        // Ligatures, half-width and full-width forms, mathematical letters.
        '\u{fb00}'..='\u{fb06}' | '\u{ff00}'..='\u{ffef}' | '\u{1d400}'..='\u{1d7cb}' => {
            decompose_compatible(original, |part| give(fold_sign(part)));
        }
        _ if digit(code).is_some() => give(digit(code).unwrap_or(original)),
        // Letters that Unicode does not take apart, and that people without them on their keyboard write so.
        'ł' | 'Ł' | 'ø' | 'Ø' | 'đ' | 'Đ' | 'ı' | 'ß' | 'æ' | 'Æ' | 'œ' | 'Œ' | 'º' | 'ª' | '№' => {
            plain_letters(original).chars().for_each(give);
        }
        // Latin, Greek and Cyrillic letters lose their accents; other scripts would lose vowels or fall apart.
        '\u{80}'..='\u{52f}' | '\u{1e00}'..='\u{1fff}' => decompose_canonical(original, |part| {
            if !is_combining_mark(part) {
                give(fold_sign(part));
            }
        }),
        // Letters of India with a dot below are one character or two.
        '\u{900}'..='\u{9ff}' => decompose_canonical(original, |part| {
            if !is_invisible(part) {
                give(fold_sign(part));
            }
        }),
        '\u{600}'..='\u{6ff}' => give(fold_sign(arabic_letter(original))),
        _ => give(fold_sign(original)),
    }
}

/// Arabic, Persian and Urdu keyboards write one letter as different characters.
fn arabic_letter(original: char) -> char {
    match original {
        '\u{622}' | '\u{623}' | '\u{625}' => '\u{627}',
        '\u{624}' => '\u{648}',
        '\u{626}' | '\u{649}' | '\u{64a}' => '\u{6cc}',
        '\u{629}' | '\u{6c1}' | '\u{6c3}' => '\u{647}',
        '\u{643}' => '\u{6a9}',
        _ => original,
    }
}

/// A letter, or a sign that is written around one: in many scripts a vowel.
pub(super) fn is_letter(sign: char) -> bool {
    sign.is_alphabetic() || (sign >= '\u{300}' && is_combining_mark(sign))
}

fn plain_letters(original: char) -> &'static str {
    match original {
        'ł' => "l",
        'Ł' => "L",
        'ø' | 'º' => "o",
        'Ø' => "O",
        'đ' => "d",
        'Đ' => "D",
        'ı' => "i",
        'ß' => "ss",
        'æ' => "ae",
        'Æ' => "Ae",
        'œ' => "oe",
        'Œ' => "Oe",
        'ª' => "a",
        _ => "No",
    }
}

fn fold_sign(original: char) -> char {
    match original {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' | '\u{2043}' => '-',
        '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{5f3}' => '\'',
        '\u{5f4}' => '"',
        '\u{b7}' | '\u{2022}' | '\u{2024}' | '\u{2027}' | '\u{30fb}' => '.',
        '\u{2044}' | '\u{2215}' => '/',
        '\u{2028}' | '\u{2029}' | '\u{85}' => '\n',
        _ if original.is_whitespace() => ' ',
        _ => digit(u32::from(original)).unwrap_or(original),
    }
}

/// The ASCII digit of the same value.
fn digit(code: u32) -> Option<char> {
    let below = ZEROS.partition_point(|zero| *zero <= code);
    let zero = below.checked_sub(1).and_then(|place| ZEROS.get(place))?;
    char::from_digit(code - zero, 10)
}

/// Characters that take no room: they join, part or direct others and say nothing themselves.
fn is_invisible(original: char) -> bool {
    matches!(original,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
        // Accents that were written after their letter.
        || matches!(original, '\u{300}'..='\u{36f}')
        // Vowels of Hebrew and Arabic, which most texts leave out, and dots below letters of India.
        || matches!(original, '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}'
            | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{93c}' | '\u{9bc}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, plain: &str) {
        let folded = Folded::of(text);
        assert_eq!(folded.plain.iter().collect::<String>(), plain, "{text:?}");
        assert_eq!(folded.lower.len(), folded.len());
    }

    #[test]
    fn other_scripts_and_signs_fold_to_one_form() {
        check("９９９ ١٢٣ ४५६", "999 123 456");
        check("99\u{ad}9\u{200b}1\u{a0}2\u{202f}3", "9991 2 3");
        check("né e\u{301} Łódź ﬁ Ａ", "ne e Lodz fi A");
        check("1–2—3−4", "1-2-3-4");
        check("𝟗𝟡", "99");
        check("מְטוּפָּל", "מטופל");
        check("كتابٌ ي", "کتاب ی");
        check("मरीज़ \u{95b}", "मरीज ज");
    }

    #[test]
    fn every_digit_is_read_by_its_value() {
        for zero in ZEROS {
            for value in 0..10 {
                assert_eq!(digit(zero + value), char::from_digit(value, 10));
            }
        }
        assert!(ZEROS.is_sorted());
    }

    #[test]
    fn cells_lead_back_to_the_bytes_they_came_from() {
        let text = "é\u{200b}９x";
        let folded = Folded::of(text);
        assert_eq!(text.get(folded.origin(1..2)), Some("９"));
        assert_eq!(folded.origin(0..3), 0..text.len());
        assert_eq!(folded.origin(0..0), 0..0);
        assert_eq!(Folded::of("ज\u{93c} x").origin(0..1), 0..6);
    }
}
