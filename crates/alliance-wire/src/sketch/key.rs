//! What one session derives from its nonce: references to logs, marks of heads, fingerprints of chapters.

use alliance_record::{ChapterName, Head, LogName, head_bytes};

use super::mark::{LogRef, Mark};

/// Context strings from which the keys are derived (BLAKE3's key derivation).
const LOG_CONTEXT: &str = "alliance v1 sync log";
const HEAD_CONTEXT: &str = "alliance v1 sync head";
const CHAPTER_CONTEXT: &str = "alliance v1 sync chapter";

/// Random bytes that key what one session compares.
pub type Nonce = [u8; 16];

/// What is compared of a chapter first: 8 bytes.
pub type Fingerprint = [u8; 8];

/// The keys of one session. Without the nonce nobody can prepare logs whose references or marks collide.
#[derive(Clone)]
pub struct SessionKey {
    logs: [u8; 32],
    heads: [u8; 32],
    chapters: [u8; 32],
}

impl SessionKey {
    /// Derives the keys: three hashes, once a session.
    #[must_use]
    pub fn new(nonce: &Nonce) -> Self {
        Self {
            logs: blake3::derive_key(LOG_CONTEXT, nonce),
            heads: blake3::derive_key(HEAD_CONTEXT, nonce),
            chapters: blake3::derive_key(CHAPTER_CONTEXT, nonce),
        }
    }

    /// The log's reference in this session: first 5 bytes of keyed BLAKE3 over writer, instance and the chapter's name.
    #[must_use]
    pub fn log_ref(&self, log: &LogName) -> LogRef {
        // One buffer instead of three updates: a log's name is one block, and this runs for every log of a chapter.
        const FIXED: usize = 32 + 8;
        let name = log.chapter.as_str().as_bytes();
        let mut bytes = [0; FIXED + alliance_record::limits::CHAPTER_NAME_BYTES_MAX];
        bytes[..32].copy_from_slice(log.writer.as_bytes());
        bytes[32..FIXED].copy_from_slice(log.instance.as_bytes());
        bytes[FIXED..FIXED + name.len()].copy_from_slice(name);
        let hash = blake3::keyed_hash(&self.logs, &bytes[..FIXED + name.len()]);
        LogRef::from_hash(hash.as_bytes())
    }

    /// The head's mark in this session: its sequence, and keyed BLAKE3 over its newest record's id.
    #[must_use]
    pub fn mark(&self, head: &Head) -> Mark {
        let hash = blake3::keyed_hash(&self.heads, head.record.as_bytes());
        Mark::new(self.log_ref(&head.log), head.sequence, hash.as_bytes())
    }

    /// First 8 bytes of keyed BLAKE3 over the chapter's name and its heads, which must be sorted by log.
    #[must_use]
    pub fn fingerprint<'a>(&self, chapter: &ChapterName, heads: impl IntoIterator<Item = &'a Head>) -> Fingerprint {
        let mut hasher = blake3::Hasher::new_keyed(&self.chapters);
        hasher.update(chapter.as_str().as_bytes());
        for head in heads {
            hasher.update(&head_bytes(head));
        }
        let mut fingerprint = [0; 8];
        hasher.finalize_xof().fill(&mut fingerprint);
        fingerprint
    }
}

impl std::fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionKey")
    }
}
