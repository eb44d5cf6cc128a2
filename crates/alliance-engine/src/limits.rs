//! Every limit of the engine, with its unit and reason.

/// Records kept aside in all. At most 64 MiB of the largest ones; in practice a few.
pub const PARKED_RECORDS_MAX: usize = 1024;
/// Records kept aside of one log: one checkpoint's worth, so that one writer cannot fill the buffer.
pub const PARKED_PER_LOG_MAX: usize = 64;
/// Sessions that this node runs as asker at once; more peers wait their turn.
pub const ASKING_SESSIONS_MAX: usize = 8;
/// Logs under way in one session: hides a round trip when each brings little.
pub const WANTS_UNDER_WAY_MAX: usize = 512;
/// Logs under way in one session while others share the work, at least: fewer would wait for round trips.
pub const WANTS_SHARED_MIN: usize = 16;
/// Bytes that a peer may send before what it sent is on the disk: more than a line of 10 Mbit/s holds in 600 ms twice
/// over, little enough to hold for every session at once.
pub const WINDOW_BYTES: u64 = 2_097_152;
/// Bytes stored after which the peer is granted as many again.
pub const GRANT_BYTES: u64 = WINDOW_BYTES / 8;
/// Logs that one session queues; what lies beyond comes in the next.
pub const QUEUED_LOGS_MAX: usize = 65_536;
/// Logs remembered whose next record cannot be judged yet: some 150 bytes each. There are as many as writers that nobody
/// knows yet, or whose clocks are ahead.
pub const WAITING_LOGS_MAX: usize = 4096;
/// Milliseconds after which records are fetched again that a later one holds up, whose time has not come: another peer may
/// have a signature between them.
pub const HELD_UP_MS: i64 = 600_000;
/// Logs whose bodies a session asks of a peer that lacks bodies itself: it says little of most of them.
pub const BODIES_TRIED_MAX: usize = 1024;
/// Heads of a chapter up to which an answer lists them all: that takes no more bytes than the first cells.
pub const LISTED_LOGS_MAX: usize = 62;
/// Times that a session asks for more cells of one chapter before it asks for the list.
pub const SKETCH_TRIES_MAX: u32 = 3;
/// Times that an answerer gives more of one chapter in one session: each costs a look at all its heads.
pub const MORE_PER_CHAPTER_MAX: u32 = 8;
/// Heads that a peer may list for one chapter: what it says beyond is not looked at.
pub const LIST_MARKS_MAX: usize = 262_144;
/// Milliseconds during which sessions share a nonce, so that they can tell an unknown log of one peer from that of
/// another. Not longer: who knows the nonce can look for collisions.
pub const ROUND_MS_MAX: i64 = 120_000;
/// Milliseconds between the end of a session with a peer and the next one asked for by a difference.
pub const SESSION_PAUSE_MS: i64 = 250;
/// Milliseconds between two looks, and between two greetings, at least: a setting of 0 must not keep a core and every
/// member busy.
pub const INTERVAL_MS_MIN: i64 = 1000;
/// First wait after a failed session; doubles up to [`RETRY_MS_MAX`].
pub const RETRY_MS: i64 = 500;
/// Longest wait after failed sessions.
pub const RETRY_MS_MAX: i64 = 60_000;
/// Milliseconds for which everything waits for the alliance's own logs, and bodies for headers, whoever is fetching them.
/// A peer that holds them back keeps its session for longer.
pub const FIRST_MS: i64 = STALL_MS;
/// Milliseconds more for each record that came meanwhile: the slowest line that is good for anything brings more.
pub const FIRST_RECORD_MS: i64 = 100;
/// Milliseconds a session may go without a frame before it is given up.
pub const SESSION_IDLE_MS: i64 = 60_000;
/// Milliseconds a peer that owes frames may send none: its logs are asked of others then. A frame of a range takes 10
/// seconds at 100 kbit/s.
pub const STALL_MS: i64 = 30_000;
/// Milliseconds a session waits for logs that others are bringing, before it ends and leaves its place.
pub const WAIT_MS: i64 = 20_000;
/// Milliseconds a session of ours may take in all: a peer that sends little and often must not keep the place of others.
/// What was brought is kept; the rest comes in the next session.
pub const SESSION_MS_MAX: i64 = 600_000;
/// Sessions that this node answers at once; more are told to come back.
pub const ANSWERING_SESSIONS_MAX: usize = 64;
/// Sessions of one peer that this node answers at once: one, and one whose end has not been heard of yet.
pub const ANSWERING_PER_PEER_MAX: usize = 2;
/// Milliseconds after which one who was turned away may come back.
pub const BUSY_RETRY_MS: u32 = 2000;
/// Statements that wait to be carried; what is over the bound is found again.
pub const CARRYING_MAX: usize = 4096;
/// Of them what one organisation or steward signed: one that left much behind must not keep out what others said.
pub const CARRYING_PER_PAYER_MAX: usize = 32;
/// Milliseconds for which a statement waits at most before this node carries it: another one may be quicker.
pub const CARRY_WAIT_MS_MAX: usize = 5000;
/// Milliseconds after which what was to be carried and still is not said is tried again.
pub const CARRY_AGAIN_MS: i64 = 600_000;
/// Statements that this node carries in an hour because of one organisation: it can fork as many logs as it likes.
pub const CARRIED_PER_HOUR_MAX: usize = 16;
/// Milliseconds of an hour.
pub const HOUR_MS: i64 = 3_600_000;
/// Logs remembered of which peers hold another branch.
pub const PARTED_LOGS_MAX: usize = 4096;
/// Records asked for at once where branches of a log are compared: with the way to the next signature, a proof's worth.
pub const BRANCH_RECORDS: u64 = 64;
/// Times that a peer is asked further back for the place where its branch of a log parts from the one held: doubling steps
/// back and halving steps forth, for logs of millions of records.
pub const BRANCH_TRIES_MAX: u32 = 64;
/// Peers remembered of each log whose branch could not be compared.
pub const PARTED_PEERS_MAX: usize = 16;
