//! Names beside forms of address that names.rs cannot read: in scripts without capitals, and behind the name.
//!
//! Owns only the forms of address that a name must stand next to. Never tells a name from another word: who is called
//! 'Mr' or 'san' is somebody unless the lists say otherwise.

use std::ops::Range;

use super::names::is_name;
use super::table::{Finder, List};
use super::view::{Token, View};
use super::words::Hit;

/// Letters of a name in scripts without capitals: longer runs are sentences without spaces.
const NAME_CHARS_MAX: usize = 5;

/// Letters from the form of address to the next space, which some scripts set only after a sentence.
const WORD_CHARS_MAX: usize = 40;

pub(super) fn find(view: &View<'_>) -> Vec<(Finder, Range<usize>)> {
    let before = view.hits(List::HonorificUncased).iter();
    let before = before.filter_map(|hit| name_behind(view, hit));
    let after = view.hits(List::HonorificAfter).iter();
    let after = after.filter_map(|hit| name_before(view, hit));
    before
        .chain(after)
        .map(|cells| (Finder::NameAfterHonorific, cells))
        .collect()
}

/// `श्री राम`, `السيد أحمد`, `นายสมชาย`: the form of address begins a word, and a word or the rest of it follows.
fn name_behind(view: &View<'_>, hit: &Hit) -> Option<Range<usize>> {
    let word = view.token(view.token_at(hit.start))?;
    if word.start != hit.start || view.begins(List::NotName, hit.start).is_some() {
        return None;
    }
    let name = view.token(view.token_at(hit.end))?;
    let is_near = name.start < hit.end || view.is_gap((hit.end, name.start), 2, " .'");
    let letters = name.end - name.start.max(hit.end);
    let is_known = view.begins(List::NotName, name.start.max(hit.end)).is_some();
    let is_word = !name.is_digits() && (2..=WORD_CHARS_MAX).contains(&letters) && !is_cased(view, name);
    (is_near && is_word && !is_known).then_some(hit.start..name.end)
}

/// `山田さん`, `김민수 씨`, `Ayşe Hanım`: a name ends where the form of address begins.
fn name_before(view: &View<'_>, hit: &Hit) -> Option<Range<usize>> {
    let gap = usize::from(view.folded.before(hit.start) == ' ');
    let end = hit.start.checked_sub(gap)?;
    let name = view.token(view.token_at(end.checked_sub(1)?))?;
    if name.is_digits() || name.start >= end {
        return None;
    }
    let is_role = [end, hit.end].into_iter().any(|cell| {
        view.last_before(List::NotNameBefore, cell, 0)
            .is_some_and(|role| role.end == cell)
    });
    if is_role {
        return None;
    }
    if is_cased(view, name) {
        // `Hanım` and the like are written with a capital too.
        let is_written = is_name(view, name) && name.end == end && gap == 1;
        return is_written.then_some(name.start..hit.end);
    }
    let start = name.start.max(end.saturating_sub(NAME_CHARS_MAX));
    (view.folded.at(hit.start) >= '\u{590}').then_some(start..hit.end)
}

fn is_cased(view: &View<'_>, token: &Token) -> bool {
    let first = view.folded.at(token.start);
    first.is_uppercase() || first.is_lowercase()
}
