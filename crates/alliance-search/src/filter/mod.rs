//! One language for questions: search, lists, exports, feeds and subscriptions. Owns its grammar, what a question means for a
//! record, and what is said of one that cannot be read. Never knows an index: a question can be asked of one record.
//!
//! ```text
//! question  = [ any ]
//! any       = all { "OR" all }                      ; binds less than standing side by side
//! all       = part { [ "AND" ] part }               ; every part must hold
//! part      = { "-" | "NOT" } ( "(" any ")" | test | phrase | word )
//! phrase    = '"' text '"'                          ; these words, in this order; \" stands for a quotation mark
//! word      = text without blanks, ()":             ; word* finds what begins so
//! test      = field ":" ( value | '"' text '"' )
//! ```
//!
//! | field | value | holds for |
//! |---|---|---|
//! | `kind` | `practice` | records of this kind |
//! | `chapter` | `m49:150` | records in this chapter |
//! | `organisation` | `2beed315` | records of the organisation whose id begins so; at least 4 digits |
//! | `country` | `GB` | records of organisations of this country, ISO 3166-1 alpha-2 |
//! | `language` | `de` or `de-AT` | records in the language, or in exactly this form of it |
//! | `year` | `2024`, `2024..2026`, `2024..`, `..2024` | records whose author says that they are of these years |
//! | `date` | as `year`, also `2024-05` and `2024-05-31` | the same by month and day, UTC; both ends included |
//! | a code list, such as `setting`, or a field that has one, such as `settings` | `inpatient.acute_adult`, `inpatient.*` | records that carry the code, or one that begins so |
//!
//! A code that no list has is refused. In quotation marks any code is taken as it stands: a newer node may know it.
//!
//! Words are found in any form of the record's language, phrases as they stand, both without regard to case and diacritics.

mod error;
mod facts;
mod holds;
mod lex;
mod narrow;
mod parse;
mod show;
mod span;
mod test;
#[cfg(test)]
mod tests;
mod tree;
mod values;

pub use error::FilterError;
pub use facts::{Facts, Text};
pub use narrow::Filter;
pub use parse::parse;
pub use span::Span;
pub(crate) use span::year;
pub use test::Test;
pub use tree::{Tree, Words};

/// Characters of a question at most: more than any person writes, and a bound for addresses.
pub const QUESTION_CHARACTERS_MAX: usize = 2_000;
/// Levels of brackets at most.
pub const LEVELS_MAX: usize = 16;
/// Words, phrases and tests of a question at most: each costs a search of its own.
pub const PARTS_MAX: usize = 64;
