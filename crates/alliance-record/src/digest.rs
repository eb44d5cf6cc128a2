//! The digest by which people compare two replicas of a chapter.

use crate::chapter::ChapterName;
use crate::log::Head;

/// Domain tag of the digest.
const DIGEST_TAG: &[u8] = b"alliance/v1/chapter-digest\0";

/// BLAKE3 over the domain tag, the chapter's name, and for each log in ascending order of (writer, instance):
/// writer, instance, sequence (8 bytes, little-endian) and head id. Two replicas with the same digest hold the same
/// records, because each head's id covers its whole log.
///
/// `heads` must all be of `chapter` and sorted by log, as a reader of heads gives them.
#[must_use]
pub fn chapter_digest<'a>(chapter: &ChapterName, heads: impl IntoIterator<Item = &'a Head>) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(DIGEST_TAG);
    hasher.update(chapter.as_str().as_bytes());
    for head in heads {
        hasher.update(&head_bytes(head));
    }
    *hasher.finalize().as_bytes()
}

/// A head as it is hashed: 32 + 8 + 8 + 32 bytes.
#[must_use]
pub fn head_bytes(head: &Head) -> [u8; 80] {
    let mut bytes = [0; 80];
    bytes[..32].copy_from_slice(head.log.writer.as_bytes());
    bytes[32..40].copy_from_slice(head.log.instance.as_bytes());
    bytes[40..48].copy_from_slice(&head.sequence.to_le_bytes());
    bytes[48..].copy_from_slice(head.record.as_bytes());
    bytes
}
