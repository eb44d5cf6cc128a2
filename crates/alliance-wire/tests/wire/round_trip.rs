//! What is written is what is read, and proofs hold for what they were made for and nothing else.

use alliance_record::{ChapterName, Head, RecordId};
use alliance_wire::{
    Credential, Invitation, InvitationError, InvitationSecret, JoinMessage, JoinRequest, SessionKey, SyncMessage,
    guest_proof, organisation_proof_holds,
};

use crate::fixture::{
    alliance, chapter, credentials, guest, head, host, invitation, join_frames, key, request, sync_frames,
};

#[test]
fn every_frame_comes_back_as_it_was() {
    for (name, message) in sync_frames() {
        assert_eq!(SyncMessage::decode(message.encode()), Ok(message), "{name}");
    }
    for (name, message) in join_frames() {
        assert_eq!(JoinMessage::decode(message.encode()), Ok(message), "{name}");
    }
    for (name, credential) in credentials() {
        assert_eq!(Credential::decode(&credential.encode()), Ok(credential), "{name}");
    }
    assert_eq!(invitation().token().parse(), Ok(invitation()));
}

#[test]
fn a_guests_proof_is_of_no_use_elsewhere() {
    let secret = invitation().secret;
    let proof = guest_proof(&secret, &guest(), &host());
    for (name, other) in [
        (
            "another secret",
            guest_proof(&InvitationSecret([1; 32]), &guest(), &host()),
        ),
        ("another guest", guest_proof(&secret, &key(9).transport(), &host())),
        ("another host", guest_proof(&secret, &guest(), &key(9).transport())),
        ("the other way round", guest_proof(&secret, &host(), &guest())),
    ] {
        assert_ne!(proof, other, "{name}");
    }
}

#[test]
fn an_organisations_proof_holds_for_what_it_was_made_for() {
    let holds = |request: &JoinRequest| organisation_proof_holds(request, &alliance(), &host());
    assert!(holds(&request()));
    let another = JoinRequest {
        organisation: key(9).organisation(),
        ..request()
    };
    let other_invitation = JoinRequest {
        invitation: InvitationSecret([1; 32]).id(),
        ..request()
    };
    let mut weak = request();
    weak.organisation.0 = [0; 32];
    for request in [another, other_invitation, weak] {
        assert!(!holds(&request));
    }
    let elsewhere = alliance_record::AllianceId([1; 32]);
    assert!(!organisation_proof_holds(&request(), &elsewhere, &host()));
    assert!(!organisation_proof_holds(&request(), &alliance(), &guest()));
}

#[test]
fn a_fingerprint_changes_with_all_that_it_covers() {
    let print =
        |nonce: u8, chapter: &ChapterName, heads: &[Head]| SessionKey::new(&[nonce; 16]).fingerprint(chapter, heads);
    let longer = Head {
        sequence: 301,
        ..head()
    };
    let other = Head {
        record: RecordId([6; 32]),
        ..head()
    };
    let prints = [
        print(1, &chapter(), &[head()]),
        print(2, &chapter(), &[head()]),
        print(1, &"iso:de".parse().unwrap(), &[head()]),
        print(1, &chapter(), &[]),
        print(1, &chapter(), &[longer]),
        print(1, &chapter(), &[other]),
        print(1, &chapter(), &[head(), head()]),
    ];
    let distinct: std::collections::BTreeSet<_> = prints.iter().collect();
    assert_eq!(distinct.len(), prints.len());
}

/// Every letter of a token, changed: none is taken, and none passes for another invitation.
#[test]
fn a_mistyped_token_is_told_so() {
    let token = invitation().token();
    for place in 0..token.len() {
        let other = if token.as_bytes()[place] == b'q' { "p" } else { "q" };
        let changed = format!("{}{other}{}", &token[..place], &token[place + 1..]);
        let is_prefix = place < "alliance-invitation-1.".len();
        let expected = if is_prefix {
            InvitationError::NotAToken
        } else {
            InvitationError::Damaged
        };
        assert_eq!(changed.parse::<Invitation>(), Err(expected), "letter {place}");
        assert!(token[..place].parse::<Invitation>().is_err(), "cut at {place}");
    }
}
