//! What an engine must be told at its making.

use alliance_record::{AllianceId, OrganisationId};

/// What an engine must be told at its making.
#[derive(Debug, Clone)]
pub struct Config {
    /// The alliance.
    pub alliance: AllianceId,
    /// The organisation whose node this is.
    pub organisation: OrganisationId,
    /// Fresh random bytes: they make session nonces and choices of peers unpredictable to others.
    pub seed: [u8; 32],
    /// Milliseconds between two looks at a random member's heads.
    pub sync_interval_ms: i64,
}
