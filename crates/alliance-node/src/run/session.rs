//! One sync stream: carries frames between the engine's session and the peer.
//!
//! Decides nothing. Back-pressure is the stream's own: a range is read from the store when the one before it was taken.

use std::sync::Arc;
use std::time::Duration;

use alliance_engine::{Input, Served, SessionId};
use alliance_net::{FrameReceiver, FrameSender, FrameStream, Net, OpenError, StreamPurpose};
use alliance_record::{TransportId, Verdict};
use alliance_wire::{PeerAddress, SyncMessage, WireError};
use bytes::Bytes;
use tokio::sync::mpsc;

use super::message::Message;
use super::range::{Arriving, read_range};
use super::tell;
use crate::access::StoreAccess;
use crate::peer::peer_id;
use crate::shared::Shared;

/// Frames that wait for one stream at most. The engine sends few: pages of heads, wants, answers to wants.
pub(crate) const OUTGOING_MAX: usize = 512;

/// What the loop wants sent.
pub(crate) enum Outgoing {
    Frame(SyncMessage),
    Range(Served),
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
        let mut arriving = Arriving::default();
        loop {
            tokio::select! {
                biased;
                outgoing = self.outgoing.recv() => {
                    if !self.send(&mut sender, outgoing).await {
                        break;
                    }
                }
                frame = receiver.recv() => match frame {
                    Ok(Some(bytes)) => {
                        if !self.take(&mut arriving, bytes).await {
                            break;
                        }
                    }
                    Ok(None) => break,
                    Err(error) => {
                        tracing::debug!(%error, "a sync stream broke");
                        break;
                    }
                },
            }
        }
        let _ = sender.finish().await;
        drain(&mut receiver).await;
        self.end().await;
    }

    async fn end(self) {
        let _ = self.inbox.send(Message::SessionEnded { session: self.id }).await;
    }

    /// Sends one thing; false at the end.
    async fn send(&self, sender: &mut FrameSender, outgoing: Option<Outgoing>) -> bool {
        match outgoing {
            Some(Outgoing::Frame(message)) => sender.send(message.encode()).await.is_ok(),
            Some(Outgoing::Addresses(peers)) => sender.send(SyncMessage::Addresses(peers).encode()).await.is_ok(),
            Some(Outgoing::Range(served)) => self.send_range(sender, served).await,
            Some(Outgoing::Close) | None => false,
        }
    }

    async fn send_range(&self, sender: &mut FrameSender, served: Served) -> bool {
        let Some(reader) = self.store.get() else { return false };
        let frames = tokio::task::spawn_blocking(move || read_range(&reader, &served)).await;
        let Ok(Ok(frames)) = frames else {
            tracing::warn!(?frames, "a range could not be read");
            return false;
        };
        for frame in frames {
            if let Err(error) = sender.send(frame).await {
                tracing::debug!(%error, "a range could not be sent");
                return false;
            }
        }
        true
    }

    /// Takes one frame; false when the other side does not keep the protocol.
    async fn take(&self, arriving: &mut Arriving, bytes: Bytes) -> bool {
        let held = std::mem::take(arriving);
        let session = self.id;
        let taken = tokio::task::spawn_blocking(move || held.take(session, bytes)).await;
        let (kept, input) = match taken {
            Ok(Ok(taken)) => taken,
            Ok(Err(error)) => {
                self.tell(&error);
                return false;
            }
            Err(_) => return false,
        };
        *arriving = kept;
        match input {
            Some(input) => self.inbox.send(Message::Session(input)).await.is_ok(),
            None => true,
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
