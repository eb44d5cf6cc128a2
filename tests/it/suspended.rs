//! Drill: an organisation is suspended, and taken in again.

use alliance_api::{Level, Proposal};
use alliance_node::Terms;
use alliance_tests::{Cluster, arrival_of, share};

use crate::bundle::{bundle, ranges};
use crate::council::{connected, decided, disconnected, in_force, organisation, peer, reason, seat, until};

const CHAPTER: &str = "m49:001";
const OTHERS: [usize; 2] = [0, 1];

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_organisation_is_cut_off_and_says_so_until_it_is_taken_in_again() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    cluster.join(0, "Third", "DE").await;
    seat(&cluster, &[1], &[0, 1, 2]).await;
    let (named, away) = (organisation(&cluster, 2).await, peer(cluster.handle(2)).await);
    let before = share(cluster.handle(2), "Before it was suspended", CHAPTER)
        .await
        .id
        .unwrap();
    for node in OTHERS {
        connected(cluster.handle(node), &away).await;
        arrival_of(cluster.handle(node), &before).await;
    }
    let suspend = Proposal::Suspend {
        organisation: named.clone(),
    };
    let act = decided(&cluster, &[0, 1], suspend).await;
    in_force(&cluster, &OTHERS, &act).await;
    for node in OTHERS {
        disconnected(cluster.handle(node), &away).await;
    }
    let former = cluster.handle(0).governance().await.unwrap().former;
    assert_eq!(former.iter().map(|it| &it.id).collect::<Vec<_>>(), [&named]);
    let handle = cluster.handle(2);
    for range in ranges(bundle(cluster.handle(0), &["alliance".to_owned()]).await) {
        handle.import_ranges(range).await.unwrap();
    }
    let said = reason(handle, "organisation_suspended").await;
    assert!(
        said.contains(&act[..12]) && said.contains("alliance keys rotate --act"),
        "{said}"
    );
    assert_eq!(handle.status().await.unwrap().level, Level::Failing);
    ends(&mut cluster, &named, &before).await;
}

async fn ends(cluster: &mut Cluster, named: &str, before: &str) {
    let reinstate = Proposal::Reinstate {
        organisation: named.to_owned(),
        key: None,
    };
    let act = decided(cluster, &[1, 0], reinstate).await;
    in_force(cluster, &OTHERS, &act).await;
    cluster.members[2].stop().await;
    alliance_node::rotate(
        &cluster.members[2].data,
        &Terms::default(),
        &crate::council::by_act(&act),
        None,
    )
    .unwrap();
    cluster.members[2].start().await;
    let handle = cluster.handle(2);
    until(handle, || async {
        let nodes = handle.nodes().await.unwrap();
        nodes.iter().any(|node| node.this_one && !node.ended).then_some(())
    })
    .await;
    let after = share(handle, "After it was taken in again", CHAPTER).await.id.unwrap();
    for node in OTHERS {
        arrival_of(cluster.handle(node), &after).await;
        assert!(!cluster.handle(node).record(before).await.unwrap().summary.disputed);
    }
    let reasons = handle.status().await.unwrap().reasons;
    assert!(!reasons.iter().any(|reason| reason.contains("roster")), "{reasons:?}");
    cluster.agree_on(CHAPTER, 2).await;
    cluster.agree_on("alliance", 1).await;
}
