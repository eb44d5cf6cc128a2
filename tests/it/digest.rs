//! What is new, what is due and what nobody answered: the same on every node.

use alliance_api::{ChapterDescription, DigestQuery};
use serde_json::{Value, json};

use crate::known::{TITLE, common, everywhere, notice, response, two, version, with};

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_tells_what_is_new_what_is_due_and_what_nobody_answered() {
    let cluster = two().await;
    let mut document = version(TITLE, &[]);
    document["review_due"] = "2026-12".into();
    let practice = everywhere(&cluster, 0, &document).await;
    let question = everywhere(&cluster, 1, &response("question", &practice)).await;
    let digest = |due_by: &str| {
        let query = DigestQuery {
            chapter: Some("m49:001".to_owned()),
            due_by: Some(due_by.to_owned()),
            ..DigestQuery::default()
        };
        let handle = cluster.handle(1).clone();
        async move { handle.digest(query).await.unwrap() }
    };
    let told = digest("2026-12").await;
    let new: Vec<_> = told.new.iter().map(|record| record.id.as_str()).collect();
    assert_eq!(new, [question.as_str(), practice.as_str()]);
    let due: Vec<_> = told
        .due
        .iter()
        .map(|due| (due.what.as_str(), due.by.as_str()))
        .collect();
    assert_eq!(due, [("review", "2026-12")]);
    let asked = &told.unanswered[0];
    assert_eq!(
        (asked.record.id.as_str(), asked.response_type.as_str()),
        (question.as_str(), "question")
    );
    assert_eq!(asked.about.as_ref().unwrap().id, practice);
    assert_eq!(digest("2026-11-30").await.due, []);

    everywhere(&cluster, 0, &response("answer", &question)).await;
    assert_eq!(digest("2026-12").await.unanswered, []);
    everywhere(&cluster, 0, &notice("retraction", &practice)).await;
    let told = digest("2026-12").await;
    assert_eq!((told.due.len(), told.notices.len()), (0, 1));
    assert_eq!(told.notices[0].about.as_ref().unwrap().id, practice);

    let query = DigestQuery {
        due_by: Some("soon".to_owned()),
        ..DigestQuery::default()
    };
    let problem = cluster.handle(0).digest(query).await.unwrap_err();
    assert!(problem.detail.contains("due_by"), "{problem:?}");
}

fn meeting(title: &str, starts: &str) -> Value {
    let fields = json!({
        "chapter": "m49:001",
        "starts": starts,
        "zone": "Europe/Prague",
        "duration_minutes": 75,
        "actions": [{ "what": "Answer the open question", "organisation": "Second", "due": "2026-02-01" }],
    });
    with(common("meeting", title), fields)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_of_a_chapter_begins_with_its_last_meeting() {
    let cluster = two().await;
    everywhere(
        &cluster,
        0,
        &meeting("The meeting before the last one", "2025-12-09T13:00:00Z"),
    )
    .await;
    let last = everywhere(
        &cluster,
        0,
        &meeting("The last meeting of the chapter", "2026-01-13T13:00:00Z"),
    )
    .await;
    let next = everywhere(
        &cluster,
        0,
        &meeting("The next meeting of the chapter", "2099-01-13T13:00:00Z"),
    )
    .await;
    // What somebody else announces neither begins a digest nor hides what happened.
    let description = ChapterDescription {
        stewards: Some(vec![cluster.handle(0).status().await.unwrap().organisation.id]),
        ..ChapterDescription::default()
    };
    cluster
        .handle(0)
        .describe_chapter("m49:001", description)
        .await
        .unwrap();
    cluster.agree_on("alliance", 1).await;
    everywhere(
        &cluster,
        1,
        &meeting("A meeting that nobody was asked to", "2026-11-25T13:00:00Z"),
    )
    .await;
    for member in 0..2 {
        let query = DigestQuery {
            chapter: Some("m49:001".to_owned()),
            ..DigestQuery::default()
        };
        let told = cluster.handle(member).digest(query).await.unwrap();
        assert_eq!(told.since_ms, 1_768_309_200_000);
        assert_eq!(told.since_meeting.unwrap().id, last);
        assert_eq!(told.next_meeting.unwrap().record.id, next);
        let due: Vec<_> = told.due.iter().map(|due| (due.what.as_str(), due.overdue)).collect();
        assert_eq!(due, [("action", true); 4]);
        // A chapter with another name has had no meeting.
        let query = DigestQuery {
            chapter: Some("theme:seclusion".to_owned()),
            ..DigestQuery::default()
        };
        let told = cluster.handle(member).digest(query).await.unwrap();
        assert_eq!((told.since_meeting, told.next_meeting, told.new.len()), (None, None, 0));
    }
}
