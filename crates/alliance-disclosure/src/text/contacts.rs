//! Ways to reach a person: e-mail addresses, telephone numbers, pages in social networks.

use std::ops::Range;

use super::table::{Finder, List};
use super::view::{Token, View};

/// RFC 5321, 4.5.3.1: octets of a local part, and of a domain.
const LOCAL_CHARS_MAX: usize = 64;
const DOMAIN_CHARS_MAX: usize = 255;

/// E.164: digits of an international number.
const PHONE_DIGITS_MAX: usize = 15;

/// From a word such as 'tel' to the number.
const PHONE_LABEL_CHARS_MAX: usize = 14;

/// From a number to a word such as 'mobile' behind it, in brackets.
const PHONE_SUFFIX_CHARS_MAX: usize = 2;

pub(super) fn find(view: &View<'_>) -> Vec<(Finder, Range<usize>)> {
    let mut found = emails(view);
    found.extend(phones(view));
    found.extend(profiles(view));
    found
}

fn emails(view: &View<'_>) -> Vec<(Finder, Range<usize>)> {
    let at = |cell: usize| match view.gap(cell, cell + 4) {
        ['@', ..] => Some(1),
        ['(' | '[' | '{', 'a' | 'A', 't' | 'T', ')' | ']' | '}'] => Some(4),
        _ => None,
    };
    let signs = 0..view.folded.len();
    signs
        .filter_map(|cell| at(cell).and_then(|length| email_around(view, cell..cell + length)))
        .collect()
}

fn email_around(view: &View<'_>, at: Range<usize>) -> Option<(Finder, Range<usize>)> {
    // Who writes `(at)` for `@` often puts spaces around it.
    let is_spelt = at.len() > 1;
    let skip = |is_space: bool| usize::from(is_spelt && is_space);
    let local_end = at.start - skip(view.folded.before(at.start) == ' ');
    let domain_start = at.end + skip(view.folded.at(at.end) == ' ');
    let plain = &view.folded.plain;
    let before = plain.get(local_end.saturating_sub(LOCAL_CHARS_MAX)..local_end)?;
    let local = before
        .iter()
        .rev()
        .take_while(|sign| sign.is_alphanumeric() || "._%+-'".contains(**sign))
        .count();
    let after = plain.get(domain_start..(domain_start + DOMAIN_CHARS_MAX).min(plain.len()))?;
    let is_domain =
        |sign: &&char| sign.is_alphanumeric() || "-.".contains(**sign) || (is_spelt && "()[] ".contains(**sign));
    let domain: String = after.iter().take_while(is_domain).collect();
    let domain = trim_domain(&domain, is_spelt);
    if local == 0 || !has_top(domain) {
        return None;
    }
    let cells = local_end - local..domain_start + domain.chars().count();
    let local = cells.start..local_end;
    Some((
        if is_role(view, &local) {
            Finder::EmailOfRole
        } else {
            Finder::EmailOfPerson
        },
        cells,
    ))
}

/// A spelt-out domain may have spaces around its dots, and none elsewhere.
fn trim_domain(domain: &str, is_spelt: bool) -> &str {
    let end = if is_spelt {
        domain
            .match_indices(' ')
            .find(|(at, _)| !is_dot_near(domain, *at))
            .map(|(at, _)| at)
    } else {
        None
    };
    domain
        .get(..end.unwrap_or(domain.len()))
        .unwrap_or(domain)
        .trim_end_matches(['.', '-', ' '])
}

fn is_dot_near(domain: &str, space: usize) -> bool {
    let (before, after) = domain.split_at(space);
    let is_dot =
        |text: &str| ["dot", "(dot)", "[dot]", "(punkt)", "[punkt]"].contains(&text.to_ascii_lowercase().as_str());
    let next = after.trim_start().split(' ').next().unwrap_or_default();
    let last = before.rsplit(' ').next().unwrap_or_default();
    is_dot(next) || is_dot(last)
}

/// Whether the last label of a domain has two letters or more and is not all of it.
fn has_top(domain: &str) -> bool {
    let labels = domain.rsplit(['.', ']', ')', ' ']);
    let mut labels = labels.filter(|label| !label.is_empty());
    let top = labels.next().unwrap_or_default();
    top.chars().count() >= 2 && top.chars().all(char::is_alphabetic) && labels.next().is_some()
}

/// Whether every word of a local part is a role's.
fn is_role(view: &View<'_>, local: &Range<usize>) -> bool {
    let from = view.token_from(local.start);
    let words = view
        .tokens
        .iter()
        .skip(from)
        .take_while(|token| token.start < local.end);
    let mut letters = words.filter(|token| !token.is_digits()).peekable();
    letters.peek().is_some() && letters.all(|word| view.is_token(List::RoleMailbox, word))
}

/// A run of digits as telephone numbers are written.
struct Dialled {
    cells: Range<usize>,
    digits: String,
    /// Digits between one separator and the next.
    sizes: Vec<usize>,
}

fn phones(view: &View<'_>) -> Vec<(Finder, Range<usize>)> {
    let mut found: Vec<(Finder, Range<usize>)> = Vec::new();
    for (index, token) in view.tokens.iter().enumerate() {
        let is_new = found.last().is_none_or(|(_, last)| last.end <= token.start);
        if token.is_digits() && is_new {
            found.extend(phone_at(view, index, token));
        }
    }
    found
}

