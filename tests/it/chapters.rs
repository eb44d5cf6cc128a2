//! Following and leaving: what a node holds is what its organisation follows.

use alliance_api::Depth;
use alliance_tests::{Cluster, arrival_of, share, share_document};

use crate::stage::RECORDS_OF_TWO;

const THEME: &str = "theme:seclusion";

async fn id_of(cluster: &Cluster, member: usize, title: &str, chapter: &str) -> String {
    share(cluster.handle(member), title, chapter).await.id.unwrap()
}

async fn lacks(cluster: &Cluster, member: usize, id: &str) {
    let problem = cluster.handle(member).record(id).await.unwrap_err();
    assert_eq!(problem.code, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn following_brings_what_was_shared_and_leaving_ends_it() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    assert_eq!(cluster.handle(1).chapter(THEME).await.unwrap_err().code, "not_found");
    cluster.handle(0).follow(THEME, Depth::Exact).await.unwrap();
    let before = id_of(&cluster, 0, "Before anybody else followed", THEME).await;
    cluster.agree_on("alliance", RECORDS_OF_TWO + 1).await;
    let view = cluster.handle(1).chapter(THEME).await.unwrap();
    assert_eq!((view.followed, view.records, view.followers.len()), (false, 0, 1));
    let document = alliance_tests::practice("Said where one does not listen");
    let refused = share_document(cluster.handle(1), document, THEME).await.unwrap_err();
    assert_eq!(refused.code, "not_followed");

    let view = cluster.handle(1).follow(THEME, Depth::Exact).await.unwrap();
    assert!(view.followed);
    arrival_of(cluster.handle(1), &before).await;
    let during = id_of(&cluster, 0, "While both follow", THEME).await;
    arrival_of(cluster.handle(1), &during).await;
    cluster.agree_on(THEME, 2).await;

    let view = cluster.handle(1).leave(THEME).await.unwrap();
    assert!(!view.followed);
    cluster.agree_on("alliance", RECORDS_OF_TWO + 3).await;
    let after = id_of(&cluster, 0, "After the other left", THEME).await;
    let sign = id_of(&cluster, 0, "A sign that all before was told", "m49:001").await;
    arrival_of(cluster.handle(1), &sign).await;
    lacks(&cluster, 1, &after).await;
    assert!(
        cluster.handle(1).record(&during).await.is_ok(),
        "what was held stays held"
    );

    cluster.members[1].stop().await;
    cluster.members[1].start().await;
    assert!(!cluster.handle(1).chapter(THEME).await.unwrap().followed);
    cluster.handle(1).follow(THEME, Depth::Exact).await.unwrap();
    arrival_of(cluster.handle(1), &after).await;
    cluster.agree_on(THEME, 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn following_a_continent_deeply_brings_its_countries_as_they_come() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    cluster.join(0, "Third", "US").await;
    assert_eq!(cluster.handle(1).chapter("iso:fr").await.unwrap_err().code, "not_found");
    cluster.join(1, "Fourth", "FR").await;
    let told = id_of(&cluster, 3, "The first French record", "iso:fr").await;
    for member in [0, 1, 3] {
        arrival_of(cluster.handle(member), &told).await;
        let view = cluster.handle(member).chapter("iso:fr").await.unwrap();
        assert_eq!((view.followed, view.records), (true, 1));
        assert_eq!(view.label, "France");
    }
    let sign = id_of(&cluster, 3, "A sign that all before was told", "m49:001").await;
    arrival_of(cluster.handle(2), &sign).await;
    lacks(&cluster, 2, &told).await;

    // One word on the country itself is stronger than the one on its continent.
    cluster.handle(1).leave("iso:fr").await.unwrap();
    assert!(!cluster.handle(1).chapter("iso:fr").await.unwrap().followed);
    assert!(cluster.handle(1).chapter("m49:150").await.unwrap().followed);
    let later = id_of(&cluster, 1, "A Czech record after that", "iso:cz").await;
    arrival_of(cluster.handle(3), &later).await;
}
