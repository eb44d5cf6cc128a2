//! Notices by stewards on real nodes: they reach every node, one that was away and one that comes later, and so does what
//! lifts them.

use alliance_api::{ActState, Proposal, ProposeRequest, RecordQuery};
use alliance_node::Handle;
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

/// The acts by which a record is marked where it is shown.
async fn marked(handle: &Handle, record: &str) -> Vec<String> {
    let notices = handle.record(record).await.unwrap().summary.notices;
    assert!(notices.iter().all(|notice| notice.by == "stewards"));
    notices.into_iter().map(|notice| notice.id).collect()
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
    for node in [0, 1] {
        assert_eq!(marked(cluster.handle(node), &id).await, [mark.id.as_str()]);
    }
    let again = cluster.handle(1).propose(concern(&id)).await.unwrap_err();
    assert_eq!(again.code, "already_marked");
    assert!(again.detail.contains(&mark.id), "{again:?}");
    // The author was away; another comes when it is all over.
    cluster.members[2].start().await;
    cluster.join(1, "Fourth", "FR").await;
    in_force(&cluster, &[2, 3], &mark.id).await;
    cluster.agree_on("alliance", 1).await;
    shown_alike(&cluster, &[0, 1, 2, 3], &mark.id).await;
    assert_eq!(marked(cluster.handle(2), &id).await, [mark.id.as_str()]);
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
    for node in [0, 1, 2] {
        assert_eq!(marked(cluster.handle(node), &id).await, [""; 0]);
    }
    let again = cluster.handle(0).propose(lift()).await.unwrap_err();
    assert_eq!(again.code, "already_lifted");
    // Whoever still doubts says so anew.
    cluster.agree_on(CHAPTER, 1).await;
    cluster.handle(3).propose(concern(&id)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stewards_retract_is_out_of_lists_until_it_is_lifted() {
    let cluster = Cluster::found("First", "GB").await;
    let handle = cluster.handle(0);
    let id = share(handle, "A practice that does harm", CHAPTER).await.id.unwrap();
    let listed = async || {
        let page = handle.records(RecordQuery::default()).await.unwrap();
        page.records.iter().any(|record| record.id == id)
    };
    assert!(listed().await);
    let act = Proposal::Notice {
        record: id.clone(),
        notice_type: "retraction".to_owned(),
        text: String::new(),
    };
    let mark = handle.propose(asked(act, "harm_reported")).await.unwrap();
    assert!(listed().await, "nobody has approved it");
    all_approve(&cluster, &[0], &mark.id).await;
    assert!(!listed().await);
    assert!(handle.record(&id).await.unwrap().summary.retracted);
    let lifts = mark.id;
    let lifting = handle.propose(asked(Proposal::Lift { lifts }, "mended")).await.unwrap();
    all_approve(&cluster, &[0], &lifting.id).await;
    assert!(listed().await);
}
