//! Numbers with a shape: identity numbers and postcodes, held against every row of the table.
//!
//! Owns how a number is read out of a text that may divide it anyhow, and what speaks for it: words, grouping, or its
//! digits alone. Looks a bounded way ahead from each place, so time grows with the text only.

use std::ops::Range;

use super::finding::Action;
use super::table::{List, NUMBER_CHARS_MAX, NumberRow, Table};
use super::view::View;
use super::words::{context_of, near_of};

/// What may stand inside a number that is divided.
const SEPARATORS: &str = " -./+()*`\n";

/// Signs between two parts of one number; three let ` - ` through.
const SEPARATOR_CHARS_MAX: usize = 3;

/// Characters between a number and a word that must be next to it.
const NEAR_CHARS_MAX: usize = 8;

/// Groups of a number that no word names: no official form has more, and single digits in a row are a table.
const GROUPS_MAX: usize = 7;

/// Characters between a number and a label before it: room for ` of the patient is: `.
const NEAR_LABEL_CHARS_MAX: usize = 24;

/// What speaks for a number beside its shape and its check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Because {
    Alone,
    Grouped,
    Named,
}

/// A number of one row.
pub(super) struct Numbered {
    pub(super) row: usize,
    pub(super) cells: Range<usize>,
    pub(super) because: Because,
    pub(super) action: Action,
}

/// Rows and their shapes by the length of the shape.
pub(super) struct ByLength(Vec<Vec<usize>>);

impl ByLength {
    pub(super) fn of(table: &Table) -> Self {
        let mut rows = vec![Vec::new(); NUMBER_CHARS_MAX + 1];
        for (row, number) in table.numbers.iter().enumerate() {
            for shape in &number.shapes {
                if let Some(rows) = rows.get_mut(shape.len()).filter(|rows| !rows.contains(&row)) {
                    rows.push(row);
                }
            }
        }
        Self(rows)
    }

    fn rows(&self, length: usize) -> &[usize] {
        self.0.get(length).map_or(&[], Vec::as_slice)
    }
}

/// Letters and digits from one place on, without what divides them.
#[derive(Default)]
struct Written {
    cells: Range<usize>,
    code: Vec<u8>,
    sizes: Vec<usize>,
    separators: Vec<char>,
    is_upper: bool,
}

pub(super) fn find(view: &View<'_>, by_length: &ByLength) -> Vec<Numbered> {
    let chunks = chunks(view);
    let published = published(view);
    let said = said(view);
    let mut written = Written::default();
    let mut found = Vec::new();
    for (first, chunk) in chunks.iter().enumerate() {
        for start in starts(view, chunk) {
            if is_within(&published, start) || view.folded.before(start) == '+' {
                continue;
            }
            let rest = chunks.get(first + 1..).unwrap_or_default();
            read_from(view, (start..chunk.end, rest), &mut written, |written| {
                let is_formed = may_have_form(written);
                for row in by_length.rows(written.code.len()) {
                    if said.get(*row) == Some(&true) || (is_formed && has_form(view, *row, written)) {
                        found.extend(judge(view, *row, written));
                    }
                }
            });
        }
    }
    found
}

/// For each row, whether any word that names its number stands anywhere in the text.
fn said(view: &View<'_>) -> Vec<bool> {
    let rows = 0..view.table.numbers.len();
    rows.map(|row| !view.hits(context_of(row)).is_empty() || !view.hits(near_of(row)).is_empty())
        .collect()
}

/// Whether its form alone could speak for a number: asked first, for most rows need a word and most texts have none.
fn has_form(view: &View<'_>, row: usize, written: &Written) -> bool {
    let number = view.table.numbers.get(row);
    number.is_some_and(|number| number.raw.alone().is_some() || is_grouped(number, written))
}

/// What nothing but its form speaks for must be written in that form.
fn may_have_form(written: &Written) -> bool {
    written.is_upper && written.sizes.len() <= GROUPS_MAX
}

fn is_grouped(number: &NumberRow, written: &Written) -> bool {
    let mut groupings = number.groupings.iter();
    groupings.any(|grouping| grouping.holds(&written.sizes, &written.separators))
}

fn is_within(published: &[Range<usize>], cell: usize) -> bool {
    let begun = published.partition_point(|cells| cells.start <= cell);
    begun
        .checked_sub(1)
        .and_then(|last| published.get(last))
        .is_some_and(|cells| cells.contains(&cell))
}

/// Runs of letters and digits of ASCII.
fn chunks(view: &View<'_>) -> Vec<Range<usize>> {
    let mut chunks: Vec<Range<usize>> = Vec::new();
    for (cell, sign) in view.folded.plain.iter().enumerate() {
        if sign.is_ascii_alphanumeric() {
            match chunks.last_mut() {
                Some(last) if last.end == cell => last.end = cell + 1,
                _ => chunks.push(cell..cell + 1),
            }
        }
    }
    chunks
}

/// Where a number may begin in a run: at its beginning, and after letters that are glued to digits only, as in
/// `NHS9990000000`.
fn starts(view: &View<'_>, chunk: &Range<usize>) -> impl Iterator<Item = usize> {
    let cells = view.gap(chunk.start, chunk.end);
    let letters = cells.iter().take_while(|sign| sign.is_ascii_alphabetic()).count();
    let is_glued = letters >= 2 && letters < cells.len() && cells.iter().skip(letters).all(char::is_ascii_digit);
    [Some(chunk.start), is_glued.then_some(chunk.start + letters)]
        .into_iter()
        .flatten()
}

