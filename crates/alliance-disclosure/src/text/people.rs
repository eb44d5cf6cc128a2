//! People without names: great ages, and details that lead to somebody together.

use std::ops::Range;

use super::dates::Dated;
use super::table::{Finder, List};
use super::view::{Token, View};
use super::words::Hit;

/// Ages from this on are told as '90 or over': so few people are older.
const AGE_MIN: u32 = 90;

/// Nobody is older.
const AGE_MAX: u32 = 122;

/// The stretch of text in which an age, a time and a place are read as one person's.
const JIGSAW_CHARS_MAX: usize = 300;

pub(super) fn find(view: &View<'_>, dates: &[Dated]) -> Vec<(Finder, Range<usize>)> {
    let ages = ages(view);
    let mut found: Vec<(Finder, Range<usize>)> = Vec::new();
    let old = ages.iter().filter(|age| (AGE_MIN..=AGE_MAX).contains(&age.years));
    found.extend(old.map(|age| (Finder::GreatAge, age.cells.clone())));
    found.extend(
        view.hits(List::VeryOld)
            .iter()
            .map(|hit| (Finder::GreatAge, hit.start..hit.end)),
    );
    found.extend(
        jigsaws(view, &ages, dates)
            .into_iter()
            .map(|cells| (Finder::Jigsaw, cells)),
    );
    found
}

/// An age in years, and where it stands.
struct Aged {
    years: u32,
    cells: Range<usize>,
}

fn ages(view: &View<'_>) -> Vec<Aged> {
    let numbers = view.tokens.iter().filter(|token| token.is_digits() && token.len() <= 3);
    numbers.filter_map(|token| age_at(view, token)).collect()
}

fn age_at(view: &View<'_>, token: &Token) -> Option<Aged> {
    let years = view.value(token).filter(|years| (1..=AGE_MAX).contains(years))?;
    if view.is_fragment(&(token.start..token.end), ".,:/") {
        return None;
    }
    let before = view.last_before(List::AgeBefore, token.start, 3);
    let after = [token.end, token.end + 1]
        .into_iter()
        .find_map(|cell| view.begins(List::AgeAfter, cell));
    // A word such as 'for' or 'depuis' before the number, or 'of service' behind, makes it a span of time.
    // `93-year-old` is an age whatever stands before it.
    let is_span = view.last_before(List::NotAge, token.start, 2).is_some() && view.folded.at(token.end) != '-';
    match (before, after) {
        (Some(label), _) => Some(Aged {
            years,
            cells: label.start..token.end,
        }),
        (None, Some(words)) if !is_past(view, words.end) && (!is_span || is_sure(view, words)) => Some(Aged {
            years,
            cells: token.start..words.end,
        }),
        _ => None,
    }
}

fn is_sure(view: &View<'_>, words: Hit) -> bool {
    view.is_word(List::AgeSure, words.start..words.end)
}

/// `90 лет назад`: a word such as 'ago' right behind makes it a span of time.
fn is_past(view: &View<'_>, end: usize) -> bool {
    [end, end + 1]
        .into_iter()
        .any(|cell| view.begins(List::NotAgeAfter, cell).is_some())
}

/// Stretches that hold an age, a month or day, and a named place. One for each age.
fn jigsaws(view: &View<'_>, ages: &[Aged], dates: &[Dated]) -> Vec<Range<usize>> {
    let places = places(view);
    let days: Vec<Range<usize>> = dates.iter().map(|date| date.cells.clone()).collect();
    let mut found: Vec<Range<usize>> = Vec::new();
    for age in ages {
        let paragraph = paragraph(view, &age.cells);
        let (Some(date), Some(place)) = (first_within(&days, &paragraph), first_within(&places, &paragraph)) else {
            continue;
        };
        let cells = age.cells.start.min(date.start).min(place.start)..age.cells.end.max(date.end).max(place.end);
        if found.last().is_none_or(|last| last.end <= cells.start) {
            found.push(cells);
        }
    }
    found
}

/// The first of these, which are in order, that lies within the stretch.
fn first_within(cells: &[Range<usize>], within: &Range<usize>) -> Option<Range<usize>> {
    let first = cells.partition_point(|cells| cells.start < within.start);
    cells.get(first).filter(|cells| cells.end <= within.end).cloned()
}

/// The stretch around some cells: no further than a person's tale reaches, and not over an empty line.
fn paragraph(view: &View<'_>, around: &Range<usize>) -> Range<usize> {
    let first = around.start.saturating_sub(JIGSAW_CHARS_MAX / 2);
    let last = (around.end + JIGSAW_CHARS_MAX / 2).min(view.folded.len());
    let is_break = |cell: &usize| view.folded.at(*cell) == '\n' && view.folded.at(*cell + 1) == '\n';
    let start = (first..around.start)
        .rev()
        .find(is_break)
        .map_or(first, |cell| cell + 2);
    let end = (around.end..last).find(is_break).unwrap_or(last);
    start..end
}

/// Wards and the like with a name, a number or a letter: `Willow Ward`, `Ward 7`, `Station 4B`.
fn places(view: &View<'_>) -> Vec<Range<usize>> {
    view.hits(List::Place)
        .iter()
        .filter_map(|hit| place_at(view, hit))
        .collect()
}

fn place_at(view: &View<'_>, hit: &Hit) -> Option<Range<usize>> {
    let index = view.token_from(hit.start);
    let before = index.checked_sub(1).and_then(|before| view.token(before));
    let after = view.token(view.token_from(hit.end));
    let is_name = |token: &Token| view.is_capital(token) && token.len() > 2 && !view.is_token(List::NotName, token);
    let before = before.filter(|before| view.is_gap((before.end, hit.start), 1, " ") && is_name(before));
    let after = after.filter(|after| {
        let is_mark = after.len() <= 2 && (after.is_digits() || view.is_capital(after));
        view.is_gap((hit.end, after.start), 2, " \"'„“") && (is_mark || is_name(after))
    });
    match (before, after) {
        (_, Some(after)) => Some(hit.start..after.end),
        (Some(before), None) if view.is_capital(view.token(index)?) => Some(before.start..hit.end),
        _ => None,
    }
}
