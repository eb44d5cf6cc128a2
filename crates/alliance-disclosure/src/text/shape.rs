//! Shapes of numbers: which letter or digit may stand where, and how they are grouped when written.
//!
//! Owns the table's small language. `9` is a digit, `A` a letter, `*` either, `[A-D7]` one of these, all others stand
//! for themselves. Never a search: a shape is held against as many characters as it has.

use super::table::NUMBER_CHARS_MAX;

/// What may stand at one place: a bit for each of `0-9` and `A-Z`.
#[derive(Clone, Copy)]
struct Place(u64);

const DIGITS: u64 = 0x3ff;
const LETTERS: u64 = 0x3ff_ffff << 10;

impl Place {
    fn bit(byte: u8) -> Option<u64> {
        match byte {
            b'0'..=b'9' => Some(1 << (byte - b'0')),
            b'A'..=b'Z' => Some(1 << (byte - b'A' + 10)),
            _ => None,
        }
    }

    fn holds(self, byte: u8) -> bool {
        Self::bit(byte).is_some_and(|bit| self.0 & bit != 0)
    }
}

/// A number's letters and digits, place by place, without what separates them.
pub(super) struct Shape(Vec<Place>);

impl Shape {
    /// None when it does not read or is longer than the scanner looks.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut bytes = text.bytes();
        let mut places = Vec::new();
        while let Some(byte) = bytes.next() {
            places.push(Place(match byte {
                b'9' => DIGITS,
                b'A' => LETTERS,
                b'*' => DIGITS | LETTERS,
                b'[' => Self::read_set(&mut bytes)?,
                other => Place::bit(other)?,
            }));
        }
        (1..=NUMBER_CHARS_MAX).contains(&places.len()).then_some(Self(places))
    }

    /// What stands between brackets, the opening one read.
    fn read_set(bytes: &mut impl Iterator<Item = u8>) -> Option<u64> {
        let mut set = Vec::new();
        loop {
            match bytes.next()? {
                b']' => break,
                byte => set.push(byte),
            }
        }
        let mut bits = 0;
        let mut rest = set.as_slice();
        loop {
            rest = match rest {
                [] => return (bits != 0).then_some(bits),
                [first, b'-', last, tail @ ..] => {
                    for byte in *first..=*last {
                        bits |= Place::bit(byte)?;
                    }
                    tail
                }
                [one, tail @ ..] => {
                    bits |= Place::bit(*one)?;
                    tail
                }
            };
        }
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Letters must be in upper case.
    pub(super) fn holds(&self, code: &[u8]) -> bool {
        self.0.len() == code.len() && self.0.iter().zip(code).all(|(place, byte)| place.holds(*byte))
    }
}

/// How a number is divided when written: sizes of its groups and what stands between them.
pub(super) struct Grouping {
    sizes: Vec<usize>,
    /// Between a group and the next; a space stands for any separator.
    separators: Vec<char>,
}

impl Grouping {
    /// Reads sizes and what stands between them, for example `3 3 4` or `6-4`; none when it is anything else.
    pub(super) fn read(text: &str) -> Option<Self> {
        let separators: Vec<char> = text.chars().filter(|sign| !sign.is_ascii_digit()).collect();
        let sizes: Option<Vec<usize>> = text
            .split(|sign: char| !sign.is_ascii_digit())
            .map(|size| size.parse().ok())
            .collect();
        let sizes = sizes.filter(|sizes| sizes.iter().all(|size| *size > 0))?;
        separators
            .iter()
            .all(|sign| " -./+".contains(*sign))
            .then_some(Self { sizes, separators })
    }

    /// Whether groups of these sizes with these separators between them are written so.
    pub(super) fn holds(&self, sizes: &[usize], separators: &[char]) -> bool {
        let mut pairs = self.separators.iter().zip(separators);
        self.sizes == sizes && pairs.all(|(wanted, written)| *wanted == ' ' || wanted == written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(shape: &str, code: &str, held: bool) {
        let shape = Shape::read(shape).unwrap();
        assert_eq!(shape.holds(code.as_bytes()), held, "{code}");
    }

    #[test]
    fn shapes_hold_what_they_say() {
        check("A9*", "K4Z", true);
        check("A9*", "44Z", false);
        check("A9*", "K4", false);
        check("[A-C7]9", "B1", true);
        check("[A-C7]9", "71", true);
        check("[A-C7]9", "D1", false);
        check("7569", "7561", true);
        check("7569", "7571", false);
    }

    #[test]
    fn what_is_no_shape_does_not_read() {
        for text in ["", "[]", "[a]", "9-9", "[9", "9999999999999999999"] {
            assert!(Shape::read(text).is_none(), "{text}");
        }
        for text in ["", "3--4", "0 3", "x", "3_4"] {
            assert!(Grouping::read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn groupings_hold_sizes_and_separators() {
        let dashed = Grouping::read("6-4").unwrap();
        assert!(dashed.holds(&[6, 4], &['-']) && !dashed.holds(&[6, 4], &[' ']) && !dashed.holds(&[4, 6], &['-']));
        assert!(Grouping::read("3 3 4").unwrap().holds(&[3, 3, 4], &['-', '.']));
    }
}
