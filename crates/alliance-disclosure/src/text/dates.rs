//! Days and months as texts write them, in figures and in words.
//!
//! Owns reading a date. Never decides whether it is a detail: `births` and `ages` do.

use std::ops::Range;

use super::table::{Finder, List};
use super::view::{Token, View};
use super::words::Hit;

/// How exact a date is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precision {
    Day,
    Month,
}

/// A date, in cells.
#[derive(Clone, Debug)]
pub(super) struct Dated {
    pub(super) cells: Range<usize>,
    pub(super) precision: Precision,
}

/// From a word such as 'born' to the day: room for ' on the ' or a place.
const BIRTH_CHARS_MAX: usize = 30;

/// From a word that only there says a birth to the day.
const NEAR_CHARS_MAX: usize = 3;

/// All dates, in order; none within another.
pub(super) fn read(view: &View<'_>) -> Vec<Dated> {
    let mut dates: Vec<Dated> = Vec::new();
    for index in 0..view.tokens.len() {
        if view
            .token(index)
            .is_some_and(|token| dates.last().is_some_and(|last| token.start < last.cells.end))
        {
            continue;
        }
        dates.extend(read_at(view, index));
    }
    dates
}

/// Days and months of birth, and days that are details in a lesson.
pub(super) fn find(view: &View<'_>, dates: &[Dated]) -> Vec<(Finder, Range<usize>)> {
    let mut found = Vec::new();
    let near = view.hits(List::BirthNear).iter().filter(|label| is_spelt(view, label));
    let near = near.map(|label| (label, NEAR_CHARS_MAX));
    let labels = view.hits(List::Birth).iter().map(|label| (label, BIRTH_CHARS_MAX));
    for (label, window) in labels.chain(near) {
        let next = dates.partition_point(|date| date.cells.start < label.end);
        let after = dates.get(next).filter(|date| date.cells.start <= label.end + window);
        let before = next.checked_sub(1).and_then(|last| dates.get(last));
        // `12일생`: the day's own sign belongs to the word.
        let before =
            before.filter(|date| date.cells.end <= label.start + 1 && date.cells.end + 4.min(window) >= label.start);
        let is_birth = view.begins(List::NotBirth, label.start).is_none();
        if let Some(date) = after.or(before).filter(|_| is_birth) {
            found.push((of_birth(date.precision), date.cells.clone()));
        }
    }
    let days = dates.iter().filter(|date| date.precision == Precision::Day);
    found.extend(days.map(|date| (Finder::ExactDate, date.cells.clone())));
    found
}

/// Whether a word beside a day is spelt as one of birth: an abbreviation with its point, and in Thai at the beginning of a
/// sentence, for inside it the same word says that something happened.
fn is_spelt(view: &View<'_>, label: &Hit) -> bool {
    let before = view.folded.before(label.start);
    let is_short = label.end - label.start < 3 && before < '\u{590}';
    let is_thai = ('\u{e00}'..'\u{e80}').contains(&view.folded.at(label.start));
    let is_glued = before.is_alphabetic() || before == '\'';
    (!is_short || before.is_ascii_digit() || (view.folded.at(label.end) == '.' && !is_glued)) && !(is_thai && is_glued)
}

fn of_birth(precision: Precision) -> Finder {
    match precision {
        Precision::Day => Finder::DateOfBirth,
        Precision::Month => Finder::MonthOfBirth,
    }
}

fn read_at(view: &View<'_>, index: usize) -> Option<Dated> {
    let token = view.token(index)?;
    if token.is_digits() {
        east_asian(view, index)
            .or_else(|| figures(view, index))
            .or_else(|| day_and_month(view, index))
            .or_else(|| figures_of_month(view, index))
    } else if view.is_token(List::Month, token) {
        month_and_day(view, index)
    } else {
        None
    }
}

fn day(start: usize, end: usize) -> Option<Dated> {
    Some(Dated {
        cells: start..end,
        precision: Precision::Day,
    })
}

fn is_year(view: &View<'_>, token: &Token) -> bool {
    token.len() == 4 && view.value(token).is_some_and(|year| (1_900..2_100).contains(&year))
}

/// A year of the calendars of Iran, of Islam or of Thailand too: only where a day and a month stand beside it.
fn is_any_year(view: &View<'_>, token: &Token) -> bool {
    let year = view.value(token).filter(|_| token.len() == 4);
    is_year(view, token) || year.is_some_and(|year| (1_300..1_460).contains(&year) || (2_440..2_590).contains(&year))
}

