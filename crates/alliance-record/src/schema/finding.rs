//! What is wrong with a draft, where, and how to mend it. Data, never an error of ours.

use super::limits::SHOWN_CHARACTERS_MAX;

/// Whether a finding stops publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The draft cannot be published.
    Error,
    /// The draft can be published; the author should know.
    Warning,
}

/// One thing found in a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether it stops publication.
    pub severity: Severity,
    /// Stable word for programs, in snake_case.
    pub code: &'static str,
    /// The field, such as `core_components[2].text`, counted from 0; empty for the draft as a whole.
    pub place: String,
    /// Line of the text handed in, from 1, where known.
    pub line: Option<u32>,
    /// Column of that line in characters, from 1, where known.
    pub column: Option<u32>,
    /// What was found, for the author.
    pub message: String,
    /// How to mend it, for the author.
    pub remedy: String,
}

/// A place in the text handed in; both count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) line: u32,
    pub(super) column: u32,
}

impl Finding {
    pub(super) fn error(
        code: &'static str,
        place: impl Into<String>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        let (place, message, remedy) = (place.into(), message.into(), remedy.into());
        Self { severity: Severity::Error, code, place, line: None, column: None, message, remedy }
    }

    pub(super) fn warning(
        code: &'static str,
        place: impl Into<String>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, place, message, remedy) }
    }

    pub(super) fn at(mut self, position: Option<Position>) -> Self {
        if let Some(position) = position {
            self.line = Some(position.line);
            self.column = Some(position.column);
        }
        self
    }
}

/// Another's text for a message: shortened, without control characters.
pub(super) fn shown(text: &str) -> String {
    let mut short: String =
        text.chars().take(SHOWN_CHARACTERS_MAX).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(SHOWN_CHARACTERS_MAX).is_some() {
        short.push('…');
    }
    short
}
