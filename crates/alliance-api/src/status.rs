//! How a node is.

use serde::{Deserialize, Serialize};

use crate::membership::OrganisationView;
use crate::record::ChapterView;
use crate::sync::{SyncStatus, SyncSummary};

/// The verdict of `status`, which is also its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Exit code 0.
    Good,
    /// Exit code 1: works, and something needs a look.
    Degraded,
    /// Exit code 2.
    Failing,
}

/// How a node takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reachable from outside.
    Hub,
    /// Connects outwards only.
    Leaf,
}

/// The alliance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AllianceView {
    /// Its id in hexadecimal.
    pub id: String,
    /// Its name; empty until the charter has arrived.
    pub name: String,
    /// Organisations on the roster.
    pub members: u64,
}

/// This node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NodeView {
    /// libp2p peer id.
    pub peer: String,
    /// Signing key in hexadecimal.
    pub writer: String,
    /// Life of the data directory in hexadecimal.
    pub instance: String,
    /// Hub or leaf.
    pub role: Role,
    /// Where it listens.
    pub listen: Vec<String>,
    /// When its certificate ends, milliseconds since 1970 UTC.
    pub certificate_ends_ms: i64,
    /// Version of the software.
    pub version: String,
}

/// Everything `status` shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StatusReport {
    /// The verdict.
    pub level: Level,
    /// What makes it so, each with its remedy.
    pub reasons: Vec<String>,
    /// The alliance.
    pub alliance: AllianceView,
    /// This node's organisation.
    pub organisation: OrganisationView,
    /// This node.
    pub node: NodeView,
    /// Connected nodes.
    pub peers: Vec<PeerStatus>,
    /// Chapters that this node replicates, `alliance` among them.
    pub chapters: Vec<ChapterView>,
    /// What is kept.
    pub store: StoreStatus,
    /// How far the search index is.
    pub search: crate::SearchStatus,
    /// The dataset, if this node keeps one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<DatasetStatus>,
    /// How far catching up is.
    pub sync: SyncSummary,
}

/// How far the dataset is that a node keeps in step with its records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DatasetStatus {
    /// Where it is, as the setting says.
    pub place: String,
    /// Records that have arrived and are not in it yet.
    pub behind: u64,
    /// Why it is not kept for now; empty when it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub failure: String,
}

/// A connected node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PeerStatus {
    /// libp2p peer id.
    pub peer: String,
    /// Its organisation's key in hexadecimal.
    pub organisation: String,
    /// Its organisation's name; empty until its profile has arrived.
    pub organisation_name: String,
    /// Other members whose name looks like its organisation's: keys in hexadecimal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resembles: Vec<String>,
    /// Address of the connection.
    pub address: String,
    /// Whether this node dialled.
    pub outbound: bool,
    /// Milliseconds since it connected.
    pub connected_ms: u64,
    /// How the replicas compare.
    pub sync: SyncStatus,
}

/// A refused connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Refused {
    /// Peer id of the other side.
    pub peer: String,
    /// Its address.
    pub address: String,
    /// `us` when this node refused, `them` when the other did.
    pub by: String,
    /// Stable snake_case word.
    pub code: String,
    /// The sentence.
    pub reason: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// What is kept on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StoreStatus {
    /// Records.
    pub records: u64,
    /// Records waiting for what they depend on.
    pub parked: u64,
    /// Newest arrival number.
    pub arrival: u64,
    /// Bytes on disk.
    pub bytes: u64,
    /// What the last opening found, in words; empty when all was well.
    pub opening: Vec<String>,
}
