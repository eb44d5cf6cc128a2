//! A writer's successor takes its place: the key that the writer's certificate was committed to signs for itself, so
//! that a stolen node key is replaced without the organisation's.

use bytes::Bytes;
use prost::Message;

use super::{Cuts, StatementError, sign, verify};
use crate::certificate::{Certificate, CertifiedNode, writer_commitment};
use crate::key::{PublicKey, SecretKey, TransportId, WriterId};
use crate::proto::v1;

/// Domain tag of the next writer's signature.
const SUCCESSION_TAG: &[u8] = b"alliance/v1/succession\0";

/// A succession whose signatures have been checked, the predecessor's certificate included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    /// The predecessor's certificate.
    pub predecessor: Certificate,
    /// The writer that takes its place.
    pub writer: WriterId,
    /// The transport key of its node.
    pub transport: TransportId,
    /// Where the predecessor's logs end; those not named end before their first record. `None` where only the certificate
    /// was shown.
    pub cuts: Option<Cuts>,
    /// The exact bytes, without the cuts: what a connecting node shows.
    shown: Bytes,
}

impl Succession {
    /// Signs with the next writer's key: the body of a record. `None` when the predecessor's certificate is not committed to
    /// that key.
    #[must_use]
    pub fn sign(predecessor: &Certificate, transport: TransportId, cuts: &Cuts, key: &SecretKey) -> Option<Bytes> {
        if predecessor.node().next_writer != Some(writer_commitment(&key.writer())) {
            return None;
        }
        let copy = |bytes: &[u8]| Bytes::copy_from_slice(bytes);
        let cuts = cuts.encode();
        let statement: Bytes = v1::SucceedingWriter {
            predecessor: predecessor.bytes().clone(),
            writer: copy(key.writer().as_bytes()),
            transport: copy(transport.as_bytes()),
            cuts_hash: copy(blake3::hash(&cuts).as_bytes()),
        }
        .encode_to_vec()
        .into();
        let signature = sign(key, SUCCESSION_TAG, &statement);
        let message = v1::Succession {
            statement,
            signature,
            cuts,
        };
        Some(message.encode_to_vec().into())
    }

    /// Reads one and verifies its signatures and the commitment.
    ///
    /// # Errors
    /// [`StatementError`]; whether the predecessor counts is for the caller.
    pub fn decode(body: &Bytes) -> Result<Self, StatementError> {
        let message = v1::Succession::decode(body.clone())?;
        let said = v1::SucceedingWriter::decode(message.statement.clone())?;
        let writer = WriterId::from_slice(&said.writer)?;
        let transport = TransportId::from_slice(&said.transport)?;
        PublicKey::from_bytes(transport.as_bytes()).map_err(|_| StatementError::WeakKey)?;
        verify(
            writer.as_bytes(),
            SUCCESSION_TAG,
            &message.statement,
            &message.signature,
        )?;
        let predecessor = Certificate::decode(&said.predecessor).map_err(|_| StatementError::BadEncoding)?;
        if predecessor.node().next_writer != Some(writer_commitment(&writer)) {
            return Err(StatementError::BadSignature);
        }
        let cuts = match &message.cuts {
            absent if absent.is_empty() && said.cuts_hash != blake3::hash(&[]).as_bytes()[..] => None,
            bytes if said.cuts_hash == blake3::hash(bytes).as_bytes()[..] => Some(Cuts::decode(bytes)?),
            _ => return Err(StatementError::BadEncoding),
        };
        let shown = v1::Succession {
            cuts: Bytes::new(),
            ..message
        };
        Ok(Self {
            predecessor,
            writer,
            transport,
            cuts,
            shown: shown.encode_to_vec().into(),
        })
    }

    /// What the successor is certified for: as its predecessor was, for the same time.
    #[must_use]
    pub fn node(&self) -> CertifiedNode {
        CertifiedNode {
            writer: self.writer,
            transport: self.transport,
            next_writer: None,
            succeeds: Some(self.predecessor.node().writer),
            ..self.predecessor.node().clone()
        }
    }

    /// The exact bytes without the cuts: what a connecting node shows.
    #[must_use]
    pub const fn shown(&self) -> &Bytes {
        &self.shown
    }
}
