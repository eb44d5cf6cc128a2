//! What a node shows inside the security upgrade.

use alliance_record::TransportId;
use bytes::Bytes;
use prost::Message;

use crate::error::{WireError, at_most};
use crate::invitation::{InvitationId, InvitationSecret};
use crate::limits::CREDENTIAL_BYTES_MAX;
use crate::proto::v1;

/// Domain tag of a guest's proof.
const GUEST_TAG: &[u8] = b"alliance/v1/guest\0";

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A node certificate's exact bytes.
    Certificate(Bytes),
    /// A succession's exact bytes, without the cuts.
    Succession(Bytes),
    /// Proof of holding an invitation.
    Guest {
        /// Which invitation.
        invitation: InvitationId,
        /// See [`guest_proof`].
        proof: [u8; 32],
    },
}

/// Keyed BLAKE3, with the secret as key, over the domain tag, the guest's transport key and the host's: it proves that
/// the guest holds the secret, and is of no use on any other connection.
#[must_use]
pub fn guest_proof(secret: &InvitationSecret, guest: &TransportId, host: &TransportId) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_keyed(secret.as_bytes());
    hasher.update(GUEST_TAG);
    hasher.update(guest.as_bytes());
    hasher.update(host.as_bytes());
    *hasher.finalize().as_bytes()
}

impl Credential {
    /// The bytes to show.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let shown = match self {
            Self::Certificate(bytes) => v1::credential::Shown::Certificate(bytes.clone()),
            Self::Succession(bytes) => v1::credential::Shown::Succession(bytes.clone()),
            Self::Guest { invitation, proof } => v1::credential::Shown::Guest(v1::GuestProof {
                invitation: Bytes::copy_from_slice(invitation.as_bytes()),
                proof: Bytes::copy_from_slice(proof),
            }),
        };
        v1::Credential { shown: Some(shown) }.encode_to_vec()
    }

    /// Reads what the other side showed.
    ///
    /// # Errors
    /// [`WireError`] when it is no credential or over [`CREDENTIAL_BYTES_MAX`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        at_most("credential", bytes.len(), CREDENTIAL_BYTES_MAX)?;
        let bad = WireError::BadEncoding { place: "credential" };
        let message = v1::Credential::decode(Bytes::copy_from_slice(bytes)).map_err(|_| bad.clone())?;
        match message.shown.ok_or(bad)? {
            v1::credential::Shown::Certificate(bytes) => Ok(Self::Certificate(bytes)),
            v1::credential::Shown::Succession(bytes) => Ok(Self::Succession(bytes)),
            v1::credential::Shown::Guest(guest) => {
                read_guest(&guest).map(|(invitation, proof)| Self::Guest { invitation, proof })
            }
        }
    }
}

pub(crate) fn read_guest(guest: &v1::GuestProof) -> Result<(InvitationId, [u8; 32]), WireError> {
    let invitation = InvitationId::from_slice(&guest.invitation).map_err(WireError::field("invitation"))?;
    let proof = guest.proof[..]
        .try_into()
        .map_err(|_| WireError::BadEncoding { place: "proof" })?;
    Ok((invitation, proof))
}
