//! What is wrong with a draft, where, and how to mend it. Data, never an error of ours.

use super::limits::SHOWN_CHARACTERS_MAX;

/// Every code of a finding.
pub const CODES: [&str; 58] = [
    "change_missing",
    "chapter_misformed",
    "conditions_missing",
    "control_character",
    "depth_exceeded",
    "direction_override",
    "duplicate_field",
    "end_missing",
    "endorsement_incomplete",
    "english_missing",
    "evidence_stage_computed",
    "expected_fields",
    "expected_id",
    "expected_list",
    "expected_number",
    "expected_text",
    "expected_yes_no",
    "file_not_attached",
    "file_or_url_missing",
    "force_incomplete",
    "front_matter_missing",
    "front_matter_unclosed",
    "heading_level",
    "identifier_misformed",
    "input_too_large",
    "join_link_scope",
    "json_syntax",
    "kind_missing",
    "kind_unknown",
    "markup_refused",
    "misformed",
    "name_without_consent",
    "named_twice",
    "not_a_section",
    "not_one_line",
    "notice_text_missing",
    "number_out_of_range",
    "point_not_rounded",
    "point_status_mismatch",
    "points_overlap",
    "public_source_missing",
    "range_reversed",
    "related_to_nothing",
    "replacement_missing",
    "required_missing",
    "text_not_normal",
    "text_outside_section",
    "text_too_long",
    "text_too_short",
    "too_many_items",
    "too_many_references",
    "undecodable",
    "unknown_code",
    "unknown_field",
    "unknown_section",
    "why_stopped_missing",
    "yaml_feature_refused",
    "yaml_syntax",
];

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
    /// Stable word for programs; one of [`CODES`].
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
        debug_assert!(CODES.contains(&code), "{code} is missing in CODES");
        let (place, message, remedy) = (place.into(), message.into(), remedy.into());
        Self {
            severity: Severity::Error,
            code,
            place,
            line: None,
            column: None,
            message,
            remedy,
        }
    }

    pub(super) fn warning(
        code: &'static str,
        place: impl Into<String>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, place, message, remedy)
        }
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
    let mut short: String = text
        .chars()
        .take(SHOWN_CHARACTERS_MAX)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().nth(SHOWN_CHARACTERS_MAX).is_some() {
        short.push('…');
    }
    short
}
