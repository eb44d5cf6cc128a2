//! Ed25519 keys and signatures. One rule of verification everywhere: strict, never batched.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use crate::id::{IdError, identifier};

identifier!(
    /// An organisation: its Ed25519 public key.
    OrganisationId, 32
);
identifier!(
    /// A node as writer of records: its Ed25519 public signing key.
    WriterId, 32
);
identifier!(
    /// A node as it is reached: its Ed25519 public transport key, from which its peer id follows.
    TransportId, 32
);
identifier!(
    /// An Ed25519 signature.
    Signature, 64
);

/// Why bytes are not a key that may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The bytes are not a point of the curve.
    #[error("not an Ed25519 public key")]
    NotAKey,
    /// The point has small order: signatures under it can be made by anyone.
    #[error("a weak Ed25519 public key (small order)")]
    Weak,
}

/// A public key that has been checked: on the curve and not of small order.
#[derive(Clone, Copy, Debug)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Checks 32 bytes.
    ///
    /// # Errors
    /// [`KeyError`] when they are no point, or one of small order.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::NotAKey)?;
        if key.is_weak() {
            return Err(KeyError::Weak);
        }
        if !is_canonical(bytes) {
            return Err(KeyError::NotAKey);
        }
        Ok(Self(key))
    }

    /// Whether `signature` is this key's over `tag` followed by `message`.
    #[must_use]
    pub fn verifies(&self, tag: &[u8], message: &[u8], signature: &Signature) -> bool {
        let signed = [tag, message].concat();
        let signature = ed25519_dalek::Signature::from_bytes(signature.as_bytes());
        self.0.verify_strict(&signed, &signature).is_ok()
    }
}

/// Whether the y coordinate is below the field's prime, 2^255 − 19: one key, one spelling (RFC 8032, 5.1.3).
fn is_canonical(bytes: &[u8; 32]) -> bool {
    let top = bytes[31] & 0x7f == 0x7f && bytes[1..31].iter().all(|byte| *byte == 0xff);
    !(top && bytes[0] >= 0xed)
}

impl OrganisationId {
    /// The key as a decentralised identifier, `did:key:z6Mk…`: how organisations are shown.
    #[must_use]
    pub fn did(&self) -> String {
        // Multicodec 0xed01 (ed25519-pub) and base58btc, as the did:key method says.
        let mut bytes = vec![0xed, 0x01];
        bytes.extend_from_slice(&self.0);
        format!("did:key:z{}", bs58::encode(bytes).into_string())
    }
}

impl OrganisationId {
    /// Reads a `did:key`. `None` when it is none of an Ed25519 key.
    #[must_use]
    pub fn from_did(text: &str) -> Option<Self> {
        let encoded = text.strip_prefix("did:key:z")?;
        let bytes = bs58::decode(encoded).into_vec().ok()?;
        let key = bytes.strip_prefix(&[0xed, 0x01])?;
        Self::from_slice(key).ok()
    }
}

/// A secret key. Wiped when dropped, never printed.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// Takes 32 random bytes as the seed.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The seed, for keeping it on disk.
    #[must_use]
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// This key as an organisation's name.
    #[must_use]
    pub fn organisation(&self) -> OrganisationId {
        OrganisationId(self.public())
    }

    /// This key as a writer's name.
    #[must_use]
    pub fn writer(&self) -> WriterId {
        WriterId(self.public())
    }

    /// This key as a transport's name.
    #[must_use]
    pub fn transport(&self) -> TransportId {
        TransportId(self.public())
    }

    /// Signs `tag` followed by `message`.
    #[must_use]
    pub fn sign(&self, tag: &[u8], message: &[u8]) -> Signature {
        Signature(self.0.sign(&[tag, message].concat()).to_bytes())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(hidden)")
    }
}

impl FromStr for SecretKey {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let seed: WriterId = text.parse()?;
        Ok(Self::from_seed(seed.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn did_key_matches_the_methods_published_example() {
        // RFC 8032 test 1's public key, encoded as did:key.
        let id: OrganisationId = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
            .parse()
            .unwrap();
        assert_eq!(id.did(), "did:key:z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw");
    }

    #[test]
    fn small_order_keys_are_refused() {
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(PublicKey::from_bytes(&identity).unwrap_err(), KeyError::Weak);
        assert_eq!(PublicKey::from_bytes(&[0; 32]).unwrap_err(), KeyError::Weak);
    }

    #[test]
    fn a_key_has_one_spelling() {
        // y = p + 3 is the same point as y = 3.
        let mut other = [0xff; 32];
        other[0] = 0xed + 3;
        other[31] = 0x7f;
        assert_eq!(PublicKey::from_bytes(&other).unwrap_err(), KeyError::NotAKey);
        let mut plain = [0; 32];
        plain[0] = 3;
        assert!(PublicKey::from_bytes(&plain).is_ok());
    }

    #[test]
    fn a_signature_is_bound_to_its_tag() {
        let secret = SecretKey::from_seed(&[1; 32]);
        let public = PublicKey::from_bytes(&secret.public()).unwrap();
        let signature = secret.sign(b"one\0", b"text");
        assert!(public.verifies(b"one\0", b"text", &signature));
        assert!(!public.verifies(b"two\0", b"text", &signature));
        assert!(!public.verifies(b"one\0", b"texT", &signature));
    }
}
