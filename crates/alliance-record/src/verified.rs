//! A record that is authentic: its own signature verified, or an authentic record links to it.

use std::ops::Deref;

use crate::signed::SignedRecord;
use crate::verdict::Refusal;

/// An authentic record. Only verification makes one; only this enters the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedRecord(pub(crate) SignedRecord);

impl VerifiedRecord {
    /// Takes back a record that was verified before this node stored it. The body is checked against the header again,
    /// because disks rot; the signature is not.
    ///
    /// # Errors
    /// [`Refusal::BadBody`] when the stored bytes were damaged.
    pub fn from_own_store(record: SignedRecord) -> Result<Self, Refusal> {
        record.check_body()?;
        Ok(Self(record))
    }

    /// The record without its body: as authentic, because the header only commits to it.
    #[must_use]
    pub fn without_body(mut self) -> Self {
        self.0.body = None;
        self
    }

    /// The record with its claims.
    #[must_use]
    pub fn into_signed(self) -> SignedRecord {
        self.0
    }
}

impl Deref for VerifiedRecord {
    type Target = SignedRecord;

    fn deref(&self) -> &SignedRecord {
        &self.0
    }
}
