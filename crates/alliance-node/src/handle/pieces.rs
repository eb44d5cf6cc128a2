//! Long answers, handed on piece by piece from a thread that reads the store: no faster than they are taken, and no longer than
//! they may be given.

use std::fmt::Display;
use std::io::{self, Write};

use bytes::Bytes;
use tokio::runtime::Handle as Runtime;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::underway::{Cut, Part};

/// Bytes that are handed on at once.
const PIECE_BYTES: usize = 65_536;
/// Pieces that wait for a slow reader.
const PIECES_WAITING_MAX: usize = 2;

type Piece = Result<Bytes, io::Error>;

/// The bytes of a long answer, piece by piece.
#[derive(Debug)]
pub struct Pieces {
    received: mpsc::Receiver<Piece>,
    cut: Cut,
    writing: JoinHandle<()>,
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
        let cut = part.cut();
        let writing = tokio::task::spawn_blocking(move || {
            // Until nothing is read for it any more.
            let part = part;
            let outlet = Outlet {
                pieces,
                cut: part.cut(),
            };
            if let Err(error) = write(Sink::new(outlet.clone())) {
                tracing::warn!(%error, "{what} was not finished");
                // Whoever reads is told, if anybody still does.
                let _ = outlet.send(Err(io::Error::other(error.to_string())));
            }
        });
        Self {
            received,
            cut,
            writing,
            is_over: false,
        }
    }

    /// The next piece. An error is the last: what came is not whole, because the store could not be read, it took too long, or
    /// something was removed meanwhile that may be in it.
    pub async fn recv(&mut self) -> Option<Result<Bytes, io::Error>> {
        let is_whole = self.received.is_closed() && self.received.is_empty();
        if self.is_over || is_whole {
            return None;
        }
        tokio::select! {
            biased;
            () = self.cut.made() => {
                self.is_over = true;
                self.received.close();
                Some(Err(cut_off()))
            }
            piece = self.received.recv() => piece,
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
    pieces: mpsc::Sender<Piece>,
    cut: Cut,
}

impl Outlet {
    /// Whether nobody takes any more.
    pub(super) fn is_closed(&self) -> bool {
        self.pieces.is_closed() || self.cut.is_made()
    }

    /// Waits for a slow reader, unless it has gone or the answer has to end.
    fn send(&self, piece: Piece) -> io::Result<()> {
        let mut cut = self.cut.clone();
        Runtime::current().block_on(async {
            tokio::select! {
                biased;
                () = cut.made() => Err(cut_off()),
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
        self.outlet.send(Ok(piece))
    }
}
