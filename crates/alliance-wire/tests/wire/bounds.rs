//! Each list and text of a frame at its limit, and one beyond it.

use alliance_record::limits::{CERTIFICATE_BYTES_MAX, DISPLAY_NAME_CHARS_MAX};
use alliance_wire::limits::{
    ADDRESS_BYTES_MAX, ADDRESSES_PER_PEER_MAX, CELLS_PER_FRAME_MAX, CHAPTERS_MAX, CREDENTIAL_BYTES_MAX,
    FRAME_BYTES_MAX, MARKS_PER_FRAME_MAX, PEERS_MAX, RANGE_RECORDS_MAX, REASON_BYTES_MAX, TOKEN_CHARS_MAX,
    WANTS_PER_PULL_MAX,
};
use alliance_wire::{
    Credential, Hello, Invitation, JoinAccepted, JoinMessage, JoinRefused, JoinRequest, ListPart, PeerAddress, Pull,
    RangePart, SketchPart, SyncMessage, Want, WireError,
};
use bytes::Bytes;

use crate::fixture::{
    accepted, cell, hello, invitation, list, mark, part, peer, pull, record, refused, request, sketched, view, want,
};

/// Reads what `frame` makes of a size, at the limit and beyond.
fn check<T>(place: &'static str, max: usize, frame: impl Fn(usize) -> Result<T, WireError>) {
    assert!(frame(max).is_ok(), "{place} at its limit");
    let error = frame(max + 1).err();
    let expected = WireError::TooLarge {
        place,
        got: max + 1,
        max,
    };
    assert_eq!(error, Some(expected));
}

fn sync(message: SyncMessage) -> Result<SyncMessage, WireError> {
    SyncMessage::decode(message.encode())
}

fn join(message: JoinMessage) -> Result<JoinMessage, WireError> {
    JoinMessage::decode(message.encode())
}

fn with_addresses(addresses: Vec<String>) -> PeerAddress {
    PeerAddress { addresses, ..peer() }
}

#[test]
fn lists_of_the_sync_stream() {
    check("chapters", CHAPTERS_MAX, |count| {
        let chapters = vec![view(); count];
        sync(SyncMessage::Hello(Hello { chapters, ..hello() }))
    });
    check("cells", CELLS_PER_FRAME_MAX, |count| {
        let cells = vec![cell(); count];
        sync(SyncMessage::Sketch(SketchPart { cells, ..sketched() }))
    });
    check("marks", MARKS_PER_FRAME_MAX, |count| {
        let marks = vec![mark(); count];
        sync(SyncMessage::List(ListPart { marks, ..list() }))
    });
    check("logs", WANTS_PER_PULL_MAX, |count| {
        let wants = vec![want(); count];
        sync(SyncMessage::Pull(Pull { wants, ..pull() }))
    });
    check("records", RANGE_RECORDS_MAX, |count| {
        let records = vec![record(); count];
        sync(SyncMessage::Range(RangePart { records, ..part() }))
    });
}

#[test]
fn lists_of_addresses() {
    let addresses = |peers| sync(SyncMessage::Addresses(peers));
    check("peers", PEERS_MAX, |count| addresses(vec![peer(); count]));
    check("addresses", ADDRESSES_PER_PEER_MAX, |count| {
        addresses(vec![with_addresses(vec!["/dns/a".to_owned(); count])])
    });
    check("address", ADDRESS_BYTES_MAX, |bytes| {
        addresses(vec![with_addresses(vec!["x".repeat(bytes)])])
    });
    check("peers", PEERS_MAX, |count| {
        let peers = vec![peer(); count];
        join(JoinMessage::Accepted(Box::new(JoinAccepted { peers, ..accepted() })))
    });
}

#[test]
fn texts_of_the_join_stream() {
    check("name", DISPLAY_NAME_CHARS_MAX, |chars| {
        let name = "ž".repeat(chars);
        join(JoinMessage::Request(JoinRequest { name, ..request() }))
    });
    check("certificate", CERTIFICATE_BYTES_MAX, |bytes| {
        let certificate = vec![1; bytes].into();
        join(JoinMessage::Request(JoinRequest {
            certificate,
            ..request()
        }))
    });
    check("code", REASON_BYTES_MAX, |bytes| {
        let code = "x".repeat(bytes);
        join(JoinMessage::Refused(JoinRefused { code, ..refused() }))
    });
    check("reason", REASON_BYTES_MAX, |bytes| {
        let reason = "x".repeat(bytes);
        join(JoinMessage::Refused(JoinRefused { reason, ..refused() }))
    });
}

