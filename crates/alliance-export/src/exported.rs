//! What the caller hands in for each record.

use std::borrow::Cow;

use alliance_record::schema::Kind;
use alliance_record::{OrganisationId, RecordId};

/// A record on its way out, with what its holder knows of it. Everything may be borrowed or owned, so that a page of a
/// database and a single answer are handed in alike.
#[derive(Debug, Clone)]
pub struct Exported<'a> {
    /// Which record.
    pub id: RecordId,
    /// What its body is.
    pub kind: Kind,
    /// The chapter's name.
    pub chapter: Cow<'a, str>,
    /// Whose record it is; written as 64 hexadecimal digits.
    pub organisation: OrganisationId,
    /// The organisation's name; empty while it is not known.
    pub organisation_name: Cow<'a, str>,
    /// ISO 3166-1 alpha-2, or empty.
    pub country: Cow<'a, str>,
    /// What the author's clock said, in milliseconds since 1970 UTC.
    pub claimed_at_ms: i64,
    /// Its place in the exporting node's arrival feed. `None` where two nodes are to write the same bytes: the number is of
    /// one node alone.
    pub arrival: Option<u64>,
    /// 1 for the first version, counted by edits; `None` where it is not known.
    pub version: Option<u32>,
    /// How it stands.
    pub state: State,
    /// What is said of it.
    pub notices: Vec<NoticeOn<'a>>,
    /// The kind's message as its author encoded it; `None` when it was erased or is not held here.
    pub body: Option<Cow<'a, [u8]>>,
}

impl Exported<'_> {
    /// The same without its body, and with nothing borrowed.
    #[must_use]
    pub fn without_body(self) -> Exported<'static> {
        let notices = self.notices.into_iter().map(|notice| NoticeOn {
            notice_type: Cow::Owned(notice.notice_type.into_owned()),
            by: Cow::Owned(notice.by.into_owned()),
        });
        Exported {
            id: self.id,
            kind: self.kind,
            chapter: Cow::Owned(self.chapter.into_owned()),
            organisation: self.organisation,
            organisation_name: Cow::Owned(self.organisation_name.into_owned()),
            country: Cow::Owned(self.country.into_owned()),
            claimed_at_ms: self.claimed_at_ms,
            arrival: self.arrival,
            version: self.version,
            state: self.state,
            notices: notices.collect(),
            body: None,
        }
    }
}

/// How a record stands with whoever exports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The newest version, or one of several written at the same time.
    Current,
    /// A later version took its place.
    Superseded,
    /// Retracted or withdrawn, by its organisation or by stewards.
    Retracted,
    /// Its body was erased.
    Removed,
    /// It stands beyond the end of its log and does not count.
    Disputed,
    /// Its body has not arrived here, or is put aside.
    NotHeld,
}

impl State {
    /// As exports write it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Superseded => "superseded",
            Self::Retracted => "retracted",
            Self::Removed => "removed",
            Self::Disputed => "disputed",
            Self::NotHeld => "not_held",
        }
    }

    /// All states, in the order of the data dictionary.
    pub const ALL: [Self; 6] = [
        Self::Current,
        Self::Superseded,
        Self::Retracted,
        Self::Removed,
        Self::Disputed,
        Self::NotHeld,
    ];
}

/// A notice on a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeOn<'a> {
    /// Code of `notice_type`; unknown ones as they came.
    pub notice_type: Cow<'a, str>,
    /// Who says it: `author`, `stewards`, or an organisation's key in hexadecimal.
    pub by: Cow<'a, str>,
}
