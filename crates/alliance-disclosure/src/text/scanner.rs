//! A scan: every finder over one text, and one answer for each place.
//!
//! Owns which of several findings stays where they overlap. Never looks at a text itself.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use super::finding::{Action, Class, Finding, Ground};
use super::numbers::{self, Because, ByLength, Numbered};
use super::table::{Finder, NumberRow, RuleRow, Table};
use super::view::View;
use super::words::Words;
use super::{contacts, counts, dates, labels, names, people, places, titles};

/// Findings of one scan. What blocks is kept first: a text with more is no draft but a list.
pub const FINDINGS_MAX: usize = 1_000;

/// A detector of the shipped table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetectorInfo {
    /// For example `gb-nhs-number`.
    pub id: &'static str,
    /// What it looks for, in plain words that follow "This looks like".
    pub name: &'static str,
    /// The kind of detail.
    pub class: Class,
    /// The most it does with a draft.
    pub action: Action,
    /// ISO 3166-1 codes; empty when it belongs to no country.
    pub countries: Vec<&'static str>,
    /// The standard or the office that the rule comes from.
    pub source: &'static str,
}

/// Looks for personal details. Made once and used for any number of texts; making one takes some milliseconds.
pub struct Scanner {
    table: &'static Table,
    words: Words,
    by_length: ByLength,
}

impl Default for Scanner {
    fn default() -> Self {
        Self::new()
    }
}

/// A finding before those it overlaps with are known.
struct Candidate {
    finding: Finding,
    cells: Range<usize>,
    /// Smaller is kept: what blocks, then what more speaks for, then the longer, then the table's order.
    order: (Reverse<Action>, Reverse<Because>, Reverse<usize>, usize),
}

impl Scanner {
    /// A scanner of the shipped tables.
    #[must_use]
    pub fn new() -> Self {
        let table = Table::shipped();
        Self {
            table,
            words: Words::of(table),
            by_length: ByLength::of(table),
        }
    }

    /// All detectors, in the order of the table.
    pub fn detectors(&self) -> impl Iterator<Item = DetectorInfo> + '_ {
        let numbers = self.table.numbers.iter().map(|row| DetectorInfo {
            id: &row.raw.id,
            name: &row.raw.name,
            class: row.raw.class,
            action: row.raw.action,
            countries: row.raw.countries.iter().map(String::as_str).collect(),
            source: &row.raw.source,
        });
        let rules = self.table.rules.values().map(|rule| DetectorInfo {
            id: &rule.id,
            name: &rule.name,
            class: rule.class,
            action: rule.action,
            countries: Vec::new(),
            source: &rule.source,
        });
        numbers.chain(rules)
    }

    /// The personal details of a text, in the order of the text; at most [`FINDINGS_MAX`]. No two of them overlap, but
    /// a jigsaw spans others. Spans are bytes of `text`.
    #[must_use]
    pub fn scan(&self, text: &str, ground: Ground) -> Vec<Finding> {
        let view = View::of(text, &self.words, self.table);
        let numbers = numbers::find(&view, &self.by_length);
        let mut candidates: Vec<Candidate> = numbers.iter().filter_map(|found| self.number(&view, found)).collect();
        let found = find_by_words(&view).into_iter().filter(|(finder, _)| {
            // Elsewhere than in a lesson a day is as good as any other fact.
            ground == Ground::Lesson || *finder != Finder::ExactDate
        });
        candidates.extend(found.filter_map(|(finder, cells)| self.rule(&view, finder, cells)));
        settle(candidates)
    }

    fn number(&self, view: &View<'_>, found: &Numbered) -> Option<Candidate> {
        let row = self.table.numbers.get(found.row)?;
        let cells = found.cells.clone();
        Some(Candidate {
            finding: Finding {
                detector: &row.raw.id,
                class: row.raw.class,
                action: found.action,
                span: view.folded.origin(cells.clone()),
                countries: row.raw.countries.iter().map(String::as_str).collect(),
                because: because(row, found.because),
                remedy: &row.remedy,
            },
            order: (
                Reverse(found.action),
                Reverse(found.because),
                Reverse(cells.len()),
                found.row,
            ),
            cells,
        })
    }

    fn rule(&self, view: &View<'_>, finder: Finder, cells: Range<usize>) -> Option<Candidate> {
        let rule: &'static RuleRow = self.table.rules.get(&finder)?;
        Some(Candidate {
            finding: Finding {
                detector: &rule.id,
                class: rule.class,
                action: rule.action,
                span: view.folded.origin(cells.clone()),
                countries: Vec::new(),
                because: rule.name.clone(),
                remedy: &rule.remedy,
            },
            order: (
                Reverse(rule.action),
                Reverse(Because::Alone),
                Reverse(cells.len()),
                self.table.numbers.len() + finder as usize,
            ),
            cells,
        })
    }
}

fn because(row: &NumberRow, because: Because) -> String {
    let name = &row.raw.name;
    match because {
        Because::Named => format!("{name}: its form and check hold, and words near it name one"),
        Because::Grouped => format!("{name}: its form and check hold, and it is grouped as they are"),
        Because::Alone => format!("{name}: its form and check hold, though nothing near it says what it is"),
    }
}

fn find_by_words(view: &View<'_>) -> Vec<(Finder, Range<usize>)> {
    let dates = dates::read(view);
    let mut found = dates::find(view, &dates);
    found.extend(contacts::find(view));
    found.extend(places::find(view));
    found.extend(labels::find(view));
    found.extend(names::find(view));
    found.extend(titles::find(view));
    found.extend(counts::find(view));
    found.extend(people::find(view, &dates));
    found
}

/// Keeps one finding for each place. Digits that may be several countries' numbers keep all their countries.
fn settle(mut candidates: Vec<Candidate>) -> Vec<Finding> {
    candidates.sort_by_key(|candidate| candidate.order);
    let mut kept: BTreeMap<usize, (usize, Finding)> = BTreeMap::new();
    let mut spanning = Vec::new();
    for candidate in candidates {
        if kept.len() + spanning.len() >= FINDINGS_MAX {
            break;
        }
        let cells = candidate.cells;
        if candidate.finding.class == Class::Jigsaw {
            spanning.push(candidate.finding);
            continue;
        }
        let overlapped = kept
            .range_mut(..cells.end)
            .next_back()
            .filter(|(_, (end, _))| *end > cells.start);
        match overlapped {
            Some((start, (end, finding))) if (*start..*end) == cells => also(finding, candidate.finding),
            Some(_) => {}
            None => {
                kept.insert(cells.start, (cells.end, candidate.finding));
            }
        }
    }
    let mut findings: Vec<Finding> = kept.into_values().map(|(_, finding)| finding).chain(spanning).collect();
    findings.sort_by_key(|finding| (finding.span.start, finding.span.end));
    findings
}

/// The same digits as another country's number, which is as likely.
fn also(finding: &mut Finding, other: Finding) {
    if other.action == finding.action {
        finding.countries.extend(other.countries);
        finding.countries.sort_unstable();
        finding.countries.dedup();
    }
}
