//! The worked example of the wire in `proto/README.md` is what this crate makes: every value of it, byte for byte.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use alliance_record::{AllianceId, ChapterName, Head, InstanceId, LogName, RecordId, SecretKey, SignedRecord};
use alliance_wire::{
    BUNDLE_MAGIC, BundleFrame, BundleHead, Cell, ChapterView, Credential, Decoded, Difference, Hello, Invitation,
    InvitationSecret, ListPart, Mark, More, MoreOf, Nonce, Pull, RangePart, RecordPart, SessionKey, SketchPart,
    SyncMessage, Want, compare, decode, guest_proof, organisation_proof, sketch,
};
use data_encoding::HEXLOWER;

const SPECIFICATION: &str = include_str!("../../../proto/README.md");
const NONCE: Nonce = [9; 16];
/// Context strings of the session's keys.
const LOG_CONTEXT: &str = "alliance v1 sync log";
const HEAD_CONTEXT: &str = "alliance v1 sync head";
const CHAPTER_CONTEXT: &str = "alliance v1 sync chapter";
/// Cells of the example: few enough to print, and they settle it.
const CELLS: usize = 6;

/// An example's values by name: lines `[name]`, then a text whose blanks do not count; `#` begins a note.
fn written(example: &str) -> BTreeMap<String, String> {
    let (_, after) = SPECIFICATION
        .split_once(&format!("```worked-example-{example}\n"))
        .unwrap();
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
            let value = text.split_whitespace().collect::<String>();
            values.entry(name.clone()).or_default().push_str(&value);
        }
    }
    values
}

/// The alliance, organisation and keys are those of the example of a record.
fn alliance() -> AllianceId {
    let (_, after) = SPECIFICATION.split_once("[alliance id]\n").unwrap();
    after.lines().next().unwrap().trim().parse().unwrap()
}

fn invitation() -> Invitation {
    Invitation {
        alliance: alliance(),
        alliance_name: "Example".to_owned(),
        inviter: SecretKey::from_seed(&[1; 32]).organisation(),
        secret: InvitationSecret([7; 32]),
        expires_at_ms: 1_750_000_000_000,
        transport: SecretKey::from_seed(&[3; 32]).transport(),
        addresses: vec!["/ip4/192.0.2.7/tcp/4001".to_owned()],
    }
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    HEXLOWER.encode(bytes.as_ref())
}

fn check<const N: usize>(example: &str, made: [(&str, String); N]) {
    let made: BTreeMap<String, String> = made.map(|(name, value)| (name.to_owned(), value)).into();
    assert_eq!(written(example), made);
}

#[test]
fn the_example_of_joining_is_what_the_code_makes() {
    let invitation = invitation();
    let (host, id) = (invitation.transport, invitation.secret.id());
    let guest = SecretKey::from_seed(&[8; 32]);
    let proof = guest_proof(&invitation.secret, &guest.transport(), &host);
    let shown = Credential::Guest { invitation: id, proof }.encode();
    let organisation = organisation_proof(&SecretKey::from_seed(&[10; 32]), &invitation.alliance, &id, &host);
    check(
        "wire",
        [
            ("token", invitation.token()),
            ("invitation id", id.to_string()),
            ("guest transport key", guest.transport().to_string()),
            ("guest proof", hex(proof)),
            ("guest credential", hex(&shown)),
            ("organisation proof", organisation.to_string()),
        ],
    );
}

/// A head in `alliance`, of the writer with this seed.
fn head((writer, instance): (u8, u8), sequence: u64, record: u8) -> Head {
    let log = LogName {
        writer: SecretKey::from_seed(&[writer; 32]).writer(),
        instance: InstanceId([instance; 8]),
        chapter: ChapterName::alliance(),
    };
    Head {
        log,
        organisation: SecretKey::from_seed(&[1; 32]).organisation(),
        sequence,
        record: RecordId([record; 32]),
    }
}

/// What the asker holds: one log.
fn ours() -> Vec<Head> {
    vec![head((2, 5), 1, 0xaa)]
}

/// What the answerer holds: two records more of that log, and a log that the asker lacks.
fn theirs() -> Vec<Head> {
    let mut heads = vec![head((2, 5), 3, 0xcc), head((0x0b, 0x0c), 0, 0xdd)];
    heads.sort();
    heads
}

fn view(heads: &[Head]) -> ChapterView {
    let chapter = ChapterName::alliance();
    ChapterView {
        fingerprint: SessionKey::new(&NONCE).fingerprint(&chapter, heads),
        logs: u32::try_from(heads.len()).unwrap(),
        chapter,
    }
}

fn marks(heads: &[Head]) -> Vec<Mark> {
    let key = SessionKey::new(&NONCE);
    heads.iter().map(|head| key.mark(head)).collect()
}

fn cells(heads: &[Head]) -> Vec<Cell> {
    sketch(&marks(heads), 0..CELLS)
}

