//! Two copies of one node write, each to another member: the log ends at its fork on every node, and the writer goes on.

use std::fs;
use std::path::Path;

use alliance_node::Handle;
use alliance_tests::{Cluster, Member, arrival_of, settings, share, soon};

const CHAPTER: &str = "m49:001";

/// A copy of a data directory, made while no node runs in it.
pub(crate) fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copied(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

async fn instance(handle: &Handle) -> String {
    handle.status().await.unwrap().node.instance
}

/// Waits until a node goes on under another instance.
async fn lived_on(handle: &Handle, before: &str) {
    let mut events = handle.events(Some(0));
    let changed = async {
        while instance(handle).await == before {
            events.next().await.unwrap();
            // A new instance begins behind the event of what ended the old one, and is no event itself: this is answered
            // when that is done.
            handle.why("ffffffffffffffff").await.unwrap();
        }
    };
    soon(changed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_copies_of_a_node_fork_its_log_and_all_come_to_one_end() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    cluster.join(0, "Third", "DE").await;
    share(cluster.handle(2), "Before the copy was made", CHAPTER).await;
    cluster.agree_on(CHAPTER, 1).await;
    cluster.agree_on("alliance", crate::stage::RECORDS_OF_TWO + 1).await;
    let before = instance(cluster.handle(2)).await;
    cluster.members[2].stop().await;
    cluster.members[1].stop().await;
    let twin = cluster.members[2].data.with_file_name("twin");
    copied(&cluster.members[2].data, &twin);

    cluster.members[2].start().await;
    let one = share(cluster.handle(2), "What the first copy says", CHAPTER)
        .await
        .id
        .unwrap();
    arrival_of(cluster.handle(0), &one).await;
    cluster.members[2].stop().await;
    cluster.members[0].stop().await;

    cluster.members[1].start().await;
    let mut twin = Member::at(twin, settings("/ip4/127.0.0.1/tcp/0"));
    twin.start().await;
    let other = share(twin.handle(), "What the other copy says", CHAPTER)
        .await
        .id
        .unwrap();
    arrival_of(cluster.handle(1), &other).await;

    cluster.members[0].start().await;
    lived_on(twin.handle(), &before).await;
    let after = share(twin.handle(), "After the log has ended", CHAPTER)
        .await
        .id
        .unwrap();
    cluster.agree_on(CHAPTER, 2).await;
    cluster.agree_on("alliance", crate::stage::RECORDS_OF_TWO + 2).await;
    for (node, disputed) in [(0, &one), (1, &other)] {
        let handle = cluster.handle(node);
        assert!(handle.record(disputed).await.unwrap().summary.disputed);
        assert!(!handle.record(&after).await.unwrap().summary.disputed);
        let listed = handle.records(Default::default()).await.unwrap().records;
        let marked: Vec<_> = listed.iter().filter(|record| record.disputed).collect();
        assert_eq!(marked.iter().map(|record| &record.id).collect::<Vec<_>>(), [disputed]);
    }
    // It is written down: the next start goes on under it.
    let lives = instance(twin.handle()).await;
    twin.stop().await;
    twin.start().await;
    assert_eq!(instance(twin.handle()).await, lives);
}
