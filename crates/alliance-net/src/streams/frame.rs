//! Owns frames on a byte stream: a `u32` big-endian length, then that many bytes. It never knows what they mean.

use std::{future::Future, io, time::Duration};

use bytes::{Bytes, BytesMut};
use futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout, timeout_at};

use crate::limits::{FRAME_BYTES_MAX, FRAME_DEADLINE, FRAME_GROWTH_BYTES, STREAM_IDLE};

const HEADER_BYTES: usize = 4;

/// Why a frame did not pass. After any of these but [`FrameError::Oversize`] on sending, the stream is of no more use.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// A frame is longer than allowed. On sending: nothing was sent. On receiving: nothing was read of it.
    #[error("a frame of {bytes} bytes is over the limit of {limit_bytes}; send it in smaller parts")]
    Oversize {
        /// Bytes of the frame.
        bytes: usize,
        /// The limit.
        limit_bytes: usize,
    },
    /// The stream ended inside a frame.
    #[error("the stream ended {missing_bytes} bytes before the end of a frame; resume on a new stream")]
    Truncated {
        /// Bytes that are missing, of the header or of the body.
        missing_bytes: usize,
    },
    /// A frame took longer than 30 s from its first byte to its last.
    #[error("a frame was not through after {} s; the line is too slow or the other side does not read", FRAME_DEADLINE.as_secs())]
    Late,
    /// No frame began within 60 s.
    #[error("the other side said nothing for {} s", STREAM_IDLE.as_secs())]
    Idle,
    /// An earlier error, or a call that was dropped half way, left the stream inside a frame.
    #[error("the stream broke earlier; open a new one")]
    Broken,
    /// The connection failed.
    #[error("the connection failed: {0}")]
    Io(#[from] io::Error),
}

/// The reading half. `recv` may be dropped and called again: what was read is kept.
#[derive(Debug)]
pub(crate) struct Reader<R> {
    source: R,
    header: [u8; HEADER_BYTES],
    header_read_bytes: usize,
    body: BytesMut,
    body_read_bytes: usize,
    deadline: Option<Instant>,
    end: End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Open,
    Finished,
    Broken,
}

impl<R: AsyncRead + Unpin> Reader<R> {
    pub(crate) fn new(source: R) -> Self {
        Self {
            source,
            header: [0; HEADER_BYTES],
            header_read_bytes: 0,
            body: BytesMut::new(),
            body_read_bytes: 0,
            deadline: None,
            end: End::Open,
        }
    }

    pub(crate) async fn recv(&mut self) -> Result<Option<Bytes>, FrameError> {
        match self.end {
            End::Open => {}
            End::Finished => return Ok(None),
            End::Broken => return Err(FrameError::Broken),
        }
        let received = self.frame().await;
        match received {
            Ok(None) => self.end = End::Finished,
            Err(_) => self.end = End::Broken,
            Ok(Some(_)) => {}
        }
        received
    }

    async fn frame(&mut self) -> Result<Option<Bytes>, FrameError> {
        while self.header_read_bytes < HEADER_BYTES {
            let count = self.read_header().await?;
            if count == 0 && self.header_read_bytes == 0 {
                return Ok(None);
            }
            if count == 0 {
                return Err(FrameError::Truncated {
                    missing_bytes: HEADER_BYTES - self.header_read_bytes,
                });
            }
            self.header_read_bytes += count;
            self.deadline.get_or_insert_with(|| Instant::now() + FRAME_DEADLINE);
        }
        let length_bytes = u32::from_be_bytes(self.header) as usize;
        if length_bytes > FRAME_BYTES_MAX {
            return Err(FrameError::Oversize {
                bytes: length_bytes,
                limit_bytes: FRAME_BYTES_MAX,
            });
        }
        while self.body_read_bytes < length_bytes {
            self.read_body(length_bytes).await?;
        }
        self.header_read_bytes = 0;
        self.body_read_bytes = 0;
        self.deadline = None;
        Ok(Some(self.body.split().freeze()))
    }

    async fn read_header(&mut self) -> Result<usize, FrameError> {
        let (until, late) = match self.deadline {
            None => (Instant::now() + STREAM_IDLE, FrameError::Idle),
            Some(deadline) => (deadline, FrameError::Late),
        };
        let rest = &mut self.header[self.header_read_bytes..];
        Ok(timeout_at(until, self.source.read(rest)).await.map_err(|_| late)??)
    }

