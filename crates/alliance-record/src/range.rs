//! Consecutive records of one log, authenticated by the signatures among them: a signature covers every record before
//! it, because each record links to its predecessor.

use crate::limits::CHECKPOINT_RECORDS;
use crate::signed::SignedRecord;
use crate::verdict::Refusal;
use crate::verified::VerifiedRecord;

/// A range that is not authentic to its end.
#[derive(Debug)]
pub struct RangeError {
    /// The records before the fault that a good signature covers.
    pub verified: Vec<VerifiedRecord>,
    /// Place of the faulty record in the range, from 0.
    pub index: usize,
    /// What is wrong with it.
    pub refusal: Refusal,
}

/// Verifies a range: every record links to the one before it and carries its own body, every signature present
/// verifies, and one stands at least at every [`CHECKPOINT_RECORDS`]th record and at the last.
///
/// Whether the first record links to what the receiver holds is for the receiver to judge.
///
/// # Errors
/// [`RangeError`], with the records that a good signature covers.
pub fn verify_range(records: Vec<SignedRecord>) -> Result<Vec<VerifiedRecord>, RangeError> {
    let mut proven = 0;
    for index in 0..records.len() {
        if let Err(refusal) = check_at(&records, index) {
            return Err(partial(records, proven, index, refusal));
        }
        if records[index].signature.is_some() {
            proven = index + 1;
        } else if (index + 1 - proven) as u64 >= CHECKPOINT_RECORDS {
            return Err(partial(records, proven, index, Refusal::BadSignature));
        }
    }
    if proven < records.len() {
        let index = records.len() - 1;
        return Err(partial(records, proven, index, Refusal::BadSignature));
    }
    Ok(records.into_iter().map(VerifiedRecord).collect())
}

/// Takes away the signatures that a range does not need: the last stays, and before it those as far apart as
/// [`CHECKPOINT_RECORDS`] allows. `records` must be a range that [`verify_range`] accepts.
pub fn thin_signatures(records: &mut [SignedRecord]) {
    let signed: Vec<usize> = (0..records.len())
        .filter(|index| records[*index].signature.is_some())
        .collect();
    let mut kept_until = 0;
    for pair in signed.windows(2) {
        let (this, next) = (pair[0], pair[1]);
        if ((next + 1 - kept_until) as u64) <= CHECKPOINT_RECORDS {
            records[this].signature = None;
        } else {
            kept_until = this + 1;
        }
    }
}

fn check_at(records: &[SignedRecord], index: usize) -> Result<(), Refusal> {
    let record = &records[index];
    if let Some(before) = index.checked_sub(1).map(|before| &records[before]) {
        check_link(before, record)?;
    }
    if record.signature.is_some() {
        record.check_signature()?;
    }
    record.check_body()
}

fn check_link(before: &SignedRecord, record: &SignedRecord) -> Result<(), Refusal> {
    if record.header.log != before.header.log {
        return Err(Refusal::WrongLog);
    }
    if record.header.organisation != before.header.organisation {
        return Err(Refusal::WrongOrganisation);
    }
    if record.header.alliance != before.header.alliance {
        return Err(Refusal::WrongAlliance);
    }
    if Some(record.header.sequence) != before.header.sequence.checked_add(1) {
        return Err(Refusal::WrongSequence);
    }
    if record.header.previous != Some(before.id) {
        return Err(Refusal::WrongPrevious);
    }
    Ok(())
}

fn partial(mut records: Vec<SignedRecord>, proven: usize, index: usize, refusal: Refusal) -> RangeError {
    records.truncate(proven);
    RangeError {
        verified: records.into_iter().map(VerifiedRecord).collect(),
        index,
        refusal,
    }
}
