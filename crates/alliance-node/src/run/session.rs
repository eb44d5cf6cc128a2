//! One sync stream: carries frames between the engine's session and the peer.
//!
//! Decides nothing. Sends and receives at once, so that neither side ever waits for the other to do the one before the
//! other. Frames that come in are read and checked on all cores, and passed on in their order.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use alliance_engine::{Input, Served, SessionId};
use alliance_net::{FrameReceiver, FrameSender, FrameStream, Net, OpenError, StreamPurpose};
use alliance_record::{Refusal, TransportId, Verdict};
use alliance_wire::{Arriving, PeerAddress, ReadFrame, SyncMessage, WireError};
use futures::StreamExt;
use futures::stream::FuturesOrdered;
use tokio::sync::mpsc;

use super::message::Message;
use super::serve::Serving;
use super::tell;
use crate::access::StoreAccess;
use crate::peer::peer_id;
use crate::shared::Shared;

/// Frames that wait for one stream at most. The engine sends few: pages of heads, wants, answers to wants.
pub(crate) const OUTGOING_MAX: usize = 512;

/// Frames of one stream that are read at once: more than cores would only hold memory.
const READING_MAX: usize = 4;

/// What the loop wants sent.
pub(crate) enum Outgoing {
    Frame(SyncMessage),
    Serve(Vec<Served>),
    Credit(u64),
    Addresses(Vec<PeerAddress>),
    Close,
}

/// What a session's task needs.
pub(crate) struct Session {
    pub(crate) id: SessionId,
    pub(crate) peer: TransportId,
    pub(crate) shared: Arc<Shared>,
    pub(crate) store: StoreAccess,
    pub(crate) inbox: mpsc::Sender<Message>,
    pub(crate) outgoing: mpsc::Receiver<Outgoing>,
    pub(crate) credit: Credit,
}

/// Bytes of ranges that the peer may send in all, and has sent. Counted where frames come in: the loop handles them later.
#[derive(Debug, Default)]
pub(crate) struct Credit {
    granted: AtomicU64,
    received: AtomicU64,
}

impl Credit {
    fn grant(&self, bytes: u64) {
        self.granted.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Notes a frame of a range; false when it is more than was granted. One may begin while any credit is left.
    fn take(&self, bytes: u64) -> bool {
        let before = self.received.fetch_add(bytes, Ordering::Relaxed);
        before < self.granted.load(Ordering::Relaxed)
    }
}

impl Session {
    /// Opens a stream to a peer and runs on it.
    pub(crate) async fn open(self, net: Net) {
        let opened = match peer_id(&self.peer) {
            Some(peer) => net.open_stream(peer, StreamPurpose::Sync).await,
            None => return self.end().await,
        };
        match opened {
            Ok(stream) => self.run(stream).await,
            Err(OpenError::Busy { retry_after, .. }) => {
                let retry_after_ms = u32::try_from(retry_after.as_millis()).unwrap_or(u32::MAX);
                let busy = SyncMessage::Busy { retry_after_ms };
                let input = Input::Frame {
                    session: self.id,
                    message: busy,
                };
                let _ = self.inbox.send(Message::Session(input)).await;
                self.end().await;
            }
            Err(error) => {
                tracing::debug!(%error, "a sync stream could not be opened");
                self.end().await;
            }
        }
    }

    /// Runs on an open stream until either side ends it.
    pub(crate) async fn run(mut self, stream: FrameStream) {
        let (mut sender, mut receiver) = stream.split();
        let (_, unused) = mpsc::channel(1);
        let outgoing = std::mem::replace(&mut self.outgoing, unused);
        tokio::select! {
            () = self.send_all(&mut sender, outgoing) => {}
            () = self.receive_all(&mut receiver) => {}
        }
        let _ = sender.finish().await;
        drain(&mut receiver).await;
        self.end().await;
    }

    async fn end(self) {
        let _ = self.inbox.send(Message::SessionEnded { session: self.id }).await;
    }

    /// Sends what the loop wants sent, and what the peer asked for as far as it has credit.
    async fn send_all(&self, sender: &mut FrameSender, mut outgoing: mpsc::Receiver<Outgoing>) {
        let mut serving = Serving::new(self.shared.signatures);
        loop {
            let next = match outgoing.try_recv() {
                Ok(next) => Some(next),
                Err(_) if serving.may_send() => {
                    if self.send_records(sender, &mut serving).await {
                        continue;
                    }
                    return;
                }
                Err(_) => outgoing.recv().await,
            };
            if !self.send(sender, &mut serving, next).await {
                return;
            }
        }
    }

