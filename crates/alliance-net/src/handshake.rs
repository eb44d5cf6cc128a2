//! Owns the exchange of credentials inside the security upgrade: each side shows, judges, and tells its verdict.
//! It never sees a socket that Noise has not secured, and never keeps a refused one.

use futures::{AsyncRead, AsyncWrite};
use libp2p::core::ConnectedPoint;

use crate::{
    Gate, PeerId, Refusal, RefusalCode, Standing,
    limits::{CREDENTIAL_BYTES_MAX, VERDICT_BYTES_MAX},
    roll::{Roll, Seat},
    streams::frame::{FrameError, read_bounded, write_bounded},
};

const TAG_MEMBER: u8 = 1;
const TAG_GUEST: u8 = 2;
const TAG_REFUSED: u8 = 3;
/// Separates code and reason in a refusal; a reason holds no control characters.
const CODE_END: u8 = b'\n';

/// Who refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefusedBy {
    /// Our gate refused the other node.
    Us,
    /// The other node's gate refused us.
    Them,
}

/// Why the exchange did not end in admission.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HandshakeError {
    #[error("refused ({refusal})")]
    Refused { by: RefusedBy, refusal: Refusal },
    #[error("its credentials could not be exchanged: {0}")]
    Frame(#[from] FrameError),
    #[error("it sent a verdict that this version cannot read")]
    Verdict,
}

/// What one side tells the other.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    Member,
    Guest,
    Refused(Refusal),
}

/// Exchanges credentials and verdicts over `io`. Both sides always send both messages before either gives up, so that a
/// refusal arrives and is not swallowed by the closing of the socket.
pub(crate) async fn admit<T: AsyncRead + AsyncWrite + Unpin>(
    io: &mut T,
    remote: PeerId,
    endpoint: &ConnectedPoint,
    door: &Door<'_>,
) -> Result<Seat, HandshakeError> {
    write_bounded(io, &door.gate.credential(&remote), CREDENTIAL_BYTES_MAX).await?;
    let shown = read_bounded(io, CREDENTIAL_BYTES_MAX).await?;
    let ours = judge(&shown, remote, endpoint, door);
    let told = match &ours {
        Ok((_, Standing::Member { .. })) => Verdict::Member,
        Ok((_, Standing::Guest)) => Verdict::Guest,
        Err(refusal) => Verdict::Refused(refusal.clone()),
    };
    write_bounded(io, &encode(&told), VERDICT_BYTES_MAX).await?;
    let theirs = read_bounded(io, VERDICT_BYTES_MAX).await;
    let (seat, _) = ours.map_err(|refusal| HandshakeError::Refused { by: RefusedBy::Us, refusal })?;
    match decode(&theirs?)? {
        Verdict::Member => {}
        Verdict::Guest => seat.lower(Standing::Guest),
        Verdict::Refused(refusal) => return Err(HandshakeError::Refused { by: RefusedBy::Them, refusal }),
    }
    Ok(seat)
}

/// What stands at the door: the node's gate, and the roll with its places.
pub(crate) struct Door<'a> {
    pub(crate) gate: &'a dyn Gate,
    pub(crate) roll: &'a Roll,
}

fn judge(
    shown: &[u8],
    remote: PeerId,
    endpoint: &ConnectedPoint,
    door: &Door<'_>,
) -> Result<(Seat, Standing), Refusal> {
    let standing = door.gate.judge(&remote, shown)?;
    let seat = door.roll.seat(remote, endpoint, standing, shown)?;
    Ok((seat, standing))
}

fn encode(verdict: &Verdict) -> Vec<u8> {
    match verdict {
        Verdict::Member => vec![TAG_MEMBER],
        Verdict::Guest => vec![TAG_GUEST],
        Verdict::Refused(refusal) => {
            let mut bytes = vec![TAG_REFUSED];
            bytes.extend_from_slice(refusal.code.as_str().as_bytes());
            bytes.push(CODE_END);
            bytes.extend_from_slice(refusal.reason().as_bytes());
            bytes
        }
    }
}

fn decode(bytes: &[u8]) -> Result<Verdict, HandshakeError> {
    match bytes.split_first() {
        Some((&TAG_MEMBER, [])) => Ok(Verdict::Member),
        Some((&TAG_GUEST, [])) => Ok(Verdict::Guest),
        Some((&TAG_REFUSED, rest)) => Ok(Verdict::Refused(decode_refusal(rest))),
        _ => Err(HandshakeError::Verdict),
    }
}

fn decode_refusal(bytes: &[u8]) -> Refusal {
    let text = String::from_utf8_lossy(bytes);
    let (word, reason) = text.split_once(char::from(CODE_END)).unwrap_or((&text, ""));
    Refusal::new(RefusalCode::from_word(word), reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_return_from_their_bytes() {
        let longest = Refusal::new(RefusalCode::CertificateNotYetValid, &"\u{10348}".repeat(300));
        for verdict in [Verdict::Member, Verdict::Guest, Verdict::Refused(longest)] {
            let bytes = encode(&verdict);
            assert!(bytes.len() <= VERDICT_BYTES_MAX);
            assert_eq!(decode(&bytes).unwrap(), verdict);
        }
    }

    #[test]
    fn malformed_verdicts_never_admit() {
        for bytes in [&b""[..], &[0], &[9], &[TAG_MEMBER, 0], &[TAG_GUEST, TAG_MEMBER]] {
            assert!(decode(bytes).is_err(), "{bytes:?}");
        }
        for bytes in [&[TAG_REFUSED][..], &[TAG_REFUSED, 0xff], b"\x03from_the_future\nwait"] {
            assert!(matches!(decode(bytes).unwrap(), Verdict::Refused(r) if r.code == RefusalCode::Unrecognised));
        }
    }
}
