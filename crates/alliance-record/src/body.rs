//! The erasable part of a record, and the commitment by which the signed header holds on to it.

use bytes::Bytes;

use crate::id::IdError;
use crate::id::identifier;
use crate::proto::v1;

/// Domain tag of the commitment.
const COMMITMENT_TAG: &[u8] = b"alliance/v1/body\0";

identifier!(
    /// Random bytes that keep an erased body from being guessed. Erased with it.
    Salt, 32
);

/// A body: salt, schema version and the kind's message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Random; see [`Salt`].
    pub salt: Salt,
    /// Version of the kind's message.
    pub schema: u32,
    /// The kind's message, as its author encoded it.
    pub bytes: Bytes,
}

impl Body {
    /// BLAKE3 over the domain tag, the salt, the schema (4 bytes, little-endian) and the bytes.
    #[must_use]
    pub fn commitment(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(COMMITMENT_TAG);
        hasher.update(self.salt.as_bytes());
        hasher.update(&self.schema.to_le_bytes());
        hasher.update(&self.bytes);
        *hasher.finalize().as_bytes()
    }

    pub(crate) fn from_message(message: v1::Body) -> Result<Self, IdError> {
        Ok(Self {
            salt: Salt::from_slice(&message.salt)?,
            schema: message.schema,
            bytes: message.bytes,
        })
    }

    pub(crate) fn to_message(&self) -> v1::Body {
        v1::Body {
            salt: Bytes::copy_from_slice(&self.salt.0),
            schema: self.schema,
            bytes: self.bytes.clone(),
        }
    }
}
