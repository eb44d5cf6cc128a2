//! Names of people, known by what stands before them: a form of address, 'patient', 'called'.
//!
//! Never knows a list of names: a name is words with capitals that the table does not know as something else.

use std::ops::Range;

use super::table::{Finder, List};
use super::view::{Token, View};

/// Words of a name, small ones counted.
const NAME_WORDS_MAX: usize = 6;

pub(super) fn find(view: &View<'_>) -> Vec<(Finder, Range<usize>)> {
    let spelt = view.hits(List::Honorific).iter().map(|hit| (hit, " \n"));
    let short = view.hits(List::HonorificShort).iter().map(|hit| (hit, " .\n"));
    let addressed = spelt.chain(short).filter_map(|(hit, signs)| {
        let (_, name) = name_after(view, hit.end, signs)?;
        is_address(view, hit.start..hit.end).then_some((Finder::NameAfterHonorific, hit.start..name))
    });
    let patients = view.hits(List::Patient).iter().filter_map(|hit| {
        let name = name_after(view, hit.end, " ,:\n")
            .map(|(_, end)| end)
            .or_else(|| initials(view, hit.end))?;
        Some((Finder::NameOfPatient, hit.start..name))
    });
    let introduced = view.hits(List::Introduced).iter().filter_map(|hit| {
        let (words, name) = name_after(view, hit.end, " ,:\"'“”„«»*_\n")?;
        (words >= 2 && !is_thing(view, hit.start)).then_some((Finder::NameIntroduced, hit.end..name))
    });
    addressed.chain(patients).chain(introduced).collect()
}

/// All in capitals an abbreviation is something else: `MS Teams`, `DR Congo`.
fn is_address(view: &View<'_>, cells: Range<usize>) -> bool {
    let letters = view.gap(cells.start, cells.end);
    // `M.` is a form of address in French, and an initial where authors are cited: `Jones M. Safewards`.
    if letters.len() == 1 {
        let before = view
            .token_from(cells.start)
            .checked_sub(1)
            .and_then(|before| view.token(before));
        let is_cited =
            before.is_some_and(|before| view.is_gap((before.end, cells.start), 2, " ,") && view.is_capital(before));
        return view.folded.at(cells.end) == '.' && !is_cited;
    }
    letters.iter().any(|sign| sign.is_lowercase())
}

/// How many full words the name right behind a cell has, and where it ends.
fn name_after(view: &View<'_>, from: usize, signs: &str) -> Option<(usize, usize)> {
    let first = view.token_from(from);
    let token = view.token(first)?;
    if token.start == from || !view.is_gap((from, token.start), 3, signs) {
        return None;
    }
    let (mut words, mut end) = (0, None);
    for index in first..first + NAME_WORDS_MAX {
        let Some(token) = view
            .token(index)
            .filter(|token| index == first || is_next(view, index, token))
        else {
            break;
        };
        if is_name(view, token) || is_month_name(view, index, token) {
            words += 1;
            end = Some(token.end);
        } else if !is_initial(view, token) && !view.is_token(List::NameJoint, token) {
            break;
        }
    }
    end.map(|end| (words, end))
}

/// Whether a token goes on a name: only a space, a hyphen or an apostrophe lies between, or the point of an initial.
fn is_next(view: &View<'_>, index: usize, token: &Token) -> bool {
    let before = index.checked_sub(1).and_then(|before| view.token(before));
    before.is_some_and(|before| {
        let signs = if before.len() == 1 { " -'." } else { " -'" };
        view.is_gap((before.end, token.start), 2, signs)
    })
}

/// A capital and small letters, or three capitals and more as surnames are sometimes written, and no known word.
pub(super) fn is_name(view: &View<'_>, token: &Token) -> bool {
    let letters = view.gap(token.start, token.end);
    let (first, rest) = (
        letters.first().copied().unwrap_or(' '),
        letters.get(1..).unwrap_or_default(),
    );
    let is_cased = first.is_uppercase() && rest.iter().any(|sign| sign.is_lowercase());
    let is_cased = is_cased || is_prefixed(view, token);
    let is_upper = letters.len() >= 4 && letters.iter().all(|sign| sign.is_uppercase());
    // Scripts without capitals write names as any other word: they are not told apart.
    (is_cased || is_upper) && !view.is_token(List::NotName, token) && !view.is_token(List::Month, token)
}

/// `Jan Jansen`, `April Jones`: a month's name is a person's where another word with a capital follows.
fn is_month_name(view: &View<'_>, index: usize, token: &Token) -> bool {
    let next = view.token(index + 1);
    let is_named = next.is_some_and(|next| view.is_gap((token.end, next.start), 1, " ") && is_name(view, next));
    is_named && view.is_capital(token) && view.is_token(List::Month, token) && !view.is_token(List::NotName, token)
}

/// `uThandi`: where the languages of southern Africa put a small syllable before the capital.
fn is_prefixed(view: &View<'_>, token: &Token) -> bool {
    let letters = view.gap(token.start, token.end);
    let small = letters.iter().take_while(|sign| sign.is_lowercase()).count();
    small < letters.len()
        && view.is_word(List::NamePrefix, token.start..token.start + small)
        && letters
            .get(small + 1..)
            .is_some_and(|rest| rest.iter().any(|sign| sign.is_lowercase()))
}

/// An initial, with its point or without, the `Ó` of Irish names, the `D'` of Italian ones.
fn is_initial(view: &View<'_>, token: &Token) -> bool {
    token.len() == 1 && view.is_capital(token) && matches!(view.folded.at(token.end), '.' | ' ' | '\'')
}

/// `J.S.`, `J. S.` or `JS` behind 'patient'. One letter alone is what authors write for nobody.
fn initials(view: &View<'_>, from: usize) -> Option<usize> {
    let first = view.token_from(from);
    let (one, two) = (view.token(first)?, view.token(first + 1));
    if one.start == from || !view.is_gap((from, one.start), 2, " ,:") || !view.is_capital(one) {
        return None;
    }
    let is_upper = view.gap(one.start, one.end).iter().all(|sign| sign.is_uppercase());
    if one.len() == 2 && is_upper && !view.is_token(List::NotInitials, one) {
        return Some(one.end);
    }
    let two = two.filter(|two| two.len() == 1 && view.is_capital(two) && view.is_gap((one.end, two.start), 2, ". "))?;
    (one.len() == 1 && view.folded.at(one.end) == '.').then_some(two.end)
}

/// Whether one of the three words before, in the same sentence, says that a thing is named.
fn is_thing(view: &View<'_>, cell: usize) -> bool {
    let before = view.token_from(cell);
    let words = view.tokens.get(before.saturating_sub(3)..before).unwrap_or_default();
    let is_same_sentence = |word: &&Token| !view.gap(word.end, cell).iter().any(|sign| ".!?:;".contains(*sign));
    words
        .iter()
        .filter(is_same_sentence)
        .any(|word| view.is_token(List::Thing, word))
}
