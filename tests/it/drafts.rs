//! Between a document and its signature: drafts wait on the node, outlive it, and are published once.

use std::path::PathBuf;

use alliance_api::{Confirmations, DraftState, DraftView, PublishReceipt, PublishRequest, RecordQuery};
use alliance_node::Handle;
use alliance_tests::{Cluster, practice, soon};
use serde_json::Value;

use crate::reading::{lesson, second_reader};

const TITLE: &str = "The garden door is open in the evening";

/// Milliseconds of a cooling-off and a little more.
const LONGER_MS: i64 = 11 * 60_000;

pub(crate) fn request(document: String) -> PublishRequest {
    PublishRequest {
        document,
        chapter: Some("m49:001".to_owned()),
        confirmations: Confirmations::all(),
        ..PublishRequest::default()
    }
}

/// A node on which drafts cool off as they do everywhere.
async fn cooling() -> Cluster {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.members[0].stop().await;
    cluster.members[0].settings.without_cooling_off = false;
    cluster.members[0].start().await;
    cluster
}

async fn shared(handle: &Handle, document: String) -> (PublishReceipt, DraftView) {
    let receipt = handle.publish(request(document)).await.unwrap();
    let draft = receipt.draft.clone().expect("a draft");
    (receipt, *draft)
}

pub(crate) async fn titles(handle: &Handle) -> Vec<String> {
    let page = handle.records(RecordQuery::default()).await.unwrap();
    page.records.into_iter().map(|record| record.title).collect()
}

/// The one draft's file.
fn file(cluster: &Cluster) -> PathBuf {
    let mut drafts = std::fs::read_dir(cluster.members[0].data.join("drafts")).unwrap();
    drafts.next().expect("a draft").unwrap().path()
}

/// What a clock would do: everything in the draft happened so much earlier.
fn earlier(path: &PathBuf, by_ms: i64) {
    let mut draft: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    draft["made_at_ms"] = (draft["made_at_ms"].as_i64().unwrap() - by_ms).into();
    std::fs::write(path, draft.to_string()).unwrap();
}

