//! Invitations: one-time tokens handed over on paper or as a file.

use std::fmt;
use std::str::FromStr;

use alliance_record::{AllianceId, IdError, OrganisationId, TransportId};
use bytes::Bytes;
use data_encoding::BASE64URL_NOPAD;
use prost::Message;

use crate::limits::TOKEN_CHARS_MAX;
use crate::peer::read_addresses;
use crate::proto::v1;

/// What a token begins with.
const PREFIX: &str = "alliance-invitation-1.";
/// Domain tag of an invitation's id.
const ID_TAG: &[u8] = b"alliance/v1/invitation\0";
/// Bytes of checksum at a token's end: a mistyped token is told apart from a refused one.
const CHECKSUM_BYTES: usize = 4;

/// An invitation's name: the hash of its secret. Not secret itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InvitationId(pub [u8; 32]);

/// What the guest proves to hold. Never printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct InvitationSecret(pub [u8; 32]);

/// An invitation, as its token carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Into which alliance.
    pub alliance: AllianceId,
    /// Its name; display text.
    pub alliance_name: String,
    /// Who invites.
    pub inviter: OrganisationId,
    /// The proof's key.
    pub secret: InvitationSecret,
    /// Until when it can be used, milliseconds since 1970 UTC.
    pub expires_at_ms: i64,
    /// The node to ask.
    pub transport: TransportId,
    /// Where that node is.
    pub addresses: Vec<String>,
}

/// Why a text is not an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvitationError {
    /// The prefix is missing.
    #[error("not an invitation: it begins with '{PREFIX}'. Give the whole token as it was handed over")]
    NotAToken,
    /// Characters are missing or changed.
    #[error("the invitation was cut or altered: its checksum does not fit. Copy it again, or ask for it as a file")]
    Damaged,
}

impl InvitationId {
    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads exactly 32 bytes.
    ///
    /// # Errors
    /// [`IdError::Length`] otherwise.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, IdError> {
        let array = bytes.try_into().map_err(|_| IdError::Length {
            expected: 32,
            got: bytes.len(),
        })?;
        Ok(Self(array))
    }
}

impl fmt::Display for InvitationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl InvitationSecret {
    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The invitation's id.
    #[must_use]
    pub fn id(&self) -> InvitationId {
        let mut hasher = blake3::Hasher::new();
        hasher.update(ID_TAG);
        hasher.update(&self.0);
        InvitationId(*hasher.finalize().as_bytes())
    }
}

impl fmt::Debug for InvitationSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitationSecret(hidden)")
    }
}

impl Invitation {
    /// The token to hand over. Whoever holds it can join in the inviter's name: it is secret.
    #[must_use]
    pub fn token(&self) -> String {
        let copy = |bytes: &[u8]| Bytes::copy_from_slice(bytes);
        let mut bytes = v1::Invitation {
            alliance: copy(self.alliance.as_bytes()),
            inviter: copy(self.inviter.as_bytes()),
            secret: copy(self.secret.as_bytes()),
            expires_at_ms: self.expires_at_ms,
            transport: copy(self.transport.as_bytes()),
            addresses: self.addresses.clone(),
            alliance_name: self.alliance_name.clone(),
        }
        .encode_to_vec();
        let checksum = checksum(&bytes);
        bytes.extend_from_slice(&checksum);
        format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&bytes))
    }
}

fn checksum(bytes: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let mut checksum = [0; CHECKSUM_BYTES];
    blake3::Hasher::new().update(bytes).finalize_xof().fill(&mut checksum);
    checksum
}

impl FromStr for Invitation {
    type Err = InvitationError;

    fn from_str(text: &str) -> Result<Self, InvitationError> {
        let compact: String = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .take(TOKEN_CHARS_MAX + 1)
            .collect();
        let encoded = compact.strip_prefix(PREFIX).ok_or(InvitationError::NotAToken)?;
        if compact.len() > TOKEN_CHARS_MAX {
            return Err(InvitationError::Damaged);
        }
        let bytes = BASE64URL_NOPAD
            .decode(encoded.as_bytes())
            .map_err(|_| InvitationError::Damaged)?;
        let split = bytes
            .len()
            .checked_sub(CHECKSUM_BYTES)
            .ok_or(InvitationError::Damaged)?;
        let (message, sum) = bytes.split_at(split);
        if checksum(message) != sum {
            return Err(InvitationError::Damaged);
        }
        read(message).ok_or(InvitationError::Damaged)
    }
}

fn read(bytes: &[u8]) -> Option<Invitation> {
    let message = v1::Invitation::decode(bytes).ok()?;
    Some(Invitation {
        alliance: AllianceId::from_slice(&message.alliance).ok()?,
        alliance_name: message.alliance_name,
        inviter: OrganisationId::from_slice(&message.inviter).ok()?,
        secret: InvitationSecret(message.secret[..].try_into().ok()?),
        expires_at_ms: message.expires_at_ms,
        transport: TransportId::from_slice(&message.transport).ok()?,
        addresses: read_addresses(message.addresses).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invitation() -> Invitation {
        Invitation {
            alliance: AllianceId([1; 32]),
            alliance_name: "PROMISE".to_owned(),
            inviter: OrganisationId([2; 32]),
            secret: InvitationSecret([3; 32]),
            expires_at_ms: 1_800_000_000_000,
            transport: TransportId([4; 32]),
            addresses: vec!["/ip4/192.0.2.1/tcp/4001".to_owned()],
        }
    }

    #[test]
    fn a_token_survives_line_breaks_and_not_a_changed_letter() {
        let token = invitation().token();
        let folded = format!("  {}\n{}\n", &token[..40], &token[40..]);
        assert_eq!(folded.parse(), Ok(invitation()));
        let middle = token.len() / 2;
        let other = if token.as_bytes()[middle] == b'A' { "B" } else { "A" };
        let changed = format!("{}{other}{}", &token[..middle], &token[middle + 1..]);
        assert_eq!(changed.parse::<Invitation>(), Err(InvitationError::Damaged));
        assert_eq!("hello".parse::<Invitation>(), Err(InvitationError::NotAToken));
        assert_eq!(token[..60].parse::<Invitation>(), Err(InvitationError::Damaged));
    }
}
