//! Pages: consecutive records of a log laid out together and compressed, headers and bodies each in pages of their own.
//! Owns the bytes of a page; never knows where one is kept.
//!
//! ```text
//! tag u8 (1: as it is, 2: zstd) ‖ CRC-32 of the rest, 4 bytes ‖ length ‖ [length when unpacked] ‖ packed ‖ random
//! ```
//! Hashes, signatures and salts stand in the random part: they do not compress, and among text they spoil what does.
//! Lengths are LEB128 varints.

mod bodies;
mod headers;

use std::io;

use alliance_record::limits::RECORD_BYTES_MAX;
use bytes::Bytes;

pub(crate) use bodies::{BodyPage, BodySlot, first_arrival, put_bodies};
pub(crate) use headers::{HeaderPage, HeaderSlot, StoredHeader, put_headers};

use crate::keys::KeyRing;
use crate::value::{Input, ValueError, put_varint};

/// Bytes of a page before compression, unless one record alone takes more: the database's leaves hold 17 values and
/// must stay under what it keeps in files of its own (see the engine's segment).
pub(crate) const PAGE_BYTES: usize = 65_536;
/// Records of a page: a look-up of one decodes them all.
pub(crate) const PAGE_RECORDS: usize = 256;
/// Bytes of one record in a page beside its own: arrival, lengths, places of the holes in its header.
const SLOT_BYTES_MAX: usize = 64;
/// Bytes of a page's two parts together.
const PARTS_BYTES_MAX: usize = max(PAGE_BYTES, RECORD_BYTES_MAX + 256) + PAGE_RECORDS * SLOT_BYTES_MAX;
/// Bytes of a page as it is kept.
pub(crate) const VALUE_BYTES_MAX: usize = PARTS_BYTES_MAX + 32;
/// zstd's level. On half-compressible text, level 3 takes half as long again and saves under 5 %.
const LEVEL: i32 = 1;
/// Shorter parts are kept as they are: there is nothing to gain.
const PACK_BYTES_MIN: usize = 128;
const TAG_PLAIN: u8 = 1;
const TAG_ZSTD: u8 = 2;

const fn max(one: usize, other: usize) -> usize {
    if one > other { one } else { other }
}

/// The two parts of a page that is being laid out.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// What may compress.
    pub(crate) packed: Vec<u8>,
    /// What does not.
    pub(crate) random: Vec<u8>,
}

/// Makes what is put into the database: compresses, its tables used again for each page, and seals what can be erased.
pub(crate) struct Packer {
    compressor: zstd::bulk::Compressor<'static>,
    pub(crate) keys: KeyRing,
}

impl std::fmt::Debug for Packer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Packer")
    }
}

impl Packer {
    pub(crate) fn new(keys: KeyRing) -> io::Result<Self> {
        let compressor = zstd::bulk::Compressor::new(LEVEL)?;
        Ok(Self { compressor, keys })
    }

    /// The page's bytes.
    pub(crate) fn pack(&mut self, parts: &Parts) -> Vec<u8> {
        let plain = &parts.packed;
        let mut value = Vec::with_capacity(plain.len() + parts.random.len() + 32);
        value.extend_from_slice(&[0; 5]);
        let zstd = match plain.len() {
            0..PACK_BYTES_MIN => None,
            // A page that cannot be compressed is kept as it is.
            _ => self.compressor.compress(plain).ok(),
        };
        match zstd.filter(|zstd| zstd.len() + 8 < plain.len()) {
            Some(zstd) => {
                value[0] = TAG_ZSTD;
                put_varint(&mut value, zstd.len() as u64);
                put_varint(&mut value, plain.len() as u64);
                value.extend_from_slice(&zstd);
            }
            None => {
                value[0] = TAG_PLAIN;
                put_varint(&mut value, plain.len() as u64);
                value.extend_from_slice(plain);
            }
        }
        value.extend_from_slice(&parts.random);
        let crc = crc32fast::hash(&value[5..]).to_le_bytes();
        value[1..5].copy_from_slice(&crc);
        value
    }
}

