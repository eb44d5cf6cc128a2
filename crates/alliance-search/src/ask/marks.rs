//! Where the words of a question stand in a record's texts: for people to see why it was found. Ranges of bytes, never marks
//! in the text itself.

use std::ops::Range;

use crate::filter::{Facts, Text};
use crate::plan::{Form, Plan, Sought};
use crate::text::{Shape, Token, language, stem, tokens};

/// Snippets of a record at most.
const SNIPPETS_MAX: usize = 3;
/// Characters of a snippet: two or three lines.
const SNIPPET_CHARACTERS: usize = 200;
/// Characters that are shown before the first word that was found.
const BEFORE_CHARACTERS: usize = 40;

/// What is looked for in texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Marks {
    forms: Vec<Form>,
}

/// A piece of a text with the words that were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// The field in which it stands, such as `title` or `core_components`.
    pub field: String,
    /// Whether it is a title, which is given whole.
    pub is_title: bool,
    /// The tag of its language; may be empty.
    pub lang: String,
    /// At most 200 characters.
    pub text: String,
    /// Bytes of `text`, in order, without overlap; at least one.
    pub ranges: Vec<Range<usize>>,
    /// Whether the field's text goes on before it.
    pub is_cut_before: bool,
    /// Whether the field's text goes on after it.
    pub is_cut_after: bool,
}

impl Marks {
    pub(super) fn new(plan: Plan) -> Self {
        let mut forms = Vec::new();
        collect(plan, &mut forms);
        Self { forms }
    }

    /// The pieces of a record in which most of the words stand: at most three, titles first.
    #[must_use]
    pub fn snippets(&self, facts: &Facts) -> Vec<Snippet> {
        let mut found: Vec<(usize, Snippet)> = Vec::new();
        for text in &facts.texts {
            let ranges = self.ranges(text);
            if !ranges.is_empty() {
                found.push(snippet(text, &ranges));
            }
        }
        found.sort_by_key(|(count, snippet)| (!snippet.is_title, std::cmp::Reverse(*count)));
        found
            .into_iter()
            .take(SNIPPETS_MAX)
            .map(|(_, snippet)| snippet)
            .collect()
    }

    /// Bytes of a text that were looked for, in order, without overlap.
    #[must_use]
    pub fn ranges(&self, text: &Text) -> Vec<Range<usize>> {
        let tokens = tokens(&text.text);
        let language = language(&text.lang);
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for form in &self.forms {
            match form {
                Form::Terms(terms) => phrases(&tokens, terms, &mut ranges),
                Form::Near(term) => phrases(&tokens, &[(0, term.clone())], &mut ranges),
                Form::Most { terms, .. } => terms.iter().for_each(|term| {
                    phrases(&tokens, &[(0, term.clone())], &mut ranges);
                }),
                Form::Prefix(begins) => {
                    let all = tokens.iter().filter(|token| token.term.starts_with(begins.as_str()));
                    ranges.extend(all.map(|token| token.from..token.to));
                }
                Form::Stem {
                    language: of,
                    stem: sought,
                } if *of == language => {
                    let words = tokens
                        .iter()
                        .filter(|token| matches!(token.shape, Shape::Word | Shape::Joined));
                    let same =
                        words.filter(|token| stem(of, &text.text[token.from..token.to]).as_ref() == Some(sought));
                    ranges.extend(same.map(|token| token.from..token.to));
                }
                Form::Stem { .. } => {}
            }
        }
        joined(ranges)
    }
}

fn collect(plan: Plan, forms: &mut Vec<Form>) {
    match plan {
        Plan::All(parts) | Plan::Any(parts) => parts.into_iter().for_each(|part| collect(part, forms)),
        // What must not be there is not there.
        Plan::Not(_) | Plan::Is(_) => {}
        Plan::Says(Sought { forms: sought, .. }) => forms.extend(sought),
    }
}

fn phrases(tokens: &[Token], terms: &[(u32, String)], ranges: &mut Vec<Range<usize>>) {
    let Some((_, first)) = terms.first() else { return };
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.term == *first) {
        let mut to = token.to;
        let all = terms.iter().all(|(distance, term)| {
            let mut behind = tokens[at..]
                .iter()
                .take_while(|other| other.position <= token.position + distance);
            let other = behind.find(|other| other.position == token.position + distance && other.term == *term);
            to = other.map_or(to, |other| other.to.max(to));
            other.is_some()
        });
        if all {
            ranges.push(token.from..to);
        }
    }
}

fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let mut joined: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

/// The stretch of a text in which most ranges stand, and how many.
fn snippet(text: &Text, ranges: &[Range<usize>]) -> (usize, Snippet) {
    let whole = &text.text;
    let (from, to) = if text.is_title {
        (0, whole.len())
    } else {
        let windows = ranges.iter().map(|range| window(whole, range.start));
        let count = |(from, to): &(usize, usize)| inside(ranges, *from, *to).count();
        // Of equals the first: `max_by_key` takes the last.
        windows.rev().max_by_key(count).unwrap_or((0, 0))
    };
    let ranges: Vec<_> = inside(ranges, from, to)
        .map(|range| range.start - from..range.end - from)
        .collect();
    let snippet = Snippet {
        field: text.field.clone(),
        is_title: text.is_title,
        lang: text.lang.clone(),
        text: whole[from..to].to_owned(),
        is_cut_before: from > 0,
        is_cut_after: to < whole.len(),
        ranges,
    };
    (snippet.ranges.len(), snippet)
}

fn inside(ranges: &[Range<usize>], from: usize, to: usize) -> impl Iterator<Item = &Range<usize>> {
    ranges
        .iter()
        .filter(move |range| range.start >= from && range.end <= to)
}

/// The window that begins some characters before a place, at a blank where there is one.
fn window(text: &str, at: usize) -> (usize, usize) {
    let back = text[..at]
        .char_indices()
        .rev()
        .take(BEFORE_CHARACTERS)
        .last()
        .map_or(at, |(start, _)| start);
    let blank = text[back..at].find(char::is_whitespace).filter(|_| back > 0);
    let from = blank.map_or(back, |blank| back + blank);
    let from = from + text[from..].len() - text[from..].trim_start().len();
    let end = text[from..]
        .char_indices()
        .nth(SNIPPET_CHARACTERS)
        .map_or(text.len(), |(end, _)| from + end);
    let blank = text[from..end]
        .rfind(char::is_whitespace)
        .filter(|blank| end < text.len() && from + blank > at);
    (from, blank.map_or(end, |blank| from + blank))
}
