//! Numbers of records and cases: no shape of their own, known by the label before them.

use std::ops::Range;

use super::table::{Finder, List};
use super::view::View;

/// Characters from a label to the end of its number.
const LABELLED_CHARS_MAX: usize = 40;

/// Characters from a label to its number: room for ` is: no. `.
const JOINT_CHARS_MAX: usize = 14;

/// Digits below which a number after a label leads to nobody.
const DIGITS_MIN: usize = 3;

pub(super) fn find(view: &View<'_>) -> Vec<(Finder, Range<usize>)> {
    let mut found = Vec::new();
    for (list, finder) in [
        (List::RecordLabel, Finder::RecordNumber),
        (List::CaseLabel, Finder::CaseNumber),
    ] {
        let numbers = view.hits(list).iter().filter_map(|label| number_after(view, label.end));
        found.extend(numbers.map(|cells| (finder, cells)));
    }
    found
}

/// The number behind a label: letters, digits and what joins them, with three digits or more.
fn number_after(view: &View<'_>, label_end: usize) -> Option<Range<usize>> {
    let mut index = view.token_from(label_end);
    // Joining words, unless they are letters of the number.
    while view
        .token(index)
        .is_some_and(|token| !token.is_digits() && view.is_token(List::LabelJoint, token) && !is_glued(view, token.end))
    {
        index += 1;
    }
    let start = view.token(index)?.start;
    if start > label_end + JOINT_CHARS_MAX
        || view
            .gap(label_end, start)
            .iter()
            .any(|sign| matches!(sign, ';' | '!' | '?' | '\n'))
    {
        return None;
    }
    let written = view.gap(start, (start + LABELLED_CHARS_MAX).min(view.folded.len()));
    let is_part = |place: &usize| {
        written
            .get(*place)
            .is_some_and(|sign| sign.is_alphanumeric() || is_inner(written, *place))
    };
    let length = (0..written.len()).take_while(is_part).count();
    let number = written.get(..length)?;
    let digits = number.iter().filter(|sign| sign.is_ascii_digit()).count();
    // `historia clínica 2019` says when and not which.
    let is_year = digits == 4 && number.len() == 4 && matches!(number.get(..2), Some(['1', '9'] | ['2', '0']));
    (digits >= DIGITS_MIN && !is_year).then_some(start..start + length)
}

fn is_glued(view: &View<'_>, end: usize) -> bool {
    view.folded.at(end).is_ascii_digit()
        || (matches!(view.folded.at(end), '-' | '/') && view.folded.at(end + 1).is_ascii_digit())
}

/// Signs inside a number: a space only where a digit or capital follows a capital or digit, as in `4 Js 123/19`.
fn is_inner(written: &[char], place: usize) -> bool {
    let before = place
        .checked_sub(1)
        .and_then(|before| written.get(before))
        .copied()
        .unwrap_or(' ');
    let after = written.get(place + 1).copied().unwrap_or(' ');
    match written.get(place) {
        Some('-' | '/' | '.') => before.is_alphanumeric() && after.is_alphanumeric(),
        Some(' ') => after.is_ascii_digit() || (before.is_ascii_digit() && after.is_uppercase()),
        _ => false,
    }
}
