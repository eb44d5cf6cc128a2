//! What one side came to in one round.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub(crate) enum Side {
    /// The store alone: no network, nothing verified.
    Store,
    /// Raw sled, record ids as keys.
    Raw,
    /// The empty node, from a full one that leaves out the signatures that are not needed.
    Replicate,
    /// The empty node, from a full one that leaves none out.
    Signed,
}

impl Side {
    pub(crate) const ALL: [Self; 4] = [Self::Store, Self::Raw, Self::Replicate, Self::Signed];
}

/// Figures of a side in a round. What a side does not have is 0.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) side: Side,
    pub(crate) round: u32,
    pub(crate) records: u64,
    pub(crate) logs: u32,
    /// Records that the store alone and raw sled made durable at once.
    pub(crate) group: u32,
    /// Header and body, salt and signature of all records as they were stored.
    pub(crate) record_bytes: u64,
    pub(crate) seconds: f64,
    /// The same from the moment the empty node was told to start: its store is opened and a connection made.
    #[serde(default)]
    pub(crate) told_s: f64,
    /// Processor time of the process that writes, and of the one that sends.
    pub(crate) cpu_s: f64,
    pub(crate) sender_cpu_s: f64,
    pub(crate) peak_mb: f64,
    pub(crate) sender_peak_mb: f64,
    pub(crate) wire_bytes: u64,
    pub(crate) disk_bytes: u64,
    /// From the start of the process after both nodes were killed until it answers.
    pub(crate) ready_s: f64,
}

impl Line {
    pub(crate) fn rate(&self) -> f64 {
        self.records as f64 / self.seconds
    }
}
