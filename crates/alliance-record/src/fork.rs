//! Proof that a writer signed two records for one place of its log. It proves itself, whoever carries it.
//!
//! Two branches leave one record and lead, link by link, to a header that the writer signed each. Never says who is at
//! fault beyond that: a data directory that was copied forks as well as a liar does.

use bytes::Bytes;
use prost::Message;

use crate::header::{Header, record_id};
use crate::id::{AllianceId, RecordId};
use crate::key::{OrganisationId, PublicKey, Signature};
use crate::limits::{CHECKPOINT_RECORDS, FORK_PROOF_BYTES_MAX};
use crate::log::{LogEnd, LogName};
use crate::proto::v1;
use crate::signed::{SIGNATURE_TAG, SignedRecord};

/// A proof that was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForkProof {
    alliance: AllianceId,
    organisation: OrganisationId,
    log: LogName,
    end: LogEnd,
    bytes: Bytes,
}

/// Why bytes or records are no proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ForkError {
    /// Not the bytes of two branches, or of headers that cannot be read.
    #[error("not the bytes of two branches of a log")]
    BadEncoding,
    /// Over the limit: the branches are too long, or their headers too large.
    #[error(
        "the branches have more than {} records, or more than {} bytes",
        CHECKPOINT_RECORDS,
        FORK_PROOF_BYTES_MAX
    )]
    TooLarge,
    /// The branches are not of one log, do not begin at one place, or do not leave the same record.
    #[error("the branches do not part from one record of one log")]
    NotOneLog,
    /// Both branches begin with the same record.
    #[error("the branches begin with the same record")]
    SameRecord,
    /// A header does not follow the one before it.
    #[error("a header of a branch does not follow the one before it")]
    BrokenLink,
    /// The end of a branch is not signed by the log's writer, or its key is not usable.
    #[error("the writer did not sign the end of a branch")]
    BadSignature,
}

/// How records of one log compare with those held at the same places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Branches {
    /// As far as both go, they are the same; or nothing is held there.
    Same,
    /// They differ from the first on, and already did before it.
    PartedBefore,
    /// They part here.
    Parted(Box<ForkProof>),
    /// They part here, and it cannot be proven with these: a signature is missing, or they are too large.
    Unprovable,
}

impl ForkProof {
    /// Makes a proof of two branches: consecutive records of one log, from the place where they part to the first of each
    /// that carries a signature. What follows that is left out.
    ///
    /// # Errors
    /// [`ForkError`], as [`ForkProof::decode`].
    pub fn of(one: &[SignedRecord], other: &[SignedRecord]) -> Result<Self, ForkError> {
        let mut branches = [one, other];
        // Whoever finds the same two branches makes the same proof.
        branches.sort_by_key(|branch| branch.first().map(SignedRecord::id));
        let branches = branches.into_iter().map(branch).collect::<Result<_, _>>()?;
        Self::decode(&v1::ForkProof { branches }.encode_to_vec().into())
    }

    /// Compares records of one log with those that are held from the same place on. Both must be consecutive, begin at
    /// the same place, and end at a signed record.
    #[must_use]
    pub fn between(held: &[SignedRecord], other: &[SignedRecord]) -> Branches {
        let parts = |(held, other): (&SignedRecord, &SignedRecord)| held.id != other.id;
        let Some(at) = held.iter().zip(other).position(parts) else {
            return Branches::Same;
        };
        if held[at].header.previous != other[at].header.previous {
            return Branches::PartedBefore;
        }
        Self::of(&held[at..], &other[at..]).map_or(Branches::Unprovable, |proof| Branches::Parted(Box::new(proof)))
    }

