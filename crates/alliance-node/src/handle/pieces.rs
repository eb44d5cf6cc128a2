//! Long answers, handed on piece by piece from a thread that reads the store: no faster than they are taken, and no longer than
//! they may be given.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use tokio::runtime::Handle as Runtime;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use crate::underway::{Cut, Part};

/// Bytes that are handed on at once.
const PIECE_BYTES: usize = 65_536;
/// Pieces that wait for a slow reader.
const PIECES_WAITING_MAX: usize = 2;
/// How long an answer is worked on, and waits for its reader: a million records take some minutes, and a line may be slow.
pub(super) const ANSWER_MAX: Duration = Duration::from_hours(1);

/// The bytes of a long answer, piece by piece.
#[derive(Debug)]
pub struct Pieces {
    received: mpsc::Receiver<Bytes>,
    cut: Cut,
    writing: JoinHandle<()>,
    /// How the writing ended; nothing while it goes on, and for ever where its thread has failed.
    end: Arc<OnceLock<Result<(), String>>>,
    is_over: bool,
}

impl Pieces {
    /// Has a long answer written on a thread of its own.
    pub(super) fn written<E: Display>(
        part: Part,
        what: &'static str,
        write: impl FnOnce(Sink) -> Result<(), E> + Send + 'static,
    ) -> Self {
        let (pieces, received) = mpsc::channel(PIECES_WAITING_MAX);
        let (cut, until) = (part.cut(), Instant::now() + ANSWER_MAX);
        let end = Arc::new(OnceLock::new());
        let ended = Arc::clone(&end);
        let writing = tokio::task::spawn_blocking(move || {
            // Until nothing is read for it any more.
            let part = part;
            let outlet = Outlet {
                pieces,
                cut: part.cut(),
                until,
            };
            // Kept until it is said how it ended: the end of the channel asks for that.
            let _open = outlet.clone();
            let written = write(Sink::new(outlet)).map_err(|error| error.to_string());
            if let Err(error) = &written {
                tracing::warn!(%error, "{what} was not finished");
            }
            // It is read once nothing comes any more: what may not go out in time can still be told.
            let _ = ended.set(written);
        });
        Self {
            received,
            cut,
            writing,
            end,
            is_over: false,
        }
    }

    /// The next piece. An error is the last: what came is not whole, because the store could not be read, it took too long, or
    /// something was removed meanwhile that may be in it.
    pub async fn recv(&mut self) -> Option<Result<Bytes, io::Error>> {
        if self.is_over {
            return None;
        }
        let is_written = self.received.is_closed() && self.received.is_empty();
        let piece = tokio::select! {
            biased;
            () = self.cut.made(), if !is_written => Some(Err(cut_off())),
            piece = self.received.recv() => match piece {
                Some(bytes) => Some(Ok(bytes)),
                None => self.fault().map(Err),
            },
        };
        if !matches!(piece, Some(Ok(_))) {
            self.is_over = true;
            self.received.close();
        }
        piece
    }

    /// Why the answer is not whole, once nothing comes any more.
    fn fault(&self) -> Option<io::Error> {
        match self.end.get() {
            Some(Ok(())) => None,
            Some(Err(error)) => Some(io::Error::other(error.clone())),
            None => Some(io::Error::other("the node failed at writing it")),
        }
    }

    /// Waits until nothing of it is read or written any more. What was not received is lost.
    pub async fn end(self) {
        drop(self.received);
        // It has ended by itself, or by a fault that the log tells.
        let _ = self.writing.await;
    }
}

fn cut_off() -> io::Error {
    io::Error::other("a record was removed meanwhile, or the node ends: ask for it again")
}

/// Where pieces go out.
#[derive(Clone)]
pub(super) struct Outlet {
    pieces: mpsc::Sender<Bytes>,
    cut: Cut,
    until: Instant,
}

impl Outlet {
    /// Whether nobody takes any more.
    pub(super) fn is_closed(&self) -> bool {
        self.pieces.is_closed() || self.cut.is_made()
    }

    /// Waits for a slow reader, unless it has gone, took too long, or the answer has to end.
    fn send(&self, piece: Bytes) -> io::Result<()> {
        let mut cut = self.cut.clone();
        Runtime::current().block_on(async {
            tokio::select! {
                biased;
                () = cut.made() => Err(cut_off()),
                () = sleep_until(self.until) => Err(io::Error::from(io::ErrorKind::TimedOut)),
                sent = self.pieces.send(piece) => sent.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe)),
            }
        })
    }
}

/// Takes what is written, and hands it on in pieces.
pub(super) struct Sink {
    outlet: Outlet,
    waiting: Vec<u8>,
}

impl Sink {
    const fn new(outlet: Outlet) -> Self {
        Self {
            outlet,
            waiting: Vec::new(),
        }
    }

    pub(super) fn outlet(&self) -> Outlet {
        self.outlet.clone()
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= PIECE_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::take(&mut self.waiting));
        self.outlet.send(piece)
    }
}

#[cfg(test)]
mod tests {
    //! What a reader is told of how an answer ended.

    use super::*;
    use crate::underway::Underway;

    async fn read(write: impl FnOnce(Sink) -> Result<(), String> + Send + 'static) -> (usize, Option<String>) {
        let mut pieces = Pieces::written(Underway::default().enter(), "a test", write);
        let (mut bytes, mut fault) = (0, None);
        while let Some(piece) = pieces.recv().await {
            match piece {
                Ok(piece) => bytes += piece.len(),
                Err(error) => fault = Some(error.to_string()),
            }
        }
        (bytes, fault)
    }

    #[tokio::test]
    async fn only_what_was_written_to_its_end_is_whole() {
        let all = |mut sink: Sink| {
            for _ in 0..10 {
                sink.write_all(&[7; PIECE_BYTES]).unwrap();
            }
            sink.flush().map_err(|error| error.to_string())
        };
        assert_eq!(read(all).await, (10 * PIECE_BYTES, None));
        let half = |mut sink: Sink| {
            sink.write_all(&[7; PIECE_BYTES]).unwrap();
            Err("the store is gone".to_owned())
        };
        assert_eq!(read(half).await, (PIECE_BYTES, Some("the store is gone".to_owned())));
        let (bytes, fault) = read(|_| panic!("a fault of the node's own")).await;
        assert!(bytes == 0 && fault.is_some());
        let late = |mut sink: Sink| {
            sink.outlet.until = Instant::now().checked_sub(Duration::from_secs(5)).unwrap();
            sink.write_all(&[7; PIECE_BYTES]).map_err(|error| error.to_string())
        };
        let (bytes, fault) = read(late).await;
        assert!(bytes == 0 && fault.is_some());
    }
}