    /// The buffer grows by a step at a time; `body_read_bytes` tells how much of it is filled, also after a dropped call.
    async fn read_body(&mut self, length_bytes: usize) -> Result<(), FrameError> {
        if self.body.len() == self.body_read_bytes {
            self.body
                .resize(length_bytes.min(self.body_read_bytes + FRAME_GROWTH_BYTES), 0);
        }
        let deadline = *self.deadline.get_or_insert_with(|| Instant::now() + FRAME_DEADLINE);
        let read = self.source.read(&mut self.body[self.body_read_bytes..]);
        let count = timeout_at(deadline, read).await.map_err(|_| FrameError::Late)??;
        if count == 0 {
            return Err(FrameError::Truncated {
                missing_bytes: length_bytes - self.body_read_bytes,
            });
        }
        self.body_read_bytes += count;
        Ok(())
    }
}

/// The writing half. Dropping `send` half way breaks the stream, and later calls say so.
#[derive(Debug)]
pub(crate) struct Writer<W> {
    sink: W,
    broken: bool,
}

impl<W: AsyncWrite + Unpin> Writer<W> {
    pub(crate) fn new(sink: W) -> Self {
        Self { sink, broken: false }
    }

    pub(crate) async fn send(&mut self, body: &[u8]) -> Result<(), FrameError> {
        let length = length_of(body, FRAME_BYTES_MAX)?;
        if self.broken {
            return Err(FrameError::Broken);
        }
        self.broken = true;
        within(FRAME_DEADLINE, write(&mut self.sink, length, body)).await?;
        self.broken = false;
        Ok(())
    }

    pub(crate) async fn finish(&mut self) -> Result<(), FrameError> {
        within(FRAME_DEADLINE, self.sink.close()).await
    }
}

/// Writes one frame of at most `limit_bytes`, without a deadline of its own.
pub(crate) async fn write_bounded<W: AsyncWrite + Unpin>(
    sink: &mut W,
    body: &[u8],
    limit_bytes: usize,
) -> Result<(), FrameError> {
    let length = length_of(body, limit_bytes)?;
    Ok(write(sink, length, body).await?)
}

/// Reads one frame of at most `limit_bytes`, without a deadline of its own. The length is checked before memory is taken.
pub(crate) async fn read_bounded<R: AsyncRead + Unpin>(
    source: &mut R,
    limit_bytes: usize,
) -> Result<Vec<u8>, FrameError> {
    let mut header = [0; HEADER_BYTES];
    source.read_exact(&mut header).await?;
    let length_bytes = u32::from_be_bytes(header) as usize;
    if length_bytes > limit_bytes {
        return Err(FrameError::Oversize {
            bytes: length_bytes,
            limit_bytes,
        });
    }
    let mut body = vec![0; length_bytes];
    source.read_exact(&mut body).await?;
    Ok(body)
}

fn length_of(body: &[u8], limit_bytes: usize) -> Result<u32, FrameError> {
    let oversize = FrameError::Oversize {
        bytes: body.len(),
        limit_bytes,
    };
    if body.len() > limit_bytes {
        return Err(oversize);
    }
    u32::try_from(body.len()).map_err(|_| oversize)
}

async fn write<W: AsyncWrite + Unpin>(sink: &mut W, length: u32, body: &[u8]) -> io::Result<()> {
    sink.write_all(&length.to_be_bytes()).await?;
    sink.write_all(body).await?;
    sink.flush().await
}

async fn within<T>(limit: Duration, work: impl Future<Output = io::Result<T>>) -> Result<T, FrameError> {
    Ok(timeout(limit, work).await.map_err(|_| FrameError::Late)??)
}

#[cfg(test)]
mod tests {
    use std::{
        pin::Pin,
        task::{Context, Poll},
    };

    use futures::io::Cursor;
    use proptest::prelude::*;

    use super::*;

    /// Yields its bytes and then neither more bytes nor an end.
    struct Stalled(Cursor<Vec<u8>>);

