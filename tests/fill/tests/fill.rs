//! A filled node serves what it was filled with, and a member that joins takes all of it.

use alliance_api::RecordQuery;
use alliance_fill::{Fill, FillError, Filled, fill};
use alliance_tests::Cluster;

const CHAPTER: &str = "m49:001";
const LOGS: u32 = 7;
/// Charter, certificate, profile, subscriptions to three chapters of the founder; and of whoever joins, without a
/// charter and with an admission and a pledge.
const RECORDS_OF_TWO: u64 = 13;

fn options(records: u64) -> Fill {
    Fill {
        records,
        logs: LOGS,
        ..Fill::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_a_filled_node_takes_every_record() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.members[0].stop().await;
    let data = cluster.members[0].data.clone();
    let filled = fill(&data, &options(1_000)).unwrap();
    assert_eq!((filled.records, filled.certificates), (1_000, u64::from(LOGS)));
    let bytes_each = filled.envelope_bytes / filled.records;
    assert!((950..1_100).contains(&bytes_each), "{bytes_each}");

    cluster.members[0].start().await;
    cluster.join(0, "Second", "CZ").await;
    cluster.agree_on("alliance", RECORDS_OF_TWO + u64::from(LOGS)).await;
    cluster.agree_on(CHAPTER, 1_000).await;
    let page = cluster.handle(1).records(RecordQuery::default()).await.unwrap();
    assert!(page.records.iter().all(|record| !record.title.is_empty()));

    // Filled again, its logs go on, and both still agree.
    cluster.members[0].stop().await;
    let more = fill(&data, &options(100)).unwrap();
    assert_eq!((more.records, more.certificates), (100, 0));
    cluster.members[0].start().await;
    cluster.agree_on(CHAPTER, 1_100).await;
    assert_eq!(cluster.handle(1).chapter(CHAPTER).await.unwrap().records, 1_100);
}

#[test]
fn a_node_that_never_ran_is_filled_too() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("node");
    let options_of_node = alliance_node::InitOptions {
        name: "First".to_owned(),
        ..alliance_node::InitOptions::default()
    };
    alliance_node::init(&data, &options_of_node).unwrap();
    assert!(matches!(fill(&data, &options(10)), Err(FillError::Identity { .. })));
    let founding = alliance_node::FoundOptions {
        name: "Filled".to_owned(),
        ..alliance_node::FoundOptions::default()
    };
    alliance_node::found(&data, &founding).unwrap();
    let filled = fill(&data, &options(10)).unwrap();
    assert_eq!((filled.records, filled.certificates), (10, u64::from(LOGS)));
    assert_eq!(fill(&data, &options(0)).unwrap(), Filled::default());
}
