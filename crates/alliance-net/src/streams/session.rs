//! Owns an open stream of frames, and the answer with which it begins: "open", or "busy" with a time to ask again.

use std::time::Duration;

use bytes::Bytes;
use futures::{
    AsyncReadExt,
    io::{ReadHalf, WriteHalf},
};
use libp2p::Stream;
use tokio::time::timeout;

use super::{
    OpenError,
    frame::{FrameError, Reader, Writer},
    tally::Permit,
};
use crate::{PeerId, limits::OPEN_TIMEOUT};

const ANSWER_OPEN: u8 = 1;
const ANSWER_BUSY: u8 = 2;
/// A peer may not send us away for longer than this.
const RETRY_AFTER_LONGEST: Duration = Duration::from_secs(3600);

/// A stream of frames of at most 1 MiB with one peer. Nothing is buffered beyond one frame: a slow reader slows the writer.
///
/// Dropping it resets the stream; [`FrameStream::finish`] ends it so that the other side reads to the end.
#[derive(Debug)]
pub struct FrameStream {
    sender: FrameSender,
    receiver: FrameReceiver,
}

/// The sending half of a [`FrameStream`].
#[derive(Debug)]
pub struct FrameSender {
    writer: Writer<WriteHalf<Stream>>,
}

/// The receiving half of a [`FrameStream`].
#[derive(Debug)]
pub struct FrameReceiver {
    reader: Reader<ReadHalf<Stream>>,
    _permit: Option<Permit>,
}

impl FrameStream {
    fn new(stream: Stream, permit: Option<Permit>) -> Self {
        let (source, sink) = stream.split();
        Self {
            sender: FrameSender {
                writer: Writer::new(sink),
            },
            receiver: FrameReceiver {
                reader: Reader::new(source),
                _permit: permit,
            },
        }
    }

    /// Sends one frame of at most 1 MiB and waits until the socket has taken it, 30 s at most.
    ///
    /// # Errors
    /// [`FrameError::Oversize`] leaves the stream as it was; after any other the stream is of no more use. Dropping the
    /// future half way breaks the stream.
    pub async fn send(&mut self, frame: Bytes) -> Result<(), FrameError> {
        self.sender.send(frame).await
    }

    /// Receives the next frame; `None` when the other side has finished. May be dropped and called again without loss.
    ///
    /// # Errors
    /// After any error the stream is of no more use. Silence of 60 s is [`FrameError::Idle`].
    pub async fn recv(&mut self) -> Result<Option<Bytes>, FrameError> {
        self.receiver.recv().await
    }

    /// Ends our side: the other side receives `None` after the last frame. Its frames can still be received.
    ///
    /// # Errors
    /// When the connection fails or the other side does not read.
    pub async fn finish(&mut self) -> Result<(), FrameError> {
        self.sender.finish().await
    }

    /// Both halves, for two tasks. An inbound session counts against the limits until its receiving half is dropped.
    #[must_use]
    pub fn split(self) -> (FrameSender, FrameReceiver) {
        (self.sender, self.receiver)
    }
}

impl FrameSender {
    /// As [`FrameStream::send`].
    ///
    /// # Errors
    /// As [`FrameStream::send`].
    pub async fn send(&mut self, frame: Bytes) -> Result<(), FrameError> {
        self.writer.send(&frame).await
    }

    /// As [`FrameStream::finish`].
    ///
    /// # Errors
    /// As [`FrameStream::finish`].
    pub async fn finish(&mut self) -> Result<(), FrameError> {
        self.writer.finish().await
    }
}

impl FrameReceiver {
    /// As [`FrameStream::recv`].
    ///
    /// # Errors
    /// As [`FrameStream::recv`].
    pub async fn recv(&mut self) -> Result<Option<Bytes>, FrameError> {
        self.reader.recv().await
    }
}

/// Tells the opener that its stream is open. The caller has made sure before that somebody will take it.
pub(crate) async fn accept(stream: Stream, permit: Permit) -> Result<FrameStream, FrameError> {
    let mut stream = FrameStream::new(stream, Some(permit));
    stream.send(Bytes::from_static(&[ANSWER_OPEN])).await?;
    Ok(stream)
}

/// Tells the opener to ask again later.
pub(crate) async fn decline(stream: Stream, retry_after: Duration) -> Result<(), FrameError> {
    let mut stream = FrameStream::new(stream, None);
    let seconds = u32::try_from(retry_after.as_secs()).unwrap_or(u32::MAX);
    let mut answer = vec![ANSWER_BUSY];
    answer.extend_from_slice(&seconds.to_be_bytes());
    stream.send(answer.into()).await?;
    stream.finish().await
}

/// Awaits the answer to a stream that we opened.
pub(crate) async fn opened(stream: Stream, peer: PeerId) -> Result<FrameStream, OpenError> {
    let mut stream = FrameStream::new(stream, None);
    let answer = timeout(OPEN_TIMEOUT, stream.recv())
        .await
        .map_err(|_| OpenError::TimedOut { peer })?;
    match answer {
        Ok(Some(answer)) => read_answer(&answer, peer).map(|()| stream),
        Ok(None) | Err(_) => Err(OpenError::Closed { peer }),
    }
}

fn read_answer(answer: &[u8], peer: PeerId) -> Result<(), OpenError> {
    match *answer {
        [ANSWER_OPEN] => Ok(()),
        [ANSWER_BUSY, a, b, c, d] => {
            let retry_after = Duration::from_secs(u32::from_be_bytes([a, b, c, d]).into()).min(RETRY_AFTER_LONGEST);
            Err(OpenError::Busy { peer, retry_after })
        }
        _ => Err(OpenError::Closed { peer }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_open_delay_or_end() {
        let peer = PeerId::of_secret(&[1; 32]);
        assert!(read_answer(&[1], peer).is_ok());
        for (bytes, seconds) in [([2, 0, 0, 0, 5], 5), ([2, 255, 255, 255, 255], 3600)] {
            let Err(OpenError::Busy { retry_after, .. }) = read_answer(&bytes, peer) else {
                panic!("{bytes:?}")
            };
            assert_eq!(retry_after.as_secs(), seconds);
        }
        for bytes in [&[][..], &[0], &[1, 1], &[2, 0, 0, 0], &[3]] {
            assert!(
                matches!(read_answer(bytes, peer), Err(OpenError::Closed { .. })),
                "{bytes:?}"
            );
        }
    }
}