    impl AsyncRead for Stalled {
        fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut [u8]) -> Poll<io::Result<usize>> {
            if self.0.position() == self.0.get_ref().len() as u64 {
                return Poll::Pending;
            }
            Pin::new(&mut self.0).poll_read(cx, out)
        }
    }

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap()
    }

    fn received(bytes: Vec<u8>) -> Vec<Result<Option<Bytes>, FrameError>> {
        runtime().block_on(async {
            let mut reader = Reader::new(Cursor::new(bytes));
            let mut all = Vec::new();
            for _ in 0..4 {
                all.push(reader.recv().await);
            }
            all
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn frames_return_whole_and_in_order(frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..3_000), 0..4)) {
            runtime().block_on(async {
                let mut writer = Writer::new(Cursor::new(Vec::new()));
                for frame in &frames {
                    writer.send(frame).await.unwrap();
                }
                let mut reader = Reader::new(Cursor::new(writer.sink.into_inner()));
                for frame in &frames {
                    assert_eq!(reader.recv().await.unwrap().unwrap(), frame);
                }
                assert!(reader.recv().await.unwrap().is_none());
            });
        }

        #[test]
        fn any_bytes_are_read_without_fault(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            received(bytes);
        }
    }

    #[test]
    fn a_frame_longer_than_one_step_of_the_buffer_returns_whole() {
        let body: Vec<u8> = (0..=u8::MAX).cycle().take(3 * FRAME_GROWTH_BYTES + 1).collect();
        let mut bytes = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
        bytes.extend_from_slice(&body);
        assert_eq!(received(bytes).remove(0).unwrap().unwrap(), body);
    }

    #[test]
    fn an_end_inside_a_frame_is_told_with_what_is_missing() {
        for (bytes, missing) in [(vec![0, 0], 2), (vec![0, 0, 0, 5, 1, 2], 3), (vec![0, 0, 0, 1], 1)] {
            let all = received(bytes);
            assert!(
                matches!(all[0], Err(FrameError::Truncated { missing_bytes }) if missing_bytes == missing),
                "{all:?}"
            );
            assert!(matches!(all[1], Err(FrameError::Broken)));
        }
    }

    #[test]
    fn an_oversize_header_is_refused_before_memory_is_taken() {
        let all = received(vec![0xff, 0xff, 0xff, 0xff, 1, 2, 3]);
        assert!(
            matches!(all[0], Err(FrameError::Oversize { bytes: 0xffff_ffff, .. })),
            "{all:?}"
        );
        assert!(matches!(all[1], Err(FrameError::Broken)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_promised_mebibyte_takes_no_memory_until_it_arrives() {
        let mut bytes = u32::try_from(FRAME_BYTES_MAX).unwrap().to_be_bytes().to_vec();
        bytes.push(1);
        let mut reader = Reader::new(Stalled(Cursor::new(bytes)));
        assert!(matches!(reader.recv().await, Err(FrameError::Late)));
        assert!(reader.body.capacity() <= FRAME_GROWTH_BYTES);
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_idle_between_frames_and_late_inside_one() {
        for (bytes, idle, waited) in [(vec![], true, STREAM_IDLE), (vec![0, 0], false, FRAME_DEADLINE)] {
            let began = Instant::now();
            let error = Reader::new(Stalled(Cursor::new(bytes))).recv().await.unwrap_err();
            assert_eq!(matches!(error, FrameError::Idle), idle, "{error}");
            assert_eq!(matches!(error, FrameError::Late), !idle, "{error}");
            assert_eq!(began.elapsed().as_secs(), waited.as_secs());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_dropped_receive_loses_nothing() {
        let mut reader = Reader::new(Stalled(Cursor::new(vec![0, 0, 0, 2, 7])));
        assert!(timeout(Duration::from_secs(1), reader.recv()).await.is_err());
        reader.source.0 = Cursor::new(vec![8]);
        assert_eq!(reader.recv().await.unwrap().unwrap(), vec![7, 8]);
    }

    #[tokio::test]
    async fn a_frame_over_the_limit_is_not_sent_and_the_stream_stays_good() {
        let mut writer = Writer::new(Cursor::new(Vec::new()));
        let error = writer.send(&vec![0; FRAME_BYTES_MAX + 1]).await.unwrap_err();
        assert!(matches!(error, FrameError::Oversize { .. }));
        writer.send(b"well").await.unwrap();
        assert_eq!(writer.sink.into_inner(), b"\0\0\0\x04well");
    }
}
