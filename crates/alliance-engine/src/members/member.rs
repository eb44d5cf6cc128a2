//! A member as it is shown, and statements of which the newest counts.

use alliance_record::proto::v1;
use alliance_record::{OrganisationId, RecordId, VerifiedRecord};

/// An organisation on the roster.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Its key.
    pub organisation: OrganisationId,
    /// Whether the founding charter names it.
    pub founder: bool,
    /// Whether the newest charter names it as a steward.
    pub steward: bool,
    /// Who invited it; `None` for a founder, and for one that stewards took in whose inviter is not known.
    pub admitted_by: Option<OrganisationId>,
    /// What it says of itself; `None` until that has arrived.
    pub profile: Option<v1::Profile>,
    /// Its newest pledge with at least one commitment.
    pub pledge: Option<v1::Pledge>,
}

/// Something said in a record, of which the newest counts: by claimed time, then by record id, so that every replica
/// agrees whatever the order of arrival.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stated<T> {
    claimed_at_ms: i64,
    record: RecordId,
    pub(crate) value: T,
}

impl<T> Stated<T> {
    pub(crate) fn by(record: &VerifiedRecord, value: T) -> Self {
        Self {
            claimed_at_ms: record.header().claimed_at_ms,
            record: record.id(),
            value,
        }
    }

    pub(crate) const fn rank(&self) -> (i64, RecordId) {
        (self.claimed_at_ms, self.record)
    }
}

/// The key under which subscriptions are kept: who, and what.
pub(crate) type Subscriber = (OrganisationId, alliance_record::ChapterName);
