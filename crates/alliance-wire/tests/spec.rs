//! The worked example of the wire in `proto/README.md` is what this crate makes: every value of it, byte for byte.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use alliance_record::{AllianceId, ChapterName, Head, InstanceId, LogName, RecordId, SecretKey};
use alliance_wire::{
    ChapterView, Credential, Hello, Invitation, InvitationSecret, SessionKey, SyncMessage, guest_proof,
    organisation_proof,
};
use data_encoding::HEXLOWER;

const SPECIFICATION: &str = include_str!("../../../proto/README.md");
const OPENING: &str = "```worked-example-wire\n";

/// The example's values by name: lines `[name]`, then a text whose blanks do not count; `#` begins a note.
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

fn head() -> Head {
    let log = LogName {
        writer: SecretKey::from_seed(&[2; 32]).writer(),
        instance: InstanceId([5; 8]),
        chapter: ChapterName::alliance(),
    };
    Head {
        log,
        organisation: SecretKey::from_seed(&[1; 32]).organisation(),
        sequence: 1,
        record: RecordId([0xaa; 32]),
    }
}

fn hello() -> Hello {
    let (nonce, head) = ([9; 16], head());
    let view = ChapterView {
        chapter: head.log.chapter.clone(),
        fingerprint: SessionKey::new(&nonce).fingerprint(&head.log.chapter, [&head]),
        logs: 1,
    };
    Hello {
        alliance: alliance(),
        nonce,
        chapters: vec![view],
        addresses: false,
    }
}

#[test]
fn the_worked_example_is_what_the_code_makes() {
    let (invitation, hello) = (invitation(), hello());
    let (host, id) = (invitation.transport, invitation.secret.id());
    let guest = SecretKey::from_seed(&[8; 32]);
    let proof = guest_proof(&invitation.secret, &guest.transport(), &host);
    let shown = Credential::Guest { invitation: id, proof }.encode();
    let organisation = organisation_proof(&SecretKey::from_seed(&[10; 32]), &invitation.alliance, &id, &host);
    let expected = BTreeMap::from([
        ("token", invitation.token()),
        ("invitation id", id.to_string()),
        ("guest transport key", guest.transport().to_string()),
        ("guest proof", HEXLOWER.encode(&proof)),
        ("guest credential", HEXLOWER.encode(&shown)),
        ("organisation proof", organisation.to_string()),
        ("fingerprint", HEXLOWER.encode(&hello.chapters[0].fingerprint)),
        ("hello", HEXLOWER.encode(&SyncMessage::Hello(hello).encode())),
    ]);
    let expected: BTreeMap<String, String> = expected
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    assert_eq!(written(), expected);
}

#[test]
fn the_token_is_read_as_it_is_written() {
    assert_eq!(written()["token"].parse(), Ok(invitation()));
}
