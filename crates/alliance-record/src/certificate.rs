//! An organisation's word for one of its nodes: proof by itself, whoever shows it.

use bytes::Bytes;
use prost::Message;

use crate::id::{ActId, AllianceId};
use crate::key::{OrganisationId, PublicKey, SecretKey, Signature, TransportId, WriterId};
use crate::limits::CERTIFICATE_BYTES_MAX;
use crate::proto::v1;

/// Domain tag of an organisation's signature under a certificate.
const CERTIFICATE_TAG: &[u8] = b"alliance/v1/node-certificate\0";
/// Domain tag of the hash by which a certificate is committed to the node's next signing key.
const NEXT_WRITER_TAG: &[u8] = b"alliance/v1/next-writer\0";

/// What a certificate says of a signing key that is to come: only who knows the key finds it.
#[must_use]
pub fn writer_commitment(writer: &WriterId) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(NEXT_WRITER_TAG);
    hasher.update(writer.as_bytes());
    *hasher.finalize().as_bytes()
}

/// What an organisation certifies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CertifiedNode {
    /// In which alliance.
    pub alliance: AllianceId,
    /// Whose node it is.
    pub organisation: OrganisationId,
    /// The node's signing key.
    pub writer: WriterId,
    /// The node's transport key.
    pub transport: TransportId,
    /// From when it may connect, in milliseconds since 1970 UTC.
    pub not_before_ms: i64,
    /// Until when it may connect. Records it signed stay valid.
    pub not_after_ms: i64,
    /// A name for people.
    pub label: String,
    /// What the next signing key hashes to ([`writer_commitment`]), where the node has one prepared.
    pub next_writer: Option<[u8; 32]>,
    /// The standing act under which it is issued; `None` while there was none.
    pub standing: Option<ActId>,
    /// The key that signs for the organisation; `None` while it is its first, which is its name.
    pub key: Option<OrganisationId>,
    /// The writer whose place it takes, where a succession certifies it; no part of a certificate.
    pub succeeds: Option<WriterId>,
}

impl CertifiedNode {
    /// The key that signs for the organisation.
    #[must_use]
    pub fn signing_key(&self) -> OrganisationId {
        self.key.unwrap_or(self.organisation)
    }
}

/// A certificate whose signature has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    node: CertifiedNode,
    bytes: Bytes,
}

/// Why bytes are not a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Not a certificate's bytes, or over the limit.
    #[error("not a certificate's bytes, or more than {} of them", CERTIFICATE_BYTES_MAX)]
    BadEncoding,
    /// A key in it is not usable.
    #[error("a key in the certificate is not usable")]
    WeakKey,
    /// The organisation did not sign these bytes.
    #[error("the organisation's signature does not match")]
    BadSignature,
}

impl Certificate {
    /// Certifies a node with the organisation's key.
    #[must_use]
    pub fn issue(key: &SecretKey, node: CertifiedNode) -> Self {
        let copy = |bytes: &[u8]| Bytes::copy_from_slice(bytes);
        let certified: Bytes = v1::CertifiedNode {
            alliance: copy(node.alliance.as_bytes()),
            organisation: copy(node.organisation.as_bytes()),
            writer: copy(node.writer.as_bytes()),
            transport: copy(node.transport.as_bytes()),
            not_before_ms: node.not_before_ms,
            not_after_ms: node.not_after_ms,
            label: node.label.clone(),
            next_writer_commitment: node.next_writer.as_ref().map_or_else(Bytes::new, |hash| copy(hash)),
            standing: node.standing.map_or_else(Bytes::new, |act| copy(act.as_bytes())),
            key: node.key.map_or_else(Bytes::new, |key| copy(key.as_bytes())),
        }
        .encode_to_vec()
        .into();
        let signature = key.sign(CERTIFICATE_TAG, &certified);
        let message = v1::NodeCertificate {
            certified,
            organisation_signature: copy(signature.as_bytes()),
        };
        Self {
            node: CertifiedNode { succeeds: None, ..node },
            bytes: message.encode_to_vec().into(),
        }
    }

    /// Reads a certificate and verifies the organisation's signature.
    ///
    /// # Errors
    /// [`CertificateError`]; whether the organisation is a member and the dates fit is for the caller.
    pub fn decode(bytes: &Bytes) -> Result<Self, CertificateError> {
        if bytes.len() > CERTIFICATE_BYTES_MAX {
            return Err(CertificateError::BadEncoding);
        }
        let message = v1::NodeCertificate::decode(bytes.clone()).map_err(|_| CertificateError::BadEncoding)?;
        let node = certified(&message.certified).ok_or(CertificateError::BadEncoding)?;
        let signature =
            Signature::from_slice(&message.organisation_signature).map_err(|_| CertificateError::BadEncoding)?;
        let weak = |_| CertificateError::WeakKey;
        PublicKey::from_bytes(node.writer.as_bytes()).map_err(weak)?;
        PublicKey::from_bytes(node.transport.as_bytes()).map_err(weak)?;
        PublicKey::from_bytes(node.organisation.as_bytes()).map_err(weak)?;
        let key = PublicKey::from_bytes(node.signing_key().as_bytes()).map_err(weak)?;
        if !key.verifies(CERTIFICATE_TAG, &message.certified, &signature) {
            return Err(CertificateError::BadSignature);
        }
        Ok(Self {
            node,
            bytes: bytes.clone(),
        })
    }

    /// What is certified.
    #[must_use]
    pub const fn node(&self) -> &CertifiedNode {
        &self.node
    }

    /// The exact bytes.
    #[must_use]
    pub const fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

/// Absent, or readable; the outer `None` says that it is neither.
fn optional<T>(bytes: &[u8], read: impl Fn(&[u8]) -> Option<T>) -> Option<Option<T>> {
    if bytes.is_empty() {
        return Some(None);
    }
    read(bytes).map(Some)
}

fn certified(bytes: &Bytes) -> Option<CertifiedNode> {
    let message = v1::CertifiedNode::decode(bytes.clone()).ok()?;
    Some(CertifiedNode {
        alliance: AllianceId::from_slice(&message.alliance).ok()?,
        organisation: OrganisationId::from_slice(&message.organisation).ok()?,
        writer: WriterId::from_slice(&message.writer).ok()?,
        transport: TransportId::from_slice(&message.transport).ok()?,
        not_before_ms: message.not_before_ms,
        not_after_ms: message.not_after_ms,
        label: message.label,
        next_writer: optional(&message.next_writer_commitment, |bytes| bytes.try_into().ok())?,
        standing: optional(&message.standing, |bytes| ActId::from_slice(bytes).ok())?,
        key: optional(&message.key, |bytes| OrganisationId::from_slice(bytes).ok())?,
        succeeds: None,
    })
}
