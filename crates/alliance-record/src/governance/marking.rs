//! Notices by which stewards mark records of others, and what takes them back. Owns their form; never knows which count.

use bytes::Bytes;

use super::{StatementError, act_or_none, usable};
use crate::governance::ActOf;
use crate::id::{ActId, RecordId};
use crate::key::OrganisationId;
use crate::limits::MARK_TEXT_CHARS_MAX;
use crate::proto::v1;

/// What stewards may say of a record: of the vocabulary `notice_type` all but a new version and a withdrawal, which are its
/// author's, and a removal, which is an act of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoticeType {
    /// Something is to be added.
    Addendum,
    /// Something is to be understood otherwise than it may be.
    Clarification,
    /// Something in it is wrong, and the rest stands.
    Correction,
    /// There is a doubt, and no decision yet.
    ExpressionOfConcern,
    /// Part of it is not to be relied on.
    PartialRetraction,
    /// It is not to be relied on.
    Retraction,
}

impl NoticeType {
    /// All of them, in the order of the vocabulary.
    pub const ALL: [Self; 6] = [
        Self::Addendum,
        Self::Clarification,
        Self::Correction,
        Self::ExpressionOfConcern,
        Self::PartialRetraction,
        Self::Retraction,
    ];

    /// Its code in the vocabulary `notice_type`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Addendum => "addendum",
            Self::Clarification => "clarification",
            Self::Correction => "correction",
            Self::ExpressionOfConcern => "expression_of_concern",
            Self::PartialRetraction => "partial_retraction",
            Self::Retraction => "retraction",
        }
    }

    /// The type of a code; `None` for what stewards do not say of a record.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.code() == code)
    }
}

/// What an act says of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Marking {
    /// A notice: the record is shown with it.
    Notice {
        /// Of which type.
        notice_type: NoticeType,
        /// Display text, at most [`MARK_TEXT_CHARS_MAX`] characters; may be empty.
        text: String,
    },
    /// The notice of this act is taken back.
    Lifting(ActId),
}

impl Marking {
    pub(super) fn to_message(&self, record: &RecordId, organisation: &OrganisationId) -> v1::Marking {
        let (notice_type, text, lifts) = match self {
            Self::Notice { notice_type, text } => (notice_type.code().to_owned(), text.clone(), Bytes::new()),
            Self::Lifting(act) => (String::new(), String::new(), Bytes::copy_from_slice(act.as_bytes())),
        };
        v1::Marking {
            record: Bytes::copy_from_slice(record.as_bytes()),
            organisation: Bytes::copy_from_slice(organisation.as_bytes()),
            notice_type,
            text,
            lifts,
        }
    }

    fn of_message(message: v1::Marking) -> Result<Self, StatementError> {
        let is_empty = message.notice_type.is_empty() && message.text.is_empty();
        match act_or_none(&message.lifts)? {
            Some(act) if is_empty => Ok(Self::Lifting(act)),
            Some(_) => Err(StatementError::BadEncoding),
            None if message.text.chars().count() > MARK_TEXT_CHARS_MAX => Err(StatementError::BadEncoding),
            None => Ok(Self::Notice {
                notice_type: NoticeType::from_code(&message.notice_type).ok_or(StatementError::BadEncoding)?,
                text: message.text,
            }),
        }
    }
}

/// What a message has an act do.
pub(super) fn mark(message: v1::Marking) -> Result<ActOf, StatementError> {
    Ok(ActOf::Mark {
        record: RecordId::from_slice(&message.record)?,
        organisation: usable(&message.organisation)?,
        says: Marking::of_message(message)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::vocabulary;

    #[test]
    fn the_types_are_those_of_the_vocabulary_that_are_not_the_authors_and_not_a_removal() {
        let all = vocabulary("notice_type").unwrap().iter();
        let others = ["new_version", "withdrawal", "removal"];
        let codes = all.map(|code| code.code.as_str()).filter(|code| !others.contains(code));
        assert!(codes.eq(NoticeType::ALL.map(NoticeType::code)));
        for of in NoticeType::ALL {
            assert_eq!(NoticeType::from_code(of.code()), Some(of));
        }
        for code in others.into_iter().chain(["", "Retraction"]) {
            assert_eq!(NoticeType::from_code(code), None, "{code}");
        }
    }
}
