//! Invitations that were withdrawn, at whatever moment, and what is left of those that were used.

use std::sync::Arc;

use alliance_api::InvitationState;
use alliance_net::{Gate, Net, PeerId, Refusal, Standing, StreamPurpose};
use alliance_tests::Cluster;
use alliance_wire::{Credential, Invitation, JoinMessage, JoinRequest, guest_proof, organisation_proof};

use crate::directory::{DAY_MS, Keys, now_ms};
use crate::invited::{code, joining, members};

fn id(token: &str) -> String {
    token.parse::<Invitation>().unwrap().secret.id().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_invitation_admits_nobody_also_after_a_restart() {
    let mut cluster = Cluster::found("First", "GB").await;
    let token = cluster.invitation(0).await;
    let revoked = cluster.handle(0).revoke_invitation(&id(&token)[..8]).unwrap();
    assert_eq!((revoked.state, revoked.id), (InvitationState::Revoked, id(&token)));
    let data = cluster.init("Second", "CZ");
    let error = joining(&data, &token).await.unwrap_err();
    assert_eq!(code(&error), "invitation_revoked", "{error}");
    cluster.members[0].stop().await;
    cluster.members[0].start().await;
    // The node listens at the port it had.
    let error = joining(&data, &token).await.unwrap_err();
    assert_eq!(code(&error), "invitation_revoked", "{error}");
    assert_eq!(members(&cluster).await, 1);
    joining(&data, &cluster.invitation(0).await).await.unwrap();
    let audit = std::fs::read_to_string(cluster.members[0].data.join("audit.log")).unwrap();
    for act in ["invitation_given", "invitation_revoked", "invitation_used"] {
        assert!(audit.contains(act), "{audit}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_used_invitation_cannot_be_withdrawn_and_is_listed_with_who_used_it() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    let second = cluster.handle(1).status().await.unwrap().organisation;
    let listed = cluster.handle(0).invitations().unwrap();
    assert_eq!((listed.len(), listed[0].state), (1, InvitationState::Used));
    assert_eq!(listed[0].used_by.as_deref(), Some(second.id.as_str()));
    let problem = cluster.handle(0).revoke_invitation(&listed[0].id).unwrap_err();
    assert_eq!(problem.code, "invitation_used");
    assert_eq!(
        cluster.handle(0).revoke_invitation("ffff").unwrap_err().code,
        "not_found"
    );
    assert_eq!(
        cluster.handle(0).revoke_invitation("x").unwrap_err().code,
        "bad_request"
    );
}

/// A guest in two steps, so that something can happen between them.
struct Guest {
    invitation: Invitation,
    keys: Keys,
}

impl Gate for Guest {
    fn credential(&self, _: &PeerId) -> Vec<u8> {
        let secret = &self.invitation.secret;
        Credential::Guest {
            invitation: secret.id(),
            proof: guest_proof(secret, &self.keys.transport.transport(), &self.invitation.transport),
        }
        .encode()
    }

    fn judge(&self, _: &PeerId, _: &[u8]) -> Result<Standing, Refusal> {
        Ok(Standing::Member { organisation: [1; 32] })
    }
}

fn request(invitation: &Invitation, keys: &Keys) -> JoinRequest {
    let (secret, host) = (&invitation.secret, &invitation.transport);
    JoinRequest {
        organisation: keys.organisation.organisation(),
        certificate: keys.certificate(invitation.alliance, now_ms() + DAY_MS).bytes().clone(),
        name: "Second".to_owned(),
        proof: organisation_proof(&keys.organisation, &invitation.alliance, &secret.id(), host),
        invitation: secret.id(),
        invitation_proof: guest_proof(secret, &keys.transport.transport(), host),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_withdrawn_between_the_connection_and_the_request_admits_nobody() {
    let cluster = Cluster::found("First", "GB").await;
    let token = cluster.invitation(0).await;
    let invitation: Invitation = token.parse().unwrap();
    let keys = Keys::read(&cluster.init("Second", "CZ"));
    let settings = alliance_net::Settings {
        protocol: invitation.alliance.to_string(),
        ..alliance_net::Settings::default()
    };
    let gate = Guest {
        invitation: invitation.clone(),
        keys: keys.clone(),
    };
    let (net, _events) = Net::start(*keys.transport.seed(), settings, Arc::new(gate)).unwrap();
    let host = net.dial(cluster.members[0].address().parse().unwrap()).await.unwrap();
    let mut stream = net.open_stream(host, StreamPurpose::Join).await.unwrap();
    cluster.handle(0).revoke_invitation(&id(&token)).unwrap();
    stream
        .send(JoinMessage::Request(request(&invitation, &keys)).encode())
        .await
        .unwrap();
    let answer = JoinMessage::decode(stream.recv().await.unwrap().unwrap()).unwrap();
    let JoinMessage::Refused(refused) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(refused.code, "invitation_revoked");
    net.shutdown().await;
    assert_eq!(members(&cluster).await, 1);
}
