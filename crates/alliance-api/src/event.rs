//! What a node tells as it happens, one server-sent event each.

use serde::{Deserialize, Serialize};

use crate::record::RecordSummary;
use crate::status::Refused;
use crate::sync::SyncSummary;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A record became visible. Its arrival number is the event's id, by which a reader resumes.
    Record {
        /// The record.
        record: Box<RecordSummary>,
    },
    /// A member's node is connected.
    PeerUp {
        /// Its peer id.
        peer: String,
        /// Its organisation's key in hexadecimal.
        organisation: String,
    },
    /// A member's node is gone.
    PeerDown {
        /// Its peer id.
        peer: String,
        /// Why.
        reason: String,
    },
    /// The body of a removed record was destroyed here, or its record came without.
    Erased {
        /// Its id in hexadecimal.
        record: String,
    },
    /// A connection was refused, by this node or by the other.
    Refused {
        /// Who, and why.
        refused: Refused,
    },
    /// A record that a peer passed on was refused.
    RecordRefused {
        /// Its id in hexadecimal; `None` when the bytes could not be read as far as that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        record: Option<String>,
        /// The verdict's stable word.
        code: String,
        /// Who passed it on: peer id.
        peer: String,
        /// `gossip` or `sync`.
        by: String,
    },
    /// This node's certificate or its organisation's pledge ends soon, or has ended: told at the start, 30, 7 and 1 days
    /// before, at the end, and daily.
    Ending {
        /// `certificate_ends`, `certificate_ended`, `pledge_ends` or `pledge_ended`.
        code: String,
        /// When, milliseconds since 1970 UTC.
        ends_ms: i64,
        /// Whole days that are left.
        days_left: i64,
        /// The sentence, with the remedy.
        said: String,
    },
    /// Members cut this node off, by what it holds itself: told at the start, and when it comes to know of it.
    CutOff {
        /// `organisation_removed`, `organisation_suspended`, `certificate_replaced` or `node_revoked`.
        code: String,
        /// The act of the stewards that did it: id in hexadecimal.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        act: Option<String>,
        /// The sentence, with the remedy.
        said: String,
    },
    /// Records are missing here and are being fetched: told twice a second at most, and once more when the last session
    /// has ended.
    CatchingUp {
        /// How far it is.
        sync: SyncSummary,
    },
    /// The reader was too slow: some events between were not sent. Records can be read again by arrival number.
    Lagged {
        /// How many were left out.
        events: u64,
    },
}
