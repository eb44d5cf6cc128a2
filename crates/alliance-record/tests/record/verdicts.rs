//! One table of envelopes: what is wrong with each, and the word it gets from its bytes alone.

use alliance_record::limits::{ENVELOPE_BYTES_MAX, HEADER_BYTES_MAX, RECORD_BYTES_MAX, REFERENCES_MAX};
use alliance_record::proto::v1;
use bytes::Bytes;
use prost::Message;

use crate::fixture::{altered, code, forged, sample, sign};

/// The encoding of the point of order one: everybody can sign for it.
const WEAK_KEY: [u8; 32] = {
    let mut key = [0; 32];
    key[0] = 1;
    key
};
/// No point of the curve has this encoding.
const NO_KEY: [u8; 32] = {
    let mut key = [0; 32];
    key[0] = 2;
    key
};

fn check(name: &str, envelope: &v1::Envelope, expected: &str) {
    assert_eq!(code(envelope.encode_to_vec().into()), expected, "{name}");
}

fn with_body(change: impl FnOnce(&mut v1::Body)) -> v1::Envelope {
    altered(|envelope| change(envelope.body.as_mut().unwrap()))
}

fn longer(bytes: &Bytes) -> Bytes {
    [bytes, &b"!"[..]].concat().into()
}

fn shorter(bytes: &Bytes) -> Bytes {
    bytes.slice(1..)
}

#[test]
fn a_true_record_is_accepted_with_its_body_or_without() {
    check("as signed", &altered(|_| ()), "accepted");
    check("body erased", &altered(|envelope| envelope.body = None), "accepted");
    check("signed again", &forged(|_| ()), "accepted");
    let unknown = forged(|header| header.kind = 9999);
    check("a kind from a newer node", &unknown, "accepted");
    let role = forged(|header| header.references[0].role = 9999);
    check("a role from a newer node", &role, "accepted");
}

#[test]
fn wrong_bytes_of_the_envelope() {
    check("empty", &v1::Envelope::default(), "bad_encoding");
    assert_eq!(code(Bytes::from_static(b"\xff\xff\xff")), "bad_encoding");
    assert_eq!(code(Bytes::from(vec![0; ENVELOPE_BYTES_MAX + 1])), "too_large");
    let full = altered(|envelope| envelope.header = vec![8; HEADER_BYTES_MAX + 1].into());
    check("a header too large", &full, "too_large");
    check(
        "a header cut short",
        &altered(|e| e.header = shorter(&e.header)),
        "bad_encoding",
    );
    check(
        "a signature too long",
        &altered(|e| e.signature = longer(&e.signature)),
        "bad_encoding",
    );
    check(
        "a signature too short",
        &altered(|e| e.signature = shorter(&e.signature)),
        "bad_encoding",
    );
    check("no salt", &with_body(|body| body.salt = Bytes::new()), "bad_encoding");
    check(
        "a salt too long",
        &with_body(|body| body.salt = longer(&body.salt)),
        "bad_encoding",
    );
}

type Change = fn(&mut v1::Header);

#[test]
fn wrong_fields_of_a_signed_header() {
    let table: [(&str, Change, &str); 15] = [
        ("version 0", |h| h.version = 0, "bad_encoding"),
        ("version 2", |h| h.version = 2, "unknown_version"),
        ("alliance", |h| h.alliance = shorter(&h.alliance), "bad_encoding"),
        (
            "organisation",
            |h| h.organisation = longer(&h.organisation),
            "bad_encoding",
        ),
        ("writer", |h| h.writer = Bytes::new(), "bad_encoding"),
        ("instance", |h| h.instance = longer(&h.instance), "bad_encoding"),
        (
            "chapter in capitals",
            |h| h.chapter = "iso:GB".to_owned(),
            "bad_chapter",
        ),
        ("no chapter", |h| h.chapter = String::new(), "bad_chapter"),
        (
            "an endless chapter",
            |h| h.chapter = "theme:x".repeat(100),
            "bad_chapter",
        ),
        ("first with a predecessor", |h| h.sequence = 0, "wrong_sequence"),
        ("second without", |h| h.previous = Bytes::new(), "wrong_sequence"),
        (
            "half a predecessor",
            |h| h.previous = shorter(&h.previous),
            "bad_encoding",
        ),
        (
            "commitment",
            |h| h.body_commitment = longer(&h.body_commitment),
            "bad_encoding",
        ),
        ("another length", |h| h.body_bytes += 1, "bad_body"),
        (
            "half a reference",
            |h| h.references[0].record = Bytes::new(),
            "bad_encoding",
        ),
    ];
    for (name, change, expected) in table {
        check(name, &forged(change), expected);
    }
}

