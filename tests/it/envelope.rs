//! Records made by hand, byte for byte: also such as no author of this software could sign.

use alliance_record::proto::v1;
use alliance_record::{
    AllianceId, Body, ChapterName, Head, InstanceId, LogName, OrganisationId, RecordId, Salt, SecretKey, WriterId,
    record_id,
};
use alliance_record::{limits::HEADER_VERSION, schema};
use alliance_tests::practice;
use alliance_wire::LogRef;
use bytes::Bytes;
use prost::Message;

use crate::directory::{Keys, now_ms};

pub(crate) use alliance_record::proto::v1::Envelope;

/// Domain tag of a record's signature, as the protocol says.
const SIGNATURE_TAG: &[u8] = b"alliance/v1/record-signature\0";
/// The kind of a practice.
const PRACTICE: u32 = 1;

/// Who writes, and where.
#[derive(Debug, Clone)]
pub(crate) struct Pen {
    pub(crate) keys: Keys,
    pub(crate) alliance: AllianceId,
    pub(crate) instance: InstanceId,
    pub(crate) chapter: ChapterName,
}

/// A record before it is signed.
#[derive(Debug, Clone)]
pub(crate) struct Sheet {
    pub(crate) header: v1::Header,
    pub(crate) body: v1::Body,
}

fn copy(bytes: &[u8]) -> Bytes {
    Bytes::copy_from_slice(bytes)
}

impl Pen {
    pub(crate) fn log(&self) -> LogName {
        LogName {
            writer: self.keys.node.writer(),
            instance: self.instance,
            chapter: self.chapter.clone(),
        }
    }

    /// A practice for a place of the log: right in every respect.
    pub(crate) fn sheet(&self, sequence: u64, previous: Option<RecordId>) -> Sheet {
        let title = format!("Round {sequence} of {} in {}", self.instance, self.chapter);
        let document = schema::read_markdown(&practice(&title)).unwrap();
        self.sheet_of(PRACTICE, document.body.into(), (sequence, previous))
    }

    /// A record of any kind.
    pub(crate) fn sheet_of(&self, kind: u32, bytes: Bytes, place: (u64, Option<RecordId>)) -> Sheet {
        let (sequence, previous) = place;
        let header = v1::Header {
            version: HEADER_VERSION,
            alliance: copy(self.alliance.as_bytes()),
            organisation: copy(&self.keys.organisation.public()),
            writer: copy(&self.keys.node.public()),
            instance: copy(self.instance.as_bytes()),
            chapter: self.chapter.to_string(),
            sequence,
            previous: previous.map(|id| copy(id.as_bytes())).unwrap_or_default(),
            claimed_at_ms: now_ms(),
            kind,
            ..v1::Header::default()
        };
        let body = v1::Body {
            salt: copy(&[7; 32]),
            schema: 1,
            bytes,
        };
        Sheet { header, body }.committed()
    }

    /// The first record of the log.
    pub(crate) fn first(&self) -> Envelope {
        self.sheet(0, None).signed(&self.keys.node)
    }

    /// A head that names a record of this log.
    pub(crate) fn head(&self, sequence: u64, record: RecordId) -> Head {
        Head {
            log: self.log(),
            organisation: self.keys.organisation.organisation(),
            sequence,
            record,
        }
    }
}

impl Sheet {
    /// With a header that commits to the body.
    pub(crate) fn committed(mut self) -> Self {
        let body = Body {
            salt: Salt::from_slice(&self.body.salt).unwrap(),
            schema: self.body.schema,
            bytes: self.body.bytes.clone(),
        };
        self.header.body_commitment = copy(&body.commitment());
        self.header.body_bytes = u32::try_from(body.bytes.len()).unwrap();
        self
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut v1::Header)) -> Self {
        change(&mut self.header);
        self
    }

    pub(crate) fn signed(self, key: &SecretKey) -> Envelope {
        sealed(self.header.encode_to_vec().into(), self.body, key)
    }
}

/// An envelope around any header bytes, rightly signed.
pub(crate) fn sealed(header: Bytes, body: v1::Body, key: &SecretKey) -> Envelope {
    let signature = key.sign(SIGNATURE_TAG, &header);
    Envelope {
        header,
        signature: copy(signature.as_bytes()),
        body: Some(body),
    }
}

pub(crate) fn id(envelope: &Envelope) -> RecordId {
    record_id(&envelope.header)
}

/// The head that a record is, when it is the newest of its log.
pub(crate) fn log_head(envelope: &Envelope, organisation: OrganisationId) -> Head {
    let header = v1::Header::decode(envelope.header.clone()).unwrap();
    Head {
        log: LogName {
            writer: WriterId::from_slice(&header.writer).unwrap(),
            instance: InstanceId::from_slice(&header.instance).unwrap(),
            chapter: header.chapter.parse().unwrap(),
        },
        organisation,
        sequence: header.sequence,
        record: id(envelope),
    }
}

/// The frame of a range, as `wire.proto` has it, around any envelopes.
#[derive(Clone, PartialEq, Message)]
struct SyncFrame {
    #[prost(message, optional, tag = "8")]
    range: Option<SyncRange>,
}

#[derive(Clone, PartialEq, Message)]
struct SyncRange {
    #[prost(bytes = "bytes", tag = "1")]
    log: Bytes,
    #[prost(uint64, tag = "2")]
    from: u64,
    #[prost(message, repeated, tag = "3")]
    records: Vec<Envelope>,
}

pub(crate) fn range(log: LogRef, from: u64, records: &[Envelope]) -> Bytes {
    let range = SyncRange {
        log: copy(&log.to_bytes()),
        from,
        records: records.to_vec(),
    };
    SyncFrame { range: Some(range) }.encode_to_vec().into()
}
