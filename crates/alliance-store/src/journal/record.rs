//! How one record is laid out in the journal. Never encodes a header again: its bytes are kept as they were received.
//!
//! ```text
//! flags u8 (1: signature, 2: body, 4: erased) ‖ header length ‖ header ‖ [signature 64] ‖ [nonce 24 ‖ length ‖ body]
//! body = XChaCha20-Poly1305 of (salt 32 ‖ schema ‖ bytes) under the journal's key
//! ```
//! Lengths and numbers are LEB128 varints of at most 10 bytes. The nonce is a keyed hash of what is encrypted, so that
//! one nonce never stands for two texts, however often an entry is written.

use alliance_record::limits::{HEADER_BYTES_MAX, RECORD_BYTES_MAX};
use alliance_record::{Body, Salt, Signature, SignedRecord, VerifiedRecord};
use bytes::Bytes;

use crate::arrival::BodyState;
use crate::error::StoreFault;
use crate::keys::{AUTH_BYTES, Key, decrypt, encrypt};
use crate::value::{Input, ValueError, put_bytes, put_varint};

/// Bytes of a journalled record: a record and less than 256 bytes of framing.
pub(super) const VALUE_BYTES_MAX: usize = RECORD_BYTES_MAX + 256;
/// Bytes of a body before it is encrypted, and its authentication.
const BODY_BYTES_MAX: usize = RECORD_BYTES_MAX + 64 + AUTH_BYTES;
const NONCE_BYTES: usize = 24;
const FLAG_SIGNATURE: u8 = 1;
const FLAG_BODY: u8 = 2;
const FLAG_ERASED: u8 = 4;
const FLAGS: u8 = FLAG_SIGNATURE | FLAG_BODY | FLAG_ERASED;

/// Appends a record's bytes to `out`. The body of one that is erased is left out.
pub(super) fn put_record(
    out: &mut Vec<u8>,
    key: &Key,
    record: &SignedRecord,
    state: BodyState,
) -> Result<(), StoreFault> {
    let body = record.body().filter(|_| state == BodyState::Held);
    let flag = |present: bool, flag: u8| if present { flag } else { 0 };
    out.push(
        flag(record.signature().is_some(), FLAG_SIGNATURE)
            | flag(body.is_some(), FLAG_BODY)
            | flag(state == BodyState::Erased, FLAG_ERASED),
    );
    put_bytes(out, record.header_bytes());
    if let Some(signature) = record.signature() {
        out.extend_from_slice(signature.as_bytes());
    }
    if let Some(body) = body {
        put_body(out, key, body)?;
    }
    Ok(())
}

fn put_body(out: &mut Vec<u8>, key: &Key, body: &Body) -> Result<(), StoreFault> {
    let mut text = body.salt.as_bytes().to_vec();
    put_varint(&mut text, u64::from(body.schema));
    text.extend_from_slice(&body.bytes);
    let mut nonce = [0; NONCE_BYTES];
    nonce.copy_from_slice(&blake3::keyed_hash(key, &text).as_bytes()[..NONCE_BYTES]);
    encrypt(key, &nonce, &mut text, 0)?;
    out.extend_from_slice(&nonce);
    put_bytes(out, &text);
    Ok(())
}

/// Reads a record to the end of `input`, and what became of its body. One that cannot be decrypted lags: peers may have
/// it.
pub(super) fn take_record(input: &mut Input, key: Option<&Key>) -> Result<(VerifiedRecord, BodyState), ValueError> {
    let flags = input.byte()?;
    if flags & !FLAGS != 0 {
        return Err(ValueError::UnknownTag { tag: flags });
    }
    let header = input.bytes(HEADER_BYTES_MAX)?;
    let signature = match flags & FLAG_SIGNATURE {
        0 => None,
        _ => Some(Signature(input.array()?)),
    };
    let body = match flags & FLAG_BODY {
        0 => None,
        _ => take_body(input, key)?,
    };
    input.end()?;
    let state = match (&body, flags & FLAG_ERASED) {
        (Some(_), _) => BodyState::Held,
        (None, 0) => BodyState::Lagging,
        (None, _) => BodyState::Erased,
    };
    let record = SignedRecord::from_parts(header, signature, body).map_err(ValueError::BadHeader)?;
    let record = VerifiedRecord::from_own_store(record).map_err(ValueError::BadBody)?;
    Ok((record, state))
}

fn take_body(input: &mut Input, key: Option<&Key>) -> Result<Option<Body>, ValueError> {
    let nonce: [u8; NONCE_BYTES] = input.array()?;
    let text = input.bytes(BODY_BYTES_MAX)?;
    let Some(Ok(text)) = key.map(|key| decrypt(key, &nonce, &text)) else {
        return Ok(None);
    };
    let mut text = Input::new(Bytes::from(text));
    Ok(Some(Body {
        salt: Salt(text.array()?),
        schema: text.varint_u32()?,
        bytes: text.rest(),
    }))
}
