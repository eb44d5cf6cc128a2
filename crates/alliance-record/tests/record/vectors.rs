//! Golden vectors of records and of what stands by itself: the same bytes in every release and every implementation.

use alliance_record::proto::v1;
use alliance_record::{
    Body, Certificate, Charter, Head, LogName, Salt, SecretKey, SignedRecord, alliance_id, chapter_digest, head_bytes,
};
use bytes::Bytes;
use prost::Message;
use serde_json::{Value, json};

use crate::fixture::{altered, author, code, forged, log_of, organisation_key};
use crate::golden::{bytes, checked, each, hex};
use crate::governance::{certified_node, charter};

fn key(seed: u8) -> Value {
    let key = SecretKey::from_seed(&[seed; 32]);
    json!({
        "seed": hex(&[seed; 32]),
        "public": hex(&key.public()),
        "did": key.organisation().did(),
    })
}

fn record(record: &SignedRecord) -> Value {
    let (header, body) = (record.header(), record.body().unwrap());
    json!({
        "chapter": header.log.chapter.as_str(),
        "sequence": header.sequence,
        "previous": header.previous.map(|id| id.to_string()),
        "claimed_at_ms": header.claimed_at_ms,
        "kind": header.kind.0,
        "references": header.references.iter().map(|link| json!([link.role.0, link.record.to_string()])).collect::<Vec<_>>(),
        "salt": hex(body.salt.as_bytes()),
        "schema": body.schema,
        "body": hex(&body.bytes),
        "commitment": hex(&body.commitment()),
        "header": hex(record.header_bytes()),
        "id": record.id().to_string(),
        "signature": hex(record.signature().unwrap().as_bytes()),
        "envelope": hex(&record.encode()),
    })
}

fn refused(name: &str, envelope: &v1::Envelope) -> Value {
    let bytes = Bytes::from(envelope.encode_to_vec());
    json!({ "name": name, "envelope": hex(&bytes), "verdict": code(bytes) })
}

fn refusals() -> Vec<Value> {
    let body = |change: fn(&mut v1::Body)| altered(|envelope| change(envelope.body.as_mut().unwrap()));
    vec![
        refused("later version of the header", &forged(|header| header.version = 2)),
        refused("version 0", &forged(|header| header.version = 0)),
        refused(
            "chapter not canonical",
            &forged(|header| header.chapter = "iso:GB".to_owned()),
        ),
        refused("first record with a predecessor", &forged(|header| header.sequence = 0)),
        refused(
            "later record without one",
            &forged(|header| header.previous = Bytes::new()),
        ),
        refused(
            "body larger than a record may be",
            &forged(|header| header.body_bytes = 65_536),
        ),
        refused("weak writer", &forged(|header| header.writer = vec![0; 32].into())),
        refused(
            "weak organisation",
            &forged(|header| header.organisation = vec![0; 32].into()),
        ),
        refused(
            "signature of nobody",
            &altered(|envelope| envelope.signature = vec![0; 64].into()),
        ),
        refused("no signature", &altered(|envelope| envelope.signature = Bytes::new())),
        refused(
            "half a signature",
            &altered(|envelope| envelope.signature = vec![0; 32].into()),
        ),
        refused(
            "other words",
            &body(|body| body.bytes = Bytes::from_static(b"practice 2")),
        ),
        refused("other salt", &body(|body| body.salt = vec![9; 32].into())),
        refused("other schema", &body(|body| body.schema = 2)),
        refused("body erased", &altered(|envelope| envelope.body = None)),
    ]
}

#[test]
fn records_keep_their_bytes() {
    let made = json!({
        "keys": [key(1), key(2), key(3)],
        "alliance": author().alliance.to_string(),
        "organisation": author().organisation.to_string(),
        "instance": author().instance.to_string(),
        "records": log_of(&author(), 3).iter().map(record).collect::<Vec<_>>(),
        "verdicts": refusals(),
    });
    let kept = checked("record.json", &made);
    for vector in each(&kept, "records") {
        read_record(vector);
    }
    for vector in each(&kept, "verdicts") {
        assert_eq!(
            code(bytes(vector, "envelope").into()),
            vector["verdict"],
            "{}",
            vector["name"]
        );
    }
}

/// From the bytes alone back to every field.
fn read_record(vector: &Value) {
    let read = SignedRecord::decode(bytes(vector, "envelope").into()).unwrap();
    let header = read.header();
    assert_eq!(header.alliance, author().alliance);
    assert_eq!(header.organisation, author().organisation);
    assert_eq!(
        header.log,
        author().log(vector["chapter"].as_str().unwrap().parse().unwrap())
    );
    assert_eq!(hex(&header.body_commitment), vector["commitment"]);
    assert_eq!(&record(&read), vector);
    let body = Body {
        salt: Salt::from_slice(&bytes(vector, "salt")).unwrap(),
        schema: u32::try_from(vector["schema"].as_u64().unwrap()).unwrap(),
        bytes: bytes(vector, "body").into(),
    };
    assert_eq!(read.body(), Some(&body));
    let parts = SignedRecord::from_parts(bytes(vector, "header").into(), read.signature().copied(), Some(body));
    assert_eq!(parts.unwrap(), read);
    read.verify().unwrap();
}

fn heads() -> Vec<Head> {
    let log = |seed: u8| LogName {
        writer: SecretKey::from_seed(&[seed; 32]).writer(),
        ..author().log("iso:gb-sct".parse().unwrap())
    };
    let records = log_of(&author(), 3);
    let mut heads: Vec<_> = [2_u8, 4]
        .into_iter()
        .zip(&records[1..])
        .map(|(seed, record)| Head {
            log: log(seed),
            organisation: author().organisation,
            sequence: record.header().sequence,
            record: record.id(),
        })
        .collect();
    heads.sort();
    heads
}

fn head(head: &Head) -> Value {
    json!({
        "writer": head.log.writer.to_string(),
        "instance": head.log.instance.to_string(),
        "sequence": head.sequence,
        "record": head.record.to_string(),
        "log": head.log.id().to_string(),
        "hashed": hex(&head_bytes(head)),
    })
}

#[test]
fn what_stands_by_itself_keeps_its_bytes() {
    let charter_bytes = Bytes::from(charter().encode_to_vec());
    let certificate = Certificate::issue(&organisation_key(), certified_node());
    let node = certified_node();
    let chapter = "iso:gb-sct".parse().unwrap();
    let made = json!({
        "charter": { "bytes": hex(&charter_bytes), "alliance": alliance_id(&charter_bytes).to_string() },
        "certificate": {
            "organisation_seed": hex(&[1; 32]),
            "alliance": node.alliance.to_string(),
            "writer": node.writer.to_string(),
            "transport": node.transport.to_string(),
            "not_before_ms": node.not_before_ms,
            "not_after_ms": node.not_after_ms,
            "label": node.label,
            "bytes": hex(certificate.bytes()),
        },
        "chapter": "iso:gb-sct",
        "heads": heads().iter().map(head).collect::<Vec<_>>(),
        "digest": hex(&chapter_digest(&chapter, &heads())),
        "digest_of_none": hex(&chapter_digest(&chapter, [])),
    });
    let kept = checked("identity.json", &made);
    let charter_kept = Bytes::from(bytes(&kept["charter"], "bytes"));
    assert_eq!(alliance_id(&charter_kept).to_string(), kept["charter"]["alliance"]);
    assert_eq!(Charter::decode(&charter_kept).unwrap().stewards.len(), 3);
    let read = Certificate::decode(&bytes(&kept["certificate"], "bytes").into()).unwrap();
    assert_eq!(read, certificate);
}
