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

/// A piece of a range, checked as far as it can be by itself: bodies, the links between its records, the signatures it
/// has. Pieces of one range can be checked at the same time; [`RangeProof`] puts them together.
#[derive(Debug)]
pub struct CheckedPiece {
    /// As far as they were checked: the faulty one is the last.
    records: Vec<SignedRecord>,
    /// How many of them a good signature of the piece covers.
    proven: usize,
    fault: Option<(usize, Refusal)>,
}

impl CheckedPiece {
    /// Checks a piece.
    #[must_use]
    pub fn of(mut records: Vec<SignedRecord>) -> Self {
        let (mut proven, mut fault) = (0, None);
        for index in 0..records.len() {
            if let Err(refusal) = check_at(&records, index, proven) {
                fault = Some((index, refusal));
                break;
            }
            if records[index].signature.is_some() {
                proven = index + 1;
            }
        }
        if let Some((index, _)) = fault {
            records.truncate(index + 1);
        }
        Self { records, proven, fault }
    }

    /// How many good records stand before the first good signature, or before the fault or the end where there is none.
    fn unsigned_at_first(&self) -> usize {
        let covered = &self.records[..self.proven];
        let signed = covered.iter().position(|record| record.signature.is_some());
        signed.unwrap_or_else(|| self.fault.map_or(self.records.len(), |(index, _)| index))
    }
}

/// Puts the pieces of a range together, in their order. Holds at most [`CHECKPOINT_RECORDS`] records unproven.
#[derive(Debug, Default)]
pub struct RangeProof {
    unproven: Vec<SignedRecord>,
    /// The record before the next piece, proven or not.
    last: Option<SignedRecord>,
}

impl RangeProof {
    /// Takes the next piece; gives the records that a signature covers by now, and what is wrong with the one after
    /// them, if anything is. After a fault nothing is held any more.
    pub fn push(&mut self, mut piece: CheckedPiece) -> (Vec<VerifiedRecord>, Option<Refusal>) {
        if let Err(refusal) = self.check_join(&piece) {
            *self = Self::default();
            return (Vec::new(), Some(refusal));
        }
        self.last = piece.records.last().cloned().or(self.last.take());
        let mut rest = piece.records.split_off(piece.proven);
        let proven = match piece.proven {
            0 => Vec::new(),
            _ => std::mem::take(&mut self.unproven)
                .into_iter()
                .chain(piece.records)
                .map(VerifiedRecord::new)
                .collect(),
        };
        self.unproven.append(&mut rest);
        let fault = piece.fault.map(|(_, refusal)| refusal);
        if fault.is_some() {
            *self = Self::default();
        }
        (proven, fault)
    }

    /// Records that no signature covers yet.
    #[must_use]
    pub fn unproven(&self) -> &[SignedRecord] {
        &self.unproven
    }

    /// What a piece cannot see by itself: whether it follows the one before, and how many records wait in both.
    fn check_join(&self, piece: &CheckedPiece) -> Result<(), Refusal> {
        if let (Some(before), Some(first)) = (&self.last, piece.records.first()) {
            check_link(before, first)?;
        }
        let waiting = self.unproven.len() + piece.unsigned_at_first();
        match (waiting as u64) < CHECKPOINT_RECORDS {
            true => Ok(()),
            false => Err(Refusal::BadSignature),
        }
    }
}

/// Verifies a range: every record links to the one before it and carries its own body, every signature present
/// verifies, and one stands at least at every [`CHECKPOINT_RECORDS`]th record and at the last.
///
/// Whether the first record links to what the receiver holds is for the receiver to judge.
///
/// # Errors
/// [`RangeError`], with the records that a good signature covers.
pub fn verify_range(records: Vec<SignedRecord>) -> Result<Vec<VerifiedRecord>, RangeError> {
    let length = records.len();
    let piece = CheckedPiece::of(records);
    let place = piece.fault.map(|(index, _)| index);
    let mut proof = RangeProof::default();
    let (verified, fault) = proof.push(piece);
    let refusal = match fault {
        None if proof.unproven.is_empty() => return Ok(verified),
        None => Refusal::BadSignature,
        Some(refusal) => refusal,
    };
    let index = place.unwrap_or(length.saturating_sub(1));
    Err(RangeError {
        verified,
        index,
        refusal,
    })
}

/// Verifies records by what stands after them: by `next`, the authentic record that follows the last of them, or without one
/// by the last one's own signature. So a log can be read from its newest record backwards with one signature in all, and
/// nothing waits for its proof. Every link, every body and every signature that is there is checked.
///
/// # Errors
/// [`RangeError`], without any record: what is not proven by the last is not proven.
pub fn verify_before(
    records: Vec<SignedRecord>,
    next: Option<&VerifiedRecord>,
) -> Result<Vec<VerifiedRecord>, RangeError> {
    for (index, record) in records.iter().enumerate() {
        let after = records.get(index + 1).or(next.map(|next| &**next));
        check_before(record, after).map_err(|refusal| RangeError {
            verified: Vec::new(),
            index,
            refusal,
        })?;
    }
    Ok(records.into_iter().map(VerifiedRecord::new).collect())
}

fn check_before(record: &SignedRecord, after: Option<&SignedRecord>) -> Result<(), Refusal> {
    if record.signature.is_some() || after.is_none() {
        record.check_signature()?;
    }
    if let Some(after) = after {
        check_link(record, after)?;
    }
    record.check_body()
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

fn check_at(records: &[SignedRecord], index: usize, proven: usize) -> Result<(), Refusal> {
    let record = &records[index];
    if let Some(before) = index.checked_sub(1).map(|before| &records[before]) {
        check_link(before, record)?;
    }
    if record.signature.is_some() {
        record.check_signature()?;
    }
    record.check_body()?;
    let is_covered = record.signature.is_some() || ((index + 1 - proven) as u64) < CHECKPOINT_RECORDS;
    if is_covered { Ok(()) } else { Err(Refusal::BadSignature) }
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
