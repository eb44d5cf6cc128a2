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
    let (seat, _) = ours.map_err(|refusal| HandshakeError::Refused {
        by: RefusedBy::Us,
        refusal,
    })?;
    match decode(&theirs?)? {
        Verdict::Member => {}
        Verdict::Guest => seat.lower(Standing::Guest),
        Verdict::Refused(refusal) => {
            return Err(HandshakeError::Refused {
                by: RefusedBy::Them,
                refusal,
            });
        }
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
    use std::{
        io,
        pin::Pin,
        task::{Context, Poll},
    };

    use futures::{FutureExt, io::Cursor};
    use libp2p::Multiaddr;

    use super::*;
    use crate::roll::Places;

    /// The other side as a script: what it will say, and what it was told.
    struct Script {
        says: Cursor<Vec<u8>>,
        told: Vec<u8>,
    }

    impl AsyncRead for Script {
        fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut [u8]) -> Poll<io::Result<usize>> {
            Pin::new(&mut self.says).poll_read(cx, out)
        }
    }

    impl AsyncWrite for Script {
        fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
            Pin::new(&mut self.told).poll_write(cx, bytes)
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    /// Takes "good" for a member and nobody else.
    struct Strict;

    impl Gate for Strict {
        fn credential(&self, _: &PeerId) -> Vec<u8> {
            b"ours".to_vec()
        }

        fn judge(&self, _: &PeerId, shown: &[u8]) -> Result<Standing, Refusal> {
            match shown {
                b"good" => Ok(Standing::Member { organisation: [1; 32] }),
                _ => Err(Refusal::new(RefusalCode::BadCertificate, "no")),
            }
        }
    }

    fn framed(parts: &[&[u8]]) -> Vec<u8> {
        let frame = |part: &&[u8]| [&u32::try_from(part.len()).unwrap().to_be_bytes(), *part].concat();
        parts.iter().flat_map(frame).collect()
    }

    /// What becomes of this script, and what it was told.
    fn play(says: Vec<u8>) -> (String, Vec<u8>) {
        let mut io = Script {
            says: Cursor::new(says),
            told: Vec::new(),
        };
        let address: Multiaddr = "/ip4/127.0.0.1/tcp/1".parse().unwrap();
        let endpoint = ConnectedPoint::Listener {
            local_addr: address.clone(),
            send_back_addr: address,
        };
        let roll = Roll::new(Places {
            total: 1,
            per_organisation: 1,
        });
        let door = Door {
            gate: &Strict,
            roll: &roll,
        };
        let outcome = admit(&mut io, PeerId::of_secret(&[1; 32]), &endpoint, &door)
            .now_or_never()
            .unwrap();
        let outcome = match outcome {
            Ok(_) => "admitted".to_owned(),
            Err(HandshakeError::Refused { by, refusal }) => format!("{by:?} {}", refusal.code),
            Err(HandshakeError::Verdict) => "bad verdict".to_owned(),
            Err(HandshakeError::Frame(FrameError::Oversize { .. })) => "oversize".to_owned(),
            Err(HandshakeError::Frame(_)) => "broken off".to_owned(),
        };
        (outcome, io.told)
    }

    #[test]
    fn only_two_good_verdicts_admit() {
        let said_no = b"\x03revoked\nbecause";
        let cases: [(Vec<u8>, &str); 10] = [
            (framed(&[b"good", &[TAG_MEMBER]]), "admitted"),
            (framed(&[b"good", &[TAG_GUEST]]), "admitted"),
            (framed(&[b"good", said_no]), "Them revoked"),
            (framed(&[b"evil", &[TAG_MEMBER]]), "Us bad_certificate"),
            (framed(&[b"evil", said_no]), "Us bad_certificate"),
            (framed(&[b"evil"]), "Us bad_certificate"),
            (framed(&[b"good", &[TAG_MEMBER, 0]]), "bad verdict"),
            (framed(&[b"good"]), "broken off"),
            (vec![0, 0, 0], "broken off"),
            (vec![0, 0, 0x10, 1], "oversize"),
        ];
        for (says, expected) in cases {
            assert_eq!(play(says.clone()).0, expected, "{says:?}");
        }
    }

    #[test]
    fn a_refused_node_is_told_why() {
        let (_, told) = play(framed(&[b"evil", &[TAG_MEMBER]]));
        assert_eq!(told, framed(&[b"ours", b"\x03bad_certificate\nno"]));
    }

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