    /// Sends one thing; false at the end.
    async fn send(&self, sender: &mut FrameSender, serving: &mut Serving, outgoing: Option<Outgoing>) -> bool {
        match outgoing {
            Some(Outgoing::Frame(message)) => {
                // Before it is sent: the answer may be here before the sending is known to be over.
                if let SyncMessage::Grant { bytes } = message {
                    self.credit.grant(bytes);
                }
                sender.send(message.encode()).await.is_ok()
            }
            Some(Outgoing::Addresses(peers)) => sender.send(SyncMessage::Addresses(peers).encode()).await.is_ok(),
            Some(Outgoing::Serve(served)) => serving.push(served).is_ok(),
            Some(Outgoing::Credit(bytes)) => {
                serving.grant(bytes);
                true
            }
            Some(Outgoing::Close) | None => false,
        }
    }

    async fn send_records(&self, sender: &mut FrameSender, serving: &mut Serving) -> bool {
        let Some(reader) = self.store.get() else { return false };
        let Some(frame) = serving.next(&reader).await else {
            return false;
        };
        let sent = sender.send(frame).await;
        sent.inspect_err(|error| tracing::debug!(%error, "a range could not be sent"))
            .is_ok()
    }

    /// Takes frames until the other side ends, or does not keep the protocol.
    async fn receive_all(&self, receiver: &mut FrameReceiver) {
        let mut reading = FuturesOrdered::new();
        let mut arriving = Arriving::default();
        let mut is_open = true;
        while is_open || !reading.is_empty() {
            tokio::select! {
                biased;
                Some(read) = reading.next(), if !reading.is_empty() => {
                    let Ok(read) = read else { return };
                    if !self.take(&mut arriving, read).await {
                        return;
                    }
                }
                frame = receiver.recv(), if is_open && reading.len() < READING_MAX => match frame {
                    Ok(Some(bytes)) => reading.push_back(tokio::task::spawn_blocking(move || ReadFrame::read(bytes))),
                    Ok(None) => is_open = false,
                    Err(error) => {
                        tracing::debug!(%error, "a sync stream broke");
                        is_open = false;
                    }
                },
            }
        }
    }

    /// Passes one frame on; false when the other side does not keep the protocol.
    async fn take(&self, arriving: &mut Arriving, read: Result<ReadFrame, WireError>) -> bool {
        let session = self.id;
        let arrived = read.and_then(|read| match read {
            ReadFrame::Message(message) => Ok(Input::Frame { session, message }),
            ReadFrame::Range(frame) => arriving.take(frame).map(|arrived| Input::Range {
                session,
                log: arrived.log,
                records: arrived.records,
                fault: arrived.fault,
                more: arrived.more,
                bytes: arrived.bytes,
            }),
        });
        if let Ok(Input::Range { bytes, .. }) = &arrived
            && !self.credit.take(*bytes)
        {
            self.tell(&WireError::Record {
                verdict: Refusal::TooLarge.into(),
            });
            return false;
        }
        if let Ok(Input::Range { records, .. }) = &arrived {
            // Here, so that the loop does not wait for the signatures in statements.
            for record in records {
                record.statement();
            }
        }
        match arrived {
            Ok(input) => self.inbox.send(Message::Session(input)).await.is_ok(),
            Err(error) => {
                self.tell(&error);
                false
            }
        }
    }

    /// A frame that cannot be read never reaches the engine: what is wrong with a record in it is told here.
    fn tell(&self, error: &WireError) {
        tracing::debug!(%error, "a sync frame was refused");
        if let WireError::Record {
            verdict: verdict @ Verdict::Refused(_),
        } = *error
        {
            let peer = peer_id(&self.peer).map(|peer| peer.to_string()).unwrap_or_default();
            let refusal = tell::Refusal {
                record: None,
                verdict,
                peer,
                by: "sync",
            };
            tell::refused(&self.shared, refusal);
        }
    }
}

/// Lets the other side end in its own time, so that its last frames are not cut off.
async fn drain(receiver: &mut FrameReceiver) {
    let ended = async { while let Ok(Some(_)) = receiver.recv().await {} };
    let _ = tokio::time::timeout(Duration::from_secs(5), ended).await;
}
