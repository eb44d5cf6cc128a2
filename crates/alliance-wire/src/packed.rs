//! Many small things of one length in one field.

use bytes::Bytes;

use crate::error::{WireError, at_most};

/// Things of one length, one after the other.
pub(crate) fn packed<T, const N: usize>(things: &[T], bytes_of: impl Fn(&T) -> [u8; N]) -> Bytes {
    things.iter().flat_map(bytes_of).collect::<Vec<u8>>().into()
}

/// Takes apart what [`packed`] put together.
pub(crate) fn unpacked<T, const N: usize>(
    place: &'static str,
    bytes: &[u8],
    count_max: usize,
    read: impl Fn(&[u8; N]) -> Result<T, WireError>,
) -> Result<Vec<T>, WireError> {
    at_most(place, bytes.len() / N, count_max)?;
    let (pieces, rest) = bytes.as_chunks::<N>();
    if !rest.is_empty() {
        return Err(WireError::BadEncoding { place });
    }
    pieces.iter().map(read).collect()
}