#[test]
fn keys_and_sizes_of_a_signed_header() {
    let table: [(&str, Change, &str); 4] = [
        (
            "a body too large",
            |h| h.body_bytes = RECORD_BYTES_MAX as u32,
            "too_large",
        ),
        ("the largest number", |h| h.body_bytes = u32::MAX, "too_large"),
        (
            "a weak organisation",
            |h| h.organisation = Bytes::from_static(&WEAK_KEY),
            "weak_key",
        ),
        (
            "no organisation",
            |h| h.organisation = Bytes::from_static(&NO_KEY),
            "weak_key",
        ),
    ];
    for (name, change, expected) in table {
        check(name, &forged(change), expected);
    }
    let many = forged(|header| header.references = vec![header.references[0].clone(); REFERENCES_MAX + 1]);
    check("too many references", &many, "too_large");
    let most = forged(|header| header.references = vec![header.references[0].clone(); REFERENCES_MAX]);
    check("as many references as may be", &most, "accepted");
    check(
        "a weak writer",
        &forged(|h| h.writer = Bytes::from_static(&WEAK_KEY)),
        "weak_key",
    );
}

#[test]
fn a_header_that_was_changed_without_its_writer() {
    let change = |change: fn(&mut v1::Header)| {
        altered(|envelope| {
            let mut header = v1::Header::decode(envelope.header.clone()).unwrap();
            change(&mut header);
            envelope.header = header.encode_to_vec().into();
        })
    };
    let organisation = change(|header| header.organisation = header.writer.clone());
    check("another organisation", &organisation, "bad_signature");
    check(
        "another alliance",
        &change(|h| h.alliance = vec![8; 32].into()),
        "bad_signature",
    );
    check(
        "another chapter",
        &change(|h| h.chapter = "alliance".to_owned()),
        "bad_signature",
    );
    check("another place", &change(|h| h.sequence = 7), "bad_signature");
    check("another time", &change(|h| h.claimed_at_ms += 1), "bad_signature");
    check("another kind", &change(|h| h.kind = 2), "bad_signature");
    check(
        "a field more",
        &altered(|e| e.header = [&e.header[..], &[0xf8, 0x07, 1]].concat().into()),
        "bad_signature",
    );
    check(
        "no signature",
        &altered(|e| e.signature = Bytes::new()),
        "bad_signature",
    );
    check(
        "a signature of nothing",
        &altered(|e| e.signature = vec![0; 64].into()),
        "bad_signature",
    );
}

#[test]
fn a_body_that_is_not_the_one_committed_to() {
    check(
        "other words",
        &with_body(|body| body.bytes = Bytes::from_static(b"practice 2")),
        "bad_body",
    );
    check(
        "more words",
        &with_body(|body| body.bytes = longer(&body.bytes)),
        "bad_body",
    );
    check(
        "fewer words",
        &with_body(|body| body.bytes = shorter(&body.bytes)),
        "bad_body",
    );
    check("no words", &with_body(|body| body.bytes = Bytes::new()), "bad_body");
    check(
        "another salt",
        &with_body(|body| body.salt = vec![9; 32].into()),
        "bad_body",
    );
    check("another schema", &with_body(|body| body.schema += 1), "bad_body");
}

/// The signature of one kind of thing is none of another: certificate and record have different tags.
#[test]
fn a_signature_made_for_something_else_is_none() {
    let mut envelope = altered(|_| ());
    let other = crate::fixture::author()
        .key
        .sign(b"alliance/v1/node-certificate\0", &envelope.header);
    envelope.signature = Bytes::copy_from_slice(other.as_bytes());
    check("of a certificate", &envelope, "bad_signature");
    sign(&mut envelope);
    check("of a record", &envelope, "accepted");
}

#[test]
fn what_was_sent_is_what_is_kept() {
    let record = sample();
    let again = alliance_record::SignedRecord::decode(record.encode()).unwrap();
    assert_eq!(again, record);
    assert_eq!(again.encode(), record.encode());
}
