//! A node that was given other keys: what it keeps of that, and how others go on to find it.

use std::path::Path;

use alliance_node::{Rotation, Terms};
use alliance_tests::{Cluster, Member, arrival_of, share};

const CHAPTER: &str = "m49:001";

fn rotate(member: &Member) {
    alliance_node::rotate(&member.data, &Terms::default(), &Rotation::default(), None).unwrap();
}

/// How many statements a node has written down to be published.
fn kept(data: &Path) -> usize {
    let text = std::fs::read(data.join("identity.json")).unwrap();
    let identity: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let kept = identity["membership"]["statements"].as_array();
    kept.map_or(0, Vec::len)
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_that_are_said_are_forgotten() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    for round in 0..3 {
        cluster.members[1].stop().await;
        rotate(&cluster.members[1]);
        // Two rotations without a start between them leave two to be said.
        rotate(&cluster.members[1]);
        assert_eq!(kept(&cluster.members[1].data), 2);
        cluster.members[1].start().await;
        let said = share(cluster.handle(1), &format!("By other keys, {round}"), CHAPTER).await;
        arrival_of(cluster.handle(0), &said.id.unwrap()).await;
        cluster.members[1].stop().await;
        cluster.members[1].start().await;
        assert_eq!(kept(&cluster.members[1].data), 0, "{round}");
    }
    cluster.agree_on(CHAPTER, 3).await;
}
