//! Headers first, and headers alone, on real nodes: what is shown of records whose texts are not here.

use alliance_api::{ChapterBodies, RecordQuery};
use alliance_node::{Handle, Settings};
use alliance_tests::{Cluster, long_practice, settings, share, share_document, soon};

use crate::stage::RECORDS_OF_TWO;

const CHAPTER: &str = "m49:001";
const LISTEN: &str = "/ip4/127.0.0.1/tcp/0";
/// Records that the founder has before anyone joins: several ranges' worth of signatures.
const RECORDS: u64 = 150;

/// A founder with records, one of them too large to be gossiped whole, and a member that keeps bodies in its own way.
async fn cluster(second: Settings) -> Cluster {
    let mut cluster = Cluster::found("First", "GB").await;
    for number in 1..RECORDS {
        share(cluster.handle(0), &format!("Practice number {number:03}"), CHAPTER).await;
    }
    let large = long_practice("A large practice", 30_000);
    share_document(cluster.handle(0), large, CHAPTER).await.unwrap();
    cluster.join_with(0, ("Second", "CZ"), second).await;
    cluster.agree_on("alliance", RECORDS_OF_TWO).await;
    cluster.agree_on(CHAPTER, RECORDS).await;
    cluster
}

async fn bodies(handle: &Handle) -> Vec<ChapterBodies> {
    handle.sync().await.unwrap().bodies
}

/// Waits until no body is missing.
async fn all_bodies(handle: &Handle) {
    let mut events = handle.events(Some(0));
    soon(async {
        while !bodies(handle).await.is_empty() {
            events.next().await.expect("the node runs");
        }
    })
    .await;
}

/// Waits until the chapters taken up last are compared too; nothing is missing then.
async fn in_step(handle: &Handle) {
    soon(async {
        loop {
            let report = handle.sync().await.unwrap();
            assert_eq!(report.sync.missing, 0);
            if report.peers[0].sync.in_step == Some(true) {
                return;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
}

async fn titles(handle: &Handle) -> Vec<String> {
    let query = RecordQuery {
        chapter: Some(CHAPTER.to_owned()),
        limit: Some(200),
        ..RecordQuery::default()
    };
    let page = handle.records(query).await.unwrap();
    let mut titles: Vec<String> = page.records.into_iter().map(|record| record.title).collect();
    titles.sort_unstable();
    titles
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_come_after_their_headers_and_all_of_them() {
    let second = Settings {
        headers_first: true,
        ..settings(LISTEN)
    };
    let cluster = cluster(second).await;
    all_bodies(cluster.handle(1)).await;
    assert_eq!(titles(cluster.handle(1)).await, titles(cluster.handle(0)).await);
    // Too large to be gossiped: its header is, and its body must be fetched.
    let large = share_document(cluster.handle(0), long_practice("A later practice", 40_000), CHAPTER).await;
    let id = large.unwrap().id.unwrap();
    cluster.agree_on(CHAPTER, RECORDS + 1).await;
    all_bodies(cluster.handle(1)).await;
    assert!(cluster.handle(1).record(&id).await.unwrap().has_body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watched_chapter_has_headers_alone_until_it_is_more_than_watched() {
    let second = Settings {
        headers_only: vec![CHAPTER.to_owned()],
        ..settings(LISTEN)
    };
    let mut cluster = cluster(second).await;
    let handle = cluster.handle(1).clone();
    let own = share(&handle, "Written here", CHAPTER).await.id.unwrap();
    cluster.agree_on(CHAPTER, RECORDS + 1).await;

    let watched = bodies(&handle).await;
    assert_eq!(watched.len(), 1);
    let expected = (CHAPTER, RECORDS, false);
    assert_eq!(
        (watched[0].chapter.as_str(), watched[0].missing, watched[0].awaited),
        expected
    );
    assert!(watched[0].missing_bytes > 500 * RECORDS, "{watched:?}");
    in_step(&handle).await;
    assert!(
        handle.record(&own).await.unwrap().has_body,
        "what an organisation writes it keeps"
    );
    let refused = handle.export_bundle(&[CHAPTER.to_owned()]).await.unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (409, "bodies_missing"));
    // The founder still has everything, also of the one who watches.
    assert!(cluster.handle(0).record(&own).await.unwrap().has_body);

    cluster.members[1].stop().await;
    cluster.members[1].settings.headers_only.clear();
    cluster.members[1].start().await;
    all_bodies(cluster.handle(1)).await;
    assert_eq!(titles(cluster.handle(1)).await, titles(cluster.handle(0)).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chapter_that_is_none_is_told_at_the_start() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.members[0].stop().await;
    let wrong = Settings {
        headers_only: vec!["Germany".to_owned()],
        ..settings(LISTEN)
    };
    let refused = alliance_node::Run::start(&cluster.members[0].data, wrong)
        .await
        .unwrap_err();
    let told = refused.to_string();
    assert!(told.contains("headers_only") && told.contains("'Germany'"), "{told}");
}
