//! What a thief wrote does not count, whoever ends the log before it: stewards by an act, or the rotation of a node.

use alliance_api::{Proposal, ProposeRequest};
use alliance_node::{Handle, KeysError, Pending, Rotation, Terms};
use alliance_tests::{Cluster, arrival_of, share};

use crate::council::{all_approve, by_act, in_force, organisation, propose_before, seat, until};

const CHAPTER: &str = "m49:001";

async fn shared(handle: &Handle, title: &str) -> String {
    share(handle, title, CHAPTER).await.id.unwrap()
}

/// A moment as people write it, in which a record was written by its author's clock.
async fn moment_of(handle: &Handle, record: &str) -> (i64, String) {
    let ms = handle.record(record).await.unwrap().summary.claimed_at_ms;
    (ms, jiff::Timestamp::from_millisecond(ms).unwrap().to_string())
}

/// Waits until a node knows that its own certificate counts.
async fn speaks(handle: &Handle) {
    until(handle, || async {
        let nodes = handle.nodes().await.unwrap();
        nodes.iter().any(|node| node.this_one && !node.ended).then_some(())
    })
    .await;
}

async fn is_disputed(handle: &Handle, record: &str) -> bool {
    handle.record(record).await.unwrap().summary.disputed
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_on_an_organisation_leaves_out_what_a_thief_wrote() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    cluster.join(0, "Third", "DE").await;
    seat(&cluster, &[1], &[0, 1, 2]).await;
    let good = shared(cluster.handle(2), "Before the theft").await;
    let bad = shared(cluster.handle(2), "By the thief").await;
    let own = shared(cluster.handle(0), "By the proposer itself").await;
    for node in [0, 1] {
        arrival_of(cluster.handle(node), &bad).await;
    }
    let named = organisation(&cluster, 2).await;
    let key = alliance_node::replace_organisation_key(&cluster.members[2].data, Pending::Keep, None)
        .unwrap()
        .key;
    let rekey = || Proposal::Rekey {
        organisation: named.clone(),
        key: key.did(),
    };
    for (before, code) in [
        (own.as_str(), "bad_request"),
        ("someday", "bad_request"),
        ("0000000000000000", "not_found"),
    ] {
        let request = ProposeRequest {
            act: rekey(),
            reason: "key_lost".to_owned(),
            note: String::new(),
            before: vec![before.to_owned()],
        };
        let refused = cluster.handle(0).propose(request).await.unwrap_err();
        assert_eq!(refused.code, code, "{refused:?}");
    }
    let act = propose_before(cluster.handle(0), rekey(), &[bad[..20].to_owned()]).await;
    all_approve(&cluster, &[0, 1], &act).await;
    in_force(&cluster, &[0, 1], &act).await;
    cluster.members[2].stop().await;
    alliance_node::rotate(&cluster.members[2].data, &Terms::default(), &by_act(&act), None).unwrap();
    cluster.members[2].start().await;
    speaks(cluster.handle(2)).await;
    let after = shared(cluster.handle(2), "With the second key").await;
    for node in [0, 1, 2] {
        let handle = cluster.handle(node);
        arrival_of(handle, &after).await;
        until(handle, || async { is_disputed(handle, &bad).await.then_some(()) }).await;
        assert!(!is_disputed(handle, &good).await, "{node}");
        assert!(!is_disputed(handle, &after).await, "{node}");
    }
    cluster.agree_on("alliance", 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_leaves_out_what_was_written_since_a_moment() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    let good = shared(cluster.handle(1), "Before the theft").await;
    let (good_ms, _) = moment_of(cluster.handle(1), &good).await;
    // The first that is written at a later moment.
    let (bad, moment) = loop {
        let bad = shared(cluster.handle(1), "By the thief").await;
        let (ms, moment) = moment_of(cluster.handle(1), &bad).await;
        if ms > good_ms {
            break (bad, moment);
        }
    };
    arrival_of(cluster.handle(0), &bad).await;
    let own = shared(cluster.handle(0), "By somebody else").await;
    arrival_of(cluster.handle(1), &own).await;
    cluster.members[1].stop().await;
    let data = cluster.members[1].data.clone();
    let before = |before: &str| Rotation {
        act: None,
        before: vec![before.to_owned()],
    };
    for wrong in [own.as_str(), "someday"] {
        let error = alliance_node::rotate(&data, &Terms::default(), &before(wrong), None).unwrap_err();
        assert!(matches!(error, KeysError::Option { option: "--before", .. }), "{error}");
    }
    alliance_node::rotate(&data, &Terms::default(), &before(&moment), None).unwrap();
    cluster.members[1].start().await;
    let after = shared(cluster.handle(1), "By the rotated node").await;
    for node in [0, 1] {
        let handle = cluster.handle(node);
        arrival_of(handle, &after).await;
        until(handle, || async { is_disputed(handle, &bad).await.then_some(()) }).await;
        assert!(!is_disputed(handle, &good).await, "{node}");
        assert!(!is_disputed(handle, &after).await, "{node}");
    }
    cluster.agree_on(CHAPTER, 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_by_an_act_leaves_out_what_its_proposer_did_not_know_of() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    let good = shared(cluster.handle(1), "Before the theft").await;
    let bad = shared(cluster.handle(1), "By the thief").await;
    arrival_of(cluster.handle(0), &bad).await;
    let data = cluster.members[1].data.clone();
    let made = alliance_node::replace_organisation_key(&data, Pending::Keep, None).unwrap();
    let rekey = Proposal::Rekey {
        organisation: organisation(&cluster, 1).await,
        key: made.key.did(),
    };
    let act = propose_before(cluster.handle(0), rekey, &[]).await;
    all_approve(&cluster, &[0], &act).await;
    in_force(&cluster, &[0], &act).await;
    assert!(!is_disputed(cluster.handle(0), &bad).await);
    cluster.members[1].stop().await;
    let rotation = Rotation {
        before: vec![bad.clone()],
        ..by_act(&act)
    };
    alliance_node::rotate(&data, &Terms::default(), &rotation, None).unwrap();
    cluster.members[1].start().await;
    speaks(cluster.handle(1)).await;
    for node in [0, 1] {
        let handle = cluster.handle(node);
        until(handle, || async { is_disputed(handle, &bad).await.then_some(()) }).await;
        assert!(!is_disputed(handle, &good).await, "{node}");
    }
}
