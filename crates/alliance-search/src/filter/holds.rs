//! A question asked of one record, without an index.

use super::facts::Facts;
use super::tree::Tree;
use crate::plan::{Reading, plan};
use crate::text::language;

impl Tree {
    /// Whether it holds for a record: the same records as a search finds, other spellings of words apart, which only a search
    /// tries.
    #[must_use]
    pub fn matches(&self, facts: &Facts) -> bool {
        // Reading texts takes a thousand times as long as asking what a record is.
        if let Some(is_so) = self.holds_unread(facts) {
            return is_so;
        }
        let mut languages: Vec<String> = facts.texts.iter().map(|text| language(&text.lang)).collect();
        languages.sort_unstable();
        languages.dedup();
        Reading::of(facts).holds(&plan(self, &languages), facts)
    }

    /// Whether it holds whatever the texts say, or does not; nothing where they decide.
    fn holds_unread(&self, facts: &Facts) -> Option<bool> {
        let any = |parts: &[Self], decides: bool| {
            let mut is_open = false;
            for part in parts {
                match part.holds_unread(facts) {
                    Some(is_so) if is_so == decides => return Some(decides),
                    Some(_) => {}
                    None => is_open = true,
                }
            }
            (!is_open).then_some(!decides)
        };
        match self {
            Self::All(parts) => any(parts, false),
            Self::Any(parts) => any(parts, true),
            Self::Not(part) => part.holds_unread(facts).map(|is_so| !is_so),
            Self::Is(test) => Some(test.holds(facts)),
            Self::Says(_) => None,
        }
    }
}
