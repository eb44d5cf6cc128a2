//! One sync stream: carries frames between the engine's session and the peer, reads and verifies ranges.
//!
//! Decides nothing. Back-pressure is the stream's own: a range is read from the store when the one before it was taken.

use std::sync::Arc;
use std::time::Duration;

use alliance_engine::{Input, Served, SessionId};
use alliance_net::{FrameReceiver, FrameSender, FrameStream, Net, OpenError, StreamPurpose};
use alliance_record::limits::CHECKPOINT_RECORDS;
use alliance_record::{LogName, Refusal, SignedRecord, TransportId, Verdict, thin_signatures, verify_range};
use alliance_store::{RangeLimits, Reader};
use alliance_wire::limits::{RANGE_BYTES_MAX, RANGE_RECORDS_MAX};
use alliance_wire::{PeerAddress, RangePart, SyncMessage, WireError};
use bytes::Bytes;
use tokio::sync::mpsc;

use super::message::Message;
use super::tell;
use crate::access::StoreAccess;
use crate::peer::peer_id;
use crate::shared::Shared;

/// Frames that wait for one stream at most. The engine sends few: pages of heads, wants, answers to wants.
pub(crate) const OUTGOING_MAX: usize = 512;
/// Bytes of records held unproven: a checkpoint's worth of the largest ones.
const UNPROVEN_BYTES_MAX: usize = 4_325_376;

/// Bytes of a record in a frame beside its header and body: signature, salt, and the tags and lengths of all fields.
const RECORD_FRAMING_BYTES: usize = 128;

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

/// Records from the store as frames, each within its limits.
fn read_range(reader: &Reader, served: &Served) -> Result<Vec<Bytes>, alliance_store::ReadError> {
    let limits = RangeLimits {
        records_max: served.records_max as usize,
        bytes_max: served.bytes_max as usize,
    };
    let mut records = reader.range(&served.log, served.from, limits)?;
    thin_signatures(&mut records);
    let parts = in_parts(records);
    let last = parts.len() - 1;
    let mut from = served.from;
    let frame = |(index, records): (usize, Vec<SignedRecord>)| {
        let first = from;
        from += records.len() as u64;
        let part = RangePart {
            log: served.log.clone(),
            from: first,
            records,
            more: index < last,
            fault: None,
        };
        SyncMessage::Range(part).encode()
    };
    Ok(parts.into_iter().enumerate().map(frame).collect())
}

/// Cuts records into what one frame carries each, by bytes and by number; without any, one empty part.
fn in_parts(records: Vec<SignedRecord>) -> Vec<Vec<SignedRecord>> {
    let (mut parts, mut held) = (vec![Vec::new()], 0);
    for record in records {
        let body = record.body().map_or(0, |body| body.bytes.len());
        let bytes = record.header_bytes().len() + body + RECORD_FRAMING_BYTES;
        match parts.last_mut() {
            Some(part) if held + bytes <= RANGE_BYTES_MAX && part.len() < RANGE_RECORDS_MAX => {
                held += bytes;
                part.push(record);
            }
            Some(_) | None => {
                held = bytes;
                parts.push(vec![record]);
            }
        }
    }
    parts
}

/// Records of a range that no signature covers yet.
#[derive(Debug, Default)]
struct Arriving {
    log: Option<LogName>,
    records: Vec<SignedRecord>,
    bytes: usize,
}

impl Arriving {
    /// Decodes a frame; gives the engine's input once there is one.
    fn take(mut self, session: SessionId, bytes: Bytes) -> Result<(Self, Option<Input>), WireError> {
        let length = bytes.len();
        let part = match SyncMessage::decode(bytes)? {
            SyncMessage::Range(part) => part,
            message => return Ok((self, Some(Input::Frame { session, message }))),
        };
        self.check(&part, length)?;
        self.bytes += length;
        self.records.extend(part.records);
        let is_proven = self.records.last().is_none_or(|record| record.signature().is_some());
        if part.more && !is_proven && part.fault.is_none() {
            self.log = Some(part.log);
            return Ok((self, None));
        }
        let (records, fault) = match verify_range(self.records) {
            Ok(records) => (records, part.fault),
            // What comes before an unreadable record lacks its signature through no fault of its own.
            Err(error) if error.refusal == Refusal::BadSignature && part.fault.is_some() => {
                (error.verified, part.fault)
            }
            Err(error) => (error.verified, Some(error.refusal.into())),
        };
        let input = Input::Range {
            session,
            log: part.log,
            records,
            fault,
            more: part.more,
        };
        Ok((Self::default(), Some(input)))
    }

    fn check(&self, part: &RangePart, length: usize) -> Result<(), WireError> {
        let other_log = self.log.as_ref().is_some_and(|log| *log != part.log);
        let too_many = self.records.len() as u64 > CHECKPOINT_RECORDS;
        if other_log || (!self.records.is_empty() && (too_many || self.bytes + length > UNPROVEN_BYTES_MAX)) {
            return Err(WireError::Record {
                verdict: Refusal::TooLarge.into(),
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use alliance_record::schema::Kind;
    use alliance_record::{AllianceId, Author, Draft, InstanceId, LogPosition, Salt, SecretKey};

    use super::*;

    /// One record, repeated: what a frame can carry does not depend on links.
    fn records(count: usize, body_bytes: usize) -> Vec<SignedRecord> {
        let key = SecretKey::from_seed(&[1; 32]);
        let author = Author {
            alliance: AllianceId([2; 32]),
            organisation: key.organisation(),
            instance: InstanceId([3; 8]),
            key,
        };
        let draft = Draft {
            chapter: "m49:001".parse().unwrap(),
            kind: Kind::LESSON,
            schema: u32::MAX,
            bytes: vec![b'a'; body_bytes].into(),
            references: Vec::new(),
            claimed_at_ms: i64::MAX,
        };
        let position = LogPosition {
            sequence: 0,
            previous: None,
        };
        let record = author.sign(draft, position, Salt([4; 32])).unwrap();
        vec![record; count]
    }

    #[test]
    fn every_part_of_a_range_is_a_frame_that_is_taken() {
        for (count, body_bytes) in [(0, 0), (1, 0), (4096, 0), (2000, 600), (1100, 700), (20, 65_000)] {
            let parts = in_parts(records(count, body_bytes));
            assert_eq!(parts.iter().map(Vec::len).sum::<usize>(), count);
            for records in parts {
                let part = RangePart {
                    log: self::records(1, 0)[0].header().log.clone(),
                    from: u64::MAX,
                    records,
                    more: true,
                    fault: None,
                };
                let frame = SyncMessage::Range(part).encode();
                assert!(frame.len() <= alliance_net::limits::FRAME_BYTES_MAX, "{}", frame.len());
                assert!(SyncMessage::decode(frame).is_ok(), "{count} of {body_bytes} bytes");
            }
        }
    }
}
