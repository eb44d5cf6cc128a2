//! Notices by stewards on real nodes: they reach every node, one that was away and one that comes later, and so does what
//! lifts them.

use alliance_api::{ActState, Proposal, ProposeRequest};
use alliance_tests::{Cluster, share};

use crate::council::{all_approve, in_force, seat, until};

const CHAPTER: &str = "m49:001";

fn asked(act: Proposal, reason: &str) -> ProposeRequest {
    ProposeRequest {
        act,
        reason: reason.to_owned(),
        note: String::new(),
        before: Vec::new(),
    }
}

fn concern(record: &str) -> ProposeRequest {
    let act = Proposal::Notice {
        record: record.to_owned(),
        notice_type: "expression_of_concern".to_owned(),
        text: "The months before were counted otherwise.".to_owned(),
    };
    asked(act, "unreliable_findings")
}

/// What these nodes say of an act is the same.
async fn shown_alike(cluster: &Cluster, nodes: &[usize], act: &str) {
    let first = cluster.handle(nodes[0]).act(act).await.unwrap();
    assert_eq!(first.organisation.as_ref().unwrap().name, "Third");
    for node in nodes {
        assert_eq!(cluster.handle(*node).act(act).await.unwrap(), first, "{node}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_reaches_every_node_and_so_does_what_lifts_it() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    cluster.join(0, "Third", "DE").await;
    seat(&cluster, &[1], &[0, 1, 2]).await;
    let id = share(cluster.handle(2), "A practice that some doubt", CHAPTER)
        .await
        .id
        .unwrap();
    cluster.agree_on(CHAPTER, 1).await;
    cluster.members[2].stop().await;

    let mark = cluster.handle(0).propose(concern(&id)).await.unwrap();
    assert_eq!((mark.needed, mark.state), (2, ActState::Open));
    all_approve(&cluster, &[0, 1], &mark.id).await;
    in_force(&cluster, &[0, 1], &mark.id).await;
    let again = cluster.handle(1).propose(concern(&id)).await.unwrap_err();
    assert_eq!(again.code, "already_marked");
    assert!(again.detail.contains(&mark.id), "{again:?}");
    // The author was away; another comes when it is all over.
    cluster.members[2].start().await;
    cluster.join(1, "Fourth", "FR").await;
    in_force(&cluster, &[2, 3], &mark.id).await;
    cluster.agree_on("alliance", 1).await;
    shown_alike(&cluster, &[0, 1, 2, 3], &mark.id).await;
    assert!(cluster.handle(2).record(&id).await.unwrap().has_body, "it stays");

    let lift = || {
        let lifts = mark.id[..12].to_owned();
        asked(Proposal::Lift { lifts }, "mended")
    };
    let lifting = cluster.handle(1).propose(lift()).await.unwrap();
    assert_eq!(lifting.lifts.as_ref(), Some(&mark.id));
    assert_eq!(lifting.notice_type.as_deref(), Some("expression_of_concern"));
    all_approve(&cluster, &[1, 0], &lifting.id).await;
    for node in [0, 1, 2, 3] {
        let handle = cluster.handle(node);
        until(handle, || async {
            let shown = handle.act(&mark.id).await.ok()?;
            (shown.state == ActState::Lifted).then_some(())
        })
        .await;
    }
    let again = cluster.handle(0).propose(lift()).await.unwrap_err();
    assert_eq!(again.code, "already_lifted");
    // Whoever still doubts says so anew.
    cluster.agree_on(CHAPTER, 1).await;
    cluster.handle(3).propose(concern(&id)).await.unwrap();
}
