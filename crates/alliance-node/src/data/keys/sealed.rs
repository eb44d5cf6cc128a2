//! A secret key under a passphrase: Argon2id makes a key of the passphrase, XChaCha20-Poly1305 seals with it.
//!
//! The public half stands beside it in the clear, and is sealed to it: a node can say whose key it is without opening it.

use alliance_record::{SecretKey, WriterId};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::Passphrase;
use crate::random::random;

/// Version of the file.
const VERSION: u32 = 1;
/// Memory of one guess, in KiB: the second choice of RFC 9106, which a small virtual machine still has.
const MEMORY_KIB: u32 = 65_536;
/// Passes over it, as RFC 9106 gives them for this memory.
const PASSES: u32 = 3;
/// What a file may ask for at most, so that an altered one cannot exhaust the machine.
const MEMORY_KIB_MAX: u32 = 1_048_576;
const PASSES_MAX: u32 = 16;
const KDF: &str = "argon2id";
const CIPHER: &str = "xchacha20poly1305";

/// A sealed key, as its file has it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SealedKey {
    alliance_sealed_key: u32,
    public: String,
    kdf: String,
    memory_kib: u32,
    passes: u32,
    salt: String,
    cipher: String,
    nonce: String,
    sealed: String,
}

/// Why a sealed key did not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NotOpened {
    /// The passphrase is another one, or the file was altered: nothing tells the two apart.
    WrongPassphrase,
    /// The file is not one that this software writes.
    Damaged(&'static str),
}

impl SealedKey {
    pub(super) fn seal(key: &SecretKey, passphrase: &Passphrase) -> Result<Self, NotOpened> {
        let mut sealed = Self {
            alliance_sealed_key: VERSION,
            public: HEXLOWER.encode(&key.public()),
            kdf: KDF.to_owned(),
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            salt: HEXLOWER.encode(&random::<16>()),
            cipher: CIPHER.to_owned(),
            nonce: HEXLOWER.encode(&random::<24>()),
            sealed: String::new(),
        };
        let (cipher, nonce) = sealed.cipher(passphrase)?;
        let payload = Payload {
            msg: &*key.seed(),
            aad: &sealed.bound(),
        };
        let bytes = cipher
            .encrypt(&nonce, payload)
            .map_err(|_| NotOpened::Damaged("it cannot be sealed"))?;
        sealed.sealed = HEXLOWER.encode(&bytes);
        Ok(sealed)
    }

    pub(super) fn open(&self, passphrase: &Passphrase) -> Result<SecretKey, NotOpened> {
        if self.alliance_sealed_key != VERSION || self.kdf != KDF || self.cipher != CIPHER {
            return Err(NotOpened::Damaged(
                "it is of a version that this software does not know",
            ));
        }
        let bytes = HEXLOWER
            .decode(self.sealed.as_bytes())
            .map_err(|_| NotOpened::Damaged("field 'sealed'"))?;
        let (cipher, nonce) = self.cipher(passphrase)?;
        let payload = Payload {
            msg: &bytes,
            aad: &self.bound(),
        };
        let seed = Zeroizing::new(
            cipher
                .decrypt(&nonce, payload)
                .map_err(|_| NotOpened::WrongPassphrase)?,
        );
        let seed: &[u8; 32] = seed[..]
            .try_into()
            .map_err(|_| NotOpened::Damaged("it does not hold a key"))?;
        Ok(SecretKey::from_seed(seed))
    }

    /// The public half, as the file says. Proven only by opening it.
    pub(super) fn public(&self) -> Result<[u8; 32], NotOpened> {
        let public: WriterId = self.public.parse().map_err(|_| NotOpened::Damaged("field 'public'"))?;
        Ok(*public.as_bytes())
    }

    /// What is sealed along: no field can be exchanged for another file's.
    fn bound(&self) -> Vec<u8> {
        let Self {
            public,
            memory_kib,
            passes,
            salt,
            ..
        } = self;
        format!("alliance sealed key {VERSION} {public} {KDF} {memory_kib} {passes} {salt} {CIPHER}").into_bytes()
    }

    fn cipher(&self, passphrase: &Passphrase) -> Result<(XChaCha20Poly1305, XNonce), NotOpened> {
        if self.memory_kib > MEMORY_KIB_MAX || self.passes > PASSES_MAX {
            return Err(NotOpened::Damaged(
                "it asks for more memory or time than any key of this software",
            ));
        }
        let bytes = |text: &str, field| HEXLOWER.decode(text.as_bytes()).map_err(|_| NotOpened::Damaged(field));
        let (salt, nonce) = (bytes(&self.salt, "field 'salt'")?, bytes(&self.nonce, "field 'nonce'")?);
        let nonce: [u8; 24] = nonce.try_into().map_err(|_| NotOpened::Damaged("field 'nonce'"))?;
        let bad = |_| NotOpened::Damaged("the parameters of Argon2id");
        let params = Params::new(self.memory_kib, self.passes, 1, None).map_err(bad)?;
        // Ours, so that it is wiped: what the passphrase was stretched over would let somebody test guesses quickly.
        let mut memory = Zeroizing::new(vec![Block::new(); params.block_count()]);
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(passphrase.bytes(), &salt, &mut *key, memory.as_mut_slice())
            .map_err(bad)?;
        Ok((XChaCha20Poly1305::new((&*key).into()), nonce.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::given(text).unwrap()
    }

    #[test]
    fn a_sealed_key_opens_with_its_passphrase_alone_and_is_bound_to_its_public_half() {
        let key = SecretKey::from_seed(&[7; 32]);
        let right = passphrase("four words in a row");
        let sealed = SealedKey::seal(&key, &right).unwrap();
        assert_eq!(sealed.public().unwrap(), key.public());
        assert_eq!(sealed.open(&right).unwrap().public(), key.public());
        let opened = sealed.open(&passphrase("four words in a Row"));
        assert_eq!(opened.unwrap_err(), NotOpened::WrongPassphrase);
        let text = serde_json::to_string(&sealed).unwrap();
        assert!(!text.contains(&HEXLOWER.encode(&[7; 32])), "the secret is in the file");
        let other = SealedKey {
            public: HEXLOWER.encode(&SecretKey::from_seed(&[8; 32]).public()),
            ..sealed.clone()
        };
        assert_eq!(other.open(&right).unwrap_err(), NotOpened::WrongPassphrase);
        let greedy = SealedKey {
            memory_kib: u32::MAX,
            ..sealed
        };
        assert!(matches!(greedy.open(&right).unwrap_err(), NotOpened::Damaged(_)));
    }
}
