//! What is said of a question that cannot be read.

/// Why a question cannot be read: what, where, and what mends it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} {remedy}")]
pub struct FilterError {
    /// The character at fault, counted from 0; the count of all characters when something is missing at the end.
    pub at: usize,
    /// What is wrong, a sentence.
    pub message: String,
    /// What to do, a sentence.
    pub remedy: String,
}

impl FilterError {
    pub(super) fn new(at: usize, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            at,
            message: message.into(),
            remedy: remedy.into(),
        }
    }
}
