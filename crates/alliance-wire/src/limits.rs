//! Every limit of the wire, with its unit and reason. Repeated in `proto/README.md`.

/// Version of the sync conversation.
pub const SYNC_VERSION: u32 = 1;
/// Bytes of a frame on a stream: several full records, small enough to hold for every session at once.
pub const FRAME_BYTES_MAX: usize = 1_048_576;
/// Chapters named in one hello.
pub const CHAPTERS_MAX: usize = 512;
/// Heads in one page: 4,096 of about 150 bytes fill two thirds of a frame.
pub const HEADS_PER_PAGE_MAX: usize = 4096;
/// Records in one frame of a range.
pub const RANGE_RECORDS_MAX: usize = 1024;
/// Bytes of records put into one frame of a range: leaves room for one more record of the largest size.
pub const RANGE_BYTES_MAX: usize = 917_504;
/// Bytes of records asked for at once: what the receiver holds unproven, at most.
pub const WANT_BYTES_MAX: usize = 4_194_304;
/// Members' addresses in one frame.
pub const PEERS_MAX: usize = 64;
/// Addresses of one member.
pub const ADDRESSES_PER_PEER_MAX: usize = 8;
/// Bytes of one address.
pub const ADDRESS_BYTES_MAX: usize = 256;
/// Bytes of a credential: a certificate and its framing.
pub const CREDENTIAL_BYTES_MAX: usize = 1200;
/// Characters of an invitation's token.
pub const TOKEN_CHARS_MAX: usize = 4096;
/// Bytes of a reason shown to people.
pub const REASON_BYTES_MAX: usize = 400;
