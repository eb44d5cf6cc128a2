//! The whole path: found, invite, join, share, see, stop, catch up.

use alliance_api::RecordQuery;
use alliance_tests::{Cluster, arrival_of, share};

#[tokio::test(flavor = "multi_thread")]
async fn three_organisations_share_and_agree() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    cluster.join(1, "Third", "DE").await;
    let receipt = share(cluster.handle(2), "A calm room in place of the net bed", "m49:001").await;
    let id = receipt.id.unwrap();
    for member in 0..3 {
        arrival_of(cluster.handle(member), &id).await;
        let page = cluster.handle(member).records(RecordQuery::default()).await.unwrap();
        assert_eq!(page.records.len(), 1);
        assert_eq!(page.records[0].title, "A calm room in place of the net bed");
    }
    cluster.agree_on("m49:001", 1).await;
    cluster.agree_on("alliance", 16).await;
    let organisations = cluster.handle(0).organisations().await.unwrap();
    assert_eq!(organisations.len(), 3);
    assert!(organisations.iter().all(|organisation| !organisation.name.is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_was_away_catches_up() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    let before = share(cluster.handle(0), "Before it went away for a while", "m49:001")
        .await
        .id
        .unwrap();
    arrival_of(cluster.handle(1), &before).await;
    cluster.members[1].stop().await;
    let first = share(cluster.handle(0), "While it was away, the first one", "m49:001")
        .await
        .id
        .unwrap();
    let second = share(cluster.handle(0), "While it was away, the second one", "m49:001")
        .await
        .id
        .unwrap();
    cluster.members[1].start().await;
    arrival_of(cluster.handle(1), &first).await;
    arrival_of(cluster.handle(1), &second).await;
    cluster.agree_on("m49:001", 3).await;
}
