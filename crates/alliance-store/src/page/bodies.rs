//! Pages of bodies: those of consecutive records of one log, without a gap.
//!
//! ```text
//! packed = first arrival ‖ count ‖ each: distance to the arrival before ‖ 0, or length + 1 ‖ schema ‖ then all bodies
//! random = each: salt 32
//! ```
//! A body's arrival is its record's, unless it came later than its header. One that is erased has neither length nor
//! schema nor salt: its place alone is kept.

use alliance_record::limits::RECORD_BYTES_MAX;
use alliance_record::{Body, Salt};
use bytes::Bytes;

use super::{PAGE_BYTES, PAGE_RECORDS, Packer, Parts, SLOT_BYTES_MAX, unpack};
use crate::arrival::Arrival;
use crate::value::{Input, ValueError, put_varint};

const SALT_BYTES: usize = 32;

/// A body on its way into a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodySlot<'a> {
    pub(crate) arrival: Arrival,
    /// `None` for one that is erased.
    pub(crate) body: Option<&'a Body>,
}

/// A page that has been read.
#[derive(Debug, Default)]
pub(crate) struct BodyPage {
    /// In the order of the log, each with its arrival; `None` where one is erased.
    pub(crate) bodies: Vec<(Arrival, Option<Body>)>,
}

/// Lays the bodies of consecutive records out in pages. Gives each page's first index and bytes.
pub(crate) fn put_bodies(packer: &mut Packer, slots: &[BodySlot<'_>]) -> Vec<(usize, Vec<u8>)> {
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

/// How many of the bodies one page takes: at least one.
fn fitting(slots: &[BodySlot<'_>]) -> usize {
    let mut bytes = 0;
    let fits = |slot: &&BodySlot<'_>| {
        bytes += slot.body.map_or(0, |body| body.bytes.len()) + SALT_BYTES + SLOT_BYTES_MAX / 2;
        bytes <= PAGE_BYTES
    };
    slots.iter().take(PAGE_RECORDS).take_while(fits).count().max(1)
}

fn lay_out(slots: &[BodySlot<'_>]) -> Parts {
    let mut parts = Parts::default();
    let mut arrival = slots.first().map_or(0, |slot| slot.arrival.0);
    put_varint(&mut parts.packed, arrival);
    put_varint(&mut parts.packed, slots.len() as u64);
    for slot in slots {
        put_varint(&mut parts.packed, slot.arrival.0.wrapping_sub(arrival));
        arrival = slot.arrival.0;
        let Some(body) = slot.body else {
            parts.packed.push(0);
            continue;
        };
        put_varint(&mut parts.packed, body.bytes.len() as u64 + 1);
        put_varint(&mut parts.packed, u64::from(body.schema));
    }
    for body in slots.iter().filter_map(|slot| slot.body) {
        parts.packed.extend_from_slice(&body.bytes);
        parts.random.extend_from_slice(body.salt.as_bytes());
    }
    parts
}

/// The arrival of a page's first body.
pub(crate) fn first_arrival(page: Vec<u8>) -> Result<Arrival, ValueError> {
    let (packed, _) = unpack(page.into())?;
    Ok(Arrival(Input::new(packed).varint()?))
}

impl BodyPage {
    pub(crate) fn decode(page: Vec<u8>) -> Result<Self, ValueError> {
        let (packed, random) = unpack(page.into())?;
        let (mut packed, mut random) = (Input::new(packed), Input::new(random));
        let mut arrival = packed.varint()?;
        let count = packed.length(PAGE_RECORDS)?;
        let mut frames = Vec::with_capacity(count);
        for _ in 0..count {
            arrival = arrival.wrapping_add(packed.varint()?);
            let frame = match packed.length(RECORD_BYTES_MAX + 1)?.checked_sub(1) {
                None => None,
                Some(length) => Some((length, packed.varint_u32()?)),
            };
            frames.push((Arrival(arrival), frame));
        }
        let mut bodies = Vec::with_capacity(count);
        for (arrival, frame) in frames {
            let Some((length, schema)) = frame else {
                bodies.push((arrival, None));
                continue;
            };
            let salt = Salt(random.array()?);
            // A copy, so that one body held somewhere does not hold its whole page.
            let bytes = Bytes::copy_from_slice(&packed.take(length)?);
            bodies.push((arrival, Some(Body { salt, schema, bytes })));
        }
        packed.end()?;
        random.end()?;
        Ok(Self { bodies })
    }
}
