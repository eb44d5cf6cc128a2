//! How many things a message holds, counted before memory is taken for any: an empty one takes two bytes of a frame, and
//! over a hundred when it is read.

use crate::error::{WireError, at_most};

/// Fields of the message in a sync or join frame: should each number of a pull stand alone, it has half as many, and no
/// other has more.
pub(crate) const FRAME_FIELDS_MAX: usize = 4096;

/// Bytes of the longest number.
const VARINT_BYTES_MAX: usize = 10;

/// Refuses a frame whose message has more fields than that, or parts that cannot be told apart. What lies deeper is not
/// counted: it is small, or there is one of it.
pub(crate) fn at_most_fields(place: &'static str, frame: &[u8], max: usize) -> Result<(), WireError> {
    let bad = WireError::BadEncoding { place };
    let mut count = 0;
    let mut rest = frame;
    while !rest.is_empty() {
        let mut message = take_field(&mut rest).ok_or(bad.clone())?;
        count += 1;
        while !message.is_empty() {
            take_field(&mut message).ok_or(bad.clone())?;
            count += 1;
        }
        at_most(place, count, max)?;
    }
    Ok(())
}

/// Takes the first field off; what it holds, if that has a length. Groups are of no message here.
fn take_field<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = match take_varint(rest)? & 7 {
        0 => return take_varint(rest).map(|_| &[][..]),
        1 => return rest.split_off(..8).map(|_| &[][..]),
        2 => usize::try_from(take_varint(rest)?).ok()?,
        5 => return rest.split_off(..4).map(|_| &[][..]),
        _ => return None,
    };
    rest.split_off(..length)
}

fn take_varint(rest: &mut &[u8]) -> Option<u64> {
    let is_last = |byte: &u8| byte & 0x80 == 0;
    let last = rest.iter().take(VARINT_BYTES_MAX).position(is_last)?;
    let bytes = rest.split_off(..=last)?;
    let number = bytes
        .iter()
        .rev()
        .fold(0, |number: u64, byte| number << 7 | u64::from(byte & 0x7f));
    Some(number)
}
