//! Completes what the kernel leaves to hardware: the checksum of a TCP segment on its way through a virtual device.
//!
//! On a real wire the network card fills it in. Here the segment comes to this program instead, and its receiver would
//! take it for damaged. Touches nothing else, and nothing that is not TCP over IPv4.

/// Bytes of an Ethernet header.
const ETHERNET_BYTES: usize = 14;
const IPV4: [u8; 2] = [8, 0];
const TCP: u8 = 6;
/// Where the checksum is in TCP's header.
const CHECKSUM_AT: usize = 16;

/// Fills in the checksum of the segment in an Ethernet frame, if there is one.
pub(crate) fn complete(frame: &mut [u8]) {
    let _ = segment(frame).map(fill);
}

/// A segment and the sum of what IP adds to its checksum: addresses, protocol, length.
fn segment(frame: &mut [u8]) -> Option<(&mut [u8], u64)> {
    let (ethernet, packet) = frame.split_at_mut_checked(ETHERNET_BYTES)?;
    if ethernet.get(12..14)? != IPV4 || *packet.get(9)? != TCP {
        return None;
    }
    let header_bytes = usize::from(packet.first()? & 15) * 4;
    let total_bytes = usize::from(u16::from_be_bytes([*packet.get(2)?, *packet.get(3)?]));
    let addresses = sum(packet.get(12..20)?);
    let segment = packet.get_mut(header_bytes..total_bytes)?;
    let also = addresses + u64::from(TCP) + segment.len() as u64;
    Some((segment, also))
}

fn fill((segment, also): (&mut [u8], u64)) {
    let Some(place) = segment.get_mut(CHECKSUM_AT..CHECKSUM_AT + 2) else {
        return;
    };
    place.fill(0);
    let mut folded = also + sum(segment);
    while folded > 0xffff {
        folded = (folded & 0xffff) + (folded >> 16);
    }
    let checksum = !u16::try_from(folded).unwrap_or_default();
    segment[CHECKSUM_AT..CHECKSUM_AT + 2].copy_from_slice(&checksum.to_be_bytes());
}

/// Sum of 16-bit words; an odd last byte counts as if a zero followed.
fn sum(bytes: &[u8]) -> u64 {
    let word = |pair: &[u8]| u64::from(pair[0]) << 8 | pair.get(1).map_or(0, |low| u64::from(*low));
    bytes.chunks(2).map(word).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame with an acknowledgement from 192.168.1.2 to 192.168.1.1, and no checksum yet.
    const ACKNOWLEDGEMENT: [u8; 54] = [
        2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, // Ethernet
        0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, 6, 0xb7, 0x7c, 192, 168, 1, 2, 192, 168, 1, 1, // IP
        0x0f, 0xa1, 0xc3, 0x50, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, 0x10, 1, 0, 9, 9, 0, 0, // TCP
    ];

    #[test]
    fn a_segment_gets_its_checksum() {
        let mut frame = ACKNOWLEDGEMENT;
        complete(&mut frame);
        // What is right sums up to all ones, its own checksum included.
        let total = sum(&frame[26..34]) + 6 + 20 + sum(&frame[34..]);
        assert_eq!((total & 0xffff) + (total >> 16), 0xffff, "{:x?}", &frame[50..52]);
        assert_eq!(frame[..50], ACKNOWLEDGEMENT[..50]);
    }

    #[test]
    fn other_frames_and_half_ones_stay_as_they_are() {
        let mut other = ACKNOWLEDGEMENT;
        other[23] = 17;
        let before = other;
        complete(&mut other);
        assert_eq!(other, before);
        for bytes in 0..ACKNOWLEDGEMENT.len() {
            let mut half = ACKNOWLEDGEMENT[..bytes].to_vec();
            complete(&mut half);
            assert_eq!(half, ACKNOWLEDGEMENT[..bytes]);
        }
    }
}
