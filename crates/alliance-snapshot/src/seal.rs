//! The maker's signature over a bundle.

use alliance_record::{OrganisationId, PublicKey, SecretKey, Signature, WriterId};
use serde::{Deserialize, Serialize};

use crate::id::SnapshotId;

/// Domain tag of the signature.
const TAG: &[u8] = b"alliance/v1/snapshot-signature\0";

/// Who made a bundle, and the signature over its identifier and checksums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// The maker's organisation.
    pub organisation: OrganisationId,
    /// The maker's signing key.
    pub writer: WriterId,
    /// Its signature.
    pub signature: Signature,
}

/// What is signed: the identifier, and SHA-256 over the checksums file.
fn signed(identifier: &SnapshotId, checksums: &[u8; 32]) -> Vec<u8> {
    [identifier.0, *checksums].concat()
}

impl Seal {
    /// Signs.
    #[must_use]
    pub fn new(key: &SecretKey, organisation: OrganisationId, identifier: &SnapshotId, checksums: &[u8; 32]) -> Self {
        Self {
            organisation,
            writer: key.writer(),
            signature: key.sign(TAG, &signed(identifier, checksums)),
        }
    }

    /// Whether the signature is the writer's over these.
    pub(crate) fn holds(&self, identifier: &SnapshotId, checksums: &[u8; 32]) -> bool {
        let key = PublicKey::from_bytes(self.writer.as_bytes());
        key.is_ok_and(|key| key.verifies(TAG, &signed(identifier, checksums), &self.signature))
    }

    /// The text of `signature.json`.
    pub(crate) fn to_json(&self) -> String {
        let written = Written {
            organisation: self.organisation.to_string(),
            writer: self.writer.to_string(),
            signature: self.signature.to_string(),
        };
        let mut text = serde_json::to_string_pretty(&written).unwrap_or_default();
        text.push('\n');
        text
    }

    pub(crate) fn from_json(text: &[u8]) -> Result<Self, String> {
        let written: Written = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        let none = |place: &str| format!("{place} is no key or signature in hexadecimal");
        Ok(Self {
            organisation: written.organisation.parse().map_err(|_| none("organisation"))?,
            writer: written.writer.parse().map_err(|_| none("writer"))?,
            signature: written.signature.parse().map_err(|_| none("signature"))?,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    organisation: String,
    writer: String,
    signature: String,
}