/// The asker's frames, in their order; then those it could have sent instead of its pull.
fn asked() -> [(&'static str, SyncMessage); 7] {
    let chapter = ChapterName::alliance();
    let key = SessionKey::new(&NONCE);
    let want = |head: &Head, from: u64| Want {
        log: key.log_ref(&head.log),
        from,
        until: head.sequence,
    };
    let wanted = MoreOf::Cells {
        fingerprint: view(&theirs()).fingerprint,
        from: 6,
        until: 24,
    };
    let pull = Pull {
        chapter: chapter.clone(),
        wants: vec![want(&head((2, 5), 3, 0xcc), 2), want(&head((0x0b, 0x0c), 0, 0xdd), 0)],
        part: RecordPart::Whole,
    };
    let headers = Pull {
        part: RecordPart::Header,
        ..pull.clone()
    };
    [
        (
            "hello",
            SyncMessage::Hello(Hello {
                alliance: alliance(),
                nonce: NONCE,
                chapters: vec![view(&ours())],
                addresses: true,
            }),
        ),
        ("grant", SyncMessage::Grant { bytes: 2_097_152 }),
        ("pull", SyncMessage::Pull(pull)),
        ("pull of headers", SyncMessage::Pull(headers)),
        ("done", SyncMessage::Done),
        (
            "more cells",
            SyncMessage::More(More {
                chapter: chapter.clone(),
                wanted,
            }),
        ),
        (
            "the list",
            SyncMessage::More(More {
                chapter,
                wanted: MoreOf::List,
            }),
        ),
    ]
}

/// The record of the example of a record.
fn record() -> SignedRecord {
    let envelope = &written("record")["envelope"];
    SignedRecord::decode(HEXLOWER.decode(envelope.as_bytes()).unwrap().into()).unwrap()
}

/// The answerer's frames. The range brings the record of the example of a record, as if its log had been asked for.
fn answered() -> [(&'static str, SyncMessage); 7] {
    let record = record();
    let lagging = record.header().log.chapter.clone();
    let log = SessionKey::new(&NONCE).log_ref(&record.header().log);
    let range = RangePart {
        log,
        from: 1,
        records: vec![record],
        more: false,
        fault: None,
    };
    let nothing = RangePart {
        records: Vec::new(),
        ..range.clone()
    };
    let list = ListPart {
        chapter: ChapterName::alliance(),
        marks: marks(&theirs()),
        more: false,
    };
    let sketch = SketchPart {
        view: view(&theirs()),
        from: 0,
        cells: cells(&theirs()),
    };
    [
        ("sketch", SyncMessage::Sketch(sketch)),
        ("list", SyncMessage::List(list)),
        ("compared", SyncMessage::Compared { lagging: Vec::new() }),
        ("compared, bodies lag", SyncMessage::Compared { lagging: vec![lagging] }),
        ("range", SyncMessage::Range(range)),
        ("empty range", SyncMessage::Range(nothing)),
        ("busy", SyncMessage::Busy { retry_after_ms: 2000 }),
    ]
}

#[test]
fn the_example_of_sync_is_what_the_code_makes() {
    let [ours, theirs] = [ours(), theirs()];
    let derived = |context: &str| hex(blake3::derive_key(context, &NONCE));
    let first = SessionKey::new(&NONCE).log_ref(&ours[0].log);
    let all = |cells: Vec<Cell>| cells.iter().map(|cell| hex(cell.to_bytes())).collect::<String>();
    let mark = |head: Head| hex(marks(&[head])[0].to_bytes());
    let values = [
        ("log key", derived(LOG_CONTEXT)),
        ("head key", derived(HEAD_CONTEXT)),
        ("chapter key", derived(CHAPTER_CONTEXT)),
        ("reference", hex(first.to_bytes())),
        ("asker's mark", mark(head((2, 5), 1, 0xaa))),
        ("answerer's mark", mark(head((2, 5), 3, 0xcc))),
        ("answerer's other mark", mark(head((0x0b, 0x0c), 0, 0xdd))),
        ("asker's fingerprint", hex(view(&ours).fingerprint)),
        ("answerer's fingerprint", hex(view(&theirs).fingerprint)),
        ("asker's cells", all(cells(&ours))),
        ("answerer's cells", all(cells(&theirs))),
    ];
    let frames = asked().into_iter().chain(answered());
    let frames = frames.map(|(name, message)| (name.to_owned(), hex(message.encode())));
    let mut made: BTreeMap<String, String> = frames.collect();
    made.extend(values.map(|(name, value)| (name.to_owned(), value)));
    assert_eq!(written("sync"), made);
}

/// A bundle of that record alone, as no node would make it: without the records that it is judged by.
#[test]
fn the_example_of_a_bundle_is_what_the_code_makes() {
    let head = BundleFrame::Head(BundleHead {
        alliance: alliance(),
        chapters: vec![record().header().log.chapter.clone()],
        logs: 1,
        records: 1,
        made_at_ms: 1_750_000_000_000,
    });
    let range = BundleFrame::Range(vec![record()]);
    let before = [BUNDLE_MAGIC, &head.encode(), &range.encode()].concat();
    let end = BundleFrame::End {
        records: 1,
        hash: *blake3::hash(&before).as_bytes(),
    };
    let made = [
        ("magic", hex(BUNDLE_MAGIC)),
        ("head", hex(head.encode())),
        ("range", hex(range.encode())),
        ("end", hex(end.encode())),
    ];
    check("bundle", made);
}

/// What the text says of the example: its cells say the same as its list.
#[test]
fn the_cells_of_the_example_decode() {
    let (mine, others) = (marks(&ours()), marks(&theirs()));
    let found = compare(&others, &mine);
    assert_eq!(decode(&cells(&theirs()), 2, &mine), Decoded::Complete(found.clone()));
    let expected = |sequence: u32| {
        let is_it = |difference: &&Difference| difference.theirs.unwrap().sequence_low() == sequence;
        found.logs.iter().filter(is_it).count()
    };
    assert_eq!((found.logs.len(), expected(3), expected(0)), (2, 1, 1));
}

#[test]
fn the_token_is_read_as_it_is_written() {
    assert_eq!(written("wire")["token"].parse(), Ok(invitation()));
}
