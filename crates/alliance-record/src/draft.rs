//! A record that is not signed yet, and the author who signs it.

use bytes::Bytes;

use crate::body::{Body, Salt};
use crate::chapter::ChapterName;
use crate::header::{Header, record_id};
use crate::id::{AllianceId, InstanceId, RecordId};
use crate::key::{OrganisationId, SecretKey};
use crate::limits::{RECORD_BYTES_MAX, REFERENCES_MAX};
use crate::log::LogName;
use crate::reference::Reference;
use crate::schema::Kind;
use crate::signed::{SIGNATURE_TAG, SignedRecord};

/// What an author wants to say, before it has a place in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Where it is said.
    pub chapter: ChapterName,
    /// What the body is.
    pub kind: Kind,
    /// Version of the kind's message.
    pub schema: u32,
    /// The kind's message.
    pub bytes: Bytes,
    /// Links to other records.
    pub references: Vec<Reference>,
    /// The author's clock, in milliseconds since 1970 UTC.
    pub claimed_at_ms: i64,
}

/// The next free place of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogPosition {
    /// Sequence of the record to be written.
    pub sequence: u64,
    /// The record before it; `None` exactly at sequence 0.
    pub previous: Option<RecordId>,
}

/// Why a draft cannot be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// Header and body together are over the limit.
    #[error(
        "the record would be {bytes} bytes; at most {} are carried. Shorten its texts or split it",
        RECORD_BYTES_MAX
    )]
    TooLarge {
        /// Bytes of header and body.
        bytes: usize,
    },
    /// Too many links.
    #[error("the record links to {count} others; at most {} are carried", REFERENCES_MAX)]
    TooManyReferences {
        /// Links of the draft.
        count: usize,
    },
}

/// A node that may sign for an organisation.
#[derive(Debug, Clone)]
pub struct Author {
    /// The alliance it writes in.
    pub alliance: AllianceId,
    /// The organisation it speaks for.
    pub organisation: OrganisationId,
    /// The life of its data directory.
    pub instance: InstanceId,
    /// Its signing key.
    pub key: SecretKey,
}

impl Author {
    /// The log in which this author writes to `chapter`.
    #[must_use]
    pub fn log(&self, chapter: ChapterName) -> LogName {
        LogName {
            writer: self.key.writer(),
            instance: self.instance,
            chapter,
        }
    }

    /// Gives `draft` its place in the log and signs it. `salt` must be fresh random bytes.
    ///
    /// # Errors
    /// [`DraftError`] when the record would be over a limit. Nothing has changed then.
    pub fn sign(&self, draft: Draft, position: LogPosition, salt: Salt) -> Result<SignedRecord, DraftError> {
        if draft.references.len() > REFERENCES_MAX {
            return Err(DraftError::TooManyReferences {
                count: draft.references.len(),
            });
        }
        let body = Body {
            salt,
            schema: draft.schema,
            bytes: draft.bytes,
        };
        let body_bytes = u32::try_from(body.bytes.len()).unwrap_or(u32::MAX);
        let header = Header {
            alliance: self.alliance,
            organisation: self.organisation,
            log: self.log(draft.chapter),
            sequence: position.sequence,
            previous: position.previous,
            claimed_at_ms: draft.claimed_at_ms,
            kind: draft.kind,
            body_commitment: body.commitment(),
            body_bytes,
            references: draft.references,
        };
        let header_bytes = header.encode();
        let bytes = header_bytes.len() + body.bytes.len();
        if bytes > RECORD_BYTES_MAX {
            return Err(DraftError::TooLarge { bytes });
        }
        let signature = self.key.sign(SIGNATURE_TAG, &header_bytes);
        let id = record_id(&header_bytes);
        Ok(SignedRecord {
            header,
            header_bytes,
            id,
            signature: Some(signature),
            body: Some(body),
        })
    }
}
