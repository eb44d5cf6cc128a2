//! Every limit of the wire, with its unit and reason. Repeated in `proto/README.md`.

/// Version of the sync conversation.
pub const SYNC_VERSION: u32 = 1;
/// Bytes of a frame on a stream: several full records, small enough to hold for every session at once.
pub const FRAME_BYTES_MAX: usize = 1_048_576;
/// Chapters named in one hello.
pub const CHAPTERS_MAX: usize = 512;
/// Cells of a sketch in one frame: what an answer begins with is 48; as many as this settle some ten thousand logs.
pub const CELLS_PER_FRAME_MAX: usize = 32_768;
/// Marks of a list in one frame: 13 bytes each, under half of a frame.
pub const MARKS_PER_FRAME_MAX: usize = 32_768;
/// Logs named in one pull: more than an asker has under way at once.
pub const WANTS_PER_PULL_MAX: usize = 1024;
/// Records in one frame of a range.
pub const RANGE_RECORDS_MAX: usize = 1024;
/// Bytes of records put into one frame of a range, unless one record alone is larger: a slow link carries it in
/// seconds, so that progress shows and nobody is taken for dead.
pub const RANGE_BYTES_MAX: usize = 131_072;
/// Members' addresses in one frame.
pub const PEERS_MAX: usize = 64;
/// Addresses of one member.
pub const ADDRESSES_PER_PEER_MAX: usize = 8;
/// Bytes of one address.
pub const ADDRESS_BYTES_MAX: usize = 256;
/// Bytes of a credential: a certificate and its framing.
pub const CREDENTIAL_BYTES_MAX: usize = 1400;
/// Characters of an invitation's token.
pub const TOKEN_CHARS_MAX: usize = 4096;
/// Bytes of a reason shown to people.
pub const REASON_BYTES_MAX: usize = 400;
/// Records of one range in a bundle.
pub const BUNDLE_RANGE_RECORDS_MAX: usize = 1024;
/// Bytes of one frame of a bundle: half a mebibyte of records, and a checkpoint's worth of the largest ones to reach the
/// signature that proves them.
pub const BUNDLE_FRAME_BYTES_MAX: usize = 6_291_456;
/// Chapters named by a bundle.
pub const BUNDLE_CHAPTERS_MAX: usize = 65_536;
