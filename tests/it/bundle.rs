//! Records carried in a file to a node that has no connection.

use alliance_node::Handle;
use alliance_tests::{Cluster, share, soon};
use alliance_wire::{BUNDLE_MAGIC, BundleFrame};
use bytes::{Bytes, BytesMut};

const SHARED: usize = 300;

pub(crate) async fn bundle(handle: &Handle, chapters: &[String]) -> Bytes {
    let mut pieces = handle.export_bundle(chapters).await.unwrap();
    let mut file = BytesMut::new();
    while let Some(piece) = soon(pieces.recv()).await {
        file.extend_from_slice(&piece.unwrap());
    }
    file.freeze()
}

/// The ranges of a bundle, each as it stands in the file.
pub(crate) fn ranges(mut file: Bytes) -> Vec<Bytes> {
    assert_eq!(file.split_to(BUNDLE_MAGIC.len()), BUNDLE_MAGIC);
    let mut ranges = Vec::new();
    while !file.is_empty() {
        let before = file.clone();
        let frame = BundleFrame::split(&mut file).unwrap();
        if let BundleFrame::Range(_) = frame {
            ranges.push(before.slice(..before.len() - file.len()));
        }
    }
    ranges
}

async fn digest(handle: &Handle, chapter: &str) -> (u64, String) {
    let chapter = handle.chapter(chapter).await.unwrap();
    (chapter.records, chapter.digest)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_brings_what_a_connection_would() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    cluster.join(0, "Third", "DE").await;
    cluster.agree_on("alliance", crate::stage::RECORDS_OF_TWO + 7).await;
    cluster.members[1].stop().await;
    for number in 0..SHARED {
        share(
            cluster.handle(2),
            &format!("Practice number {number} of many"),
            "m49:001",
        )
        .await;
    }
    cluster.agree_on("m49:001", SHARED as u64).await;
    let file = bundle(cluster.handle(0), &[]).await;
    let expected = digest(cluster.handle(0), "m49:001").await;
    cluster.members[0].stop().await;
    cluster.members[2].stop().await;

    cluster.members[1].start().await;
    let alone = cluster.handle(1);
    let mut brought = 0;
    for range in ranges(file.clone()) {
        let receipt = alone.import_ranges(range).await.unwrap();
        assert_eq!(receipt.stopped, []);
        brought += receipt.brought;
    }
    assert_eq!(brought, SHARED as u64);
    assert_eq!(digest(alone, "m49:001").await, expected);
    let again = alone.import_ranges(ranges(file).concat().into()).await.unwrap();
    assert_eq!((again.brought, again.stopped), (0, Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_in_a_bundle_is_told_and_left_out() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    share(cluster.handle(0), "A practice that is carried in a file", "m49:001").await;
    let only_europe = cluster.handle(0).export_bundle(&["m49:142".to_owned()]).await;
    assert_eq!(
        only_europe.err().map(|problem| problem.code),
        Some("chapter_not_held".to_owned())
    );
    let file = bundle(cluster.handle(0), &["m49:001".to_owned()]).await;
    let range = ranges(file).pop().unwrap();
    let handle = cluster.handle(1);
    let mut spoiled = range.to_vec();
    // Within the last record's signature or body: the frame still reads, and the record is another.
    let place = spoiled.len() - 9;
    spoiled[place] ^= 1;
    let receipt = handle.import_ranges(spoiled.into()).await.unwrap();
    assert_eq!((receipt.brought, receipt.stopped.len()), (0, 1));
    assert!(receipt.stopped[0].code.starts_with("bad_"), "{receipt:?}");
    let cut = handle.import_ranges(range.slice(..range.len() - 1)).await;
    assert_eq!(cut.err().map(|problem| problem.code), Some("not_a_bundle".to_owned()));
}
