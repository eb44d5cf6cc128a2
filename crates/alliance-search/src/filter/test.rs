//! What can be asked of a record without reading its texts.

use alliance_record::schema::Kind;

use super::facts::Facts;
use super::span::Span;
use crate::text::language;

/// Something that a record is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// Of this kind.
    Kind(Kind),
    /// In this chapter.
    Chapter(String),
    /// By the organisation whose id begins with these hexadecimal digits, in lower case.
    Organisation(String),
    /// In this language, a primary tag in lower case such as `de`, or exactly in this form of it, such as `de-AT`.
    Language(String),
    /// By an organisation of this country, ISO 3166-1 alpha-2 in upper case. A record does not say it: it holds for none until
    /// [`Tree::with_countries`](super::Tree::with_countries) has put the organisations in its place.
    Country(String),
    /// Carries this code of this list.
    Code {
        /// The list.
        list: String,
        /// The code.
        code: String,
    },
    /// Carries a code of this list that begins so.
    CodePrefix {
        /// The list.
        list: String,
        /// How the code begins.
        prefix: String,
    },
    /// Claims to be of this time.
    Claimed(Span),
}

impl Test {
    /// Whether it holds for a record.
    #[must_use]
    pub fn holds(&self, facts: &Facts) -> bool {
        match self {
            Self::Kind(kind) => facts.kind == *kind,
            Self::Chapter(chapter) => facts.chapter == *chapter,
            Self::Organisation(prefix) => facts.organisation.starts_with(prefix),
            Self::Language(tag) if tag.contains('-') => facts.lang.eq_ignore_ascii_case(tag),
            Self::Language(tag) => language(&facts.lang) == language(tag),
            Self::Country(_) => false,
            Self::Code { list, code } => facts.codes.iter().any(|(of, held)| of == list && held == code),
            Self::CodePrefix { list, prefix } => facts
                .codes
                .iter()
                .any(|(of, held)| of == list && held.starts_with(prefix.as_str())),
            Self::Claimed(span) => span.holds(facts.claimed_at_ms),
        }
    }
}
