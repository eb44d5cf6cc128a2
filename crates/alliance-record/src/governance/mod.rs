//! What binds an organisation or the alliance and proves itself: acts and the stewards' approvals, revocations,
//! successions. Owns their bytes, signatures and form. Never knows who is a steward or a member.

mod act;
mod approval;
mod cut;
mod marking;
mod revocation;
mod statement;
mod succession;

pub use act::{Act, ActOf, CharterVersion, StandingTo, act_id};
pub use approval::Approval;
pub use cut::Cuts;
pub use marking::{Marking, NoticeType};
pub use revocation::Revocation;
pub use statement::Statement;
pub use succession::Succession;

use crate::id::{ActId, IdError};
use crate::key::{OrganisationId, PublicKey, SecretKey, Signature};

/// Why bytes are not a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// Not the bytes of such a statement, or over a limit.
    #[error("not the bytes of such a statement, or over a limit")]
    BadEncoding,
    /// A key in it is not usable.
    #[error("a key in the statement is not usable")]
    WeakKey,
    /// The signature is not that key's over these bytes.
    #[error("the signature under the statement does not match")]
    BadSignature,
}

impl From<IdError> for StatementError {
    fn from(_: IdError) -> Self {
        Self::BadEncoding
    }
}

impl From<prost::DecodeError> for StatementError {
    fn from(_: prost::DecodeError) -> Self {
        Self::BadEncoding
    }
}

/// Checks a signature of a key that stands in the statement itself.
fn verify(key: &[u8; 32], tag: &[u8], statement: &[u8], signature: &[u8]) -> Result<(), StatementError> {
    let signature = Signature::from_slice(signature)?;
    let key = PublicKey::from_bytes(key).map_err(|_| StatementError::WeakKey)?;
    if key.verifies(tag, statement, &signature) {
        Ok(())
    } else {
        Err(StatementError::BadSignature)
    }
}

/// A statement's signature, as a message carries it.
fn sign(key: &SecretKey, tag: &[u8], statement: &[u8]) -> bytes::Bytes {
    bytes::Bytes::copy_from_slice(key.sign(tag, statement).as_bytes())
}

/// An organisation's key that may be used.
fn usable(bytes: &[u8]) -> Result<OrganisationId, StatementError> {
    let id = OrganisationId::from_slice(bytes)?;
    PublicKey::from_bytes(id.as_bytes()).map_err(|_| StatementError::WeakKey)?;
    Ok(id)
}

/// An act that may be absent.
fn act_or_none(bytes: &[u8]) -> Result<Option<ActId>, StatementError> {
    if bytes.is_empty() {
        return Ok(None);
    }
    Ok(Some(ActId::from_slice(bytes)?))
}
