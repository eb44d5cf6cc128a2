//! A choice of records as a program makes it, field by field.

use alliance_record::schema::Kind;

use super::facts::Facts;
use super::span::Span;
use super::test::Test;
use super::tree::Tree;

/// Which records are asked for: within each list any of its values, and all lists together. Empty: every record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Kinds.
    pub kinds: Vec<Kind>,
    /// Names of chapters.
    pub chapters: Vec<String>,
    /// Ids of organisations, or how they begin: hexadecimal digits in lower case.
    pub organisations: Vec<String>,
    /// Languages, as [`Test::Language`] takes them.
    pub languages: Vec<String>,
    /// (list, code): of each list that is named here, one of its codes.
    pub codes: Vec<(String, String)>,
    /// The time that the record claims.
    pub claimed: Span,
}

impl Filter {
    /// The same as a question.
    #[must_use]
    pub fn to_tree(&self) -> Tree {
        let mut lists: Vec<&str> = self.codes.iter().map(|(list, _)| list.as_str()).collect();
        lists.sort_unstable();
        lists.dedup();
        let mut parts = vec![
            any(self.kinds.iter().copied().map(Test::Kind)),
            any(self.chapters.iter().cloned().map(Test::Chapter)),
            any(self.organisations.iter().cloned().map(Test::Organisation)),
            any(self.languages.iter().cloned().map(Test::Language)),
        ];
        for list in lists {
            let codes = self.codes.iter().filter(|(of, _)| of == list).cloned();
            parts.push(any(codes.map(|(list, code)| Test::Code { list, code })));
        }
        let mut parts: Vec<Tree> = parts.into_iter().flatten().collect();
        if self.claimed != Span::default() {
            parts.push(Tree::Is(Test::Claimed(self.claimed)));
        }
        Tree::All(parts)
    }

    /// Whether a record is among them.
    #[must_use]
    pub fn matches(&self, facts: &Facts) -> bool {
        self.to_tree().matches(facts)
    }
}

fn any(tests: impl Iterator<Item = Test>) -> Option<Tree> {
    let mut tests: Vec<Tree> = tests.map(Tree::Is).collect();
    match tests.len() {
        0 | 1 => tests.pop(),
        _ => Some(Tree::Any(tests)),
    }
}
