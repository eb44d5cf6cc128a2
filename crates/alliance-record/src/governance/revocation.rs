//! An organisation ends one of its writers: a stolen or retired node.

use bytes::Bytes;
use prost::Message;

use super::{Cuts, StatementError, sign, usable, verify};
use crate::id::AllianceId;
use crate::key::{OrganisationId, SecretKey, WriterId};
use crate::proto::v1;

/// Domain tag of an organisation's signature under a revocation.
const REVOCATION_TAG: &[u8] = b"alliance/v1/revocation\0";

/// A revocation whose signature has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// In which alliance.
    pub alliance: AllianceId,
    /// Whose writer it is.
    pub organisation: OrganisationId,
    /// The key that signed for the organisation.
    pub key: OrganisationId,
    /// The writer that ends.
    pub writer: WriterId,
    /// Where its logs end; those not named end before their first record.
    pub cuts: Cuts,
    /// A code.
    pub reason: String,
}

impl Revocation {
    /// Signs with the organisation's key, which is then its `key`: the body of a record.
    #[must_use]
    pub fn sign(mut self, key: &SecretKey) -> Bytes {
        self.key = key.organisation();
        let copy = |bytes: &[u8]| Bytes::copy_from_slice(bytes);
        let statement: Bytes = v1::RevokedWriter {
            alliance: copy(self.alliance.as_bytes()),
            organisation: copy(self.organisation.as_bytes()),
            key: copy(self.key.as_bytes()),
            writer: copy(self.writer.as_bytes()),
            cuts: self.cuts.to_messages(),
            reason: self.reason,
        }
        .encode_to_vec()
        .into();
        let signature = sign(key, REVOCATION_TAG, &statement);
        v1::Revocation { statement, signature }.encode_to_vec().into()
    }

    /// Reads one and verifies its signature.
    ///
    /// # Errors
    /// [`StatementError`]; whether the key speaks for the organisation is for the caller.
    pub fn decode(body: &Bytes) -> Result<Self, StatementError> {
        let message = v1::Revocation::decode(body.clone())?;
        let said = v1::RevokedWriter::decode(message.statement.clone())?;
        let key = usable(&said.key)?;
        verify(key.as_bytes(), REVOCATION_TAG, &message.statement, &message.signature)?;
        Ok(Self {
            alliance: AllianceId::from_slice(&said.alliance)?,
            organisation: usable(&said.organisation)?,
            key,
            writer: WriterId::from_slice(&said.writer)?,
            cuts: Cuts::of_messages(&said.cuts)?,
            reason: said.reason,
        })
    }
}