/// Whether a date is part of something longer. Hebrew and Xhosa put a small word and a hyphen before it: `we-12/03/1985`.
fn is_part(view: &View<'_>, cells: &Range<usize>, joints: &str) -> bool {
    let is_prefixed = view.folded.before(cells.start) == '-'
        && cells.start > 1
        && view.folded.at(cells.start - 2).is_lowercase()
        && !view.folded.at(cells.end + 1).is_ascii_digit();
    view.is_fragment(cells, joints) && !is_prefixed
}

fn is_day_and_month(one: u32, other: u32) -> bool {
    let is_order = |day: u32, month: u32| (1..=31).contains(&day) && (1..=12).contains(&month);
    is_order(one, other) || is_order(other, one)
}

/// `2019-03-12`, `12/03/2019`, `12. 3. 1985`, `12.03.85`.
fn figures(view: &View<'_>, index: usize) -> Option<Dated> {
    let (first, second, third) = (view.token(index)?, view.token(index + 1)?, view.token(index + 2)?);
    let sign = view.folded.at(first.end);
    let is_joined = |one: &Token, other: &Token| {
        view.folded.at(one.end) == sign && "/-.".contains(sign) && view.is_gap((one.end + 1, other.start), 1, " ")
    };
    if !is_joined(first, second) || !is_joined(second, third) || is_part(view, &(first.start..third.end), ".-/") {
        return None;
    }
    let (one, two, three) = (view.value(first)?, view.value(second)?, view.value(third)?);
    let is_short = |token: &Token| token.len() <= 2;
    let is_dated = if is_any_year(view, first) {
        is_short(second) && is_short(third) && is_day_and_month(two, three)
    } else {
        // Two digits of a year need two digits of day and month, or slashes: `1.2.10` is a section.
        let is_two = third.len() == 2 && (sign == '/' || (first.len() == 2 && second.len() == 2));
        is_short(first) && is_short(second) && is_day_and_month(one, two) && (is_any_year(view, third) || is_two)
    };
    if is_dated { day(first.start, third.end) } else { None }
}

/// `03/2019` and `2019-03`.
fn figures_of_month(view: &View<'_>, index: usize) -> Option<Dated> {
    let (first, second) = (view.token(index)?, view.token(index + 1)?);
    let cells = first.start..second.end;
    let is_joined = view.is_gap((first.end, second.start), 1, "/-.") && first.end < second.start;
    if !is_joined || view.is_fragment(&cells, ".-/") {
        return None;
    }
    let is_month = |token: &Token| token.len() <= 2 && view.value(token).is_some_and(|month| (1..=12).contains(&month));
    let is_dated = (is_year(view, first) && is_month(second)) || (is_month(first) && is_year(view, second));
    is_dated.then_some(Dated {
        cells,
        precision: Precision::Month,
    })
}

/// `1985年3月12日`, `1985년 3월 12일`.
fn east_asian(view: &View<'_>, index: usize) -> Option<Dated> {
    let part = |at: usize, signs: &str| {
        let (number, word) = (view.token(index + at)?, view.token(index + at + 1)?);
        let is_part = view.is_gap((number.end, word.start), 1, " ") && signs.contains(view.folded.at(word.start));
        (number.is_digits() && is_part).then_some((number.start, word.start + 1))
    };
    let (start, _) = part(0, "年년")?;
    let (_, month_end) = part(2, "月월")?;
    let token = view.token(index)?;
    match part(4, "日일") {
        // `昭和60年3月12日` and `85년 3월 12일`: beside a day no year is too short.
        Some((_, end)) => day(era_before(view, start), end),
        None => is_year(view, token).then_some(Dated {
            cells: start..month_end,
            precision: Precision::Month,
        }),
    }
}

/// Where the name of an era right before a year begins.
fn era_before(view: &View<'_>, start: usize) -> usize {
    view.last_before(List::Era, start, 1).map_or(start, |era| era.start)
}

/// `may`, `mar` and the like are other words in lower case; Latin languages write their months so.
fn is_month(view: &View<'_>, token: &Token) -> bool {
    let is_ambiguous = matches!(view.gap(token.start, token.end), ['m', 'a', 'y']);
    !is_ambiguous && view.is_token(List::Month, token)
}

