//! Drill: a node is stolen, and the organisation's key is not at hand. The next key that its certificate names takes over.

use std::path::Path;

use alliance_api::StatementRequest;
use alliance_node::{KeysError, Rotation, Terms};
use alliance_record::{Certificate, Cuts, SecretKey, Succession};
use alliance_tests::{Cluster, Member, arrival_of, settings, share};

use crate::council::{connected, cut_in_time, peer, watched};
use crate::directory::hex;
use crate::forks::copied;

const CHAPTER: &str = "m49:001";

fn certificate(data: &Path) -> Certificate {
    let text = std::fs::read(data.join("identity.json")).unwrap();
    let identity: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let text = identity["membership"]["certificate"].as_str().unwrap().to_owned();
    let byte = |at: usize| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).unwrap();
    Certificate::decode(&(0..text.len() / 2).map(byte).collect()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_key_takes_over_without_the_organisations_and_the_old_one_is_cut_off() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    cluster.join(0, "Third", "DE").await;
    let before = share(cluster.handle(2), "Before the theft", CHAPTER).await.id.unwrap();
    for node in [0, 1] {
        arrival_of(cluster.handle(node), &before).await;
    }
    cluster.members[2].stop().await;
    let data = cluster.members[2].data.clone();
    std::fs::rename(data.join("keys/organisation.key"), data.join("away.key")).unwrap();
    // Who copies the machine has all but the next key, which is sealed.
    let copy = data.with_file_name("thief");
    copied(&data, &copy);
    std::fs::remove_file(copy.join("keys/next-node.key")).unwrap();
    let error = alliance_node::rotate(&copy, &Terms::default(), &Rotation::default(), None).unwrap_err();
    assert!(matches!(error, KeysError::NoNextKey), "{error}");
    let mut thief = Member::at(copy, settings("/ip4/127.0.0.1/tcp/0"));
    thief.start().await;
    let stolen = peer(thief.handle()).await;
    for node in [0, 1] {
        connected(cluster.handle(node), &stolen).await;
    }

    let rotated = alliance_node::rotate(&data, &Terms::default(), &Rotation::default(), None).unwrap();
    assert!(rotated.by_next_key);
    let watching = [0, 1].map(|node| watched(cluster.handle(node), "succession", &stolen));
    cluster.members[2].start().await;
    cut_in_time("succession", watching.into()).await;
    let after = share(cluster.handle(2), "By the next key", CHAPTER).await.id.unwrap();
    for node in [0, 1] {
        let handle = cluster.handle(node);
        arrival_of(handle, &after).await;
        assert!(!handle.record(&before).await.unwrap().summary.disputed);
        assert!(!handle.record(&after).await.unwrap().summary.disputed);
    }
    thief.stop().await;
    cluster.agree_on(CHAPTER, 2).await;
    cluster.agree_on("alliance", 1).await;
    no_second_one(&cluster, &data).await;
}

/// Neither by the thief with a key of its own, nor by the key that has taken over already.
async fn no_second_one(cluster: &Cluster, data: &Path) {
    let (present, other) = (certificate(data), SecretKey::from_seed(&[5; 32]));
    assert!(Succession::sign(&present, other.transport(), &Cuts::default(), &other).is_none());
    // Signed for the right key, and with the key's name exchanged, it does not hold.
    let text = std::fs::read_to_string(data.join("keys/node.key")).unwrap();
    let key: SecretKey = text.trim().parse().unwrap();
    let good = Succession::sign(&present, other.transport(), &Cuts::default(), &key).unwrap();
    let body = hex(&good).replace(&key.writer().to_string(), &other.writer().to_string());
    let kind = "succession".to_owned();
    let refused = cluster.handle(0).carry(StatementRequest { kind, body }).await;
    assert_eq!(refused.unwrap_err().code, "bad_statement");
    let left = data.join("keys/next-node.key");
    assert!(
        !left.exists(),
        "the next key is the present one, and no next one any more"
    );
}

/// The next key that a thief may have copied is worth nothing once the organisation's key has rotated the node.
#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_by_the_organisations_key_takes_another_next_key() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    cluster.members[1].stop().await;
    let data = cluster.members[1].data.clone();
    let text = std::fs::read_to_string(data.join("keys/next-node.key")).unwrap();
    let copied: SecretKey = text.trim().parse().unwrap();
    let old = certificate(&data);
    alliance_node::rotate(&data, &Terms::default(), &Rotation::default(), None).unwrap();
    let new = certificate(&data);
    assert!(Succession::sign(&old, copied.transport(), &Cuts::default(), &copied).is_some());
    assert!(Succession::sign(&new, copied.transport(), &Cuts::default(), &copied).is_none());
    let shown = alliance_node::show(&data).unwrap().certificate.unwrap();
    assert_eq!(shown.next_writer_is_here, Some(true));
    cluster.members[1].start().await;
    let said = share(cluster.handle(1), "By the rotated node", CHAPTER)
        .await
        .id
        .unwrap();
    arrival_of(cluster.handle(0), &said).await;
}
