//! Every limit of a snapshot, with its unit and reason.

/// Records that one snapshot selects, and as many again that bear on them: a field's whole literature, and a list of them in
/// some MB of memory.
pub const RECORDS_MAX: usize = 250_000;
/// Heads that one snapshot names: what ten thousand organisations write in twenty-five chapters each.
pub const HEADS_MAX: usize = 250_000;
/// Bytes of `snapshot.json`: the most heads at some 300 bytes each, and the most ids, with room.
pub const MANIFEST_BYTES_MAX: u64 = 160 << 20;
/// Bytes of the filter's text.
pub const FILTER_BYTES_MAX: usize = 16_384;
/// Characters of a title: it stands on one line of a bibliography.
pub const TITLE_CHARS_MAX: usize = 300;
/// Files in a bundle: data of each kind, the schema, and a dozen others.
pub const FILES_MAX: usize = 256;
/// Bytes of a path in a bundle.
pub const PATH_BYTES_MAX: usize = 128;
/// Bytes of the checksums file: a line for each file.
pub const CHECKSUMS_BYTES_MAX: u64 = 65_536;
/// Bytes of `signature.json`.
pub const SEAL_BYTES_MAX: u64 = 4096;
/// Bytes of any other file, unpacked: the most records at their largest, as tables write them. They are read as a stream, so
/// this bounds time and not memory.
pub const FILE_BYTES_MAX: u64 = 64 << 30;
/// Records of one range of the proof: at their largest they fit a frame.
pub const PIECE_RECORDS: u64 = 64;