/// `12 March 2019`, `3rd of May`, `12. března 2019`, `4 de mayo de 1990`, `12-Mar-85`.
fn day_and_month(view: &View<'_>, index: usize) -> Option<Dated> {
    let token = view.token(index)?;
    let is_day = token.len() <= 2 && view.value(token).is_some_and(|day| (1..=31).contains(&day));
    if !is_day || is_part(view, &(token.start..token.end), ".,-/") && view.folded.at(token.end) != '-' {
        return None;
    }
    let month = skip_joints(view, index + 1)?;
    let Some(month_token) = view.token(month).filter(|token| is_month(view, token)) else {
        return marked_month(view, token, month);
    };
    let end = year_after(view, month).unwrap_or(month_token.end);
    day(token.start, end)
}

/// `12 tháng 3 năm 1985`: a word says that the number behind it is a month's, and a year follows.
fn marked_month(view: &View<'_>, first: &Token, mark: usize) -> Option<Dated> {
    let (word, month) = (view.token(mark)?, view.token(mark + 1)?);
    let is_month = view.value(month).is_some_and(|month| (1..=12).contains(&month));
    if !is_month || !view.is_token(List::MonthMark, word) || !view.is_gap((word.end, month.start), 1, " ") {
        return None;
    }
    day(first.start, year_after(view, mark + 1)?)
}

/// The next token that is no joining word, when only signs of dates stand between.
fn skip_joints(view: &View<'_>, from: usize) -> Option<usize> {
    (from..=from + 2).find(|index| {
        let is_near = |index: usize| {
            let pair = index
                .checked_sub(1)
                .and_then(|before| view.token(before))
                .zip(view.token(index));
            pair.is_some_and(|(before, token)| view.is_gap((before.end, token.start), 2, " .-/º°ª,\n"))
        };
        let all_near = (from..=*index).all(is_near);
        all_near
            && view
                .token(*index)
                .is_some_and(|token| !view.is_token(List::DateJoint, token))
    })
}

/// Where the year after a month ends.
fn year_after(view: &View<'_>, month: usize) -> Option<usize> {
    let year = view.token(skip_joints(view, month + 1)?)?;
    let sign = view.folded.before(year.start);
    let is_short = year.len() == 2 && year.is_digits() && "-/'".contains(sign);
    (is_any_year(view, year) || is_short).then_some(year.end)
}

/// `March 12, 2019`, `March 12th`, and `March 2019`, which is a month.
fn month_and_day(view: &View<'_>, index: usize) -> Option<Dated> {
    let month = view.token(index).filter(|token| is_month(view, token))?;
    let next = view
        .token(skip_joints(view, index + 1)?)
        .filter(|token| token.is_digits())?;
    if is_year(view, next) && !view.is_fragment(&(next.start..next.end), ".,") {
        return Some(Dated {
            cells: month.start..next.end,
            precision: Precision::Month,
        });
    }
    let is_day = next.len() <= 2 && view.value(next).is_some_and(|day| (1..=31).contains(&day));
    if !is_day || view.is_fragment(&(next.start..next.end), ".,:/") {
        return None;
    }
    // `1985. március 12`: the year is what makes a month in small letters one.
    let first = index.checked_sub(1).and_then(|first| view.token(first));
    let first = first.filter(|first| is_year(view, first) && view.is_gap((first.end, month.start), 2, " .,"));
    if let Some(first) = first {
        return day(first.start, next.end);
    }
    if view.is_fragment(&(next.start..next.end), ".,:/-") {
        return None;
    }
    let after = view.token_from(next.end);
    let year = view
        .token(after)
        .filter(|year| view.is_gap((next.end, year.start), 2, ", ") && is_year(view, year));
    match year {
        Some(year) => day(month.start, year.end),
        None if !view.is_capital(month) => None,
        None if is_counted(view, next, after) => None,
        None => day(month.start, next.end),
    }
}

/// Whether what follows says that a number was a count: `In March 12 patients`.
fn is_counted(view: &View<'_>, number: &Token, after: usize) -> bool {
    let words = (after..after + 3).map_while(|index| view.token(index));
    let is_people = words
        .into_iter()
        .any(|word| view.begins(List::People, word.start).is_some());
    let rest = view.gap(number.end, number.end + 2);
    is_people || rest.contains(&'%')
}
