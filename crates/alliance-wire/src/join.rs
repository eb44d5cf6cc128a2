//! The join stream: a guest asks, the host admits.

use alliance_record::limits::CERTIFICATE_BYTES_MAX;
use alliance_record::{
    AllianceId, OrganisationId, PublicKey, RecordId, SecretKey, Signature, SignedRecord, TransportId,
};
use bytes::Bytes;
use prost::Message;

use crate::credential::read_guest;
use crate::error::{WireError, at_most};
use crate::fields::{FRAME_FIELDS_MAX, at_most_fields};
use crate::invitation::InvitationId;
use crate::limits::{FRAME_BYTES_MAX, REASON_BYTES_MAX};
use crate::peer::{PeerAddress, read_peers, write_peers};
use crate::proto::v1;

/// Domain tag of an organisation's proof.
const PROOF_TAG: &[u8] = b"alliance/v1/join\0";

/// One frame of a join stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoinMessage {
    /// The guest asks to be admitted.
    Request(JoinRequest),
    /// The host has admitted it.
    Accepted(Box<JoinAccepted>),
    /// The host has not.
    Refused(JoinRefused),
}

/// A guest's request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinRequest {
    /// The organisation's key.
    pub organisation: OrganisationId,
    /// The joining node's certificate, exact bytes.
    pub certificate: Bytes,
    /// The organisation's name; display text.
    pub name: String,
    /// See [`organisation_proof`].
    pub proof: Signature,
    /// The invitation it answers.
    pub invitation: InvitationId,
    /// See [`guest_proof`](crate::guest_proof).
    pub invitation_proof: [u8; 32],
}

/// The host's yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinAccepted {
    /// The record of the founding charter: its body hashes to the alliance's id.
    pub charter: SignedRecord,
    /// The record that admits the guest.
    pub admission: RecordId,
    /// Where other members are.
    pub peers: Vec<PeerAddress>,
}

/// The host's no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinRefused {
    /// Stable snake_case word.
    pub code: String,
    /// The sentence.
    pub reason: String,
}

fn proof_message(alliance: &AllianceId, invitation: &InvitationId, host: &TransportId) -> Vec<u8> {
    [alliance.as_bytes(), invitation.as_bytes(), host.as_bytes()]
        .map(|part| &part[..])
        .concat()
}

/// The organisation's signature over the domain tag, alliance, invitation and the host's transport key: it shows that
/// the guest holds the key it asks to have admitted.
#[must_use]
pub fn organisation_proof(
    key: &SecretKey,
    alliance: &AllianceId,
    invitation: &InvitationId,
    host: &TransportId,
) -> Signature {
    key.sign(PROOF_TAG, &proof_message(alliance, invitation, host))
}

/// Whether a request's proof is its organisation's.
#[must_use]
pub fn organisation_proof_holds(request: &JoinRequest, alliance: &AllianceId, host: &TransportId) -> bool {
    let message = proof_message(alliance, &request.invitation, host);
    PublicKey::from_bytes(request.organisation.as_bytes())
        .is_ok_and(|key| key.verifies(PROOF_TAG, &message, &request.proof))
}

impl JoinMessage {
    /// The frame's bytes.
    #[must_use]
    pub fn encode(&self) -> Bytes {
        let copy = |bytes: &[u8]| Bytes::copy_from_slice(bytes);
        let frame = match self {
            Self::Request(request) => v1::join_frame::Frame::Request(v1::JoinRequest {
                organisation: copy(request.organisation.as_bytes()),
                certificate: request.certificate.clone(),
                name: request.name.clone(),
                organisation_signature: copy(request.proof.as_bytes()),
                invitation: Some(v1::GuestProof {
                    invitation: copy(request.invitation.as_bytes()),
                    proof: copy(&request.invitation_proof),
                }),
            }),
            Self::Accepted(accepted) => v1::join_frame::Frame::Accepted(v1::JoinAccepted {
                charter: Some(accepted.charter.to_message()),
                admission: copy(accepted.admission.as_bytes()),
                peers: write_peers(&accepted.peers),
            }),
            Self::Refused(refused) => v1::join_frame::Frame::Refused(v1::JoinRefused {
                code: refused.code.clone(),
                reason: refused.reason.clone(),
            }),
        };
        v1::JoinFrame { frame: Some(frame) }.encode_to_vec().into()
    }

    /// Reads a frame.
    ///
    /// # Errors
    /// [`WireError`] naming the part that cannot be read.
    pub fn decode(bytes: Bytes) -> Result<Self, WireError> {
        at_most("join frame", bytes.len(), FRAME_BYTES_MAX)?;
        at_most_fields("join frame", &bytes, FRAME_FIELDS_MAX)?;
        let bad = WireError::BadEncoding { place: "join frame" };
        let message = v1::JoinFrame::decode(bytes).map_err(|_| bad.clone())?;
        match message.frame.ok_or(bad)? {
            v1::join_frame::Frame::Request(request) => read_request(request).map(Self::Request),
            v1::join_frame::Frame::Accepted(accepted) => read_accepted(accepted).map(Box::new).map(Self::Accepted),
            v1::join_frame::Frame::Refused(refused) => {
                at_most("code", refused.code.len(), REASON_BYTES_MAX)?;
                at_most("reason", refused.reason.len(), REASON_BYTES_MAX)?;
                Ok(Self::Refused(JoinRefused {
                    code: refused.code,
                    reason: refused.reason,
                }))
            }
        }
    }
}

fn read_request(message: v1::JoinRequest) -> Result<JoinRequest, WireError> {
    at_most(
        "name",
        message.name.chars().count(),
        alliance_record::limits::DISPLAY_NAME_CHARS_MAX,
    )?;
    at_most("certificate", message.certificate.len(), CERTIFICATE_BYTES_MAX)?;
    let guest = message
        .invitation
        .ok_or(WireError::BadEncoding { place: "invitation" })?;
    let (invitation, invitation_proof) = read_guest(&guest)?;
    Ok(JoinRequest {
        invitation,
        invitation_proof,
        organisation: OrganisationId::from_slice(&message.organisation).map_err(WireError::field("organisation"))?,
        certificate: message.certificate,
        name: message.name,
        proof: Signature::from_slice(&message.organisation_signature).map_err(WireError::field("proof"))?,
    })
}

fn read_accepted(message: v1::JoinAccepted) -> Result<JoinAccepted, WireError> {
    let charter = message.charter.ok_or(WireError::BadEncoding { place: "charter" })?;
    Ok(JoinAccepted {
        charter: SignedRecord::from_message(charter).map_err(|verdict| WireError::Record { verdict })?,
        admission: RecordId::from_slice(&message.admission).map_err(WireError::field("admission"))?,
        peers: read_peers(message.peers)?,
    })
}
