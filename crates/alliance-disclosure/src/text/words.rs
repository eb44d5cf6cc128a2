//! Where the table's words stand in a text: one pass for all of them.
//!
//! Owns what makes a word whole. Never knows what a list is for.

use std::collections::BTreeMap;

use aho_corasick::AhoCorasick;

use super::fold::{Folded, is_letter};
use super::table::{LISTS, List, Table};

/// A word of a list, in cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What was found, list by list, each in the order of the text.
pub(super) struct Hits(Vec<Vec<Hit>>);

impl Hits {
    pub(super) fn of(&self, list: usize) -> &[Hit] {
        self.0.get(list).map_or(&[], Vec::as_slice)
    }
}

/// Where in `Hits` the words stand that name the number of a row.
pub(super) fn context_of(row: usize) -> usize {
    LISTS + 2 * row
}

/// Where in `Hits` the words stand that must be next to the number of a row.
pub(super) fn near_of(row: usize) -> usize {
    LISTS + 2 * row + 1
}

/// Whether a word may go on before or after what the table gives of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Edge {
    Whole,
    Open,
}

struct Entry {
    before: Edge,
    after: Edge,
    lists: Vec<usize>,
}

/// Names of numbers from this length on may go on.
const BENT_CHARS_MIN: usize = 6;

/// All words of the tables, ready to be looked for.
pub(super) struct Words {
    search: Option<AhoCorasick>,
    entries: Vec<Entry>,
    lists: usize,
}

impl Words {
    pub(super) fn of(table: &Table) -> Self {
        let mut lists_of: BTreeMap<(String, Edge, Edge), Vec<usize>> = BTreeMap::new();
        let mut add = |list: usize, words: &[String]| {
            for word in words {
                let (word, before, after) = read_word(word);
                // Languages bend and join the names of numbers: `personnummer`, `personnumret`, `personnummerkort`.
                let is_bent = list >= LISTS && word.chars().count() >= BENT_CHARS_MIN;
                // Beyond the alphabets of Europe they are bent at both ends, and too long to be part of another word.
                let is_joined = list >= LISTS && word.starts_with(|sign| sign >= '\u{590}');
                let before = if is_joined { Edge::Open } else { before };
                let after = if is_bent || is_joined { Edge::Open } else { after };
                let lists = lists_of.entry((word, before, after)).or_default();
                if !lists.contains(&list) {
                    lists.push(list);
                }
            }
        };
        for (list, words) in &table.words {
            add(*list as usize, words);
        }
        for (row, number) in table.numbers.iter().enumerate() {
            add(context_of(row), &number.raw.context);
            add(near_of(row), &number.raw.near);
        }
        let patterns: Vec<&str> = lists_of.keys().map(|(word, _, _)| word.as_str()).collect();
        // Refused only beyond four thousand million characters of words; a test of the shipped table would see it.
        let search = AhoCorasick::new(patterns).ok();
        let entries = lists_of
            .into_iter()
            .map(|((_, before, after), lists)| Entry { before, after, lists })
            .collect();
        Self {
            search,
            entries,
            lists: context_of(table.numbers.len()),
        }
    }

    /// Time grows with the text and with the words in it.
    pub(super) fn find(&self, folded: &Folded) -> Hits {
        let mut hits = vec![Vec::new(); self.lists];
        let (haystack, cells) = haystack(folded);
        for found in self
            .search
            .iter()
            .flat_map(|search| search.find_overlapping_iter(&haystack))
        {
            let (Some(entry), Some(start), Some(last)) = (
                self.entries.get(found.pattern().as_usize()),
                cells.get(found.start()),
                found.end().checked_sub(1).and_then(|last| cells.get(last)),
            ) else {
                continue;
            };
            let hit = Hit {
                start: *start as usize,
                end: *last as usize + 1,
            };
            if is_whole(folded, hit, entry) {
                for list in &entry.lists {
                    if let Some(hits) = hits.get_mut(*list) {
                        hits.push(hit);
                    }
                }
            }
        }
        for hits in &mut hits {
            hits.sort_unstable_by_key(|hit: &Hit| (hit.start, hit.end));
        }
        Hits(hits)
    }
}

/// A word as the table writes it: in the scanning form, and how it may go on.
fn read_word(word: &str) -> (String, Edge, Edge) {
    let edge = |stripped: Option<&str>| if stripped.is_some() { Edge::Open } else { Edge::Whole };
    let before = edge(word.strip_prefix('*'));
    let after = edge(word.strip_suffix('*'));
    let folded = Folded::of(word.trim_matches('*'));
    (haystack(&folded).0.trim().to_owned(), before, after)
}

/// Letters of an abbreviation that may end with a point: after longer words a point ends a sentence.
const ABBREVIATION_CHARS_MAX: usize = 4;

/// The text in lower case, and the cell of each of its bytes. Spaces and hyphens become one space and the points of
/// abbreviations go, so that `Steuer-ID`, `Steuer ID`, `S.I.N.` and `Hosp. no` are each written one way.
fn haystack(folded: &Folded) -> (String, Vec<u32>) {
    let mut text = String::with_capacity(folded.len());
    let mut cells = Vec::with_capacity(folded.len());
    let mut letters = 0;
    for (cell, sign) in folded.lower.iter().enumerate() {
        let is_point = *sign == '.' && (1..=ABBREVIATION_CHARS_MAX).contains(&letters);
        letters = if sign.is_alphabetic() { letters + 1 } else { 0 };
        let sign = if sign.is_whitespace() || *sign == '-' {
            ' '
        } else {
            *sign
        };
        if is_point || (sign == ' ' && text.ends_with(' ')) {
            continue;
        }
        text.push(sign);
        cells.resize(text.len(), u32::try_from(cell).unwrap_or(u32::MAX));
    }
    (text, cells)
}

/// Scripts that join words to their neighbours: there a word is found wherever it stands.
fn is_unspaced(sign: char) -> bool {
    matches!(sign, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{31ff}'
        | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn is_whole(folded: &Folded, hit: Hit, entry: &Entry) -> bool {
    let (first, last) = (folded.at(hit.start), folded.before(hit.end));
    let is_cut = |edge: Edge, own: char, other: char| {
        let is_joined = (is_letter(own) && is_letter(other)) || (own.is_ascii_digit() && other.is_ascii_digit());
        edge == Edge::Whole && is_joined && !is_unspaced(own)
    };
    !is_cut(entry.before, first, folded.before(hit.start)) && !is_cut(entry.after, last, folded.at(hit.end))
}

impl From<List> for usize {
    fn from(list: List) -> Self {
        list as Self
    }
}
