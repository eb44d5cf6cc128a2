//! The worked example of `proto/README.md` is what this crate makes: every value of it, byte for byte.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{
    AllianceId, Author, Certificate, CertifiedNode, Charter, Draft, Head, InstanceId, LogPosition, RecordId, Reference,
    Role, Salt, SecretKey, SignedRecord, alliance_id, chapter_digest,
};
use bytes::Bytes;
use data_encoding::HEXLOWER;
use prost::Message;

const SPECIFICATION: &str = include_str!("../../../proto/README.md");
const OPENING: &str = "```worked-example-record\n";

/// The example's values by name, in hexadecimal: lines `[name]`, then hexadecimal digits with blanks, `#` begins a note.
fn written() -> BTreeMap<String, String> {
    let (_, after) = SPECIFICATION.split_once(OPENING).unwrap();
    let (block, _) = after.split_once("```").unwrap();
    let mut values = BTreeMap::new();
    let mut name = String::new();
    for line in block.lines() {
        let text = line.split_once('#').map_or(line, |(text, _)| text);
        if let Some(opened) = text.trim().strip_prefix('[') {
            name = opened.trim_end_matches(']').to_owned();
            assert!(
                values.insert(name.clone(), String::new()).is_none(),
                "{name} stands twice"
            );
        } else {
            let digits = text.split_whitespace().collect::<String>();
            values.entry(name.clone()).or_default().push_str(&digits);
        }
    }
    values
}

fn charter(steward: &SecretKey, writer: &SecretKey) -> Bytes {
    let charter = v1::Charter {
        name: "Example".to_owned(),
        pledge_text: "We share.".to_owned(),
        stewards: vec![Bytes::copy_from_slice(&steward.public())],
        threshold: 1,
        admission_policy: v1::AdmissionPolicy::AnyMember.into(),
        chapter_active_at: 3,
        pledge_months: 24,
        nonce: Bytes::from_static(&[0x04; 32]),
        founded_at_ms: 1_700_000_000_000,
        founding_writer: Bytes::copy_from_slice(&writer.public()),
        steward_keys: Vec::new(),
    };
    charter.encode_to_vec().into()
}

fn certificate(organisation: &SecretKey, writer: &SecretKey, alliance: AllianceId) -> Certificate {
    let node = CertifiedNode {
        alliance,
        organisation: organisation.organisation(),
        writer: writer.writer(),
        transport: SecretKey::from_seed(&[3; 32]).transport(),
        not_before_ms: 1_700_000_000_000,
        not_after_ms: 1_800_000_000_000,
        label: String::new(),
        next_writer: None,
        standing: None,
        key: None,
        succeeds: None,
    };
    Certificate::issue(organisation, node)
}

fn record(author: &Author) -> SignedRecord {
    let response = v1::Response {
        response_type: "question".to_owned(),
        text: "How do you begin?".to_owned(),
        ..v1::Response::default()
    };
    let draft = Draft {
        chapter: "m49:150".parse().unwrap(),
        kind: Kind::RESPONSE,
        schema: 1,
        bytes: response.encode_to_vec().into(),
        references: vec![Reference {
            role: Role::from_name("replies_to").unwrap(),
            record: RecordId([0xbb; 32]),
        }],
        claimed_at_ms: 1_750_000_000_000,
    };
    let position = LogPosition {
        sequence: 1,
        previous: Some(RecordId([0xaa; 32])),
    };
    author.sign(draft, position, Salt([0x06; 32])).unwrap()
}

/// Every value of the example, as the code makes it.
fn made() -> BTreeMap<&'static str, Vec<u8>> {
    let (organisation, writer) = (SecretKey::from_seed(&[1; 32]), SecretKey::from_seed(&[2; 32]));
    let charter = charter(&organisation, &writer);
    Charter::decode(&charter).unwrap();
    let alliance = alliance_id(&charter);
    let certificate = certificate(&organisation, &writer, alliance);
    let author = Author {
        alliance,
        organisation: organisation.organisation(),
        instance: InstanceId([5; 8]),
        key: writer.clone(),
    };
    let record = record(&author);
    let head = Head {
        log: record.header().log.clone(),
        organisation: author.organisation,
        sequence: 1,
        record: record.id(),
    };
    let body = record.body().unwrap();
    BTreeMap::from([
        ("organisation seed", vec![1; 32]),
        ("organisation key", organisation.public().to_vec()),
        ("writer seed", vec![2; 32]),
        ("writer key", writer.public().to_vec()),
        ("transport seed", vec![3; 32]),
        ("transport key", SecretKey::from_seed(&[3; 32]).public().to_vec()),
        ("charter", charter.to_vec()),
        ("alliance id", alliance.0.to_vec()),
        ("certificate", certificate.bytes().to_vec()),
        ("body bytes", body.bytes.to_vec()),
        ("salt", body.salt.0.to_vec()),
        ("commitment", body.commitment().to_vec()),
        ("header", record.header_bytes().to_vec()),
        ("record id", record.id().0.to_vec()),
        ("signature", record.signature().unwrap().0.to_vec()),
        ("envelope", record.encode().to_vec()),
        ("log id", head.log.id().0.to_vec()),
        ("chapter digest", chapter_digest(&head.log.chapter, [&head]).to_vec()),
    ])
}

#[test]
fn the_worked_example_is_what_the_code_makes() {
    let made: BTreeMap<String, String> = made()
        .into_iter()
        .map(|(name, bytes)| (name.to_owned(), HEXLOWER.encode(&bytes)))
        .collect();
    assert_eq!(written(), made);
}

#[test]
fn the_worked_example_is_accepted_as_it_is_written() {
    let written = written();
    let bytes = |name: &str| Bytes::from(HEXLOWER.decode(written[name].as_bytes()).unwrap());
    let record = SignedRecord::decode(bytes("envelope")).unwrap().verify().unwrap();
    assert_eq!(record.id().to_string(), written["record id"]);
    let certificate = Certificate::decode(&bytes("certificate")).unwrap();
    assert_eq!(certificate.node().alliance.to_string(), written["alliance id"]);
    let did = format!("`{}`", certificate.node().organisation.did());
    assert!(SPECIFICATION.contains(&did), "{did}");
}
