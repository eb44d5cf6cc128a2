//! The engine's notices, for logs and listeners.

use alliance_engine::Notice;

use crate::random::now_ms;
use crate::shared::Shared;

pub(crate) fn tell(shared: &Shared, notice: Notice) {
    match notice {
        Notice::MemberAdmitted { organisation } => {
            tracing::info!(organisation = %organisation.short(), "an organisation became a member");
        }
        Notice::ChapterState { chapter, active } => {
            tracing::info!(%chapter, active, "a chapter changed its state");
        }
        Notice::Refused { record, verdict, peer } => {
            let record = record.map(|record| record.short()).unwrap_or_default();
            tracing::warn!(record, %verdict, peer = %peer.short(), "a record from sync was refused");
        }
        Notice::Forked { log, sequence } => {
            tracing::warn!(writer = %log.writer.short(), chapter = %log.chapter, sequence,
                "two records stand at one place of a log: its writer signed twice");
        }
        Notice::Synced { status } => {
            if status.brought > 0 || !status.in_step {
                tracing::info!(peer = %status.peer.short(), brought = status.brought, missing = status.missing, "synced");
            }
            shared.peer_synced(status, now_ms());
        }
    }
}
