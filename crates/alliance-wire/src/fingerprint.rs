//! Fingerprints of a chapter's heads, keyed by the session's nonce so that nobody can prepare a collision.

use alliance_record::{ChapterName, Head, head_bytes};

/// Context string from which the key is derived (BLAKE3's key derivation).
const CONTEXT: &str = "alliance v1 sync fingerprint";

/// Random bytes that key one session's fingerprints.
pub type Nonce = [u8; 16];

/// What is compared: 16 bytes.
pub type Fingerprint = [u8; 16];

/// First 16 bytes of keyed BLAKE3 over the chapter's name and its heads, sorted by log. The key is derived from the
/// nonce with the context "alliance v1 sync fingerprint".
#[must_use]
pub fn fingerprint<'a>(nonce: &Nonce, chapter: &ChapterName, heads: impl IntoIterator<Item = &'a Head>) -> Fingerprint {
    let key = blake3::derive_key(CONTEXT, nonce);
    let mut hasher = blake3::Hasher::new_keyed(&key);
    hasher.update(chapter.as_str().as_bytes());
    for head in heads {
        hasher.update(&head_bytes(head));
    }
    let mut fingerprint = [0; 16];
    hasher.finalize_xof().fill(&mut fingerprint);
    fingerprint
}
