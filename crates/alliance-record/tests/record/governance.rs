//! Certificates and charters: what makes them none.

use alliance_record::limits::{CERTIFICATE_BYTES_MAX, CHARTER_BYTES_MAX, DISPLAY_NAME_CHARS_MAX, STEWARDS_MAX};
use alliance_record::proto::v1;
use alliance_record::{
    AllianceId, Certificate, CertificateError, CertifiedNode, Charter, CharterError, SecretKey, alliance_id,
};
use bytes::Bytes;
use prost::Message;

use crate::fixture::organisation_key;

const WEAK_KEY: [u8; 32] = [0; 32];

pub(crate) fn certified_node() -> CertifiedNode {
    CertifiedNode {
        alliance: AllianceId([7; 32]),
        organisation: organisation_key().organisation(),
        writer: SecretKey::from_seed(&[2; 32]).writer(),
        transport: SecretKey::from_seed(&[3; 32]).transport(),
        not_before_ms: 1_700_000_000_000,
        not_after_ms: 1_900_000_000_000,
        label: "ward office".to_owned(),
        next_writer: None,
        standing: None,
        key: None,
        succeeds: None,
    }
}

/// A certificate whose inner part was changed and signed again by the organisation.
fn forged(change: impl FnOnce(&mut v1::CertifiedNode)) -> Bytes {
    let issued = Certificate::issue(&organisation_key(), certified_node());
    let mut message = v1::NodeCertificate::decode(issued.bytes().clone()).unwrap();
    let mut node = v1::CertifiedNode::decode(message.certified).unwrap();
    change(&mut node);
    message.certified = node.encode_to_vec().into();
    let signature = organisation_key().sign(b"alliance/v1/node-certificate\0", &message.certified);
    message.organisation_signature = Bytes::copy_from_slice(signature.as_bytes());
    message.encode_to_vec().into()
}

fn altered(change: impl FnOnce(&mut v1::NodeCertificate)) -> Bytes {
    let issued = Certificate::issue(&organisation_key(), certified_node());
    let mut message = v1::NodeCertificate::decode(issued.bytes().clone()).unwrap();
    change(&mut message);
    message.encode_to_vec().into()
}

#[test]
fn a_certificate_says_what_its_organisation_signed() {
    let issued = Certificate::issue(&organisation_key(), certified_node());
    let read = Certificate::decode(issued.bytes()).unwrap();
    assert_eq!(read, issued);
    assert_eq!(read.node(), &certified_node());
}

#[test]
fn what_is_no_certificate() {
    let weak = Bytes::from_static(&WEAK_KEY);
    let table = [
        ("nothing", Bytes::new(), CertificateError::BadEncoding),
        (
            "garbage",
            Bytes::from_static(b"\xff\xff"),
            CertificateError::BadEncoding,
        ),
        (
            "too long",
            vec![0; CERTIFICATE_BYTES_MAX + 1].into(),
            CertificateError::BadEncoding,
        ),
        (
            "half a key",
            forged(|node| node.writer = node.writer.slice(1..)),
            CertificateError::BadEncoding,
        ),
        (
            "half a signature",
            altered(|m| m.organisation_signature = Bytes::new()),
            CertificateError::BadEncoding,
        ),
        (
            "weak writer",
            forged(|node| node.writer = weak.clone()),
            CertificateError::WeakKey,
        ),
        (
            "weak transport",
            forged(|node| node.transport = weak.clone()),
            CertificateError::WeakKey,
        ),
        (
            "weak organisation",
            forged(|node| node.organisation = weak.clone()),
            CertificateError::WeakKey,
        ),
        (
            "another's name",
            forged(|node| node.organisation = node.writer.clone()),
            CertificateError::BadSignature,
        ),
        (
            "changed",
            altered(|message| {
                let mut node = v1::CertifiedNode::decode(message.certified.clone()).unwrap();
                node.not_after_ms += 1;
                message.certified = node.encode_to_vec().into();
            }),
            CertificateError::BadSignature,
        ),
    ];
    for (name, bytes, error) in table {
        assert_eq!(Certificate::decode(&bytes), Err(error), "{name}");
    }
}

