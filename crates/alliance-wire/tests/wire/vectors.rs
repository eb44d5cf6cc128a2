//! Golden vectors of the wire: frames, proofs, fingerprints and tokens.

use alliance_record::SecretKey;
use alliance_wire::{Credential, Invitation, InvitationSecret, JoinMessage, SyncMessage, guest_proof};
use serde_json::{Value, json};

use crate::fixture::{
    alliance, chapter, credentials, guest, head, host, invitation, join_frames, key_of_session, log_ref, mark, request,
    sync_frames,
};
use crate::golden::{bytes, checked, each, hex};

fn frame(name: &str, bytes: &[u8]) -> Value {
    json!({ "name": name, "bytes": hex(bytes) })
}

fn proofs() -> Value {
    let secret = invitation().secret;
    json!({
        "secret": hex(secret.as_bytes()),
        "invitation": secret.id().to_string(),
        "alliance": alliance().to_string(),
        "guest": guest().to_string(),
        "host": host().to_string(),
        "guest_proof": hex(&guest_proof(&secret, &guest(), &host())),
        "organisation_seed": hex(&[6; 32]),
        "organisation_proof": hex(request().proof.as_bytes()),
    })
}

/// What one session derives from its nonce.
fn session() -> Value {
    let (head, key) = (head(), key_of_session());
    json!({
        "nonce": hex(&[9; 16]),
        "chapter": chapter().as_str(),
        "writer": head.log.writer.to_string(),
        "instance": head.log.instance.to_string(),
        "sequence": head.sequence,
        "record": head.record.to_string(),
        "log_ref": hex(&log_ref().to_bytes()),
        "mark": hex(&mark().to_bytes()),
        "fingerprint": hex(&key.fingerprint(&chapter(), [&head])),
        "fingerprint_of_none": hex(&key.fingerprint(&chapter(), [])),
    })
}

fn token() -> Value {
    let invitation = invitation();
    json!({
        "alliance": invitation.alliance.to_string(),
        "alliance_name": invitation.alliance_name,
        "inviter": invitation.inviter.to_string(),
        "secret": hex(invitation.secret.as_bytes()),
        "expires_at_ms": invitation.expires_at_ms,
        "transport": invitation.transport.to_string(),
        "addresses": invitation.addresses,
        "token": invitation.token(),
    })
}

#[test]
fn the_wire_keeps_its_bytes() {
    let sync = sync_frames();
    let join = join_frames();
    let shown = credentials();
    let made = json!({
        "sync": sync.iter().map(|(name, message)| frame(name, &message.encode())).collect::<Vec<_>>(),
        "join": join.iter().map(|(name, message)| frame(name, &message.encode())).collect::<Vec<_>>(),
        "credentials": shown.iter().map(|(name, shown)| frame(name, &shown.encode())).collect::<Vec<_>>(),
        "proofs": proofs(),
        "session": session(),
        "invitation": token(),
    });
    let kept = checked("wire.json", &made);
    for (vector, (_, message)) in each(&kept, "sync").zip(sync) {
        assert_eq!(SyncMessage::decode(bytes(vector, "bytes").into()), Ok(message));
    }
    for (vector, (_, message)) in each(&kept, "join").zip(join) {
        assert_eq!(JoinMessage::decode(bytes(vector, "bytes").into()), Ok(message));
    }
    for (vector, (_, credential)) in each(&kept, "credentials").zip(shown) {
        assert_eq!(Credential::decode(&bytes(vector, "bytes")), Ok(credential));
    }
    let read: Invitation = kept["invitation"]["token"].as_str().unwrap().parse().unwrap();
    assert_eq!(read, invitation());
    check_proofs(&kept["proofs"]);
}

/// From what the file says alone, as another implementation would.
fn check_proofs(vector: &Value) {
    let secret = InvitationSecret(bytes(vector, "secret").try_into().unwrap());
    let transport = |field: &str| vector[field].as_str().unwrap().parse().unwrap();
    let proof = guest_proof(&secret, &transport("guest"), &transport("host"));
    assert_eq!(hex(&proof), vector["guest_proof"]);
    let seed = bytes(vector, "organisation_seed").try_into().unwrap();
    let key = SecretKey::from_seed(&seed);
    let alliance = vector["alliance"].as_str().unwrap().parse().unwrap();
    let proof = alliance_wire::organisation_proof(&key, &alliance, &secret.id(), &transport("host"));
    assert_eq!(hex(proof.as_bytes()), vector["organisation_proof"]);
}
