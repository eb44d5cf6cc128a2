//! The engine's notices, for logs and listeners.

use alliance_api::Event;
use alliance_engine::Notice;
use alliance_record::{RecordId, Verdict};

use crate::peer::peer_id;
use crate::random::now_ms;
use crate::shared::{RefusedRecord, Shared};

/// A record that a peer passed on and this node does not take.
pub(crate) struct Refusal {
    pub(crate) record: Option<RecordId>,
    pub(crate) verdict: Verdict,
    pub(crate) peer: String,
    pub(crate) by: &'static str,
}

/// Tells of a refused record, in the log and to listeners.
pub(crate) fn refused(shared: &Shared, refusal: Refusal) {
    let Refusal {
        record,
        verdict,
        peer,
        by,
    } = refusal;
    if let Some(record) = record {
        shared.record_refused(RefusedRecord {
            record,
            verdict,
            peer: peer.clone(),
            at_ms: now_ms(),
        });
    }
    let record = record.map(|record| record.to_string());
    tracing::warn!(record, code = %verdict, peer, by, "a record was refused");
    shared.tell(Event::RecordRefused {
        record,
        code: verdict.code().to_owned(),
        peer,
        by: by.to_owned(),
    });
}

pub(crate) fn tell(shared: &Shared, notice: Notice) {
    match notice {
        Notice::MemberAdmitted { organisation } => {
            tracing::info!(organisation = %organisation.short(), "an organisation became a member");
        }
        Notice::MemberLeft { organisation } => {
            tracing::warn!(organisation = %organisation.short(), "an organisation is not a member any more");
        }
        Notice::ChapterState { chapter, active } => {
            tracing::info!(%chapter, active, "a chapter changed its state");
        }
        Notice::Refused { record, verdict, peer } => {
            let peer = peer_id(&peer).map(|peer| peer.to_string()).unwrap_or_default();
            refused(
                shared,
                Refusal {
                    record,
                    verdict,
                    peer,
                    by: "sync",
                },
            );
        }
        Notice::Forked { log, sequence } => {
            tracing::warn!(writer = %log.writer.short(), chapter = %log.chapter, sequence,
                "two records stand at one place of a log: its writer signed twice");
        }
        Notice::LogEnded { log, next } => {
            tracing::warn!(writer = %log.writer.short(), chapter = %log.chapter, next,
                "a log has ended; what is held beyond is shown as disputed and does not count");
        }
        Notice::FellShort { peer, chapter } => {
            tracing::warn!(peer = %peer.short(), %chapter, "a peer did not give all the records that it named");
        }
        Notice::Stalled { peer } => {
            tracing::warn!(peer = %peer.short(), "a peer sends no records any more; the others are asked");
        }
        Notice::Synced { status } => {
            if status.brought > 0 || !status.is_in_step() {
                let missing: u64 = status.missing.values().sum();
                tracing::info!(peer = %status.peer.short(), brought = status.brought, missing, "synced");
            }
            shared.progress().ended(status);
        }
    }
}
