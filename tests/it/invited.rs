//! Invitations: one organisation each, once, in time, and unaltered; and a guest sees nothing but the door.

use std::path::Path;
use std::sync::Arc;

use alliance_api::{Event, RecordQuery};
use alliance_net::{Gate, Net, OpenError, PeerId, Published, Refusal, Standing, StreamPurpose};
use alliance_node::{JoinError, JoinOptions, SetupError};
use alliance_record::{AllianceId, SecretKey};
use alliance_tests::{Cluster, join_options, settings, share};
use alliance_wire::{Credential, Invitation, InvitationSecret, guest_proof};

use crate::directory::now_ms;

pub(crate) async fn joining(data: &Path, token: &str) -> Result<(), JoinError> {
    let joined = alliance_node::join(data, &settings("/ip4/127.0.0.1/tcp/0"), &join_options(token)).await;
    match joined {
        Ok(_) => Ok(()),
        Err(SetupError::Join(error)) => Err(error),
        Err(other) => panic!("{other}"),
    }
}

/// The word of a refusal, at the connection or on the stream for joining.
pub(crate) fn code(error: &JoinError) -> String {
    match error {
        JoinError::Refused { code, .. } => code.clone(),
        JoinError::Dial(alliance_net::DialError::Refused { refusal, .. }) => refusal.code.to_string(),
        other => panic!("{other:?}"),
    }
}

