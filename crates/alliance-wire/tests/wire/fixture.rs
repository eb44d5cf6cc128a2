//! One of each thing that two nodes say, from fixed seeds; and frames written field by field.

use alliance_record::schema::Kind;
use alliance_record::{
    AllianceId, Author, Body, ChapterName, Draft, Head, InstanceId, LogName, LogPosition, RecordId, Salt, SecretKey,
    SignedRecord, TransportId,
};
use alliance_wire::{
    Cell, ChapterView, Credential, Hello, Invitation, InvitationSecret, JoinAccepted, JoinMessage, JoinRefused,
    JoinRequest, ListPart, LogRef, Mark, More, MoreOf, PeerAddress, Pull, RangePart, RecordPart, SessionKey,
    SketchPart, SyncMessage, Want, guest_proof, organisation_proof, sketch,
};
use bytes::Bytes;

pub(crate) fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

pub(crate) fn alliance() -> AllianceId {
    AllianceId([7; 32])
}

pub(crate) fn chapter() -> ChapterName {
    "iso:gb".parse().unwrap()
}

pub(crate) fn log() -> LogName {
    LogName {
        writer: key(2).writer(),
        instance: InstanceId([3; 8]),
        chapter: chapter(),
    }
}

pub(crate) fn record() -> SignedRecord {
    signed(Bytes::from_static(b"practice"), None)
}

/// The record after another one, or a log's first.
fn signed(bytes: Bytes, previous: Option<&SignedRecord>) -> SignedRecord {
    let author = Author {
        alliance: alliance(),
        organisation: key(1).organisation(),
        instance: InstanceId([3; 8]),
        key: key(2),
    };
    let draft = Draft {
        chapter: chapter(),
        kind: Kind::PRACTICE,
        schema: 1,
        bytes,
        references: Vec::new(),
        claimed_at_ms: 1_800_000_000_000,
    };
    let position = LogPosition {
        sequence: previous.map_or(0, |previous| previous.header().sequence + 1),
        previous: previous.map(SignedRecord::id),
    };
    author.sign(draft, position, Salt([4; 32])).unwrap()
}

/// The first records of a log, each with its signature and a body of so many bytes.
pub(crate) fn log_of(count: usize, bytes: impl Fn(usize) -> usize) -> Vec<SignedRecord> {
    let mut records: Vec<SignedRecord> = Vec::new();
    for index in 0..count {
        let text = vec![b'x'; bytes(index)];
        records.push(signed(text.into(), records.last()));
    }
    records
}

pub(crate) fn unsigned(record: &SignedRecord) -> SignedRecord {
    SignedRecord::from_parts(record.header_bytes().clone(), None, record.body().cloned()).unwrap()
}

/// The record with a body that is not its own.
pub(crate) fn other_words(record: &SignedRecord) -> SignedRecord {
    let words = |body| Body {
        bytes: Bytes::from_static(b"other words"),
        ..body
    };
    let body = record.body().cloned().map(words);
    SignedRecord::from_parts(record.header_bytes().clone(), record.signature().copied(), body).unwrap()
}

pub(crate) fn head() -> Head {
    Head {
        log: log(),
        organisation: key(1).organisation(),
        sequence: 300,
        record: RecordId([5; 32]),
    }
}

pub(crate) fn hello() -> Hello {
    Hello {
        alliance: alliance(),
        nonce: [9; 16],
        chapters: vec![view()],
        addresses: false,
    }
}

pub(crate) fn view() -> ChapterView {
    ChapterView {
        chapter: chapter(),
        fingerprint: [8; 8],
        logs: 10_000,
    }
}

/// The key of the session that [`hello`] opens.
pub(crate) fn key_of_session() -> SessionKey {
    SessionKey::new(&hello().nonce)
}

pub(crate) fn mark() -> Mark {
    key_of_session().mark(&head())
}

pub(crate) fn log_ref() -> LogRef {
    key_of_session().log_ref(&log())
}

pub(crate) fn cell() -> Cell {
    sketch(&[mark()], 0..1)[0]
}

pub(crate) fn sketched() -> SketchPart {
    SketchPart {
        view: view(),
        from: 0,
        cells: sketch(&[mark()], 0..3),
    }
}

pub(crate) fn list() -> ListPart {
    ListPart {
        chapter: chapter(),
        marks: vec![mark()],
        more: true,
    }
}

/// More cells of the sketch that [`sketched`] begins.
pub(crate) fn more() -> More {
    More {
        chapter: chapter(),
        wanted: MoreOf::Cells {
            fingerprint: [8; 8],
            from: 3,
            until: 48,
        },
    }
}

pub(crate) fn pull() -> Pull {
    Pull {
        chapter: chapter(),
        wants: vec![want()],
        part: RecordPart::Whole,
    }
}

pub(crate) fn want() -> Want {
    Want {
        log: log_ref(),
        from: 300,
        until: 4395,
    }
}

