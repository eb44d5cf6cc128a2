//! A record as it arrived: bytes and claims. Nothing is proven until it is verified.

use bytes::Bytes;
use prost::Message;

use crate::body::Body;
use crate::header::{Header, record_id};
use crate::id::RecordId;
use crate::key::{PublicKey, Signature};
use crate::limits::ENVELOPE_BYTES_MAX;
use crate::proto::v1;
use crate::verdict::{Refusal, Verdict};
use crate::verified::VerifiedRecord;

/// Domain tag of a record's signature.
pub(crate) const SIGNATURE_TAG: &[u8] = b"alliance/v1/record-signature\0";

/// A record with its claims decoded. Made by an author, or from bytes received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedRecord {
    pub(crate) header: Header,
    pub(crate) header_bytes: Bytes,
    pub(crate) id: RecordId,
    pub(crate) signature: Option<Signature>,
    pub(crate) body: Option<Body>,
}

impl SignedRecord {
    /// Decodes an envelope of at most [`ENVELOPE_BYTES_MAX`] bytes.
    ///
    /// # Errors
    /// The verdict on the bytes: refused, or parked when the header is of a later version.
    pub fn decode(bytes: Bytes) -> Result<Self, Verdict> {
        if bytes.len() > ENVELOPE_BYTES_MAX {
            return Err(Refusal::TooLarge.into());
        }
        let message = v1::Envelope::decode(bytes).map_err(|_| Refusal::BadEncoding)?;
        Self::from_message(message)
    }

    /// Takes an envelope's parts.
    ///
    /// # Errors
    /// As [`SignedRecord::decode`].
    pub fn from_message(message: v1::Envelope) -> Result<Self, Verdict> {
        let signature = match message.signature.len() {
            0 => None,
            _ => Some(Signature::from_slice(&message.signature).map_err(|_| Refusal::BadEncoding)?),
        };
        let body = message
            .body
            .map(Body::from_message)
            .transpose()
            .map_err(|_| Refusal::BadEncoding)?;
        Self::from_parts(message.header, signature, body)
    }

    /// Takes a header's exact bytes, a signature and a body.
    ///
    /// # Errors
    /// As [`SignedRecord::decode`].
    pub fn from_parts(header_bytes: Bytes, signature: Option<Signature>, body: Option<Body>) -> Result<Self, Verdict> {
        let header = Header::decode(&header_bytes)?;
        let id = record_id(&header_bytes);
        Ok(Self {
            header,
            header_bytes,
            id,
            signature,
            body,
        })
    }

    /// The envelope, with the header's bytes as they were received.
    #[must_use]
    pub fn to_message(&self) -> v1::Envelope {
        v1::Envelope {
            header: self.header_bytes.clone(),
            signature: self
                .signature
                .map(|signature| Bytes::copy_from_slice(&signature.0))
                .unwrap_or_default(),
            body: self.body.as_ref().map(Body::to_message),
        }
    }

    /// The envelope's bytes.
    #[must_use]
    pub fn encode(&self) -> Bytes {
        self.to_message().encode_to_vec().into()
    }

    /// The envelope's bytes without the body: it tells of a record too large to be gossiped whole.
    #[must_use]
    pub fn announcement(&self) -> Bytes {
        v1::Envelope {
            body: None,
            ..self.to_message()
        }
        .encode_to_vec()
        .into()
    }

    /// What it claims.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The header's exact bytes.
    #[must_use]
    pub const fn header_bytes(&self) -> &Bytes {
        &self.header_bytes
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> RecordId {
        self.id
    }

    /// Its own signature; absent inside a range.
    #[must_use]
    pub const fn signature(&self) -> Option<&Signature> {
        self.signature.as_ref()
    }

    /// Its body; absent when erased or not fetched.
    #[must_use]
    pub const fn body(&self) -> Option<&Body> {
        self.body.as_ref()
    }

    /// The record without its own signature, as it stands inside a range.
    #[must_use]
    pub fn without_signature(self) -> Self {
        Self {
            signature: None,
            ..self
        }
    }

    /// The record without its body.
    #[must_use]
    pub fn without_body(self) -> Self {
        Self { body: None, ..self }
    }

    /// Proves the record by its own signature.
    ///
    /// # Errors
    /// The refusal, when signature, key or body is wrong. A record without a signature is refused too: inside a range
    /// use [`verify_range`](crate::verify_range).
    pub fn verify(self) -> Result<VerifiedRecord, Refusal> {
        self.check_signature()?;
        self.check_body()?;
        Ok(VerifiedRecord::new(self))
    }

    /// Whether the body, if present, is the one that the header commits to.
    pub(crate) fn check_body(&self) -> Result<(), Refusal> {
        let Some(body) = &self.body else { return Ok(()) };
        let length_matches = body.bytes.len() == self.header.body_bytes as usize;
        if length_matches && body.commitment() == self.header.body_commitment {
            return Ok(());
        }
        Err(Refusal::BadBody)
    }

    pub(crate) fn check_signature(&self) -> Result<(), Refusal> {
        let signature = self.signature.as_ref().ok_or(Refusal::BadSignature)?;
        PublicKey::from_bytes(self.header.organisation.as_bytes()).map_err(|_| Refusal::WeakKey)?;
        let writer = PublicKey::from_bytes(self.header.log.writer.as_bytes()).map_err(|_| Refusal::WeakKey)?;
        if writer.verifies(SIGNATURE_TAG, &self.header_bytes, signature) {
            return Ok(());
        }
        Err(Refusal::BadSignature)
    }
}
