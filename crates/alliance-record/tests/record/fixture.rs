//! Records made from fixed seeds, and envelopes forged from them.

use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{
    AllianceId, Author, ChapterName, Draft, InstanceId, LogPosition, RecordId, Reference, Role, Salt, SecretKey,
    SignedRecord,
};
use bytes::Bytes;
use prost::Message;

/// The domain tag of a record's signature, as the specification has it.
pub(crate) const SIGNATURE_TAG: &[u8] = b"alliance/v1/record-signature\0";

pub(crate) fn organisation_key() -> SecretKey {
    SecretKey::from_seed(&[1; 32])
}

pub(crate) fn author() -> Author {
    Author {
        alliance: AllianceId([7; 32]),
        organisation: organisation_key().organisation(),
        instance: InstanceId([3; 8]),
        key: SecretKey::from_seed(&[2; 32]),
    }
}

pub(crate) fn draft(text: &str) -> Draft {
    Draft {
        chapter: "iso:gb-sct".parse::<ChapterName>().unwrap(),
        kind: Kind::PRACTICE,
        schema: 1,
        bytes: Bytes::copy_from_slice(text.as_bytes()),
        references: vec![Reference {
            role: Role::SUPERSEDES,
            record: RecordId([5; 32]),
        }],
        claimed_at_ms: 1_800_000_000_000,
    }
}

/// The first records of a log, each with its signature.
pub(crate) fn log_of(author: &Author, count: u64) -> Vec<SignedRecord> {
    let mut records: Vec<SignedRecord> = Vec::new();
    for sequence in 0..count {
        let position = LogPosition {
            sequence,
            previous: records.last().map(SignedRecord::id),
        };
        let salt = Salt([u8::try_from(sequence).unwrap(); 32]);
        let draft = draft(&format!("practice {sequence}"));
        records.push(author.sign(draft, position, salt).unwrap());
    }
    records
}

/// The second record of a log: it has every field.
pub(crate) fn sample() -> SignedRecord {
    log_of(&author(), 2).remove(1)
}

/// An envelope whose header was changed and signed again by its writer.
pub(crate) fn forged(change: impl FnOnce(&mut v1::Header)) -> v1::Envelope {
    let mut envelope = sample().to_message();
    let mut header = v1::Header::decode(envelope.header.clone()).unwrap();
    change(&mut header);
    envelope.header = header.encode_to_vec().into();
    sign(&mut envelope);
    envelope
}

/// Signs an envelope's header bytes, whatever they are.
pub(crate) fn sign(envelope: &mut v1::Envelope) {
    let signature = author().key.sign(SIGNATURE_TAG, &envelope.header);
    envelope.signature = Bytes::copy_from_slice(signature.as_bytes());
}

/// An envelope that was changed without its writer.
pub(crate) fn altered(change: impl FnOnce(&mut v1::Envelope)) -> v1::Envelope {
    let mut envelope = sample().to_message();
    change(&mut envelope);
    envelope
}

/// The word for an envelope's bytes.
pub(crate) fn code(bytes: Bytes) -> &'static str {
    match SignedRecord::decode(bytes) {
        Err(verdict) => verdict.code(),
        Ok(record) => match record.verify() {
            Err(refusal) => refusal.code(),
            Ok(_) => "accepted",
        },
    }
}
