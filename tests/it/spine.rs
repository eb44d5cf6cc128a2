//! The whole path: found, invite, join, share, see, stop, catch up.

use alliance_api::RecordQuery;
use alliance_tests::{Cluster, arrival_of, long_practice, share, share_document};

use crate::stage::RECORDS_OF_TWO;

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
    cluster.agree_on("alliance", RECORDS_OF_TWO + 7).await;
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

/// Records that are published while a member is away.
const MISSED: usize = 2_000;
/// How many of them are under way at once.
const AT_ONCE: usize = 64;

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_records_are_caught_up_with() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    cluster.agree_on("alliance", RECORDS_OF_TWO).await;
    cluster.members[1].stop().await;
    let mut publishing = tokio::task::JoinSet::new();
    let mut last = None;
    for number in 0..MISSED {
        if publishing.len() == AT_ONCE {
            last = last.max(publishing.join_next().await.unwrap().unwrap());
        }
        let handle = cluster.handle(0).clone();
        publishing.spawn(async move {
            // Of many sizes, so that ranges are cut at any place.
            let document = long_practice(&format!("Number {number} of many"), 600 + number % 7 * 500);
            let receipt = share_document(&handle, document, "m49:001").await.unwrap();
            receipt.sequence.zip(receipt.id)
        });
    }
    for published in publishing.join_all().await {
        last = last.max(published);
    }
    let (sequence, id) = last.unwrap();
    assert_eq!(sequence, MISSED as u64 - 1);
    cluster.members[1].start().await;
    arrival_of(cluster.handle(1), &id).await;
    cluster.agree_on("m49:001", MISSED as u64).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_organisations_agree() {
    let mut cluster = Cluster::found("Number 0", "GB").await;
    for (number, country) in ["CZ", "DE", "FR", "IT", "PL", "ES", "NL", "US", "JP"]
        .iter()
        .enumerate()
    {
        cluster
            .join(number / 2, &format!("Number {}", number + 1), country)
            .await;
    }
    for number in 0..10 {
        share(cluster.handle(number), &format!("What number {number} does"), "m49:001").await;
    }
    cluster.agree_on("m49:001", 10).await;
    cluster.agree_on("alliance", RECORDS_OF_TWO + 8 * 7).await;
    let seen = cluster.handle(0).organisations().await.unwrap();
    assert_eq!(seen.len(), 10);
    for number in 1..10 {
        assert_eq!(cluster.handle(number).organisations().await.unwrap(), seen);
    }
}
