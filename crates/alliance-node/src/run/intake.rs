//! The door for gossip: decodes and verifies away from the loop, as many at once as there are cores.

use std::sync::Arc;

use alliance_net::{GossipId, GossipVerdict, Net, Topic};
use alliance_record::{Parking, RecordId, SignedRecord, Verdict, VerifiedRecord};
use alliance_store::{RangeLimits, Reader};
use bytes::Bytes;
use tokio::sync::{Semaphore, mpsc};

use super::message::Message;
use super::tell::{Refusal, refused};
use crate::access::StoreAccess;
use crate::peer::transport_id;
use crate::shared::Shared;

/// One gossiped message.
pub(crate) struct Gossiped {
    pub(crate) id: GossipId,
    pub(crate) topic: Topic,
    pub(crate) bytes: Bytes,
}

/// Verifies gossip and passes on what is authentic.
#[derive(Clone)]
pub(crate) struct Intake {
    pub(crate) store: StoreAccess,
    pub(crate) net: Net,
    pub(crate) shared: Arc<Shared>,
    pub(crate) inbox: mpsc::Sender<Message>,
    pub(crate) workers: Arc<Semaphore>,
}

impl Intake {
    /// Takes one message; waits while all workers are busy.
    pub(crate) async fn take(&self, gossiped: Gossiped) {
        let Ok(permit) = Arc::clone(&self.workers).acquire_owned().await else {
            return;
        };
        let intake = self.clone();
        tokio::spawn(async move {
            intake.judge(gossiped).await;
            drop(permit);
        });
    }

    async fn judge(&self, gossiped: Gossiped) {
        let Gossiped { id, topic, bytes } = gossiped;
        let Some(from) = transport_id(&id.from()) else { return };
        let Some(reader) = self.store.get() else { return };
        let judged = tokio::task::spawn_blocking(move || verify(&reader, &topic, bytes)).await;
        let Ok(judged) = judged else { return };
        match judged {
            Ok((record, stored)) => {
                let message = Message::Gossip {
                    record: Box::new(record),
                    stored,
                    id,
                    from,
                };
                let _ = self.inbox.send(message).await;
            }
            Err(verdict) => {
                if let Verdict::Refused(_) = verdict {
                    let peer = id.from().to_string();
                    refused(
                        &self.shared,
                        Refusal {
                            record: None,
                            verdict,
                            peer,
                            by: "gossip",
                        },
                    );
                }
                let _ = self.net.judge(id, gossip_verdict(verdict)).await;
            }
        }
    }
}

/// Everything that the bytes decide, and what the store holds at the record's place.
fn verify(reader: &Reader, topic: &Topic, bytes: Bytes) -> Result<(VerifiedRecord, Option<RecordId>), Verdict> {
    let record = SignedRecord::decode(bytes)?;
    if record.header().log.chapter.as_str() != topic.as_str() {
        return Err(alliance_record::Refusal::WrongChapter.into());
    }
    let record = record.verify()?;
    // Here, so that the loop does not wait for the signatures in it.
    record.statement();
    let stored = stored_at(reader, &record);
    Ok((record, stored))
}

fn stored_at(reader: &Reader, record: &VerifiedRecord) -> Option<RecordId> {
    let header = record.header();
    let head = reader.head(&header.log).ok().flatten()?;
    if head.sequence < header.sequence {
        return None;
    }
    if reader.record(&record.id()).ok().flatten().is_some() {
        return Some(record.id());
    }
    let limits = RangeLimits {
        records_max: 1,
        bytes_max: 1,
    };
    let held = reader.range(&header.log, header.sequence, limits).ok()?;
    held.first().map(SignedRecord::id)
}

/// What gossip does with a verdict: good records are passed on, provably bad bytes lower the sender's score, and what
/// depends on what this node happens to hold is neither.
pub(crate) fn gossip_verdict(verdict: Verdict) -> GossipVerdict {
    match verdict {
        // The header is authentic: only the body must be fetched.
        Verdict::Accepted | Verdict::Parked(Parking::MissingBody) => GossipVerdict::Accept,
        Verdict::Refused(refusal) if refusal.is_provable_from_bytes() => GossipVerdict::Reject,
        Verdict::Duplicate | Verdict::NotFollowed | Verdict::Parked(_) | Verdict::Refused(_) => GossipVerdict::Ignore,
    }
}
