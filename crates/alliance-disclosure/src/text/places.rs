//! Street addresses: a house number and a street, and words that make it a home.

use std::ops::Range;

use super::table::{Finder, List};
use super::view::{Token, View};

/// From words such as 'lives at' to the street: room for a flat and a house's name.
const HOME_CHARS_MAX: usize = 40;

/// A house number has no more digits.
const HOUSE_DIGITS_MAX: usize = 4;

pub(super) fn find(view: &View<'_>) -> Vec<(Finder, Range<usize>)> {
    let ends = view
        .hits(List::StreetEnd)
        .iter()
        .filter_map(|hit| number_first(view, hit.start..hit.end));
    let wholes = view
        .hits(List::StreetWhole)
        .iter()
        .filter_map(|hit| number_last(view, hit.start..hit.end));
    let begins = view
        .hits(List::StreetBegin)
        .iter()
        .filter_map(|hit| around_prefix(view, hit.start..hit.end));
    ends.chain(wholes)
        .chain(begins)
        .map(|cells| (kind(view, &cells), cells))
        .collect()
}

fn kind(view: &View<'_>, cells: &Range<usize>) -> Finder {
    match view.last_before(List::Home, cells.start, HOME_CHARS_MAX) {
        Some(_) => Finder::HomeAddress,
        None => Finder::StreetAddress,
    }
}

fn is_house(view: &View<'_>, token: &Token) -> bool {
    token.is_digits() && token.len() <= HOUSE_DIGITS_MAX && !view.is_fragment(&(token.start..token.end), ".,:-")
}

/// `14 Willow Road`, `12B High Street`, `Flat 3, 12 Mill Lane`.
fn number_first(view: &View<'_>, end: Range<usize>) -> Option<Range<usize>> {
    let last = view.token_from(end.start);
    if !view.token(last).is_some_and(|token| view.is_capital(token)) {
        return None;
    }
    // One to three capitalised words lie between, and perhaps a possessive.
    for words in 1..=4 {
        let index = last.checked_sub(words + 1)?;
        let (token, next) = (view.token(index)?, view.token(index + 1)?);
        // The `s` of `St John's` is a token of its own.
        let is_possessive = next.len() == 1 && view.folded.before(next.start) == '\'';
        if !view.is_capital(next) && !next.is_digits() && !is_possessive {
            return None;
        }
        if is_house(view, token) && view.is_gap((token.end, next.start), 2, " ,") && view.is_capital(next) {
            return Some(token.start..end.end);
        }
        // The letter of `12B` is a token of its own.
        let house = index.checked_sub(1).and_then(|before| view.token(before));
        if let Some(house) = house.filter(|house| house.end == token.start && token.len() == 1 && is_house(view, house))
        {
            return Some(house.start..end.end);
        }
    }
    None
}

/// `Hauptstraße 12`, `Storgatan 5`, `Kossuth Lajos utca 12`.
fn number_last(view: &View<'_>, street: Range<usize>) -> Option<Range<usize>> {
    let at = view.token_from(street.start + 1).checked_sub(1)?;
    let (word, house) = (view.token(at)?, view.token(at + 1)?);
    let before = at.checked_sub(1).and_then(|before| view.token(before));
    // A hit may be the end of a word: its token is the whole of it.
    let is_named = view.is_capital(word) || before.is_some_and(|before| view.is_capital(before));
    let is_long = word.len() >= 6
        || view.folded.at(word.end) == '.'
        || before.is_some_and(|before| view.is_gap((before.end, word.start), 1, " ") && view.is_capital(before));
    let is_written = is_named && is_long && view.is_gap((word.end, house.start), 2, " .") && is_house(view, house);
    is_written.then_some(word.start..house.end)
}

/// `12 rue de la Paix`, `Calle Mayor, 5`, `ul. Długa 5`.
fn around_prefix(view: &View<'_>, prefix: Range<usize>) -> Option<Range<usize>> {
    let at = view.token_from(prefix.start);
    let name = (at + 1..=at + 5).find(|index| view.token(*index).is_some_and(|token| view.is_capital(token)))?;
    let is_near = |one: &Token, other: &Token| view.is_gap((one.end, other.start), 3, " .,'-/");
    let all_near = (at..name).all(|index| {
        view.token(index)
            .zip(view.token(index + 1))
            .is_some_and(|(one, other)| is_near(one, other))
    });
    if !all_near {
        return None;
    }
    let before = (1..=2).find_map(|back| {
        let house = at.checked_sub(back).and_then(|index| view.token(index))?;
        let next = view.token(at + 1 - back)?;
        (is_house(view, house) && is_near(house, next)).then_some(house.start)
    });
    let name_end = view.token(name)?.end;
    match before {
        Some(start) => Some(start..name_end),
        None => house_after(view, name)
            .filter(|_| view.token(at).is_some_and(|token| may_begin(view, token)))
            .map(|end| prefix.start..end),
    }
}

/// In lower case 'via' is an English word, and no abbreviation stands without its point.
fn may_begin(view: &View<'_>, token: &Token) -> bool {
    view.is_capital(token) || view.folded.at(token.end) == '.' || token.len() > 3
}

/// The end of a house number within three words after the first of a street's name.
fn house_after(view: &View<'_>, name: usize) -> Option<usize> {
    for index in name + 1..=name + 3 {
        let (before, token) = (view.token(index - 1)?, view.token(index)?);
        if !view.is_gap((before.end, token.start), 4, " .,'-nº°") {
            return None;
        }
        if is_house(view, token) {
            return Some(token.end);
        }
        if !view.is_capital(token) && !view.is_token(List::NameJoint, token) {
            return None;
        }
    }
    None
}
