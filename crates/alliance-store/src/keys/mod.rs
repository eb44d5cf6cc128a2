//! The keys of what can be erased. sled never promises that deleted bytes leave its file; so whatever holds a body, or
//! words out of one, is kept there encrypted, each page under a key of its own, and the keys lie in a file that is
//! truly written over. Owns that file and the bytes of a sealed page; never knows what is in one.
//!
//! ```text
//! file        = slots of 32 bytes: a key, or zeros
//! sealed page = tag u8 (3) ‖ slot u32, big-endian ‖ XChaCha20-Poly1305 of the page, 16 bytes longer
//! ```
//! A key is random and seals one page, once; hence the nonce is all zeros.

mod ring;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::{fmt, io};

use chacha20poly1305::aead::{AeadInPlace, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

pub(crate) use ring::KeyRing;

use crate::disk::{Files, OpenFile};
use crate::error::StoreFault;
use crate::value::ValueError;

/// Bytes of a key, and of its slot.
pub(crate) const KEY_BYTES: usize = 32;
/// Bytes by which a sealed page is longer.
pub(crate) const SEALED_BYTES: usize = HEAD_BYTES + AUTH_BYTES;
const HEAD_BYTES: usize = 1 + 4;
pub(crate) const AUTH_BYTES: usize = 16;
const NONCE: [u8; 24] = [0; 24];
const TAG_SEALED: u8 = 3;
/// A slot without a key.
const NO_KEY: Key = [0; KEY_BYTES];

/// What one page is sealed with.
pub(crate) type Key = [u8; KEY_BYTES];

/// Looks keys up, for writer and readers.
#[derive(Clone)]
pub(crate) struct KeyFile {
    file: Arc<Mutex<OpenFile>>,
}

impl fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyFile")
    }
}

impl KeyFile {
    /// Opens the file, making an empty one if there is none.
    pub(crate) fn open(files: &Files, path: &Path) -> io::Result<Self> {
        let file = Arc::new(Mutex::new(files.open(path)?));
        Ok(Self { file })
    }

    /// The page that is sealed in `value`. Its key may just have been destroyed: then another value stands where this
    /// one was read.
    pub(crate) fn unseal(&self, value: &[u8]) -> Result<Result<Vec<u8>, ValueError>, StoreFault> {
        let slot = match slot_of(value) {
            Ok(slot) => slot,
            Err(error) => return Ok(Err(error)),
        };
        match self.key(slot)? {
            NO_KEY => Ok(Err(ValueError::KeyGone)),
            key => Ok(unsealed(&key, value)),
        }
    }

    fn key(&self, slot: u32) -> Result<Key, StoreFault> {
        let mut key = NO_KEY;
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        match file.read_at(place(slot), &mut key) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(NO_KEY),
            read => Ok(read.map(|()| key)?),
        }
    }
}

const fn place(slot: u32) -> u64 {
    slot as u64 * KEY_BYTES as u64
}

/// The slot of a sealed page's key.
pub(crate) fn slot_of(value: &[u8]) -> Result<u32, ValueError> {
    if value.len() > crate::page::VALUE_BYTES_MAX + SEALED_BYTES {
        return Err(ValueError::TooLong);
    }
    let (tag, rest) = value.split_first().ok_or(ValueError::Truncated)?;
    match (*tag, rest.first_chunk()) {
        (TAG_SEALED, Some(slot)) => Ok(u32::from_be_bytes(*slot)),
        (TAG_SEALED, None) => Err(ValueError::Truncated),
        (tag, _) => Err(ValueError::UnknownTag { tag }),
    }
}

/// Seals a page.
fn sealed(slot: u32, key: &Key, page: &[u8]) -> Result<Vec<u8>, StoreFault> {
    let mut value = Vec::with_capacity(page.len() + SEALED_BYTES);
    value.push(TAG_SEALED);
    value.extend_from_slice(&slot.to_be_bytes());
    value.extend_from_slice(page);
    encrypt(key, &NONCE, &mut value, HEAD_BYTES)?;
    Ok(value)
}

fn unsealed(key: &Key, value: &[u8]) -> Result<Vec<u8>, ValueError> {
    decrypt(key, &NONCE, value.get(HEAD_BYTES..).unwrap_or_default())
}

/// Encrypts what stands in `bytes` from `from` on, and puts the authentication after it.
pub(crate) fn encrypt(key: &Key, nonce: &[u8; 24], bytes: &mut Vec<u8>, from: usize) -> Result<(), StoreFault> {
    let cipher = XChaCha20Poly1305::new(key.into());
    let authentication = cipher
        .encrypt_in_place_detached(XNonce::from_slice(nonce), &[], &mut bytes[from..])
        .map_err(|_| StoreFault::Io(io::Error::other("too long to be encrypted")))?;
    bytes.extend_from_slice(&authentication);
    Ok(())
}

/// What was encrypted.
pub(crate) fn decrypt(key: &Key, nonce: &[u8; 24], bytes: &[u8]) -> Result<Vec<u8>, ValueError> {
    let (text, authentication) = bytes.split_last_chunk::<AUTH_BYTES>().ok_or(ValueError::Truncated)?;
    let mut text = text.to_vec();
    XChaCha20Poly1305::new(key.into())
        .decrypt_in_place_detached(XNonce::from_slice(nonce), &[], &mut text, authentication.into())
        .map_err(|_| ValueError::BadChecksum)?;
    Ok(text)
}
