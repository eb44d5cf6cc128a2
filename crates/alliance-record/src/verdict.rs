//! The judgement on one record. The same word stands in logs, metrics, HTTP answers and the specification.

use std::fmt;

/// What became of a record that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// New, authentic and stored.
    Accepted,
    /// Held already.
    Duplicate,
    /// Of a chapter that this node does not follow.
    NotFollowed,
    /// Not decidable yet: kept aside, or left for sync to bring again.
    Parked(Parking),
    /// Wrong for ever.
    Refused(Refusal),
}

/// Why a record cannot be judged yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Parking {
    /// Its header is of a version that this node does not know.
    UnknownVersion,
    /// Its organisation is not on the roster yet.
    UnknownOrganisation,
    /// Its writer has no certificate on the roster yet.
    UnknownWriter,
    /// Records before it in its log have not arrived.
    MissingPrevious,
    /// It claims a time too far ahead.
    FutureTime,
    /// Its header is good and its body has not come with it: large records are announced so.
    MissingBody,
}

/// Why a record is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// The bytes are not a record's.
    BadEncoding,
    /// Header, body or envelope is over its limit.
    TooLarge,
    /// A key is no key, or of small order.
    WeakKey,
    /// The signature is not the writer's over these bytes.
    BadSignature,
    /// The body does not match the header's commitment or length.
    BadBody,
    /// It belongs to another alliance.
    WrongAlliance,
    /// The chapter's name is not canonical.
    BadChapter,
    /// It came under another chapter than its own, or its kind does not belong there.
    WrongChapter,
    /// Sequence and link contradict each other.
    WrongSequence,
    /// It does not link to the record before it.
    WrongPrevious,
    /// It came inside the range of another log.
    WrongLog,
    /// Its writer is certified by another organisation than it names.
    WrongOrganisation,
    /// Another record stands at its place in the log: the writer signed twice.
    Fork,
    /// Its log ends before it: at a fork, or at a cut. It may be taken after all when that end goes away.
    LogEnded,
}

impl Parking {
    /// The stable word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownVersion => "unknown_version",
            Self::UnknownOrganisation => "unknown_organisation",
            Self::UnknownWriter => "unknown_writer",
            Self::MissingPrevious => "missing_previous",
            Self::FutureTime => "future_time",
            Self::MissingBody => "missing_body",
        }
    }
}

impl Refusal {
    /// All refusals, for tables and tests.
    pub const ALL: [Self; 14] = [
        Self::BadEncoding,
        Self::TooLarge,
        Self::WeakKey,
        Self::BadSignature,
        Self::BadBody,
        Self::WrongAlliance,
        Self::BadChapter,
        Self::WrongChapter,
        Self::WrongSequence,
        Self::WrongPrevious,
        Self::WrongLog,
        Self::WrongOrganisation,
        Self::Fork,
        Self::LogEnded,
    ];

    /// The stable word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::BadEncoding => "bad_encoding",
            Self::TooLarge => "too_large",
            Self::WeakKey => "weak_key",
            Self::BadSignature => "bad_signature",
            Self::BadBody => "bad_body",
            Self::WrongAlliance => "wrong_alliance",
            Self::BadChapter => "bad_chapter",
            Self::WrongChapter => "wrong_chapter",
            Self::WrongSequence => "wrong_sequence",
            Self::WrongPrevious => "wrong_previous",
            Self::WrongLog => "wrong_log",
            Self::WrongOrganisation => "wrong_organisation",
            Self::Fork => "fork",
            Self::LogEnded => "log_ended",
        }
    }

    /// Whether the bytes alone prove the fault, so that whoever forwarded them is to blame.
    #[must_use]
    pub const fn is_provable_from_bytes(self) -> bool {
        !matches!(
            self,
            Self::WrongPrevious | Self::WrongOrganisation | Self::Fork | Self::LogEnded
        )
    }
}

impl Verdict {
    /// The stable word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::NotFollowed => "not_followed",
            Self::Parked(parking) => parking.code(),
            Self::Refused(refusal) => refusal.code(),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl From<Refusal> for Verdict {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Parking> for Verdict {
    fn from(parking: Parking) -> Self {
        Self::Parked(parking)
    }
}