    /// Reads a proof and verifies all of it.
    ///
    /// # Errors
    /// [`ForkError`].
    pub fn decode(bytes: &Bytes) -> Result<Self, ForkError> {
        if bytes.len() > FORK_PROOF_BYTES_MAX {
            return Err(ForkError::TooLarge);
        }
        let message = v1::ForkProof::decode(bytes.clone()).map_err(|_| ForkError::BadEncoding)?;
        let [one, other] = <[v1::Branch; 2]>::try_from(message.branches).map_err(|_| ForkError::BadEncoding)?;
        let (one, other) = (ReadBranch::of(one)?, ReadBranch::of(other)?);
        let (first, second) = (&one.first, &other.first);
        let place = |header: &Header| (header.alliance, header.organisation, header.sequence, header.previous);
        if place(first) != place(second) || first.log != second.log {
            return Err(ForkError::NotOneLog);
        }
        if one.id == other.id {
            return Err(ForkError::SameRecord);
        }
        one.check_end()?;
        other.check_end()?;
        Ok(Self {
            alliance: first.alliance,
            organisation: first.organisation,
            end: LogEnd {
                next: first.sequence,
                last: first.previous,
            },
            log: one.first.log,
            bytes: bytes.clone(),
        })
    }

    /// The alliance whose record it is.
    #[must_use]
    pub const fn alliance(&self) -> &AllianceId {
        &self.alliance
    }

    /// The organisation in whose name both were signed.
    #[must_use]
    pub const fn organisation(&self) -> &OrganisationId {
        &self.organisation
    }

    /// The log that is forked.
    #[must_use]
    pub const fn log(&self) -> &LogName {
        &self.log
    }

    /// Where the log ends by it: before the place of which there are two records.
    #[must_use]
    pub const fn end(&self) -> LogEnd {
        self.end
    }

    /// The exact bytes: the body of its record.
    #[must_use]
    pub const fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

/// The headers up to the first signature.
fn branch(records: &[SignedRecord]) -> Result<v1::Branch, ForkError> {
    let signed = records.iter().position(|record| record.signature.is_some());
    let records = &records[..=signed.ok_or(ForkError::BadSignature)?];
    let signature = records.last().and_then(|last| last.signature.as_ref());
    Ok(v1::Branch {
        headers: records.iter().map(|record| record.header_bytes.clone()).collect(),
        signature: signature.map_or_else(Bytes::new, |signature| Bytes::copy_from_slice(&signature.0)),
    })
}

/// A branch whose links were followed.
struct ReadBranch {
    first: Header,
    id: RecordId,
    end_bytes: Bytes,
    signature: Bytes,
}

impl ReadBranch {
    fn of(branch: v1::Branch) -> Result<Self, ForkError> {
        if branch.headers.len() as u64 > CHECKPOINT_RECORDS {
            return Err(ForkError::TooLarge);
        }
        let read = |bytes: &Bytes| Header::decode(bytes).map_err(|_| ForkError::BadEncoding);
        let mut headers = branch.headers.iter();
        let first_bytes = headers.next().ok_or(ForkError::BadEncoding)?;
        let first = read(first_bytes)?;
        let id = record_id(first_bytes);
        let (mut before, mut before_id, mut end_bytes) = (first.clone(), id, first_bytes);
        for bytes in headers {
            let header = read(bytes)?;
            check_follows(&header, &before, before_id)?;
            (before, before_id, end_bytes) = (header, record_id(bytes), bytes);
        }
        Ok(Self {
            first,
            id,
            end_bytes: end_bytes.clone(),
            signature: branch.signature,
        })
    }

    fn check_end(&self) -> Result<(), ForkError> {
        let bad = |_| ForkError::BadSignature;
        let signature = Signature::from_slice(&self.signature).map_err(|_| ForkError::BadEncoding)?;
        PublicKey::from_bytes(self.first.organisation.as_bytes()).map_err(bad)?;
        let writer = PublicKey::from_bytes(self.first.log.writer.as_bytes()).map_err(bad)?;
        if writer.verifies(SIGNATURE_TAG, &self.end_bytes, &signature) {
            Ok(())
        } else {
            Err(ForkError::BadSignature)
        }
    }
}

fn check_follows(header: &Header, before: &Header, before_id: RecordId) -> Result<(), ForkError> {
    let is_next = before.sequence.checked_add(1) == Some(header.sequence) && header.previous == Some(before_id);
    let is_of_one =
        header.log == before.log && header.organisation == before.organisation && header.alliance == before.alliance;
    if is_next && is_of_one {
        Ok(())
    } else {
        Err(ForkError::BrokenLink)
    }
}