/// Before anything is decoded.
#[test]
fn whole_frames() {
    let too_large = |place, max: usize| {
        Some(WireError::TooLarge {
            place,
            got: max + 1,
            max,
        })
    };
    let frame = Bytes::from(vec![0; FRAME_BYTES_MAX + 1]);
    assert_eq!(
        SyncMessage::decode(frame.clone()).err(),
        too_large("sync frame", FRAME_BYTES_MAX)
    );
    assert_eq!(
        JoinMessage::decode(frame).err(),
        too_large("join frame", FRAME_BYTES_MAX)
    );
    let shown = vec![0; CREDENTIAL_BYTES_MAX + 1];
    assert_eq!(
        Credential::decode(&shown).err(),
        too_large("credential", CREDENTIAL_BYTES_MAX)
    );
}

/// The largest frames that a node may make must be ones that others take.
#[test]
fn the_fullest_frames_fit() {
    let chapters = vec![view(); CHAPTERS_MAX];
    let cells = vec![cell(); CELLS_PER_FRAME_MAX];
    let marks = vec![mark(); MARKS_PER_FRAME_MAX];
    let furthest = Want {
        from: u64::MAX,
        until: u64::MAX,
        ..want()
    };
    let wants = vec![furthest; WANTS_PER_PULL_MAX];
    let address = "x".repeat(ADDRESS_BYTES_MAX);
    let peers = vec![with_addresses(vec![address.clone(); ADDRESSES_PER_PEER_MAX]); PEERS_MAX];
    for message in [
        SyncMessage::Hello(Hello { chapters, ..hello() }),
        SyncMessage::Sketch(SketchPart { cells, ..sketched() }),
        SyncMessage::List(ListPart { marks, ..list() }),
        SyncMessage::Pull(Pull { wants, ..pull() }),
        SyncMessage::Addresses(peers),
    ] {
        assert!(message.encode().len() <= FRAME_BYTES_MAX);
    }
    let largest = Credential::Certificate(vec![1; CERTIFICATE_BYTES_MAX].into());
    assert!(largest.encode().len() <= CREDENTIAL_BYTES_MAX);
    let fullest = Invitation {
        alliance_name: "ž".repeat(DISPLAY_NAME_CHARS_MAX),
        addresses: vec![address; ADDRESSES_PER_PEER_MAX],
        ..invitation()
    };
    assert!(fullest.token().len() <= TOKEN_CHARS_MAX);
    assert_eq!(fullest.token().parse(), Ok(fullest));
}

/// A field of a number and so many bytes.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut field = vec![number << 3 | 2];
    let mut length = bytes.len();
    while length > 0x7f {
        field.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
        length >>= 7;
    }
    field.push(u8::try_from(length).unwrap());
    field.extend_from_slice(bytes);
    field
}

/// Half a million empty records, chapters or addresses fit into a frame, and took fifty times its bytes before the
/// first was looked at.
#[test]
fn empty_things_without_number_are_refused_before_memory_is_taken_for_them() {
    let is_refused =
        |error: Option<WireError>| matches!(error, Some(WireError::TooLarge { place, .. }) if place.ends_with("frame"));
    for (message, list) in [(1, 4), (8, 3), (11, 1)] {
        let inner = field(list, &[]).repeat(500_000);
        assert!(is_refused(SyncMessage::decode(field(message, &inner).into()).err()));
        // In pieces of one message, too.
        let pieces = field(message, &field(list, &[])).repeat(200_000);
        assert!(is_refused(SyncMessage::decode(pieces.into()).err()));
        // Behind what is skipped.
        let group = [field(message, &[&[0x7b, 0x7c][..], &inner].concat()), Vec::new()].concat();
        assert!(SyncMessage::decode(group.into()).is_err());
    }
    let accepted = field(2, &field(4, &[]).repeat(500_000));
    assert!(is_refused(JoinMessage::decode(accepted.into()).err()));
    let range = field(2, &field(1, &[]).repeat(3_000_000));
    assert!(is_refused(alliance_wire::BundleFrame::decode(range.into()).err()));
}
