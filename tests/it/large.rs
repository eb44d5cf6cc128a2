//! Records of every size: small ones are gossiped whole, large ones announced by their header and fetched.

use alliance_tests::{Cluster, arrival_of, long_practice, share_document};

#[tokio::test(flavor = "multi_thread")]
async fn records_arrive_up_to_the_largest() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    cluster.join(1, "Third", "DE").await;
    let sizes = [2_000, 15_500, 16_500, 32_000, 61_000];
    for (index, bytes) in sizes.into_iter().enumerate() {
        let document = long_practice(&format!("Told at length, {bytes}"), bytes);
        let receipt = share_document(cluster.handle(index % 3), document, "m49:001")
            .await
            .unwrap();
        let id = receipt.id.unwrap();
        let written = cluster.handle(index % 3).record(&id).await.unwrap();
        assert!(
            written.envelope.len() / 2 > bytes * 9 / 10,
            "{}",
            written.envelope.len()
        );
        for member in 0..3 {
            arrival_of(cluster.handle(member), &id).await;
            let read = cluster.handle(member).record(&id).await.unwrap();
            assert_eq!(
                (read.body, read.envelope),
                (written.body.clone(), written.envelope.clone())
            );
        }
    }
    let largest = long_practice("Too long to be told", 65_000);
    let refused = share_document(cluster.handle(0), largest, "m49:001").await.unwrap_err();
    assert_eq!(refused.status, 422, "{refused:?}");
    cluster.agree_on("m49:001", sizes.len() as u64).await;
}
