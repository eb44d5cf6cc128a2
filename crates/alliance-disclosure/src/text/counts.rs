//! Small counts of people, in words and figures, before the people they count or behind them.
//!
//! Owns the orders in which languages put number, measure word and noun. Never knows a language: which words take
//! which order the lists say.

use std::ops::Range;

use super::table::{Finder, List};
use super::view::{Token, View};
use super::words::Hit;

/// Counts from 1 to this are never published.
const COUNT_MAX: u32 = 7;

/// Adjectives between a number and the people it counts.
const ADJECTIVES_MAX: usize = 3;

/// From people to the number behind them, where nothing but joining words may lie between.
const JOINT_CHARS_MAX: usize = 8;

/// From people to a number with a measure word, in the same sentence.
const MEASURED_CHARS_MAX: usize = 12;

/// Letters between a measure word and the people, where no spaces are written.
const DESCRIBED_CHARS_MAX: usize = 4;

pub(super) fn find(view: &View<'_>) -> Vec<(Finder, Range<usize>)> {
    let many = view
        .hits(List::People)
        .iter()
        .filter_map(|hit| count_before(view, hit, ADJECTIVES_MAX));
    let one = view.hits(List::Person).iter().filter_map(|hit| one_before(view, hit));
    let figures = view
        .tokens
        .iter()
        .filter(|token| token.is_digits() && is_small(view, token));
    let figures = figures.filter_map(|token| counted(view, token.start..token.end, List::PeopleFirst));
    let words = view.hits(List::SmallNumber).iter();
    let words = words.filter_map(|hit| counted(view, hit.start..hit.end, List::PeopleFirst));
    let behind = view.hits(List::SmallNumberAfter).iter();
    let behind = behind.filter_map(|hit| {
        let number = hit.start..hit.end;
        measured_before(view, &number)
            .or_else(|| people_before(view, &number, List::PeopleFirst))
            .or_else(|| people_before(view, &number, List::PersonFirst))
    });
    let pairs = view.hits(List::Pair).iter().map(|hit| hit.start..hit.end);
    let all = many.chain(one).chain(figures).chain(words).chain(behind).chain(pairs);
    all.map(|cells| (Finder::SmallCount, cells)).collect()
}

/// A number with a measure word before its people, `2名患者`, or people before their number, `患者2名`.
fn counted(view: &View<'_>, number: Range<usize>, people: List) -> Option<Range<usize>> {
    measured_after(view, &number)
        .or_else(|| measured_before(view, &number))
        .or_else(|| people_before(view, &number, people))
}

/// The measure word of a number, a space between at most.
fn measure(view: &View<'_>, number: &Range<usize>) -> Option<Hit> {
    view.begins(List::Measure, skip_space(view, number.end))
}

fn skip_space(view: &View<'_>, cell: usize) -> usize {
    cell + usize::from(
        matches!(view.folded.at(cell), ' ') || (view.folded.at(cell) == '\n' && cell < view.folded.len()),
    )
}

fn measured_after(view: &View<'_>, number: &Range<usize>) -> Option<Range<usize>> {
    let measure = measure(view, number);
    let mut cell = skip_space(view, measure.map_or(number.end, |measure| measure.end));
    if let Some(joint) = view.begins(List::CountJoint, cell) {
        cell = skip_space(view, joint.end);
    }
    let people = [List::People, List::Person, List::PeopleMeasured];
    let noun = match measure {
        Some(measure) => people
            .iter()
            .find_map(|list| view.begins(*list, cell))
            .or_else(|| described(view, cell))
            // `네 사람`: the measure word says 'people' by itself.
            .or_else(|| view.begins(List::PeopleMeasured, measure.start)),
        None => view.begins(List::PeopleMeasured, cell),
    }?;
    is_number(view, number, noun.end).then_some(number.start..noun.end)
}

/// `五名住院患者`: where no spaces are written, the people behind the few letters that say which they are.
fn described(view: &View<'_>, cell: usize) -> Option<Hit> {
    let hits = view.hits(List::PeopleMeasured);
    let next = hits.get(hits.partition_point(|hit| hit.start < cell)).copied()?;
    let which = view.gap(cell, next.start);
    let is_joined =
        which.len() <= DESCRIBED_CHARS_MAX && which.iter().all(|sign| *sign >= '\u{3040}' && sign.is_alphabetic());
    (is_joined && view.begins(List::NotCountAfter, cell).is_none()).then_some(next)
}

fn measured_before(view: &View<'_>, number: &Range<usize>) -> Option<Range<usize>> {
    let measure = measure(view, number)?;
    let noun = view.last_before(List::PeopleMeasured, number.start, MEASURED_CHARS_MAX)?;
    let between = view.gap(noun.end, number.start);
    let is_apart = between
        .iter()
        .any(|sign| "。．.!?！？;；\n".contains(*sign) || sign.is_ascii_digit());
    (!is_apart && is_number(view, number, measure.end)).then_some(noun.start..measure.end)
}

/// People right before their number: `wagonjwa wawili`, `izigulane ezi-2`.
fn people_before(view: &View<'_>, number: &Range<usize>, people: List) -> Option<Range<usize>> {
    let noun = view.last_before(people, number.start, JOINT_CHARS_MAX)?;
    // The list may know only the end of a word.
    let first = view
        .token(view.token_at(noun.start))
        .map_or(noun.start, |word| word.start);
    let is_sign = |cell: &usize| " -:(".contains(view.folded.at(*cell));
    let start = (noun.end..number.start)
        .find(|cell| !is_sign(cell))
        .unwrap_or(number.start);
    let end = (start..number.start)
        .rev()
        .find(|cell| !is_sign(cell))
        .map_or(start, |cell| cell + 1);
    let is_joined = start == end || view.is_word(List::CountJoint, start..end);
    (noun.end < number.start && is_joined && is_number(view, number, number.end)).then_some(first..number.end)
}