/// Gives what is written from a chunk on, one chunk longer each time, as long as a number could be.
fn read_from(
    view: &View<'_>,
    (first, rest): (Range<usize>, &[Range<usize>]),
    written: &mut Written,
    mut give: impl FnMut(&Written),
) {
    written.cells = first.start..first.start;
    written.code.clear();
    written.sizes.clear();
    written.separators.clear();
    written.is_upper = true;
    for chunk in std::iter::once(&first).chain(rest) {
        let between = view.gap(written.cells.end, chunk.start);
        let is_first = written.sizes.is_empty();
        if !is_first && !is_separator(between) || written.code.len() + chunk.len() > NUMBER_CHARS_MAX {
            return;
        }
        if !is_first {
            written
                .separators
                .push(between.iter().copied().find(|sign| *sign != ' ').unwrap_or(' '));
        }
        for sign in view.gap(chunk.start, chunk.end) {
            written.is_upper &= !sign.is_ascii_lowercase();
            written.code.extend(u8::try_from(sign.to_ascii_uppercase()));
        }
        written.sizes.push(chunk.len());
        written.cells.end = chunk.end;
        give(written);
    }
}

fn is_separator(between: &[char]) -> bool {
    between.len() <= SEPARATOR_CHARS_MAX
        && between.iter().all(|sign| SEPARATORS.contains(*sign))
        && between.iter().filter(|sign| **sign == '\n').count() <= 1
}

fn judge(view: &View<'_>, row: usize, written: &Written) -> Option<Numbered> {
    let number = view.table.numbers.get(row)?;
    let code = written.code.as_slice();
    let is_shaped = number.shapes.iter().any(|shape| shape.holds(code));
    if !is_shaped || !number.check.is_none_or(|check| check(code)) {
        return None;
    }
    let cells = &written.cells;
    if view.is_fragment(&(cells.start..cells.end), ".-_,+") && !is_after_label(view, row, cells.start) {
        return None;
    }
    let (because, action) = spoken_for(view, (row, number), written)?;
    // `ISSN 2161-1481` has the shape of a number that begins with four letters.
    let is_public = view.is_label_before(List::PublicNumber, cells.start, NEAR_CHARS_MAX)
        || view.begins(List::PublicNumber, cells.start).is_some();
    (!is_public).then(|| Numbered {
        row,
        cells: cells.clone(),
        because,
        action,
    })
}

fn is_after_label(view: &View<'_>, row: usize, start: usize) -> bool {
    view.is_label_before(near_of(row), start, NEAR_LABEL_CHARS_MAX)
        || view.is_label_before(context_of(row), start, NEAR_CHARS_MAX)
}

fn spoken_for(view: &View<'_>, (row, number): (usize, &NumberRow), written: &Written) -> Option<(Because, Action)> {
    let window = number.raw.window;
    let is_named = view.is_around(context_of(row), &written.cells, window)
        || view.is_label_before(near_of(row), written.cells.start, NEAR_LABEL_CHARS_MAX)
        || view.is_label_after(near_of(row), written.cells.end, NEAR_CHARS_MAX);
    if is_named {
        return Some((Because::Named, number.raw.action));
    }
    if !may_have_form(written) {
        return None;
    }
    match number.raw.grouped().filter(|_| is_grouped(number, written)) {
        Some(action) => Some((Because::Grouped, action)),
        None => number.raw.alone().map(|action| (Because::Alone, action)),
    }
}

/// Digital object identifiers and ORCID iDs: made of digits, and public.
fn published(view: &View<'_>) -> Vec<Range<usize>> {
    let plain = &view.folded.plain;
    let mut published = Vec::new();
    for token in &view.tokens {
        let is_doi = token.len() == 2
            && view.gap(token.start, token.end + 1) == ['1', '0', '.']
            && published
                .last()
                .is_none_or(|last: &Range<usize>| last.end <= token.start)
            && !view.folded.before(token.start).is_ascii_alphanumeric();
        if !is_doi {
            continue;
        }
        let rest = plain.get(token.end + 1..).unwrap_or_default();
        let prefix = rest.iter().take_while(|sign| sign.is_ascii_digit()).count();
        if (4..=9).contains(&prefix) && rest.get(prefix) == Some(&'/') {
            let length = rest.iter().take_while(|sign| !sign.is_whitespace()).count();
            published.push(token.start..token.end + 1 + length);
        }
    }
    published.extend(orcids(view));
    published.sort_unstable_by_key(|cells| cells.start);
    published
}

/// Four groups of four, the last of which may end with X.
fn orcids(view: &View<'_>) -> impl Iterator<Item = Range<usize>> {
    const ORCID_CHARS: usize = 19;
    view.tokens
        .iter()
        .filter(|token| token.is_digits() && token.len() == 4)
        .filter_map(|token| {
            let cells = view.gap(token.start, token.start + ORCID_CHARS);
            let is_orcid = cells.iter().enumerate().all(|(place, sign)| match place {
                4 | 9 | 14 => *sign == '-',
                18 => sign.is_ascii_digit() || *sign == 'X',
                _ => sign.is_ascii_digit(),
            });
            (cells.len() == ORCID_CHARS && is_orcid && cells.get(0..3) == Some(&['0', '0', '0']))
                .then_some(token.start..token.start + ORCID_CHARS)
        })
}