/// A page's parts: what was packed, and the random part.
pub(crate) fn unpack(value: Bytes) -> Result<(Bytes, Bytes), ValueError> {
    if value.len() > VALUE_BYTES_MAX {
        return Err(ValueError::TooLong);
    }
    let mut input = Input::new(value.clone());
    let tag = input.byte()?;
    if !matches!(tag, TAG_PLAIN | TAG_ZSTD) {
        return Err(ValueError::UnknownTag { tag });
    }
    if u32::from_le_bytes(input.array()?) != crc32fast::hash(&value[5..]) {
        return Err(ValueError::BadChecksum);
    }
    let length = input.length(PARTS_BYTES_MAX)?;
    let packed = match tag {
        TAG_PLAIN => input.take(length)?,
        _ => {
            let plain_bytes = input.length(PARTS_BYTES_MAX)?;
            decompressed(&input.take(length)?, plain_bytes)?
        }
    };
    Ok((packed, input.rest()))
}

fn decompressed(zstd: &[u8], plain_bytes: usize) -> Result<Bytes, ValueError> {
    let mut plain = Vec::with_capacity(plain_bytes);
    let decompressed = zstd::bulk::Decompressor::new().and_then(|mut unpacker| {
        // It writes no further than the vector's capacity.
        unpacker.decompress_to_buffer(zstd, &mut plain)
    });
    match decompressed {
        Ok(count) if count == plain_bytes => Ok(plain.into()),
        _ => Err(ValueError::BadCompression),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::fixture::packer;

    fn packed(plain: &[u8], random: &[u8]) -> Vec<u8> {
        let (packed, random) = (plain.to_vec(), random.to_vec());
        packer().pack(&Parts { packed, random })
    }

    #[test]
    fn what_is_packed_comes_back() {
        let noise: Vec<u8> = (0..40_000_u32)
            .flat_map(|at| *blake3::hash(&at.to_le_bytes()).as_bytes())
            .take(60_000)
            .collect();
        for (plain, random) in [
            (&b""[..], &b""[..]),
            (b"short", b"xyz"),
            (&[b'a'; 5000], &noise[..320]),
            (&noise, b""),
        ] {
            let value = packed(plain, random);
            assert!(value.len() <= plain.len() + random.len() + 12);
            let (got_plain, got_random) = unpack(value.clone().into()).unwrap();
            assert_eq!((&got_plain[..], &got_random[..]), (plain, random));
        }
        assert!(packed(&[b'a'; 5000], b"").len() < 100);
    }

    #[test]
    fn every_flipped_bit_is_seen() {
        let value = packed(&b"text that compresses ".repeat(20), b"and what does not");
        for at in 0..value.len() * 8 {
            let mut harmed = value.clone();
            harmed[at / 8] ^= 1 << (at % 8);
            assert!(unpack(harmed.into()).is_err(), "bit {at}");
        }
        for end in 0..value.len() {
            assert!(unpack(value[..end].to_vec().into()).is_err(), "cut at {end}");
        }
    }

    /// A value that says it is shorter, or far longer, than what it unpacks to: refused, and nothing large is
    /// allocated.
    #[test]
    fn unpacking_is_bounded() {
        let bomb = zstd::bulk::compress(&vec![0; 50_000_000], 1).unwrap();
        for claimed in [100, PARTS_BYTES_MAX as u64, 50_000_000, u64::MAX] {
            let mut value = vec![TAG_ZSTD, 0, 0, 0, 0];
            put_varint(&mut value, bomb.len() as u64);
            put_varint(&mut value, claimed);
            value.extend_from_slice(&bomb);
            let crc = crc32fast::hash(&value[5..]).to_le_bytes();
            value[1..5].copy_from_slice(&crc);
            assert!(unpack(value.clone().into()).is_err(), "{claimed}");
        }
    }
}