fn phone_at(view: &View<'_>, index: usize, token: &Token) -> Option<(Finder, Range<usize>)> {
    let before = view.folded.before(token.start);
    let is_plus = before == '+' || (before == '(' && view.folded.before(token.start.saturating_sub(1)) == '+');
    let is_named = view.is_label_before(List::PhoneLabel, token.start, PHONE_LABEL_CHARS_MAX);
    // Most numbers of a text have neither: nothing more is read for them.
    let is_zero = view.folded.at(token.start) == '0' || before == '(';
    if !(is_plus || is_named || is_zero) {
        return None;
    }
    let dialled = dial(view, index)?;
    // `020 7946 0123 (mobile)`
    let is_labelled = is_named || view.is_label_after(List::PhoneLabel, dialled.cells.end, PHONE_SUFFIX_CHARS_MAX);
    let sure = if is_public(view, &dialled) {
        Finder::PhonePublicLine
    } else {
        Finder::Phone
    };
    let count = dialled.digits.len();
    if is_plus && (9..=PHONE_DIGITS_MAX).contains(&count) && is_country(&dialled.digits) {
        return Some((sure, dialled.cells));
    }
    if is_labelled && (7..=PHONE_DIGITS_MAX).contains(&count) && !is_amount(view, &dialled) {
        return Some((sure, dialled.cells));
    }
    is_national(view, &dialled).then_some((
        if sure == Finder::PhonePublicLine {
            sure
        } else {
            Finder::PhoneUnlabelled
        },
        dialled.cells,
    ))
}

/// Whether a number begins as those of freephones and other public lines do.
fn is_public(view: &View<'_>, dialled: &Dialled) -> bool {
    let Some(rule) = view.table.rules.get(&Finder::PhonePublicLine) else {
        return false;
    };
    let label = view.last_before(List::PhoneLabel, dialled.cells.start, PHONE_LABEL_CHARS_MAX);
    let is_latin = label.is_none_or(|label| view.folded.at(label.start) < '\u{370}');
    let latin = rule.latin_prefixes.iter().filter(|_| is_latin);
    let mut prefixes = rule.prefixes.iter().chain(latin);
    prefixes.any(|prefix| dialled.digits.starts_with(prefix.as_str()))
}

/// The digits from a token on, as long as only separators stand between.
fn dial(view: &View<'_>, index: usize) -> Option<Dialled> {
    let first = view.token(index)?;
    let mut dialled = Dialled {
        cells: first.start..first.start,
        digits: String::new(),
        sizes: Vec::new(),
    };
    for token in view.tokens.iter().skip(index).take_while(|token| token.is_digits()) {
        let is_first = dialled.sizes.is_empty();
        let is_joined = is_first || view.is_gap((dialled.cells.end, token.start), 3, " .-/()");
        if !is_joined || dialled.digits.len() + token.len() > PHONE_DIGITS_MAX {
            break;
        }
        dialled.digits.extend(view.gap(token.start, token.end));
        dialled.sizes.push(token.len());
        dialled.cells.end = token.end;
    }
    (!dialled.sizes.is_empty()).then_some(dialled)
}

/// ITU-T E.164: no country's code begins with 0, and of these none is assigned.
fn is_country(digits: &str) -> bool {
    let unassigned = [
        "0", "21", "28", "29", "38", "42", "69", "80", "83", "87", "88", "89", "97", "99",
    ];
    let assigned = [
        "211", "212", "213", "216", "218", "290", "291", "297", "298", "299", "380", "381", "382", "383", "385", "386",
        "387", "389", "420", "421", "423", "690", "691", "692", "852", "853", "855", "856", "870", "880", "886", "970",
        "971", "972", "973", "974", "975", "976", "977", "992", "993", "994", "995", "996", "998",
    ];
    let begins = |codes: &[&str]| codes.iter().any(|code| digits.starts_with(code));
    !begins(&unassigned) || begins(&assigned)
}

/// A labelled number that is an amount: `call 1.200.000`, or a fragment of something longer.
fn is_amount(view: &View<'_>, dialled: &Dialled) -> bool {
    let after = view.gap(dialled.cells.end, dialled.cells.end + 2);
    // `Telephone: 2019 2020 2021` heads a table.
    let is_years = dialled.sizes.iter().all(|size| *size == 4)
        && ["19", "20"].iter().any(|century| dialled.digits.starts_with(century));
    is_years
        || after.contains(&'%')
        || after.contains(&'€')
        || view.folded.before(dialled.cells.start).is_ascii_alphanumeric()
}

/// National forms: a trunk zero and ten or eleven digits in groups, or an area in brackets.
fn is_national(view: &View<'_>, dialled: &Dialled) -> bool {
    let count = dialled.digits.len();
    let groups = dialled.sizes.len();
    let before = view.folded.before(dialled.cells.start);
    if before == '(' {
        let is_closed = view
            .folded
            .at(dialled.cells.start + dialled.sizes.first().copied().unwrap_or(0))
            == ')';
        return is_closed && groups > 1 && (9..=11).contains(&count);
    }
    let is_whole = !view.is_fragment(&dialled.cells, ".,-/:") && !"+".contains(before);
    let is_trunk = dialled.digits.starts_with('0') && !dialled.digits.starts_with("00");
    let is_mobile = ["07", "06", "01", "04", "05"]
        .iter()
        .any(|code| dialled.digits.starts_with(code));
    let is_long_group = dialled.sizes.iter().all(|size| (2..=8).contains(size));
    is_whole && is_trunk && (10..=11).contains(&count) && ((groups > 1 && is_long_group) || (groups == 1 && is_mobile))
}

fn profiles(view: &View<'_>) -> Vec<(Finder, Range<usize>)> {
    let is_handle = |end: usize| view.folded.at(end).is_alphanumeric() || view.folded.at(end) == '_';
    let hits = view.hits(List::Profile).iter().filter(|hit| is_handle(hit.end));
    hits.map(|hit| (Finder::ProfileLink, hit.start..hit.end)).collect()
}
