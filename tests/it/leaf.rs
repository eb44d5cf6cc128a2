//! Nodes that listen nowhere take part like all others.

use alliance_api::{InviteRequest, Role};
use alliance_tests::{Cluster, arrival_of, leaf_settings, share};

#[tokio::test(flavor = "multi_thread")]
async fn leaves_share_by_way_of_a_hub() {
    let mut cluster = Cluster::found("Hub", "GB").await;
    cluster.join_with(0, ("First leaf", "CZ"), leaf_settings()).await;
    cluster.join_with(0, ("Second leaf", "DE"), leaf_settings()).await;
    for (from, title) in [
        (0, "Told by the hub"),
        (1, "Told by one leaf"),
        (2, "Told by the other"),
    ] {
        let id = share(cluster.handle(from), title, "m49:001").await.id.unwrap();
        for member in 0..3 {
            arrival_of(cluster.handle(member), &id).await;
        }
    }
    cluster.agree_on("m49:001", 3).await;
    for leaf in [1, 2] {
        let status = cluster.handle(leaf).status().await.unwrap();
        assert_eq!((status.node.role, status.node.listen.len()), (Role::Leaf, 0));
        assert_eq!(status.peers.len(), 1);
        assert!(status.peers[0].outbound);
        let problem = cluster.handle(leaf).invite(InviteRequest::default()).await.unwrap_err();
        assert_eq!(problem.code, "not_reachable");
    }
    assert!(
        cluster
            .handle(0)
            .peers()
            .await
            .unwrap()
            .iter()
            .all(|peer| !peer.outbound)
    );

    // A leaf that was away catches up with what the other leaf said meanwhile.
    cluster.members[1].stop().await;
    let missed = share(cluster.handle(2), "While one leaf was away", "m49:001")
        .await
        .id
        .unwrap();
    arrival_of(cluster.handle(0), &missed).await;
    cluster.members[1].start().await;
    arrival_of(cluster.handle(1), &missed).await;
}
