//! Every limit of the engine, with its unit and reason.

/// Records kept aside in all. At most 64 MiB of the largest ones; in practice a few.
pub const PARKED_RECORDS_MAX: usize = 1024;
/// Records kept aside of one log: one checkpoint's worth, so that one writer cannot fill the buffer.
pub const PARKED_PER_LOG_MAX: usize = 64;
/// Sessions that this node runs as asker at once; more peers wait their turn.
pub const ASKING_SESSIONS_MAX: usize = 8;
/// Wants under way in one session: hides one round trip without holding more than a few mebibytes.
pub const WANTS_UNDER_WAY_MAX: usize = 4;
/// Bytes asked for in one want.
pub const WANT_BYTES: u32 = 1_048_576;
/// Records asked for in one want.
pub const WANT_RECORDS: u32 = 4096;
/// Logs that one session queues; what lies beyond comes in the next.
pub const QUEUED_LOGS_MAX: usize = 65_536;
/// Milliseconds between the end of a session with a peer and the next one asked for by a difference.
pub const SESSION_PAUSE_MS: i64 = 250;
/// First wait after a failed session; doubles up to [`RETRY_MS_MAX`].
pub const RETRY_MS: i64 = 500;
/// Longest wait after failed sessions.
pub const RETRY_MS_MAX: i64 = 60_000;
/// Milliseconds a session may go without a frame before it is given up.
pub const SESSION_IDLE_MS: i64 = 60_000;
/// Milliseconds a session of ours may take in all: a peer that sends little and often must not keep the place of others.
/// What was brought is kept; the rest comes in the next session.
pub const SESSION_MS_MAX: i64 = 600_000;
/// Sessions that this node answers at once; more are told to come back.
pub const ANSWERING_SESSIONS_MAX: usize = 64;
/// Sessions of one peer that this node answers at once: one, and one whose end has not been heard of yet.
pub const ANSWERING_PER_PEER_MAX: usize = 2;
/// Milliseconds after which one who was turned away may come back.
pub const BUSY_RETRY_MS: u32 = 2000;