pub(crate) fn part() -> RangePart {
    RangePart {
        log: log_ref(),
        from: 0,
        records: vec![record()],
        more: true,
        fault: None,
    }
}

pub(crate) fn peer() -> PeerAddress {
    PeerAddress {
        transport: key(4).transport(),
        addresses: vec!["/ip4/192.0.2.1/tcp/4001".to_owned()],
    }
}

pub(crate) fn invitation() -> Invitation {
    Invitation {
        alliance: alliance(),
        alliance_name: "PROMISE".to_owned(),
        inviter: key(1).organisation(),
        secret: InvitationSecret([6; 32]),
        expires_at_ms: 1_800_000_000_000,
        transport: host(),
        addresses: peer().addresses,
    }
}

pub(crate) fn host() -> TransportId {
    key(4).transport()
}

pub(crate) fn guest() -> TransportId {
    key(5).transport()
}

pub(crate) fn request() -> JoinRequest {
    let secret = invitation().secret;
    JoinRequest {
        organisation: key(6).organisation(),
        certificate: Bytes::from_static(b"certificate"),
        name: "A hospital".to_owned(),
        proof: organisation_proof(&key(6), &alliance(), &secret.id(), &host()),
        invitation: secret.id(),
        invitation_proof: guest_proof(&secret, &guest(), &host()),
    }
}

pub(crate) fn accepted() -> JoinAccepted {
    JoinAccepted {
        charter: record(),
        admission: RecordId([5; 32]),
        peers: vec![peer()],
    }
}

pub(crate) fn refused() -> JoinRefused {
    JoinRefused {
        code: "expired".to_owned(),
        reason: "the invitation has expired. Ask for another".to_owned(),
    }
}

/// Each frame of a sync stream, by name.
pub(crate) fn sync_frames() -> Vec<(&'static str, SyncMessage)> {
    let curious = Hello {
        addresses: true,
        ..hello()
    };
    let no_marks = ListPart {
        marks: Vec::new(),
        more: false,
        ..list()
    };
    let whole = More {
        wanted: MoreOf::List,
        ..more()
    };
    let several = Pull {
        wants: vec![want(), Want { from: 0, ..want() }],
        ..pull()
    };
    let headers = Pull {
        part: RecordPart::Header,
        ..pull()
    };
    let empty = RangePart {
        records: Vec::new(),
        more: false,
        ..part()
    };
    vec![
        ("hello", SyncMessage::Hello(hello())),
        ("hello that asks for addresses", SyncMessage::Hello(curious)),
        ("sketch", SyncMessage::Sketch(sketched())),
        ("list", SyncMessage::List(list())),
        ("empty list", SyncMessage::List(no_marks)),
        ("compared", SyncMessage::Compared { lagging: Vec::new() }),
        (
            "compared, bodies lag",
            SyncMessage::Compared {
                lagging: vec![chapter()],
            },
        ),
        ("more cells", SyncMessage::More(more())),
        ("the list", SyncMessage::More(whole)),
        ("pull", SyncMessage::Pull(pull())),
        ("pull of several", SyncMessage::Pull(several)),
        ("pull of headers", SyncMessage::Pull(headers)),
        ("grant", SyncMessage::Grant { bytes: 2_097_152 }),
        ("range", SyncMessage::Range(part())),
        ("empty range", SyncMessage::Range(empty)),
        ("done", SyncMessage::Done),
        ("busy", SyncMessage::Busy { retry_after_ms: 2000 }),
        ("addresses", SyncMessage::Addresses(vec![peer()])),
    ]
}

/// Each frame of a join stream, by name.
pub(crate) fn join_frames() -> Vec<(&'static str, JoinMessage)> {
    vec![
        ("request", JoinMessage::Request(request())),
        ("accepted", JoinMessage::Accepted(Box::new(accepted()))),
        ("refused", JoinMessage::Refused(refused())),
    ]
}

/// Each credential, by name.
pub(crate) fn credentials() -> Vec<(&'static str, Credential)> {
    let invitation = invitation().secret.id();
    let proof = guest_proof(&self::invitation().secret, &guest(), &host());
    vec![
        (
            "certificate",
            Credential::Certificate(Bytes::from_static(b"certificate")),
        ),
        ("guest", Credential::Guest { invitation, proof }),
    ]
}

/// A number as protobuf writes it.
pub(crate) fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(u8::try_from(number & 0x7f).unwrap() | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap());
    bytes
}

/// A field that holds bytes, a text or a message.
pub(crate) fn field(number: u64, bytes: &[u8]) -> Vec<u8> {
    [varint(number << 3 | 2), varint(bytes.len() as u64), bytes.to_vec()].concat()
}

/// A field that holds a number.
pub(crate) fn number(field: u64, value: u64) -> Vec<u8> {
    [varint(field << 3), varint(value)].concat()
}