/// Whether a small number is no rank, share, rate or part of a greater one; `end` is where what it counts ends.
fn is_number(view: &View<'_>, number: &Range<usize>, end: usize) -> bool {
    let before = view
        .token_at(number.start)
        .checked_sub(1)
        .and_then(|before| view.token(before));
    let is_after_digits =
        before.is_some_and(|before| before.is_digits() && view.is_gap((before.end, number.start), 1, " "));
    let is_ranked = view.ends(List::NotCount, number.start) || view.ends(List::Tens, number.start);
    let is_part = view.begins(List::Tens, number.end).is_some();
    let is_digit = view.folded.at(number.start).is_ascii_digit();
    let is_compound = is_digit && is_counted_on(view, number);
    let is_rate = [end, end + 1]
        .into_iter()
        .any(|cell| view.begins(List::NotCountAfter, cell).is_some());
    !is_after_digits && !is_ranked && !is_part && !is_compound && !is_rate && !is_share(view, number.start)
}

/// `3 av 7 patienter`: a number, a word such as 'of', and the number that begins here.
fn is_share(view: &View<'_>, number: usize) -> bool {
    let joint = view.last_before(List::Share, number, 1);
    joint.is_some_and(|joint| {
        let before = view
            .token_at(joint.start)
            .checked_sub(1)
            .and_then(|before| view.token(before));
        before.is_some_and(|before| before.is_digits() || view.is_token(List::SmallNumber, before))
    })
}

/// A figure that is part of a longer number. In `ezi-2` letters and a hyphen come before it.
fn is_counted_on(view: &View<'_>, number: &Range<usize>) -> bool {
    let (before, after) = (view.folded.before(number.start), view.folded.at(number.end));
    let is_digit = |cell: usize| view.folded.at(cell).is_ascii_digit();
    let joined_left = ".,:/".contains(before) && number.start > 1 && is_digit(number.start - 2);
    let joined_right = ".,:/-".contains(after) && is_digit(number.end + 1);
    joined_left || joined_right || before.is_ascii_alphanumeric() || "£$€#%".contains(before) || after == '%'
}

/// The count in front of people, and up to their word.
fn count_before(view: &View<'_>, people: &Hit, adjectives: usize) -> Option<Range<usize>> {
    let noun = view.token_at(people.start);
    for back in 1..=adjectives + 1 {
        let index = noun.checked_sub(back)?;
        let (token, next) = (view.token(index)?, view.token(index + 1)?);
        if !view.is_gap((token.end, next.start), 2, " -\n") {
            return None;
        }
        if is_small(view, token) {
            return is_count(view, index, people).then_some(token.start..people.end);
        }
        // Of `п'ять` the apostrophe makes two tokens.
        if let Some(word) = view.last_before(List::SmallNumber, token.end, 0) {
            let number = word.start..word.end;
            return is_number(view, &number, people.end).then_some(word.start..people.end);
        }
        // An adjective: anything else ends the search.
        if token.is_digits() || view.is_capital(token) || view.is_token(List::NotCount, token) {
            return None;
        }
    }
    None
}

fn is_small(view: &View<'_>, token: &Token) -> bool {
    match view.value(token) {
        Some(count) => (1..=COUNT_MAX).contains(&count) && token.len() == 1,
        None => view.is_token(List::SmallNumber, token),
    }
}

/// Whether a small number in front of people counts them, and is no share, rank, rate or part of a greater number.
fn is_count(view: &View<'_>, index: usize, people: &Hit) -> bool {
    let Some(token) = view.token(index) else { return false };
    let before = index.checked_sub(1).and_then(|before| view.token(before));
    let near = before.filter(|before| view.is_gap((before.end, token.start), 1, " \n"));
    let is_ranked = near.is_some_and(|before| {
        view.is_token(List::NotCount, before) || before.is_digits() || view.is_token(List::Tens, before)
    });
    let is_compound = token.is_digits() && view.is_fragment(&(token.start..token.end), ".,:/");
    let is_written = "-'".contains(view.folded.before(token.start)) && !token.is_digits();
    let amount = "£$€#".contains(view.folded.before(token.start));
    !is_ranked
        && !view.ends(List::Tens, token.start)
        && !is_compound
        && !is_written
        && !amount
        && !is_rate(view, people)
        && !is_share(view, token.start)
}

fn is_rate(view: &View<'_>, people: &Hit) -> bool {
    let next = view.token(view.token_from(people.end));
    let is_word = next
        .is_some_and(|next| view.is_gap((people.end, next.start), 1, " ") && view.is_token(List::NotCountAfter, next));
    is_word || view.folded.at(people.end) == '/'
}

/// `one patient`, and not `one patient safety incident` or `one person-centred plan`.
fn one_before(view: &View<'_>, person: &Hit) -> Option<Range<usize>> {
    let next = view.token(view.token_from(person.end));
    let is_noun = next.is_some_and(|next| {
        view.is_gap((person.end, next.start), 1, " ")
            && view.is_token(List::NotName, next)
            && !view.is_token(List::AfterPerson, next)
    });
    if is_noun || view.folded.at(person.end) == '-' {
        return None;
    }
    count_before(view, person, 2)
}
