//! A question as it was understood.

use super::test::Test;

/// A question: what must hold for a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tree {
    /// All of these. Without any, it holds for every record.
    All(Vec<Tree>),
    /// At least one of these. Without any, it holds for none.
    Any(Vec<Tree>),
    /// Not this.
    Not(Box<Tree>),
    /// What the record is.
    Is(Test),
    /// What the record says.
    Says(Words),
}

/// Words to be found in a record's texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    /// One word, in any form.
    Word(String),
    /// Words that begin so.
    Prefix(String),
    /// These words in this order, as they stand.
    Phrase(String),
}

impl Tree {
    /// Holds for every record.
    #[must_use]
    pub const fn everything() -> Self {
        Self::All(Vec::new())
    }

    /// Holds where both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let mut parts = Vec::new();
        for tree in [self, other] {
            match tree {
                Self::All(inner) => parts.extend(inner),
                tree => parts.push(tree),
            }
        }
        Self::All(parts)
    }

    /// The same with the organisations of each country in the country's place: ids, or how they begin, as `organisations` has
    /// them.
    #[must_use]
    pub fn with_countries(self, organisations: &dyn Fn(&str) -> Vec<String>) -> Self {
        let each = |parts: Vec<Self>| {
            parts
                .into_iter()
                .map(|part| part.with_countries(organisations))
                .collect()
        };
        match self {
            Self::All(parts) => Self::All(each(parts)),
            Self::Any(parts) => Self::Any(each(parts)),
            Self::Not(part) => Self::Not(Box::new(part.with_countries(organisations))),
            Self::Is(Test::Country(country)) => {
                let of_it = organisations(&country).into_iter();
                Self::Any(of_it.map(|id| Self::Is(Test::Organisation(id))).collect())
            }
            Self::Is(_) | Self::Says(_) => self,
        }
    }

    /// Whether records' texts must be looked at.
    #[must_use]
    pub fn says_anything(&self) -> bool {
        match self {
            Self::All(inner) | Self::Any(inner) => inner.iter().any(Self::says_anything),
            Self::Not(inner) => inner.says_anything(),
            Self::Is(_) => false,
            Self::Says(_) => true,
        }
    }
}
