//! Whether a record may enter: a pure function of the record, the roster and what is held of its log.
//!
//! The clock delays and never rejects: a record from the future is parked until its time comes.

use alliance_record::limits::CLAIMED_AHEAD_MS_MAX;
use alliance_record::{AllianceId, Head, LogEnd, Parking, RecordId, Refusal, Verdict, VerifiedRecord};

use crate::config::Bodies;
use crate::members::{Members, founding_charter};
use crate::removals::{Removals, removes};

/// What a record is judged by.
pub(crate) struct Bench<'a> {
    pub(crate) alliance: &'a AllianceId,
    pub(crate) members: &'a Members,
    /// The newest record held of its log, be it beyond the log's end.
    pub(crate) head: Option<&'a Head>,
    /// Where its log ends, if it does.
    pub(crate) end: Option<LogEnd>,
    /// The record that the store holds at the same place, if any.
    pub(crate) stored: Option<RecordId>,
    pub(crate) now_ms: i64,
    /// Whether a body may come later than its header.
    pub(crate) bodies: Bodies,
    /// A removed record comes without.
    pub(crate) removals: &'a Removals,
}

impl Bench<'_> {
    /// The verdict; [`Verdict::Accepted`] means that the record may be stored as the next of its log.
    pub(crate) fn judge(&self, record: &VerifiedRecord) -> Verdict {
        match self.judge_run(std::slice::from_ref(record)) {
            Ok(()) => Verdict::Accepted,
            Err((_, verdict)) => verdict,
        }
    }

    /// Judges records that are known to follow one another, as if each were taken before the next: what one says of
    /// its author counts for those after it, and they may go beyond the end of their log, before which the first stands:
    /// the signature that proves them stands at the last. The error names the first that may not enter.
    pub(crate) fn judge_run(&self, run: &[VerifiedRecord]) -> Result<(), (usize, Verdict)> {
        let Some(first) = run.first() else { return Ok(()) };
        let mut author = self.author_of(first);
        for (index, record) in run.iter().enumerate() {
            self.check(record, index == 0, &mut author)
                .map_err(|verdict| (index, verdict))?;
        }
        Ok(())
    }

    fn check(&self, record: &VerifiedRecord, is_first: bool, author: &mut Author) -> Result<(), Verdict> {
        if record.header().alliance != *self.alliance {
            return Err(Refusal::WrongAlliance.into());
        }
        check_place(record)?;
        if is_first {
            self.check_sequence(record)?;
        }
        self.check_author(record, author)?;
        if record.header().claimed_at_ms > self.now_ms.saturating_add(CLAIMED_AHEAD_MS_MAX) {
            return Err(Parking::FutureTime.into());
        }
        let header = record.header();
        let (chapter, organisation) = (&header.log.chapter, &header.organisation);
        let removed_by = || self.removals.by(&record.id(), chapter, organisation, self.members);
        if record.body().is_none() && self.bodies == Bodies::WithHeaders && removed_by().is_none() {
            return Err(Parking::MissingBody.into());
        }
        Ok(())
    }

    fn author_of(&self, record: &VerifiedRecord) -> Author {
        let header = record.header();
        Author {
            was_let_in: self.members.was_let_in(&header.organisation),
            is_certified: self.members.is_certified(&header.log.writer, &header.organisation),
        }
    }

    fn check_sequence(&self, record: &VerifiedRecord) -> Result<(), Verdict> {
        let header = record.header();
        let Some(head) = self.head else {
            self.check_end(header.sequence)?;
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
        self.check_end(header.sequence)?;
        if header.sequence - 1 > head.sequence {
            return Err(Parking::MissingPrevious.into());
        }
        if header.previous != Some(head.record) {
            return Err(Refusal::WrongPrevious.into());
        }
        Ok(())
    }

    /// Nobody waits for what comes before a record that does not count.
    fn check_end(&self, sequence: u64) -> Result<(), Verdict> {
        match self.end {
            Some(end) if !end.counts(sequence) => Err(Refusal::LogEnded.into()),
            _ => Ok(()),
        }
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

    fn check_author(&self, record: &VerifiedRecord, author: &mut Author) -> Result<(), Verdict> {
        if founding_charter(self.alliance, record).is_some() {
            author.was_let_in = true;
            return Ok(());
        }
        if !author.was_let_in {
            return Err(Parking::UnknownOrganisation.into());
        }
        author.is_certified |= self.members.certifies_itself(record);
        if author.is_certified {
            Ok(())
        } else {
            Err(Parking::UnknownWriter.into())
        }
    }
}

/// What is known of a log's author while its records are judged one after another.
struct Author {
    was_let_in: bool,
    is_certified: bool,
}

/// The alliance's own kinds, and notices that remove records, stand in its own chapter, content in the others. Kinds of a
/// later version may stand anywhere.
fn check_place(record: &VerifiedRecord) -> Result<(), Verdict> {
    let kind = record.header().kind;
    let in_alliance = record.header().log.chapter.is_alliance();
    // What removes a record concerns everybody.
    let is_for_all = kind.is_governance() || removes(record.header());
    let is_content = (1..64).contains(&kind.0) && !is_for_all;
    if (is_for_all && !in_alliance) || (is_content && in_alliance) {
        return Err(Refusal::WrongChapter.into());
    }
    Ok(())
}
