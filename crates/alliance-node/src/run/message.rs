//! What reaches the loop. One channel, bounded: whoever fills it waits.

use alliance_engine::{Input, SessionId};
use alliance_net::{FrameStream, GossipId};
use alliance_record::{Draft, RecordId, TransportId, Verdict, VerifiedRecord};
use bytes::Bytes;
use tokio::sync::oneshot;

use crate::shared::PeerRow;

/// Messages that wait for the loop at most.
pub(crate) const MESSAGES_MAX: usize = 1024;

/// Something for the loop.
pub(crate) enum Message {
    /// Sign and publish.
    Draft {
        draft: Draft,
        reply: oneshot::Sender<Result<Published, Unpublished>>,
    },
    /// Take in authentic consecutive records of a bundle.
    Import {
        records: Vec<VerifiedRecord>,
        reply: oneshot::Sender<Imported>,
    },
    /// An authentic record was gossiped.
    Gossip {
        record: Box<VerifiedRecord>,
        stored: Option<RecordId>,
        id: GossipId,
        from: TransportId,
    },
    /// A member is connected.
    PeerUp { peer: TransportId, row: PeerRow },
    /// A member is gone.
    PeerDown { peer: TransportId, reason: String },
    /// A peer opened a sync stream.
    Stream { peer: TransportId, stream: FrameStream },
    /// Something for the engine from one of its sessions.
    Session(Input),
    /// A session's task ended.
    SessionEnded { session: SessionId },
    /// Say what is kept aside, and what for.
    KeptAside {
        reply: oneshot::Sender<Vec<(RecordId, Verdict)>>,
    },
    /// A new certificate of this node is on the disk and shown: publish it.
    Certificate { certificate: Bytes },
    /// Nothing of these erased records is left with a keeper.
    Forgotten { by: Keeper, records: Vec<RecordId> },
    /// End in order.
    Shutdown,
}

/// Who holds texts of records beside the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Keeper {
    /// The search index.
    Search,
    /// The dataset.
    Dataset,
    /// Exports and bundles that were under way.
    Underway,
}

/// A record that was signed here and is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Published {
    pub(crate) record: RecordId,
    pub(crate) sequence: u64,
}

/// What became of records of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Imported {
    pub(crate) brought: u64,
    /// The first that was not taken.
    pub(crate) stopped: Option<(RecordId, Verdict)>,
}

/// Why a draft was not signed. Nothing was stored or sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unpublished {
    #[error(transparent)]
    Draft(#[from] alliance_record::DraftError),
    #[error("{0}")]
    Verdict(Verdict),
}

impl From<Verdict> for Unpublished {
    fn from(verdict: Verdict) -> Self {
        Self::Verdict(verdict)
    }
}
