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
        let mut languages: Vec<String> = facts.texts.iter().map(|text| language(&text.lang)).collect();
        languages.sort_unstable();
        languages.dedup();
        let reading = if self.says_anything() {
            Reading::of(facts)
        } else {
            Reading::default()
        };
        reading.holds(&plan(self, &languages), facts)
    }
}
