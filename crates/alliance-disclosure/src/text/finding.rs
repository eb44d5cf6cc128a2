//! What a scan answers. A finding says where and why, and never holds or shows what stood there.

use std::fmt;
use std::ops::Range;

use serde::Deserialize;

/// What becomes of a draft in which something is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// The author is told and may go on.
    Warn,
    /// The draft is not signed until the text is changed, or a second person has agreed to a reason.
    Block,
}

/// The kinds of personal detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// A number a health system gives to a person.
    HealthNumber,
    /// A number a state gives to a person.
    NationalNumber,
    /// A number a tax office gives to a person.
    TaxNumber,
    /// A postcode of few homes.
    Postcode,
    /// The day or month of somebody's birth.
    DateOfBirth,
    /// A date exact to the day.
    Date,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A house number and a street.
    Address,
    /// A number of a medical record, a case, an incident.
    RecordNumber,
    /// A person's name.
    Name,
    /// A count of one to seven people.
    SmallCount,
    /// An age of 90 or more.
    Age,
    /// Details that are harmless alone and lead to somebody together.
    Jigsaw,
    /// A link to a person's page.
    Link,
}

/// Where the text is to appear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ground {
    /// A lesson tells what happened: there, a date exact to the day is a detail of somebody's life.
    Lesson,
    /// Any other kind of record.
    Elsewhere,
}

/// One personal detail. It never holds the text it was found in; `span` leads there for whoever has the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The detector's id in the table, for example `gb-nhs-number`.
    pub detector: &'static str,
    /// The kind of detail.
    pub class: Class,
    /// What becomes of the draft.
    pub action: Action,
    /// Bytes of the text that was scanned, on character boundaries.
    pub span: Range<usize>,
    /// ISO 3166-1 codes of the countries whose number it may be, sorted; empty when it belongs to none.
    pub countries: Vec<&'static str>,
    /// Which rule, in plain words that follow "This looks like".
    pub because: String,
    /// What mends it, in plain words.
    pub remedy: &'static str,
}

/// A place in a text as people count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
}

impl Finding {
    /// Where the finding begins in the text that was scanned. In another text the answer means nothing, but it is one.
    #[must_use]
    pub fn position(&self, text: &str) -> Position {
        let before = text.get(..self.span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        Position {
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).map_or(0, |line| line.chars().count()) + 1,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "This looks like {}. {}", self.because, self.remedy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_from_one() {
        let mut finding = Finding {
            detector: "exact-date",
            class: Class::Date,
            action: Action::Warn,
            span: 0..1,
            countries: Vec::new(),
            because: String::new(),
            remedy: "",
        };
        let text = "é1\nžš2";
        for (at, line, column) in [('1', 1, 2), ('2', 2, 3), ('é', 1, 1)] {
            let start = text.find(at).unwrap();
            finding.span = start..start + 1;
            assert_eq!(finding.position(text), Position { line, column });
        }
    }
}
