//! Every fault that a record can have, made by a member with real keys: the table of refusals.

use alliance_record::proto::v1;
use alliance_record::{RecordId, SecretKey};
use bytes::Bytes;
use prost::Message;

use crate::envelope::{Envelope, Pen, id, sealed};

/// A fault.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// Where it is gossiped, and the chapter of the log in which it is offered on sync.
    pub(crate) chapter: &'static str,
    /// The word when it is gossiped.
    pub(crate) gossip: &'static str,
    /// The word when it comes in a range.
    pub(crate) sync: &'static str,
    /// Good records of a log, and then the faulty one.
    pub(crate) make: fn(&Pen) -> Vec<Envelope>,
}

/// A fault in a chapter of content, with the same word both ways.
const fn case(name: &'static str, code: &'static str, make: fn(&Pen) -> Vec<Envelope>) -> Case {
    Case {
        name,
        chapter: "m49:001",
        gossip: code,
        sync: code,
        make,
    }
}

fn alone(pen: &Pen, change: impl FnOnce(&mut v1::Header)) -> Vec<Envelope> {
    vec![pen.sheet(0, None).with(change).signed(&pen.keys.node)]
}

fn after_first(pen: &Pen, make: impl FnOnce(&Envelope) -> Envelope) -> Vec<Envelope> {
    let first = pen.first();
    let second = make(&first);
    vec![first, second]
}

/// A point of small order: anybody can sign for it.
const WEAK: [u8; 32] = {
    let mut point = [0; 32];
    point[0] = 1;
    point
};

pub(crate) const CASES: [Case; 22] = [
    case("a changed signature", "bad_signature", |pen| {
        let mut record = pen.first();
        let mut signature = record.signature.to_vec();
        signature[40] ^= 1;
        record.signature = signature.into();
        vec![record]
    }),
    case("no signature", "bad_signature", |pen| {
        vec![Envelope {
            signature: Bytes::new(),
            ..pen.first()
        }]
    }),
    case("signed by another key", "bad_signature", |pen| {
        vec![pen.sheet(0, None).signed(&SecretKey::from_seed(&[9; 32]))]
    }),
    case("a signature of the wrong length", "bad_encoding", |pen| {
        let mut record = pen.first();
        record.signature = record.signature.slice(..63);
        vec![record]
    }),
    case("another body of the same length", "bad_body", |pen| {
        let mut record = pen.first();
        record.body = record.body.map(turned);
        vec![record]
    }),
    case("a shorter body", "bad_body", |pen| {
        let mut record = pen.first();
        let body = record.body.as_mut().unwrap();
        body.bytes = body.bytes.slice(1..);
        vec![record]
    }),
    Case {
        sync: "wrong_log",
        ..case("in another chapter's topic or range", "wrong_chapter", |pen| {
            alone(pen, |header| header.chapter = "iso:gb".to_owned())
        })
    },
    case("a chapter's name that is not canonical", "bad_chapter", |pen| {
        alone(pen, |header| header.chapter = "M49:001".to_owned())
    }),
    Case {
        chapter: "alliance",
        ..case("a practice in the alliance's own chapter", "wrong_chapter", |pen| {
            vec![pen.first()]
        })
    },
    case(
        "an admission outside of the alliance's own chapter",
        "wrong_chapter",
        |pen| alone(pen, |header| header.kind = 65),
    ),
    case("the first record with a link", "wrong_sequence", |pen| {
        alone(pen, |header| header.previous = Bytes::from_static(&[5; 32]))
    }),
    case("a later record without a link", "wrong_sequence", |pen| {
        alone(pen, |header| header.sequence = 3)
    }),
    case("a link to another record", "wrong_previous", |pen| {
        after_first(pen, |_| {
            let link = RecordId([5; 32]);
            pen.sheet(1, Some(link)).signed(&pen.keys.node)
        })
    }),
    case("a second record at a place", "fork", |pen| {
        after_first(pen, |_| {
            let other = pen.sheet(0, None).with(|header| header.claimed_at_ms += 1);
            other.signed(&pen.keys.node)
        })
    }),
    case("a log that changes its organisation", "wrong_organisation", |pen| {
        after_first(pen, |first| {
            let other = SecretKey::from_seed(&[8; 32]).public();
            let next = pen.sheet(1, Some(id(first)));
            let next = next.with(|header| header.organisation = Bytes::copy_from_slice(&other));
            next.signed(&pen.keys.node)
        })
    }),
    case("of another alliance", "wrong_alliance", |pen| {
        alone(pen, |header| header.alliance = Bytes::from_static(&[4; 32]))
    }),
    case("too large a body", "too_large", |pen| {
        let text = Bytes::from(vec![b'a'; 70_000]);
        vec![pen.sheet_of(1, text, (0, None)).signed(&pen.keys.node)]
    }),
    case("too many links", "too_large", |pen| {
        let link = v1::Reference {
            role: 1,
            record: Bytes::from_static(&[6; 32]),
        };
        alone(pen, |header| header.references = vec![link; 33])
    }),
    case("too large a header", "too_large", |pen| {
        let sheet = pen.sheet(0, None);
        // A field of a later version, far too long.
        let padded = [&sheet.header.encode_to_vec()[..], &[0xfa, 0x01, 0x88, 0x27], &[0; 5000]].concat();
        vec![sealed(padded.into(), sheet.body, &pen.keys.node)]
    }),
    case("no header at all", "bad_encoding", |pen| {
        let garbage = Bytes::from_static(b"\xff\xff\xff\xff\xff\xff\xff\xff");
        vec![sealed(garbage, pen.sheet(0, None).body, &pen.keys.node)]
    }),
    case("a writer's key of small order", "weak_key", |pen| {
        let sheet = pen.sheet(0, None);
        vec![
            sheet
                .with(|header| header.organisation = Bytes::from_static(&WEAK))
                .signed(&pen.keys.node),
        ]
    }),
    case("no commitment", "bad_encoding", |pen| {
        alone(pen, |header| header.body_commitment = Bytes::new())
    }),
];

/// A body of the same length with other bytes.
pub(crate) fn turned(mut body: v1::Body) -> v1::Body {
    let mut bytes = body.bytes.to_vec();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    body.bytes = bytes.into();
    body
}
