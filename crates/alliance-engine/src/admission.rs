//! Whether a record may enter: a pure function of the record, the roster and the head of its log.
//!
//! The clock delays and never rejects: a record from the future is parked until its time comes.

use alliance_record::limits::CLAIMED_AHEAD_MS_MAX;
use alliance_record::{AllianceId, Head, Parking, RecordId, Refusal, Verdict, VerifiedRecord};

use crate::members::{Members, certifies_itself, founding_charter};

/// What a record is judged by.
pub(crate) struct Bench<'a> {
    pub(crate) alliance: &'a AllianceId,
    pub(crate) members: &'a Members,
    pub(crate) head: Option<&'a Head>,
    /// The record that the store holds at the same place, if any.
    pub(crate) stored: Option<RecordId>,
    pub(crate) now_ms: i64,
}

impl Bench<'_> {
    /// The verdict; [`Verdict::Accepted`] means that the record may be stored as the next of its log.
    pub(crate) fn judge(&self, record: &VerifiedRecord) -> Verdict {
        match self.check(record) {
            Ok(()) => Verdict::Accepted,
            Err(verdict) => verdict,
        }
    }

    fn check(&self, record: &VerifiedRecord) -> Result<(), Verdict> {
        if record.header().alliance != *self.alliance {
            return Err(Refusal::WrongAlliance.into());
        }
        check_place(record)?;
        self.check_sequence(record)?;
        self.check_author(record)?;
        if record.header().claimed_at_ms > self.now_ms.saturating_add(CLAIMED_AHEAD_MS_MAX) {
            return Err(Parking::FutureTime.into());
        }
        if record.body().is_none() {
            return Err(Parking::MissingBody.into());
        }
        Ok(())
    }

    fn check_sequence(&self, record: &VerifiedRecord) -> Result<(), Verdict> {
        let header = record.header();
        let Some(head) = self.head else {
            return if header.sequence == 0 {
                Ok(())
            } else {
                Err(Parking::MissingPrevious.into())
            };
        };
        if header.sequence <= head.sequence {
            return Err(self.at_a_taken_place(record, head));
        }
        if head.organisation != header.organisation {
            return Err(Refusal::WrongOrganisation.into());
        }
        if header.sequence - 1 > head.sequence {
            return Err(Parking::MissingPrevious.into());
        }
        if header.previous != Some(head.record) {
            return Err(Refusal::WrongPrevious.into());
        }
        Ok(())
    }

    fn at_a_taken_place(&self, record: &VerifiedRecord, head: &Head) -> Verdict {
        let held = if record.header().sequence == head.sequence {
            Some(head.record)
        } else {
            self.stored
        };
        match held {
            Some(held) if held != record.id() => Refusal::Fork.into(),
            _ => Verdict::Duplicate,
        }
    }

    fn check_author(&self, record: &VerifiedRecord) -> Result<(), Verdict> {
        if founding_charter(self.alliance, record).is_some() {
            return Ok(());
        }
        let header = record.header();
        if !self.members.is_member(&header.organisation) {
            return Err(Parking::UnknownOrganisation.into());
        }
        if self.members.is_certified(&header.log.writer, &header.organisation) || certifies_itself(record) {
            return Ok(());
        }
        Err(Parking::UnknownWriter.into())
    }
}

/// The alliance's own kinds stand in its own chapter, content in the others. Kinds of a later version may stand anywhere.
fn check_place(record: &VerifiedRecord) -> Result<(), Verdict> {
    let kind = record.header().kind;
    let in_alliance = record.header().log.chapter.is_alliance();
    let is_content = (1..64).contains(&kind.0);
    if (kind.is_governance() && !in_alliance) || (is_content && in_alliance) {
        return Err(Refusal::WrongChapter.into());
    }
    Ok(())
}