async fn published(handle: &Handle, count: usize) -> Vec<String> {
    let mut events = handle.events(Some(0));
    loop {
        let titles = titles(handle).await;
        if titles.len() >= count {
            return titles;
        }
        events.next().await.expect("the node runs");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_cools_off_and_can_be_taken_back() {
    let cluster = cooling().await;
    let handle = cluster.handle(0);
    let (receipt, draft) = shared(handle, practice(TITLE)).await;
    assert_eq!(
        (receipt.id, receipt.cooling_off_minutes, receipt.second_reader),
        (None, 10, false)
    );
    assert_eq!((draft.state, draft.title.as_str()), (DraftState::CoolingOff, TITLE));
    assert_eq!(draft.due_ms, Some(draft.made_at_ms + 10 * 60_000));
    let early = handle.publish_draft(&draft.id).await.unwrap_err();
    assert_eq!((early.status, early.code.as_str()), (409, "not_due"));
    let listed = handle.drafts().unwrap();
    assert_eq!((listed.len(), listed[0].document.as_deref()), (1, None));

    let withdrawn = handle.withdraw_draft(&draft.id[..6]).await.unwrap();
    assert_eq!(withdrawn.document, Some(practice(TITLE)));
    assert!(handle.drafts().unwrap().is_empty());
    assert_eq!(handle.draft(&draft.id).await.unwrap_err().code, "not_found");
    assert_eq!(handle.publish_draft(&draft.id).await.unwrap_err().code, "not_found");
    assert!(titles(handle).await.is_empty());
    let left = std::fs::read_dir(cluster.members[0].data.join("drafts")).unwrap();
    assert_eq!(left.count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_outlives_the_node_and_is_published_when_its_time_has_come() {
    let mut cluster = cooling().await;
    let (_, draft) = shared(cluster.handle(0), practice(TITLE)).await;
    let before = cluster.handle(0).draft(&draft.id).await.unwrap();
    cluster.members[0].stop().await;
    cluster.members[0].start().await;
    assert_eq!(cluster.handle(0).draft(&draft.id).await.unwrap(), before);
    assert!(titles(cluster.handle(0)).await.is_empty());

    cluster.members[0].stop().await;
    earlier(&file(&cluster), LONGER_MS);
    cluster.members[0].start().await;
    assert_eq!(soon(published(cluster.handle(0), 1)).await, [TITLE]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_was_signed_before_a_crash_is_not_signed_again() {
    let mut cluster = cooling().await;
    let (_, draft) = shared(cluster.handle(0), practice(TITLE)).await;
    cluster.members[0].stop().await;
    let path = file(&cluster);
    earlier(&path, LONGER_MS);
    let before = std::fs::read(&path).unwrap();
    cluster.members[0].start().await;
    soon(published(cluster.handle(0), 1)).await;
    let page = cluster.handle(0).records(RecordQuery::default()).await.unwrap();
    // The draft's file as it is between the signature and its removal.
    cluster.members[0].stop().await;
    let mut crashed: Value = serde_json::from_slice(&before).unwrap();
    crashed["signing_ms"] = page.records[0].claimed_at_ms.into();
    std::fs::write(&path, crashed.to_string()).unwrap();
    cluster.members[0].start().await;
    // Whoever comes first, this or the node by itself, finds the record.
    match cluster.handle(0).publish_draft(&draft.id).await {
        Ok(receipt) => assert_eq!(receipt.id.as_ref(), Some(&page.records[0].id)),
        Err(problem) => assert_eq!(problem.code, "not_found"),
    }
    assert!(cluster.handle(0).drafts().unwrap().is_empty() && !path.exists());
    assert_eq!(titles(cluster.handle(0)).await, [TITLE]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_cannot_be_published_is_held_up_and_kept() {
    let mut cluster = cooling().await;
    let handle = cluster.handle(0);
    let mut request = request(practice(TITLE));
    request.chapter = Some("theme:calm".to_owned());
    let at_once = handle.publish(request.clone()).await.unwrap_err();
    assert_eq!(at_once.code, "not_followed");
    handle.follow("theme:calm", alliance_api::Depth::Exact).await.unwrap();
    let id = handle.publish(request).await.unwrap().draft.unwrap().id;
    handle.leave("theme:calm").await.unwrap();
    cluster.members[0].stop().await;
    earlier(&file(&cluster), LONGER_MS);
    cluster.members[0].start().await;
    let handle = cluster.handle(0);
    assert_eq!(handle.publish_draft(&id).await.unwrap_err().code, "not_followed");
    let held_up = handle.draft(&id).await.unwrap();
    assert_eq!(held_up.state, DraftState::HeldUp);
    assert!(held_up.missing[0].contains("does not follow"), "{:?}", held_up.missing);
    handle.follow("theme:calm", alliance_api::Depth::Exact).await.unwrap();
    assert!(handle.publish_draft(&id).await.unwrap().id.is_some());
    assert_eq!(titles(handle).await, [TITLE]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lesson_cools_off_from_its_approval_for_a_day() {
    let cluster = cooling().await;
    let handle = cluster.handle(0);
    let (receipt, draft) = shared(handle, lesson()).await;
    assert_eq!((receipt.second_reader, receipt.cooling_off_minutes), (true, 24 * 60));
    assert_eq!((draft.state, draft.due_ms), (DraftState::SecondReader, None));
    assert_eq!(
        handle.publish_draft(&draft.id).await.unwrap_err().code,
        "second_reader_missing"
    );
    let token = second_reader(handle, "Deputy").token;
    let approved = handle.approve_draft(&draft.id, &token).await.unwrap().draft.unwrap();
    assert_eq!(
        (approved.state, approved.approved_by.as_deref()),
        (DraftState::CoolingOff, Some("Deputy"))
    );
    assert!(approved.due_ms.unwrap() >= approved.made_at_ms + 24 * 3_600_000);
    // Once more changes nothing: the time does not begin anew.
    let again = handle.approve_draft(&draft.id, &token).await.unwrap().draft.unwrap();
    assert_eq!(again.due_ms, approved.due_ms);
    assert_eq!(handle.publish_draft(&draft.id).await.unwrap_err().code, "not_due");
    assert!(handle.withdraw_draft(&draft.id).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cooling_off_shorter_than_the_members_agreed_is_refused_at_the_start() {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.members[0].stop().await;
    let mut settings = cluster.members[0].settings.clone();
    settings.cooling_off_minutes = 5;
    let refused = alliance_node::Run::start(&cluster.members[0].data, settings)
        .await
        .unwrap_err();
    let told = refused.to_string();
    assert!(
        told.contains("cooling_off_minutes") && told.contains("from 10"),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_that_take_the_place_of_one_record_are_told_of_each_other_and_do_not_pass_each_other() {
    let mut cluster = Cluster::found("First", "GB").await;
    let first = alliance_tests::share(cluster.handle(0), TITLE, "m49:001")
        .await
        .id
        .unwrap();
    cluster.members[0].stop().await;
    cluster.members[0].settings.without_cooling_off = false;
    cluster.members[0].start().await;
    let handle = cluster.handle(0);
    let next = |title: &str| practice(title).replace("lang: en-GB", &format!("lang: en-GB\nsupersedes: [{first}]"));
    let (_, day) = shared(handle, next("The garden door, from the day shift")).await;
    let problem = handle
        .publish(request(next("The garden door, from the night shift")))
        .await
        .unwrap_err();
    let finding = &problem.findings[0];
    assert_eq!(
        (finding.code.as_str(), finding.place.as_str()),
        ("draft_waits", "supersedes")
    );
    assert!(finding.message.contains(&day.id), "{problem:?}");

    // Somebody goes on all the same. What comes second does not stand beside the first unasked.
    let mut request = request(next("The garden door, from the night shift"));
    request.accept_warnings = true;
    let night = handle.publish(request).await.unwrap().draft.unwrap();
    cluster.members[0].stop().await;
    for draft in std::fs::read_dir(cluster.members[0].data.join("drafts")).unwrap() {
        earlier(&draft.unwrap().path(), LONGER_MS);
    }
    cluster.members[0].start().await;
    let handle = cluster.handle(0);
    let mut events = handle.events(Some(0));
    let title = loop {
        let shown = titles(handle).await;
        assert_eq!(shown.len(), 1, "{shown:?}");
        if shown[0] != TITLE {
            break shown[0].clone();
        }
        assert!(events.next().await.is_some(), "the node runs");
    };
    let waiting = if title.contains("day") { night.id } else { day.id };
    let problem = handle.publish_draft(&waiting).await.unwrap_err();
    assert_eq!(problem.code, "newer_version");
    assert_eq!(handle.draft(&waiting).await.unwrap().state, DraftState::HeldUp);
}
