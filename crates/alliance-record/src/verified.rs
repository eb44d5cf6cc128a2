//! A record that is authentic: its own signature verified, or an authentic record links to it.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use crate::governance::Statement;
use crate::signed::SignedRecord;
use crate::verdict::Refusal;

/// An authentic record. Only verification makes one; only this enters the engine.
#[derive(Debug, Clone)]
pub struct VerifiedRecord {
    record: SignedRecord,
    /// What it carries, once somebody has asked.
    statement: OnceLock<Option<Arc<Statement>>>,
}

impl VerifiedRecord {
    /// A record that was just verified.
    pub(crate) const fn new(record: SignedRecord) -> Self {
        Self {
            record,
            statement: OnceLock::new(),
        }
    }

    /// Takes back a record that was verified before this node stored it. The body is checked against the header again,
    /// because disks rot; the signature is not.
    ///
    /// # Errors
    /// [`Refusal::BadBody`] when the stored bytes were damaged.
    pub fn from_own_store(record: SignedRecord) -> Result<Self, Refusal> {
        record.check_body()?;
        Ok(Self::new(record))
    }

    /// The statement that it carries, its signatures checked; `None` when it carries none that holds. Checked once: ask
    /// where records are verified, so that whoever decides does not wait for it.
    pub fn statement(&self) -> Option<&Statement> {
        let kind = self.record.header().kind;
        if !Statement::is_carried_by(kind) {
            return None;
        }
        let read = || Some(Arc::new(Statement::read(kind, &self.record.body()?.bytes)?));
        self.statement.get_or_init(read).as_deref()
    }

    /// The record without its body: as authentic, because the header only commits to it.
    #[must_use]
    pub fn without_body(mut self) -> Self {
        self.record.body = None;
        Self::new(self.record)
    }

    /// The record with its claims.
    #[must_use]
    pub fn into_signed(self) -> SignedRecord {
        self.record
    }
}

impl PartialEq for VerifiedRecord {
    fn eq(&self, other: &Self) -> bool {
        self.record == other.record
    }
}

impl Eq for VerifiedRecord {}

impl Deref for VerifiedRecord {
    type Target = SignedRecord;

    fn deref(&self) -> &SignedRecord {
        &self.record
    }
}
