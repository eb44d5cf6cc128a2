//! The signed part of a record, decoded. The exact bytes travel beside it; this is never encoded again to verify.

use bytes::Bytes;
use prost::Message;

use crate::chapter::ChapterName;
use crate::id::{AllianceId, InstanceId, RecordId};
use crate::key::{OrganisationId, WriterId};
use crate::limits::{HEADER_BYTES_MAX, HEADER_VERSION, RECORD_BYTES_MAX, REFERENCES_MAX};
use crate::log::LogName;
use crate::proto::v1;
use crate::reference::{Reference, Role};
use crate::schema::Kind;
use crate::verdict::{Parking, Refusal, Verdict};

/// Domain tag of a record's id.
const ID_TAG: &[u8] = b"alliance/v1/record-id\0";

/// What a record claims of itself. Field by field: `proto/README.md`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The alliance it belongs to.
    pub alliance: AllianceId,
    /// The organisation that speaks.
    pub organisation: OrganisationId,
    /// The log it stands in: writer, instance and chapter.
    pub log: LogName,
    /// Its place in the log, from 0.
    pub sequence: u64,
    /// The record before it; `None` exactly at sequence 0.
    pub previous: Option<RecordId>,
    /// What the writer says the time was, in milliseconds since 1970 UTC. Never a rule of validity.
    pub claimed_at_ms: i64,
    /// What the body is.
    pub kind: Kind,
    /// The body's commitment.
    pub body_commitment: [u8; 32],
    /// Length of the body's bytes.
    pub body_bytes: u32,
    /// Links to other records.
    pub references: Vec<Reference>,
}

/// The id of the record with these header bytes.
#[must_use]
pub fn record_id(header_bytes: &[u8]) -> RecordId {
    let mut hasher = blake3::Hasher::new();
    hasher.update(ID_TAG);
    hasher.update(header_bytes);
    RecordId(*hasher.finalize().as_bytes())
}

impl Header {
    /// Decodes a header's exact bytes, judging everything that the bytes alone decide.
    ///
    /// # Errors
    /// A refusal for bytes that are wrong for ever, or [`Parking::UnknownVersion`] for a header of a later version.
    pub fn decode(bytes: &Bytes) -> Result<Self, Verdict> {
        if bytes.len() > HEADER_BYTES_MAX {
            return Err(Refusal::TooLarge.into());
        }
        let message = v1::Header::decode(bytes.clone()).map_err(|_| Refusal::BadEncoding)?;
        if message.version == 0 {
            return Err(Refusal::BadEncoding.into());
        }
        if message.version != HEADER_VERSION {
            return Err(Parking::UnknownVersion.into());
        }
        Ok(Self::from_message(&message, bytes.len())?)
    }

    fn from_message(message: &v1::Header, header_bytes: usize) -> Result<Self, Refusal> {
        let chapter: ChapterName = message.chapter.parse().map_err(|_| Refusal::BadChapter)?;
        let previous = previous(message)?;
        if header_bytes + message.body_bytes as usize > RECORD_BYTES_MAX {
            return Err(Refusal::TooLarge);
        }
        if message.references.len() > REFERENCES_MAX {
            return Err(Refusal::TooLarge);
        }
        let bad = |_| Refusal::BadEncoding;
        let log = LogName {
            writer: WriterId::from_slice(&message.writer).map_err(bad)?,
            instance: InstanceId::from_slice(&message.instance).map_err(bad)?,
            chapter,
        };
        Ok(Self {
            alliance: AllianceId::from_slice(&message.alliance).map_err(bad)?,
            organisation: OrganisationId::from_slice(&message.organisation).map_err(bad)?,
            log,
            sequence: message.sequence,
            previous,
            claimed_at_ms: message.claimed_at_ms,
            kind: Kind(message.kind),
            body_commitment: message.body_commitment[..]
                .try_into()
                .map_err(|_| Refusal::BadEncoding)?,
            body_bytes: message.body_bytes,
            references: message.references.iter().map(reference).collect::<Result<_, _>>()?,
        })
    }

    /// Encodes the header once, to be signed. The bytes are then the record's for ever.
    pub(crate) fn encode(&self) -> Bytes {
        let id_bytes = |bytes: &[u8]| Bytes::copy_from_slice(bytes);
        let message = v1::Header {
            version: HEADER_VERSION,
            alliance: id_bytes(self.alliance.as_bytes()),
            organisation: id_bytes(self.organisation.as_bytes()),
            writer: id_bytes(self.log.writer.as_bytes()),
            instance: id_bytes(self.log.instance.as_bytes()),
            chapter: self.log.chapter.as_str().to_owned(),
            sequence: self.sequence,
            previous: self.previous.map(|id| id_bytes(id.as_bytes())).unwrap_or_default(),
            claimed_at_ms: self.claimed_at_ms,
            kind: self.kind.0,
            body_commitment: id_bytes(&self.body_commitment),
            body_bytes: self.body_bytes,
            references: self
                .references
                .iter()
                .map(|link| v1::Reference {
                    role: link.role.0,
                    record: id_bytes(link.record.as_bytes()),
                })
                .collect(),
        };
        message.encode_to_vec().into()
    }
}

/// Exactly the first record of a log has no predecessor.
fn previous(message: &v1::Header) -> Result<Option<RecordId>, Refusal> {
    match (message.sequence, message.previous.is_empty()) {
        (0, true) => Ok(None),
        (0, false) | (_, true) => Err(Refusal::WrongSequence),
        (_, false) => RecordId::from_slice(&message.previous)
            .map(Some)
            .map_err(|_| Refusal::BadEncoding),
    }
}

fn reference(message: &v1::Reference) -> Result<Reference, Refusal> {
    let record = RecordId::from_slice(&message.record).map_err(|_| Refusal::BadEncoding)?;
    Ok(Reference {
        role: Role(message.role),
        record,
    })
}
