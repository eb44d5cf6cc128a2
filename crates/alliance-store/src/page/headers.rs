//! Pages of headers: the exact bytes of consecutive headers of one log, with what can be told again left out.
//!
//! ```text
//! packed = count ‖ each: arrival (the first's number, then the distance to the one before) ‖ flags u8 ‖
//!          [place of the link] ‖ [place of the commitment] ‖ length of the rest ‖ the rest
//! random = each: [commitment 32] ‖ [signature 64]
//! ```
//! The link to the record before is left out where that record is in the page, because its id follows from its bytes;
//! the commitment is moved to the random part. Both go back to the very places they were taken from.

use alliance_record::limits::HEADER_BYTES_MAX;
use alliance_record::{RecordId, Signature, SignedRecord, record_id};
use bytes::Bytes;

use super::{PAGE_BYTES, PAGE_RECORDS, Packer, Parts, SLOT_BYTES_MAX, unpack};
use crate::arrival::Arrival;
use crate::value::{Input, ValueError, put_bytes, put_varint};

const FLAG_SIGNATURE: u8 = 1;
const FLAG_LINK: u8 = 2;
const FLAG_COMMITMENT: u8 = 4;
const FLAG_BODY: u8 = 8;
const FLAGS: u8 = FLAG_SIGNATURE | FLAG_LINK | FLAG_COMMITMENT | FLAG_BODY;
const HASH_BYTES: usize = 32;
/// How far a hash may stand from where the header before had it, to be found soon.
const NEAR_BYTES: usize = 2;

/// A header on its way into a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HeaderSlot<'a> {
    pub(crate) arrival: Arrival,
    pub(crate) record: &'a SignedRecord,
    /// Whether its body came with it.
    pub(crate) has_body: bool,
}

/// A header out of a page.
#[derive(Debug, Clone)]
pub(crate) struct StoredHeader {
    pub(crate) arrival: Arrival,
    pub(crate) bytes: Bytes,
    pub(crate) signature: Option<Signature>,
    /// Whether its body came with it, and must be there.
    pub(crate) has_body: bool,
}

/// A page that has been read.
#[derive(Debug, Default)]
pub(crate) struct HeaderPage {
    /// In the order of the log.
    pub(crate) headers: Vec<StoredHeader>,
}