/// Nobody was admitted beside those who should be.
pub(crate) async fn members(cluster: &Cluster) -> usize {
    cluster.handle(0).organisations().await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_admits_one_organisation() {
    let cluster = Cluster::found("First", "GB").await;
    let token = cluster.invitation(0).await;
    let (second, third) = (cluster.init("Second", "CZ"), cluster.init("Third", "DE"));
    joining(&second, &token).await.unwrap();
    let error = joining(&third, &token).await.unwrap_err();
    assert_eq!(code(&error), "invitation_used", "{error}");
    assert_eq!(members(&cluster).await, 2);
    // The one that was refused is none the worse for it, and need not pledge again.
    let options = JoinOptions {
        commitments: Vec::new(),
        ..join_options(&cluster.invitation(0).await)
    };
    alliance_node::join(&third, &settings("/ip4/127.0.0.1/tcp/0"), &options)
        .await
        .unwrap();
    let identity = std::fs::read_to_string(third.join("identity.json")).unwrap();
    assert!(identity.contains("Publish one lesson"), "{identity}");
    assert_eq!(members(&cluster).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_was_altered_or_made_up_or_has_ended_admits_nobody() {
    let cluster = Cluster::found("First", "GB").await;
    let data = cluster.init("Second", "CZ");
    let token = cluster.invitation(0).await;
    let given: Invitation = token.parse().unwrap();

    // Whichever character it is, nobody is asked.
    for at in 0..token.len() {
        let letter = if &token[at..=at] == "A" { "B" } else { "A" };
        let mistyped = format!("{}{letter}{}", &token[..at], &token[at + 1..]);
        let error = joining(&data, &mistyped).await.unwrap_err();
        assert!(matches!(error, JoinError::Invitation(_)), "{error}");
        let is_named = at < token.find('.').unwrap() + 1 || error.to_string().contains("checksum");
        assert!(is_named, "{at}: {error}");
    }

    let ended = Invitation {
        expires_at_ms: now_ms() - 1,
        ..given.clone()
    };
    let error = joining(&data, &ended.token()).await.unwrap_err();
    assert!(matches!(error, JoinError::Expired), "{error}");

    let made_up = Invitation {
        secret: InvitationSecret([9; 32]),
        ..given.clone()
    };
    let error = joining(&data, &made_up.token()).await.unwrap_err();
    assert_eq!(code(&error), "invitation_unknown", "{error}");

    let of_another_inviter = Invitation {
        inviter: SecretKey::from_seed(&[9; 32]).organisation(),
        ..given.clone()
    };
    let error = joining(&data, &of_another_inviter.token()).await.unwrap_err();
    assert_eq!(code(&error), "not_on_roster", "{error}");

    let of_another_alliance = Invitation {
        alliance: AllianceId([9; 32]),
        ..given
    };
    let error = joining(&data, &of_another_alliance.token()).await.unwrap_err();
    assert!(matches!(error, JoinError::Unreachable { .. }), "{error}");
    assert!(
        error.to_string().contains("does not speak this alliance's protocol"),
        "{error}"
    );

    assert_eq!(members(&cluster).await, 1);
    joining(&data, &token).await.unwrap();
    assert_eq!(members(&cluster).await, 2);
}

/// The host's own clock decides, whatever the token says.
#[tokio::test(flavor = "multi_thread")]
async fn an_ended_invitation_is_refused_by_the_host_too() {
    let mut cluster = Cluster::found("First", "GB").await;
    let token = cluster.invitation(0).await;
    cluster.members[0].stop().await;
    let file = cluster.members[0].data.join("invitations.json");
    let mut given: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    given[0]["expires_at_ms"] = (now_ms() - 1).into();
    std::fs::write(&file, given.to_string()).unwrap();
    cluster.members[0].start().await;
    let error = joining(&cluster.init("Second", "CZ"), &token).await.unwrap_err();
    assert_eq!(code(&error), "invitation_expired", "{error}");
    assert_eq!(members(&cluster).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_is_no_peer_and_gets_no_records() {
    let cluster = Cluster::found("First", "GB").await;
    let secret = share(cluster.handle(0), "Not for guests", "m49:001").await.id.unwrap();
    let mut events = cluster.handle(0).events(None);
    let guest = cluster.init("Second", "CZ");
    joining(&guest, &cluster.invitation(0).await).await.unwrap();
    // The admission is the only thing that happened here: no connection of a member came and went.
    let (_, event) = events.next().await.unwrap();
    let Event::Record { record } = event else {
        panic!("{event:?}")
    };
    assert_eq!(record.kind, "admission");
    assert!(cluster.handle(0).peers().await.unwrap().is_empty());
    assert!(!guest.join("store").exists(), "a guest holds no records");
    let query = RecordQuery::default();
    assert_eq!(cluster.handle(0).records(query).await.unwrap().records[0].id, secret);
}

/// Shows proof of an invitation, and would take its host for a member.
struct GuestGate(Credential);

impl Gate for GuestGate {
    fn credential(&self, _: &PeerId) -> Vec<u8> {
        self.0.encode()
    }

    fn judge(&self, _: &PeerId, _: &[u8]) -> Result<Standing, Refusal> {
        Ok(Standing::Member { organisation: [1; 32] })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_that_wants_more_than_to_join_gets_neither_sync_nor_gossip() {
    let cluster = Cluster::found("First", "GB").await;
    let invitation: Invitation = cluster.invitation(0).await.parse().unwrap();
    let key = SecretKey::from_seed(&[3; 32]);
    let credential = Credential::Guest {
        invitation: invitation.secret.id(),
        proof: guest_proof(&invitation.secret, &key.transport(), &invitation.transport),
    };
    let settings = alliance_net::Settings {
        protocol: invitation.alliance.to_string(),
        ..alliance_net::Settings::default()
    };
    let (net, _events) = Net::start(*key.seed(), settings, Arc::new(GuestGate(credential))).unwrap();
    net.follow("m49:001".parse().unwrap()).await.unwrap();
    let host = net.dial(cluster.members[0].address().parse().unwrap()).await.unwrap();
    assert!(net.open_stream(host, StreamPurpose::Join).await.is_ok());
    let refused = net.open_stream(host, StreamPurpose::Sync).await.unwrap_err();
    assert!(matches!(refused, OpenError::GuestMayOnlyJoin { .. }), "{refused}");
    // The host follows the chapter; that nobody hears the guest tells that there is no gossip with it.
    let heard = net.publish("m49:001".parse().unwrap(), "from a guest".into()).await;
    assert_eq!(heard, Ok(Published::Kept));
    assert!(cluster.handle(0).peers().await.unwrap().is_empty());
    net.shutdown().await;
}
