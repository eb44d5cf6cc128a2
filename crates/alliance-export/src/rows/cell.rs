//! What stands in one cell.

use std::borrow::Cow;

/// What the cells of a column hold. Any cell may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// What people wrote, and codes, which they may have written too.
    Text,
    /// A word of ours: an id in hexadecimal, a code that no author chooses.
    Word,
    /// A month, `2025-04`, as far as its author wrote it so.
    Month,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// Yes or no.
    YesNo,
    /// Milliseconds since 1970 UTC, in the years 1 to 9999.
    Instant,
    /// Several texts, codes or ids.
    List,
    /// Several groups, as a JSON array of objects, or all of a body as an object.
    Json,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Nothing is known, or the field is not filled.
    Empty,
    /// Of a column of texts or months.
    Text(Cow<'a, str>),
    /// A word of ours.
    Word(Cow<'a, str>),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// Yes or no.
    YesNo(bool),
    /// Milliseconds since 1970 UTC.
    Instant(i64),
    /// Several texts; none where the record was read and has none.
    List(Vec<Cow<'a, str>>),
    /// JSON.
    Json(String),
}

impl<'a> Cell<'a> {
    /// A text of an author; an empty one is no text.
    pub(crate) fn text(text: &'a str) -> Self {
        if text.is_empty() {
            Self::Empty
        } else {
            Self::Text(Cow::Borrowed(text))
        }
    }

    /// A word of ours; an empty one is none.
    pub(crate) fn word(word: impl Into<Cow<'a, str>>) -> Self {
        let word = word.into();
        if word.is_empty() { Self::Empty } else { Self::Word(word) }
    }

    /// A whole number where there is one, and a cell can hold it.
    pub(crate) fn integer(number: Option<impl TryInto<i64>>) -> Self {
        let number = number.and_then(|number| number.try_into().ok());
        number.map_or(Self::Empty, Self::Integer)
    }

    /// A number where there is one.
    pub(crate) fn number(number: Option<f64>) -> Self {
        number.map_or(Self::Empty, Self::Number)
    }

    /// A list of texts.
    pub(crate) fn list(items: impl Iterator<Item = &'a str>) -> Self {
        Self::List(items.map(Cow::Borrowed).collect())
    }
}