pub(crate) fn charter() -> v1::Charter {
    let key = |seed: u8| Bytes::copy_from_slice(&SecretKey::from_seed(&[seed; 32]).public());
    v1::Charter {
        name: "PROMISE".to_owned(),
        pledge_text: "We will use less coercion.".to_owned(),
        stewards: vec![key(1), key(2), key(3)],
        threshold: 2,
        admission_policy: v1::AdmissionPolicy::AnyMember.into(),
        chapter_active_at: 3,
        pledge_months: 24,
        nonce: vec![4; 32].into(),
        founded_at_ms: 1_800_000_000_000,
        founding_writer: key(4),
        steward_keys: Vec::new(),
    }
}

fn read(change: impl FnOnce(&mut v1::Charter)) -> Result<Charter, CharterError> {
    let mut message = charter();
    change(&mut message);
    Charter::decode(&message.encode_to_vec().into())
}

type Change = fn(&mut v1::Charter);

fn check(name: &str, change: Change, error: Option<CharterError>) {
    assert_eq!(read(change).err(), error, "{name}");
}

#[test]
fn a_charter_counts_rightly() {
    let threshold = Some(CharterError::BadThreshold);
    check("as it is", |_| (), None);
    check("all must agree", |charter| charter.threshold = 3, None);
    check(
        "half is not more than half",
        |charter| charter.threshold = 1,
        threshold.clone(),
    );
    check("none", |charter| charter.threshold = 0, threshold.clone());
    check(
        "more than there are",
        |charter| charter.threshold = 4,
        threshold.clone(),
    );
    check("the largest number", |charter| charter.threshold = u32::MAX, threshold);
    let number = Some(CharterError::BadNumber);
    check(
        "chapters of nobody",
        |charter| charter.chapter_active_at = 0,
        number.clone(),
    );
    check("pledges of no time", |charter| charter.pledge_months = 0, number);
}

#[test]
fn a_charter_names_the_node_that_records_it() {
    let error = Some(CharterError::BadWriter);
    check("no node", |charter| charter.founding_writer.clear(), error.clone());
    check(
        "half a key",
        |charter| charter.founding_writer.truncate(16),
        error.clone(),
    );
    check(
        "a weak key",
        |charter| charter.founding_writer = vec![0; 32].into(),
        error,
    );
}

#[test]
fn a_charter_names_its_stewards_rightly() {
    let error = Some(CharterError::BadStewards);
    check("no stewards", |charter| charter.stewards.clear(), error.clone());
    check(
        "one twice",
        |charter| charter.stewards[1] = charter.stewards[0].clone(),
        error.clone(),
    );
    check(
        "half a key",
        |charter| charter.stewards[1] = Bytes::new(),
        error.clone(),
    );
    check(
        "weak",
        |charter| charter.stewards[1] = Bytes::from_static(&WEAK_KEY),
        error.clone(),
    );
    check("too many", |charter| name_stewards(charter, STEWARDS_MAX + 1), error);
    check(
        "as many as may be",
        |charter| name_stewards(charter, STEWARDS_MAX),
        None,
    );
}

fn name_stewards(charter: &mut v1::Charter, count: usize) {
    let seeds = (0..u8::MAX).take(count);
    let keys = seeds.map(|seed| SecretKey::from_seed(&[seed; 32]).public());
    charter.stewards = keys.map(|key| Bytes::copy_from_slice(&key)).collect();
    charter.threshold = u32::try_from(count).unwrap();
}

#[test]
fn a_charter_is_a_page_and_not_a_book() {
    let book: Change = |charter| charter.pledge_text = "x".repeat(CHARTER_BYTES_MAX);
    check("a book", book, Some(CharterError::BadEncoding));
    check(
        "a name",
        |charter| charter.name = "ž".repeat(DISPLAY_NAME_CHARS_MAX),
        None,
    );
    let story: Change = |charter| charter.name = "ž".repeat(DISPLAY_NAME_CHARS_MAX + 1);
    check("a story for a name", story, Some(CharterError::BadName));
    let garbage = Bytes::from_static(b"\xff");
    assert_eq!(Charter::decode(&garbage), Err(CharterError::BadEncoding));
}

#[test]
fn only_the_policy_that_says_so_lets_any_member_admit() {
    for (policy, any) in [(0, false), (1, true), (2, false), (99, false)] {
        assert_eq!(
            read(|charter| charter.admission_policy = policy)
                .unwrap()
                .any_member_admits,
            any
        );
    }
}

#[test]
fn an_alliance_is_its_charters_bytes() {
    let bytes = charter().encode_to_vec();
    let mut other = bytes.clone();
    *other.last_mut().unwrap() ^= 1;
    assert_ne!(alliance_id(&bytes), alliance_id(&other));
}
