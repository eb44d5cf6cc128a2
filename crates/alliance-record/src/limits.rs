//! Every limit of a record, with its unit and reason. Repeated in `proto/README.md`, where a check compares them.

/// Records that one receipt names.
pub const RECEIPT_RECORDS_MAX: usize = 1024;
/// Version of the header this crate writes and reads.
pub const HEADER_VERSION: u32 = 1;
/// Bytes of a header: 13 small fields and [`REFERENCES_MAX`] links fit three times over.
pub const HEADER_BYTES_MAX: usize = 4096;
/// Bytes of header and body together: half of what gossip carries in one message, so that framing always fits.
pub const RECORD_BYTES_MAX: usize = 65_536;
/// Bytes of an envelope: a record and the framing of its three fields.
pub const ENVELOPE_BYTES_MAX: usize = 66_048;
/// Links from one record to others: a collection's order lives in its body, not here.
pub const REFERENCES_MAX: usize = 32;
/// Bytes of a chapter's name: `theme:` and a 40-character word, with room.
pub const CHAPTER_NAME_BYTES_MAX: usize = 64;
/// Records between two signatures that a range must carry, so that any replica can serve an authentic prefix while
/// holding at most this many records unproven.
pub const CHECKPOINT_RECORDS: u64 = 64;
/// Milliseconds a record's claimed time may be ahead before it is parked: clocks of hospital machines drift by minutes.
pub const CLAIMED_AHEAD_MS_MAX: i64 = 600_000;
/// Bytes of a node certificate with its signature.
pub const CERTIFICATE_BYTES_MAX: usize = 1024;
/// Bytes of a charter: its pledge text is a page, not a book.
pub const CHARTER_BYTES_MAX: usize = 32_768;
/// Founding stewards of a charter.
pub const STEWARDS_MAX: usize = 64;
/// Characters of a name shown to people.
pub const DISPLAY_NAME_CHARS_MAX: usize = 200;
/// Bytes of an act: what is left of a record for its body.
pub const ACT_BYTES_MAX: usize = 60 * 1024;
/// Logs that one cut names, of some 110 bytes each: what fits into an act.
pub const CUT_LOGS_MAX: usize = 512;
/// Acts of the version before that an amendment carries on, 34 bytes each beside a charter of any size.
pub const CARRIED_ACTS_MAX: usize = 768;
/// Characters of a notice by which stewards mark a record: it is shown beside the record, and says no more than what was
/// wrong and what is right.
pub const MARK_TEXT_CHARS_MAX: usize = 2000;
/// Bytes of the proof of a fork: with the header that carries it, a record of [`RECORD_BYTES_MAX`].
pub const FORK_PROOF_BYTES_MAX: usize = 61_440;
