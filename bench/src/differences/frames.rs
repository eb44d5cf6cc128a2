//! The frames of catching up by sketches, for their bytes alone.

use prost::Message;

/// Bytes before each frame: its length.
pub(crate) const LENGTH_BYTES: usize = 4;

/// Opens a session.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Hello {
    #[prost(uint32, tag = "1")]
    pub(crate) version: u32,
    #[prost(bytes, tag = "2")]
    pub(crate) alliance: Vec<u8>,
    #[prost(bytes, tag = "3")]
    pub(crate) nonce: Vec<u8>,
    #[prost(message, repeated, tag = "4")]
    pub(crate) chapters: Vec<View>,
}

/// A chapter as the asker has it.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct View {
    #[prost(string, tag = "1")]
    pub(crate) chapter: String,
    #[prost(bytes, tag = "2")]
    pub(crate) fingerprint: Vec<u8>,
    #[prost(uint32, tag = "3")]
    pub(crate) logs: u32,
}

/// Cells, or instead of them marks; without a chapter when none differs.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Answer {
    #[prost(string, tag = "1")]
    pub(crate) chapter: String,
    #[prost(uint32, tag = "2")]
    pub(crate) logs: u32,
    #[prost(bytes, tag = "3")]
    pub(crate) content: Vec<u8>,
    #[prost(bool, tag = "4")]
    pub(crate) last: bool,
}

/// More cells, or the list.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct More {
    #[prost(string, tag = "1")]
    pub(crate) chapter: String,
    /// To have in all; 0 for the list.
    #[prost(uint32, tag = "2")]
    pub(crate) cells: u32,
}

/// Asks for records.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Pull {
    #[prost(string, tag = "1")]
    pub(crate) chapter: String,
    #[prost(message, repeated, tag = "2")]
    pub(crate) wants: Vec<Want>,
    #[prost(uint32, tag = "3")]
    pub(crate) part: u32,
}

/// Records of one log.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Want {
    #[prost(bytes, tag = "1")]
    pub(crate) log: Vec<u8>,
    #[prost(uint64, tag = "2")]
    pub(crate) from: u64,
    #[prost(uint64, tag = "3")]
    pub(crate) until: u64,
}

/// Bytes on the stream: the length, the frame's kind, and the message in it.
pub(crate) fn bytes_of(message: &impl Message) -> usize {
    let length = message.encoded_len();
    LENGTH_BYTES + 1 + prost::encoding::encoded_len_varint(length as u64) + length
}
