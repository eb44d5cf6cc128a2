//! Who may not connect: refused at the connection, with the reason on both sides.

use std::path::PathBuf;

use alliance_api::{Event, Refused};
use alliance_node::{EventStream, Settings};
use alliance_record::AllianceId;
use alliance_tests::{Cluster, Member, next_event, settings};

use crate::directory::{DAY_MS, Keys, alliance_of, attach, now_ms, show_instead};
use crate::stage::RECORDS_OF_TWO;

/// The next refusal; a connection that comes first is the fault that the test looks for.
async fn refusal(events: &mut EventStream) -> Refused {
    next_event(events, |event| match event {
        Event::Refused { refused } => Some(refused.clone()),
        Event::PeerUp { peer, .. } => panic!("{peer} became a connection"),
        _ => None,
    })
    .await
}

/// Starts a node that must not connect with the cluster's first, and looks at both.
async fn is_refused(cluster: &Cluster, mut stranger: Member, code: &str) {
    let member = cluster.handle(0);
    let mut ours = member.events(None);
    stranger.start().await;
    let outside = stranger.handle();
    let mut theirs = outside.events(None);
    let seen = refusal(&mut ours).await;
    assert_eq!((seen.by.as_str(), seen.code.as_str()), ("us", code));
    assert_eq!(seen.peer, outside.status().await.unwrap().node.peer);
    // If the first was told before anybody listened, the next try is refused as well.
    let told = refusal(&mut theirs).await;
    assert_eq!((told.by.as_str(), told.code.as_str()), ("them", code));
    let peer = member.status().await.unwrap().node.peer;
    assert_eq!((&told.reason, told.peer), (&seen.reason, peer));
    let reasons = outside.status().await.unwrap().reasons;
    let reason = reasons.iter().find(|reason| reason.contains("refused this node"));
    let reason = reason.unwrap_or_else(|| panic!("{reasons:?}"));
    assert!(reason.contains(&seen.reason) && reason.contains(code), "{reason}");
    assert!(member.peers().await.unwrap().is_empty());
    assert!(outside.peers().await.unwrap().is_empty());
    stranger.stop().await;
}

/// Settings of a node that looks for the cluster's first member.
fn looking_for(cluster: &Cluster) -> Settings {
    Settings {
        bootstrap: vec![cluster.members[0].address().to_owned()],
        ..settings("/ip4/127.0.0.1/tcp/0")
    }
}

/// A directory that gave itself a place in an alliance, with a certificate of its own hand.
async fn intruder(cluster: &Cluster, shown: Option<AllianceId>) -> PathBuf {
    let data = cluster.init("Intruder", "GB");
    let alliance = alliance_of(&cluster.members[0].data);
    let inviter = cluster.handle(0).status().await.unwrap().organisation.id;
    let certificate = Keys::read(&data).certificate(shown.unwrap_or(alliance), now_ms() + DAY_MS);
    attach(&data, alliance, &inviter, &certificate);
    data
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_not_on_the_roster_is_refused() {
    let cluster = Cluster::found("First", "GB").await;
    let data = intruder(&cluster, None).await;
    is_refused(&cluster, Member::at(data, looking_for(&cluster)), "not_on_roster").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_whose_certificate_has_ended_is_refused() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    cluster.agree_on("alliance", RECORDS_OF_TWO).await;
    let mut member = cluster.members.pop().unwrap();
    member.stop().await;
    let ended = Keys::read(&member.data).certificate(alliance_of(&member.data), now_ms() - 1);
    show_instead(&member.data, &ended);
    is_refused(&cluster, member, "certificate_expired").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_another_alliance_is_refused() {
    let cluster = Cluster::found("First", "GB").await;
    let data = intruder(&cluster, Some(AllianceId([7; 32]))).await;
    is_refused(&cluster, Member::at(data, looking_for(&cluster)), "wrong_alliance").await;
}
