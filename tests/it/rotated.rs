//! A node that was given other keys: what it keeps of that, and how others go on to find it.

use std::path::Path;

use alliance_node::{Rotation, Terms};
use alliance_tests::{Cluster, Member, arrival_of, leaf_settings, share};

use crate::council::{connected, peer};

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

#[tokio::test(flavor = "multi_thread")]
async fn a_leaf_that_knows_one_hub_finds_it_again_when_it_has_other_keys() {
    let mut cluster = Cluster::found("Hub", "GB").await;
    cluster.join_with(0, ("Leaf", "CZ"), leaf_settings()).await;
    let before = peer(cluster.handle(0)).await;
    connected(cluster.handle(1), &before).await;
    let invitation = cluster.invitation(0).await;
    cluster.members[0].stop().await;
    rotate(&cluster.members[0]);
    cluster.members[0].start().await;
    let after = peer(cluster.handle(0)).await;
    assert_ne!(before, after);
    connected(cluster.handle(1), &after).await;
    let said = share(cluster.handle(0), "By the hub's other keys", CHAPTER).await;
    arrival_of(cluster.handle(1), &said.id.unwrap()).await;
    let book = std::fs::read_to_string(cluster.members[1].data.join("addresses.json")).unwrap();
    let nodes: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&book).unwrap();
    assert_eq!(nodes.len(), 1, "{book}");
    cluster.members[1].stop().await;
    cluster.members[1].start().await;
    connected(cluster.handle(1), &after).await;
    // An invitation that was given before admits as well: the organisation's key speaks for the other node.
    let guest = cluster.init("Guest", "DE");
    crate::invited::joining(&guest, &invitation).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bootstrap_address_needs_to_name_no_node_and_may_name_a_former_one() {
    let mut cluster = Cluster::found("Hub", "GB").await;
    cluster.join_with(0, ("Leaf", "CZ"), leaf_settings()).await;
    let hub = peer(cluster.handle(0)).await;
    let place = cluster.members[0].address().to_owned();
    let place = place.split("/p2p/").next().unwrap();
    let former = alliance_net::PeerId::of_secret(&[7; 32]);
    for bootstrap in [place.to_owned(), format!("{place}/p2p/{former}")] {
        let leaf = &mut cluster.members[1];
        leaf.stop().await;
        std::fs::remove_file(leaf.data.join("addresses.json")).unwrap();
        leaf.settings.bootstrap = vec![bootstrap];
        leaf.start().await;
        connected(cluster.handle(1), &hub).await;
    }
}
