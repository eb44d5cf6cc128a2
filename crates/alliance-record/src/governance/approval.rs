//! A steward's word on an act. It stands by itself, whoever carries it, and cannot be taken back.

use bytes::Bytes;
use prost::Message;

use super::{StatementError, sign, usable, verify};
use crate::id::{ActId, AllianceId};
use crate::key::{OrganisationId, SecretKey};
use crate::proto::v1;

/// Domain tag of a steward's signature.
const APPROVAL_TAG: &[u8] = b"alliance/v1/approval\0";

/// An approval, or a rejection, whose signature has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// In which alliance.
    pub alliance: AllianceId,
    /// Of which act.
    pub act: ActId,
    /// The key that signed.
    pub steward: OrganisationId,
    /// Whether it approves. A rejection is shown, and counts for nothing.
    pub approves: bool,
    /// Display text.
    pub note: String,
}

impl Approval {
    /// Signs this word with the steward's key, which is then its `steward`: the body of a record.
    #[must_use]
    pub fn sign(mut self, key: &SecretKey) -> Bytes {
        self.steward = key.organisation();
        let copy = |bytes: &[u8]| Bytes::copy_from_slice(bytes);
        let statement: Bytes = v1::ApprovedAct {
            alliance: copy(self.alliance.as_bytes()),
            act: copy(self.act.as_bytes()),
            steward: copy(self.steward.as_bytes()),
            approves: self.approves,
            note: self.note,
        }
        .encode_to_vec()
        .into();
        let signature = sign(key, APPROVAL_TAG, &statement);
        v1::Approval { statement, signature }.encode_to_vec().into()
    }

    /// Reads one and verifies its signature.
    ///
    /// # Errors
    /// [`StatementError`]; whether the key is a steward's is for the caller.
    pub fn decode(body: &Bytes) -> Result<Self, StatementError> {
        let message = v1::Approval::decode(body.clone())?;
        let said = v1::ApprovedAct::decode(message.statement.clone())?;
        let steward = usable(&said.steward)?;
        verify(steward.as_bytes(), APPROVAL_TAG, &message.statement, &message.signature)?;
        Ok(Self {
            alliance: AllianceId::from_slice(&said.alliance)?,
            act: ActId::from_slice(&said.act)?,
            steward,
            approves: said.approves,
            note: said.note,
        })
    }
}
