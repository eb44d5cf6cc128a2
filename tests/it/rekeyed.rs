//! Drill: an organisation loses its key. Stewards let another one speak for it, and the old one certifies nobody any more.

use std::path::Path;

use alliance_api::{ActState, Proposal};
use alliance_node::{Pending, Rotation, Terms};
use alliance_record::OrganisationId;
use alliance_tests::{Cluster, Member, arrival_of, settings, share};

use crate::council::{connected, decided, disconnected, in_force, organisation, peer, reason, refused_as, seat, until};
use crate::forks::copied;
use crate::further::{certified, first_member};

const CHAPTER: &str = "m49:001";
const LOSER: usize = 3;
const OTHERS: [usize; 3] = [0, 1, 2];

async fn stage() -> Cluster {
    let mut cluster = Cluster::found("First", "GB").await;
    for (name, country) in [("Second", "CZ"), ("Third", "DE"), ("Fourth", "FR")] {
        cluster.join(0, name, country).await;
    }
    seat(&cluster, &[1, 2], &[0, 1, 2, 3]).await;
    cluster
}

/// Puts another key into the directory, and has stewards recognise it. Returns the act.
async fn rekeyed(cluster: &Cluster) -> String {
    let named = organisation(cluster, LOSER).await;
    let key = alliance_node::replace_organisation_key(&cluster.members[LOSER].data, Pending::Keep, None)
        .unwrap()
        .key;
    let rekey = Proposal::Rekey {
        organisation: named,
        key: key.did(),
    };
    let act = decided(cluster, &[0, 1], rekey).await;
    in_force(cluster, &OTHERS, &act).await;
    act
}

/// Rekeyed while it is connected, it is cut off from all. Returns the act.
async fn cut_off(cluster: &Cluster) -> String {
    let named = peer(cluster.handle(LOSER)).await;
    for node in OTHERS {
        connected(cluster.handle(node), &named).await;
    }
    let act = rekeyed(cluster).await;
    for node in OTHERS {
        disconnected(cluster.handle(node), &named).await;
    }
    act
}

/// Goes on with the new key, as the act says.
async fn goes_on(cluster: &mut Cluster, act: &str, title: &str) {
    cluster.members[LOSER].stop().await;
    alliance_node::rotate(
        &cluster.members[LOSER].data,
        &Terms::default(),
        &crate::council::by_act(act),
        None,
    )
    .unwrap();
    cluster.members[LOSER].start().await;
    let handle = cluster.handle(LOSER);
    until(handle, || async {
        let nodes = handle.nodes().await.unwrap();
        nodes.iter().any(|node| node.this_one && !node.ended).then_some(())
    })
    .await;
    let said = share(handle, title, CHAPTER).await.id.unwrap();
    for node in OTHERS {
        arrival_of(cluster.handle(node), &said).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_goes_on_with_another_key_and_the_lost_one_certifies_nobody() {
    let mut cluster = stage().await;
    let before = share(cluster.handle(LOSER), "With the first key", CHAPTER)
        .await
        .id
        .unwrap();
    for node in OTHERS {
        arrival_of(cluster.handle(node), &before).await;
    }
    let old = cluster.members[LOSER].data.with_file_name("old-keys");
    copied(&cluster.members[LOSER].data.join("keys"), &old.join("keys"));
    let identity = "identity.json";
    std::fs::copy(cluster.members[LOSER].data.join(identity), old.join(identity)).unwrap();
    let act = cut_off(&cluster).await;
    goes_on(&mut cluster, &act, "With the second key").await;
    for node in OTHERS {
        assert!(!cluster.handle(node).record(&before).await.unwrap().summary.disputed);
    }
    cluster.agree_on(CHAPTER, 2).await;
    cluster.agree_on("alliance", 1).await;
    old_key_certifies_nobody(&cluster, &old, &act).await;
}

async fn old_key_certifies_nobody(cluster: &Cluster, old: &Path, act: &str) {
    let data = certified(old, "by-the-old-key", first_member(cluster, 0).await);
    let mut refused = Member::at(data, settings("/ip4/127.0.0.1/tcp/0"));
    refused.start().await;
    refused_as(refused.handle(), "revoked").await;
    assert!(refused.handle().peers().await.unwrap().is_empty());
    // It knows of nothing: the act brought by hand tells it why, and what to do.
    for range in crate::bundle::ranges(crate::bundle::bundle(cluster.handle(0), &["alliance".to_owned()]).await) {
        refused.handle().import_ranges(range).await.unwrap();
    }
    let reason = reason(refused.handle(), "certificate_replaced").await;
    assert!(reason.contains(&format!("--act {act}")), "{reason}");
    refused.stop().await;
}

/// A node that its organisation's key rotated holds a revocation by that key, which a later key makes void: it must not
/// publish it again and again.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_was_rotated_before_its_organisation_got_another_key_says_so_once() {
    let mut cluster = stage().await;
    cluster.members[LOSER].stop().await;
    alliance_node::rotate(
        &cluster.members[LOSER].data,
        &Terms::default(),
        &Rotation::default(),
        None,
    )
    .unwrap();
    cluster.members[LOSER].start().await;
    let said = share(cluster.handle(LOSER), "By the rotated node", CHAPTER)
        .await
        .id
        .unwrap();
    for node in OTHERS {
        arrival_of(cluster.handle(node), &said).await;
    }
    let act = rekeyed(&cluster).await;
    goes_on(&mut cluster, &act, "By the rekeyed node").await;
    cluster.agree_on("alliance", 1).await;
    let key: OrganisationId = organisation(&cluster, LOSER).await.parse().unwrap();
    let query = alliance_api::RecordQuery {
        kind: Some("revocation".to_owned()),
        organisation: Some(key.to_string()),
        governance: Some(true),
        ..alliance_api::RecordQuery::default()
    };
    let listed = cluster.handle(0).records(query).await.unwrap().records;
    assert_eq!(listed.len(), 1);
}

/// The last approval cut it off before it reached it: members say at their doors by which act it goes on.
#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_that_was_cut_off_learns_the_act_from_who_refuses_it() {
    let mut cluster = stage().await;
    let act = cut_off(&cluster).await;
    let handle = cluster.handle(LOSER);
    let knows = handle
        .act(&act)
        .await
        .is_ok_and(|shown| shown.state == ActState::InForce);
    if !knows {
        until(handle, || async {
            let reasons = handle.status().await.unwrap().reasons;
            let tells = |reason: &String| reason.contains(&act) && reason.contains("keys rotate --act");
            reasons.iter().any(tells).then_some(())
        })
        .await;
    }
    goes_on(&mut cluster, &act, "By what the doors said").await;
    cluster.agree_on("alliance", 1).await;
}
