//! What is told of catching up is true: never less than what is lacking, never more, and nothing at the end.

use alliance_api::{ChapterMissing, Event, SyncReport};
use alliance_node::Handle;
use alliance_tests::{Cluster, practice, share_document, soon};

use crate::stage::RECORDS_OF_TWO;

const CHAPTER: &str = "m49:001";
/// Records that are published while a member is away.
const MISSED: u64 = 3_000;
/// How many of them are under way at once.
const AT_ONCE: usize = 64;

async fn publish_many(handle: &Handle) {
    let mut publishing = tokio::task::JoinSet::new();
    for number in 0..MISSED {
        if publishing.len() == AT_ONCE {
            publishing.join_next().await.unwrap().unwrap();
        }
        let handle = handle.clone();
        publishing.spawn(async move {
            let document = practice(&format!("Number {number} of many"));
            share_document(&handle, document, CHAPTER).await.unwrap();
        });
    }
    publishing.join_all().await;
}

fn of_chapter(chapters: &[ChapterMissing]) -> u64 {
    let found = chapters.iter().find(|lacking| lacking.chapter == CHAPTER);
    found.map_or(0, |lacking| lacking.missing)
}

async fn held(handle: &Handle) -> u64 {
    handle.chapter(CHAPTER).await.unwrap().records
}

/// What one look at a node showed of its catching up, checked against what it holds by then.
#[derive(Default)]
struct Witness {
    least: Option<u64>,
    looks: u64,
    events: u64,
}

impl Witness {
    /// Once compared: what is missing and what was brought are all that was missed, and what is missing never grows.
    async fn see(&mut self, handle: &Handle, brought: u64, chapters: &[ChapterMissing]) {
        let missing = of_chapter(chapters);
        if missing == 0 {
            return;
        }
        assert_eq!(missing + brought, MISSED, "neither more nor less than it lacks");
        let held = held(handle).await;
        assert!(missing >= MISSED - held, "{missing} missing, {held} held");
        assert!(self.least.is_none_or(|least| missing <= least));
        self.least = Some(missing);
        self.looks += 1;
    }

    async fn look(&mut self, handle: &Handle) -> SyncReport {
        let report = handle.sync().await.unwrap();
        for peer in &report.peers {
            assert_eq!(peer.sync.missing, report.sync.missing, "there is one peer alone");
            assert_eq!(peer.sync.chapters, report.sync.chapters);
            let brought = peer.sync.session.as_ref().map(|session| session.brought);
            assert_eq!(brought.unwrap_or(0), report.sync.brought);
        }
        report
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_told_as_it_is_until_nothing_is() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    cluster.agree_on("alliance", RECORDS_OF_TWO).await;
    cluster.members[1].stop().await;
    publish_many(cluster.handle(0)).await;
    cluster.members[1].start().await;

    let handle = cluster.handle(1).clone();
    let mut events = handle.notices();
    let mut witness = Witness::default();
    let end = loop {
        let (_, event) = soon(events.next()).await.expect("the node runs");
        if let Event::CatchingUp { sync } = event {
            witness.events += 1;
            if !sync.running {
                break sync;
            }
            assert!(sync.missing > 0, "while it runs, only what is missing is told");
            assert_eq!(sync.in_step_ms, None);
            witness.see(&handle, sync.brought, &sync.chapters).await;
            let report = witness.look(&handle).await;
            witness.see(&handle, report.sync.brought, &report.sync.chapters).await;
        }
    };
    assert!(
        witness.events >= 2 && witness.looks >= 1,
        "something was told on the way"
    );
    assert_eq!((end.missing, end.chapters.len(), end.remaining_s), (0, 0, None));
    assert!(end.in_step_ms.is_some());
    assert_eq!(held(&handle).await, MISSED);

    let report = witness.look(&handle).await;
    assert_eq!(report.peers[0].sync.in_step, Some(true));
    assert!(report.peers[0].sync.last_contact_ms_ago.is_some());
    let status = handle.status().await.unwrap();
    assert_eq!(status.sync.missing, 0);
    assert!(status.chapters.iter().all(|chapter| chapter.missing == 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_goes_away_leaves_what_it_had_known_to_be_missing() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "CZ").await;
    cluster.agree_on("alliance", RECORDS_OF_TWO).await;
    cluster.members[1].stop().await;
    publish_many(cluster.handle(0)).await;
    cluster.members[1].start().await;
    let handle = cluster.handle(1).clone();
    let mut events = handle.notices();
    let first = soon(async {
        loop {
            match events.next().await.expect("the node runs").1 {
                Event::CatchingUp { sync } if of_chapter(&sync.chapters) > 0 => return sync,
                _ => {}
            }
        }
    })
    .await;
    assert!(first.running);
    cluster.members[0].stop().await;
    // It is told once more how it stood at the last look, whether all came before or not.
    let last = soon(async {
        loop {
            match events.next().await.expect("the node runs").1 {
                Event::CatchingUp { sync } if !sync.running => return sync,
                _ => {}
            }
        }
    })
    .await;
    let missing = MISSED - held(&handle).await;
    assert!(last.missing >= missing, "{last:?} while {missing} are missing");

    cluster.members[0].start().await;
    cluster.agree_on(CHAPTER, MISSED).await;
    let in_step = soon(async {
        while handle.sync().await.unwrap().sync.in_step_ms.is_none() {
            events.next().await.expect("the node runs");
        }
        handle.sync().await.unwrap().sync
    });
    assert_eq!(in_step.await.missing, 0);
}