/// Lays consecutive headers of one log out in pages. Gives each page's first index and bytes.
pub(crate) fn put_headers(packer: &mut Packer, slots: &[HeaderSlot<'_>]) -> Vec<(usize, Vec<u8>)> {
    let mut pages = Vec::new();
    let mut first = 0;
    while first < slots.len() {
        let count = fitting(&slots[first..]);
        let parts = lay_out(&slots[first..first + count]);
        pages.push((first, packer.pack(&parts)));
        first += count;
    }
    pages
}

/// How many of the headers one page takes: at least one.
fn fitting(slots: &[HeaderSlot<'_>]) -> usize {
    let mut bytes = 0;
    let fits = |slot: &&HeaderSlot<'_>| {
        bytes += slot.record.header_bytes().len() + SLOT_BYTES_MAX;
        bytes <= PAGE_BYTES
    };
    slots.iter().take(PAGE_RECORDS).take_while(fits).count().max(1)
}

fn lay_out(slots: &[HeaderSlot<'_>]) -> Parts {
    let mut parts = Parts::default();
    put_varint(&mut parts.packed, slots.len() as u64);
    let (mut arrival, mut link) = (0, None);
    let mut places = [0, 0];
    for slot in slots {
        put_varint(&mut parts.packed, slot.arrival.0.wrapping_sub(arrival));
        arrival = slot.arrival.0;
        put_header(&mut parts, slot, link, &mut places);
        link = Some(slot.record.id());
    }
    parts
}

/// Lays one header out. `places` are where the header before had its link and its commitment.
fn put_header(parts: &mut Parts, slot: &HeaderSlot<'_>, before: Option<RecordId>, places: &mut [usize; 2]) {
    let record = slot.record;
    let bytes = record.header_bytes();
    let commitment = place_of(bytes, &record.header().body_commitment, &mut places[1]);
    let link = before
        .and_then(|before| place_of(bytes, before.as_bytes(), &mut places[0]))
        // Two hashes that are one and the same, or overlap: only a header made to that end has them.
        .filter(|link| commitment.is_none_or(|commitment| commitment.abs_diff(*link) >= HASH_BYTES));
    let flag = |present: bool, flag: u8| if present { flag } else { 0 };
    parts.packed.push(
        flag(record.signature().is_some(), FLAG_SIGNATURE)
            | flag(link.is_some(), FLAG_LINK)
            | flag(commitment.is_some(), FLAG_COMMITMENT)
            | flag(slot.has_body, FLAG_BODY),
    );
    for place in [link, commitment].into_iter().flatten() {
        put_varint(&mut parts.packed, place as u64);
    }
    put_bytes(&mut parts.packed, &without(bytes, [link, commitment]));
    if commitment.is_some() {
        parts.random.extend_from_slice(&record.header().body_commitment);
    }
    if let Some(signature) = record.signature() {
        parts.random.extend_from_slice(signature.as_bytes());
    }
}

/// Where the hash stands, looked for where the header before had it or a few bytes on first: fields of varying length
/// stand between.
fn place_of(bytes: &[u8], hash: &[u8; HASH_BYTES], guess: &mut usize) -> Option<usize> {
    let windows = || bytes.windows(HASH_BYTES);
    let near = guess.saturating_sub(NEAR_BYTES);
    let found = windows()
        .skip(near)
        .take(2 * NEAR_BYTES + 1)
        .position(|window| window == hash)
        .map(|offset| near + offset)
        .or_else(|| windows().position(|window| window == hash))?;
    *guess = found;
    Some(found)
}

/// The bytes without the hashes at these places.
fn without(bytes: &[u8], mut places: [Option<usize>; 2]) -> Vec<u8> {
    places.sort_unstable();
    let mut rest = Vec::with_capacity(bytes.len());
    let mut from = 0;
    for place in places.into_iter().flatten() {
        rest.extend_from_slice(&bytes[from..place]);
        from = place + HASH_BYTES;
    }
    rest.extend_from_slice(&bytes[from..]);
    rest
}

impl HeaderPage {
    pub(crate) fn decode(value: &[u8]) -> Result<Self, ValueError> {
        let (packed, random) = unpack(Bytes::copy_from_slice(value))?;
        let (mut packed, mut random) = (Input::new(packed), Input::new(random));
        let count = packed.length(PAGE_RECORDS)?;
        let mut headers = Vec::with_capacity(count);
        let (mut arrival, mut before) = (0_u64, None);
        for _ in 0..count {
            arrival = arrival.wrapping_add(packed.varint()?);
            let header = take_header(&mut packed, &mut random, before, Arrival(arrival))?;
            before = Some(record_id(&header.bytes));
            headers.push(header);
        }
        packed.end()?;
        random.end()?;
        Ok(Self { headers })
    }
}

fn take_header(
    packed: &mut Input,
    random: &mut Input,
    before: Option<RecordId>,
    arrival: Arrival,
) -> Result<StoredHeader, ValueError> {
    let flags = packed.byte()?;
    if flags & !FLAGS != 0 {
        return Err(ValueError::UnknownTag { tag: flags });
    }
    let mut holes = [None, None];
    if flags & FLAG_LINK != 0 {
        let link = before.ok_or(ValueError::WrongPlace)?;
        holes[0] = Some((packed.length(HEADER_BYTES_MAX)?, link.0));
    }
    if flags & FLAG_COMMITMENT != 0 {
        holes[1] = Some((packed.length(HEADER_BYTES_MAX)?, random.array()?));
    }
    let rest = packed.bytes(HEADER_BYTES_MAX)?;
    let signature = match flags & FLAG_SIGNATURE {
        0 => None,
        _ => Some(Signature(random.array()?)),
    };
    Ok(StoredHeader {
        arrival,
        bytes: filled(&rest, holes)?,
        signature,
        has_body: flags & FLAG_BODY != 0,
    })
}

/// The bytes with the hashes put back where they were.
fn filled(rest: &[u8], mut holes: [Option<(usize, [u8; HASH_BYTES])>; 2]) -> Result<Bytes, ValueError> {
    holes.sort_unstable();
    let mut bytes = Vec::with_capacity(rest.len() + 2 * HASH_BYTES);
    let mut rest = rest;
    for (place, hash) in holes.into_iter().flatten() {
        let before = place.checked_sub(bytes.len()).ok_or(ValueError::WrongPlace)?;
        let (start, end) = rest.split_at_checked(before).ok_or(ValueError::Truncated)?;
        bytes.extend_from_slice(start);
        bytes.extend_from_slice(&hash);
        rest = end;
    }
    bytes.extend_from_slice(rest);
    Ok(bytes.into())
}
