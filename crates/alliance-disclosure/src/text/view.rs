//! A text prepared for the finders: its cells, its words and numbers, and where the table's words stand.
//!
//! Owns the questions all finders ask. Never decides what is a detail.

use std::ops::Range;

use super::fold::{Folded, is_letter};
use super::table::{List, Table};
use super::words::{Hit, Hits, Words};

/// A run of letters or of digits, in cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Letters,
    Digits,
}

impl Token {
    pub(super) fn len(&self) -> usize {
        self.end - self.start
    }

    pub(super) fn is_digits(&self) -> bool {
        self.kind == Kind::Digits
    }
}

pub(super) struct View<'a> {
    pub(super) folded: Folded,
    pub(super) tokens: Vec<Token>,
    hits: Hits,
    pub(super) table: &'a Table,
}

impl<'a> View<'a> {
    pub(super) fn of(text: &str, words: &Words, table: &'a Table) -> Self {
        let folded = Folded::of(text);
        let hits = words.find(&folded);
        Self {
            tokens: tokens(&folded),
            folded,
            hits,
            table,
        }
    }

    /// Where the words of a list stand, in order.
    pub(super) fn hits(&self, list: impl Into<usize>) -> &[Hit] {
        self.hits.of(list.into())
    }

    /// The token at a place; negative places and those beyond the end have none.
    pub(super) fn token(&self, index: usize) -> Option<&Token> {
        self.tokens.get(index)
    }

    /// The index of the first token that begins at or after a cell.
    pub(super) fn token_from(&self, cell: usize) -> usize {
        self.tokens.partition_point(|token| token.start < cell)
    }

    /// The index of the token that a cell is part of, or of the first behind it.
    pub(super) fn token_at(&self, cell: usize) -> usize {
        self.tokens.partition_point(|token| token.end <= cell)
    }

    /// The cells between two places; none when the first lies behind the second.
    pub(super) fn gap(&self, from: usize, to: usize) -> &[char] {
        self.folded.plain.get(from..to).unwrap_or_default()
    }

    /// Whether only these signs stand between two places, and no more than `most`.
    pub(super) fn is_gap(&self, (from, to): (usize, usize), most: usize, signs: &str) -> bool {
        let gap = self.gap(from, to);
        from <= to && gap.len() <= most && gap.iter().all(|sign| signs.contains(*sign))
    }

    /// Whether exactly these cells are a word of the list.
    pub(super) fn is_word(&self, list: List, cells: Range<usize>) -> bool {
        let hits = self.hits(list);
        let from = hits.partition_point(|hit| (hit.start, hit.end) < (cells.start, cells.end));
        hits.get(from)
            .is_some_and(|hit| hit.start == cells.start && hit.end == cells.end)
    }

    pub(super) fn is_token(&self, list: List, token: &Token) -> bool {
        self.is_word(list, token.start..token.end)
    }

    /// Whether a word of the list begins at a cell.
    pub(super) fn begins(&self, list: List, cell: usize) -> Option<Hit> {
        let hits = self.hits(list);
        let after = hits.partition_point(|hit| hit.start <= cell);
        after
            .checked_sub(1)
            .and_then(|last| hits.get(last))
            .copied()
            .filter(|hit| hit.start == cell)
    }

    /// Whether a word of the list lies within `window` cells before or after these, or among them.
    pub(super) fn is_around(&self, list: usize, cells: &Range<usize>, window: usize) -> bool {
        // No word of the tables is longer; a longer one would only be missed at the far edge of the window.
        const WORD_CHARS_MAX: usize = 40;
        let hits = self.hits(list);
        let from = hits.partition_point(|hit| hit.start + window + WORD_CHARS_MAX < cells.start);
        hits.iter()
            .skip(from)
            .take_while(|hit| hit.start <= cells.end + window)
            .any(|hit| hit.end + window >= cells.start)
    }

    /// Whether a word of the list ends right before a cell, or a space before it.
    pub(super) fn ends(&self, list: List, cell: usize) -> bool {
        self.last_before(list, cell, 1)
            .is_some_and(|hit| self.is_gap((hit.end, cell), 1, " \n"))
    }

    /// The last word of the list that ends at most `window` cells before a cell.
    pub(super) fn last_before(&self, list: impl Into<usize>, cell: usize, window: usize) -> Option<Hit> {
        let hits = self.hits(list);
        let after = hits.partition_point(|hit| hit.start < cell);
        // Words of a list overlap only by a few: the last that ends in time is among the last begun.
        hits.iter()
            .take(after)
            .rev()
            .take(4)
            .find(|hit| hit.end <= cell && hit.end + window >= cell)
            .copied()
    }

    /// Whether a word of the list stands right before a cell: nothing between but signs and joining words.
    pub(super) fn is_label_before(&self, list: impl Into<usize>, cell: usize, window: usize) -> bool {
        self.last_before(list, cell, window)
            .is_some_and(|label| self.is_joint(label.end, cell))
    }

    /// Whether a word of the list stands right behind a cell.
    pub(super) fn is_label_after(&self, list: impl Into<usize>, cell: usize, window: usize) -> bool {
        let hits = self.hits(list);
        let first = hits.partition_point(|hit| hit.start < cell);
        hits.get(first)
            .is_some_and(|hit| hit.start <= cell + window && self.is_joint(cell, hit.start))
    }

    /// Whether between two cells stand only signs and words that join a label to its number.
    pub(super) fn is_joint(&self, from: usize, to: usize) -> bool {
        let mut index = self.token_from(from);
        while let Some(token) = self.token(index).filter(|token| token.start < to) {
            if token.is_digits() || !self.is_token(List::LabelJoint, token) {
                return false;
            }
            index += 1;
        }
        true
    }

    /// The value of a run of digits; none when it has more than four.
    pub(super) fn value(&self, token: &Token) -> Option<u32> {
        if !token.is_digits() || token.len() > 4 {
            return None;
        }
        let digits = self.gap(token.start, token.end).iter();
        Some(digits.fold(0, |value, digit| value * 10 + digit.to_digit(10).unwrap_or(0)))
    }

    /// Whether a token begins with a capital.
    pub(super) fn is_capital(&self, token: &Token) -> bool {
        self.folded.at(token.start).is_uppercase()
    }

    /// Whether a run of digits is part of a longer number, such as `1.5`, `2,000`, `10-12-3` or `v2`.
    pub(super) fn is_fragment(&self, cells: &Range<usize>, joints: &str) -> bool {
        let (at, before) = (|cell| self.folded.at(cell), |cell| self.folded.before(cell));
        let left = before(cells.start);
        let right = at(cells.end);
        let joined_left = joints.contains(left) && before(cells.start.saturating_sub(1)).is_ascii_alphanumeric();
        let joined_right = joints.contains(right) && at(cells.end + 1).is_ascii_digit();
        joined_left || joined_right || left.is_ascii_alphanumeric()
    }
}

fn tokens(folded: &Folded) -> Vec<Token> {
    let kind = |sign: char| match sign {
        '0'..='9' => Some(Kind::Digits),
        _ if is_letter(sign) => Some(Kind::Letters),
        _ => None,
    };
    let mut tokens: Vec<Token> = Vec::new();
    for (cell, sign) in folded.plain.iter().enumerate() {
        let Some(kind) = kind(*sign) else { continue };
        match tokens.last_mut() {
            Some(last) if last.end == cell && last.kind == kind => last.end = cell + 1,
            _ => tokens.push(Token {
                start: cell,
                end: cell + 1,
                kind,
            }),
        }
    }
    tokens
}
