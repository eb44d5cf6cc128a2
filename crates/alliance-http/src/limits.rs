//! Every limit of the interface, with its unit and reason.

use std::time::Duration;

/// Bytes of a request's body: a document of the largest record, written as a JSON string with every character escaped,
/// fits with room.
pub(crate) const BODY_BYTES_MAX: usize = 262_144;
/// Bytes of ranges handed in at once: the largest frame of a bundle fits with room.
pub(crate) const RANGES_BYTES_MAX: usize = 8_388_608;
/// Bytes of a snapshot's manifest handed in: some hundred thousand ids and heads.
pub(crate) const SNAPSHOT_BYTES_MAX: usize = 16_777_216;
/// Connections open at once for each listener: a browser holds six, and a slow one must not lock out the operator.
pub(crate) const CONNECTIONS_MAX: u32 = 256;
/// Event streams open at once: each holds a connection and a queue for as long as it likes.
pub(crate) const READERS_MAX: usize = 64;
/// Exports and bundles sent at once: each reads the store, and may lie on the disk, for as long as its reader takes.
pub(crate) const EXPORTS_MAX: usize = 4;
/// For how long a connection may take nothing of what is written to it: a reader that is slow takes something.
pub(crate) const WRITE_WAIT_MAX: Duration = Duration::from_secs(30);
/// Seconds after which to ask again where too much was asked at once.
pub(crate) const RETRY_AFTER_S: u16 = 10;
/// From the first byte of a request, or an idle connection, to the end of its headers.
pub(crate) const HEADER_WAIT_MAX: Duration = Duration::from_secs(10);
/// From the headers of a request to its answer: publishing waits for the disk, never for a peer.
pub(crate) const REQUEST_WAIT_MAX: Duration = Duration::from_secs(30);
/// Between two signs of life on an event stream: proxies give up after a minute.
pub(crate) const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// What open requests get to finish when the server stops.
pub(crate) const STOP_WAIT_MAX: Duration = Duration::from_secs(5);
/// Bytes of the buffer that a connection's headers must fit in.
pub(crate) const HEADER_BYTES_MAX: usize = 32_768;
/// Bytes of the file that keeps the token: the token is 43 characters, and a person may have added a line break.
pub(crate) const TOKEN_FILE_BYTES_MAX: u64 = 256;
/// Keys of writes that are remembered: a program that sends one a second is answered again for a quarter of an hour.
pub(crate) const KEYS_KEPT_MAX: usize = 1_024;
/// Milliseconds for which a key is remembered: a day, as long as a program may be away.
pub(crate) const KEY_KEPT_MS: i64 = 86_400_000;
/// Bytes of an answer that is kept for a key: receipts are far smaller, and all of them take 32 MiB at most.
pub(crate) const ANSWER_KEPT_BYTES_MAX: usize = 32_768;
/// Bytes of the file of keys: some ten thousand steps.
pub(crate) const LEDGER_FILE_BYTES_MAX: u64 = 8_388_608;
