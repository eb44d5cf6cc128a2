//! What records say of one another, on real nodes: the same everywhere, whoever asks.

use alliance_api::{
    Confirmations, DocumentFormat, Problem, PublishReceipt, PublishRequest, RecordQuery, RecordSummary, RecordView,
};
use alliance_node::Handle;
use alliance_tests::{Cluster, arrival_of, practice};
use serde_json::{Value, json};

use crate::reading::second_reader;

pub(crate) const TITLE: &str = "Morning meeting that plans the day";

/// Through the gate as its author and a second reader, warnings accepted.
async fn share(handle: &Handle, document: &Value) -> Result<PublishReceipt, Problem> {
    publish(handle, document, true).await
}

async fn publish(handle: &Handle, document: &Value, accept_warnings: bool) -> Result<PublishReceipt, Problem> {
    let request = PublishRequest {
        format: DocumentFormat::Json,
        document: document.to_string(),
        chapter: Some("m49:001".to_owned()),
        confirmations: Confirmations::all(),
        accept_warnings,
        ..PublishRequest::default()
    };
    let receipt = handle.publish(request).await?;
    let Some(draft) = &receipt.draft else {
        return Ok(receipt);
    };
    let token = second_reader(handle, "Second reader").token;
    handle.approve_draft(&draft.id, &token).await
}

/// Publishes on one node, and gives the id once every node has it.
pub(crate) async fn everywhere(cluster: &Cluster, member: usize, document: &Value) -> String {
    let receipt = share(cluster.handle(member), document).await;
    let id = receipt.unwrap_or_else(|problem| panic!("{problem:?}")).id.unwrap();
    for member in 0..cluster.members.len() {
        arrival_of(cluster.handle(member), &id).await;
    }
    id
}

/// A practice as JSON, taking the place of others.
pub(crate) fn version(title: &str, supersedes: &[&str]) -> Value {
    let document = alliance_record::schema::read_markdown(&practice(title)).unwrap();
    let mut body = alliance_record::schema::to_json(document.kind, &document.body).unwrap();
    body["kind"] = "practice".into();
    if !supersedes.is_empty() {
        body["supersedes"] = json!(supersedes);
    }
    body
}

pub(crate) fn common(kind: &str, title: &str) -> Value {
    json!({ "kind": kind, "title": title, "lang": "en", "scope": "public", "licence": "CC-BY-4.0" })
}

pub(crate) fn with(mut document: Value, fields: Value) -> Value {
    let fields = fields.as_object().unwrap().clone();
    document.as_object_mut().unwrap().extend(fields);
    document
}

pub(crate) fn notice(notice_type: &str, target: &str) -> Value {
    let fields = json!({
        "notice_type": notice_type,
        "target": { "record": target },
        "reason": "unreliable_findings",
        "text": "The figures came from another ward than the text says.",
    });
    with(common("notice", "A notice about the morning meeting"), fields)
}

fn adoption(of: &str, measures: &[&str]) -> Value {
    let fields = json!({
        "of": { "record": of },
        "status": "in_use",
        "since": "2024-01",
        "settings": ["inpatient.acute_adult"],
        "effect": "improved",
        "outcome_note": "Fewer restraints on the ward, and fewer complaints.",
        "measures": measures,
        "would_recommend": "yes",
        "independent_of_origin": true,
    });
    with(common("adoption", "The morning meeting on our ward"), fields)
}

fn measure() -> Value {
    let fields = json!({
        "measure": "seclusion.events.obd",
        "unit_of_report": "service",
        "units": 2,
        "settings": ["inpatient.acute_adult"],
        "restrictive_types": ["seclusion"],
        "counting_rule": "A new event begins when somebody is brought back to the room.",
        "source_system": "incident reporting system",
        "disclosure_method": "suppress_1_7_round_5",
        "points": [{
            "from": "2024-01", "to": "2024-06", "numerator": 40, "numerator_status": "rounded_5",
            "denominator": 4180, "denominator_status": "exact",
        }],
    });
    with(common("measure", "Seclusion on our acute wards"), fields)
}

pub(crate) fn response(response_type: &str, about: &str) -> Value {
    let fields = json!({
        "response_type": response_type,
        "about": { "record": about },
        "text": "How do you let quiet people shape the day?",
    });
    with(common("response", "About the morning meeting"), fields)
}

pub(crate) async fn two() -> Cluster {
    let mut cluster = Cluster::found("First", "GB").await;
    cluster.join(0, "Second", "DE").await;
    cluster
}

async fn practices(handle: &Handle, query: RecordQuery) -> Vec<RecordSummary> {
    let query = RecordQuery {
        kind: Some("practice".to_owned()),
        ..query
    };
    handle.records(query).await.unwrap().records
}

async fn listed(handle: &Handle) -> Vec<String> {
    let practices = practices(handle, RecordQuery::default()).await;
    practices.into_iter().map(|record| record.id).collect()
}

async fn shown(handle: &Handle, id: &str) -> RecordView {
    handle.record(id).await.unwrap()
}

fn codes(problem: &Problem) -> Vec<(&str, &str, &str)> {
    let findings = problem.findings.iter();
    findings
        .map(|one| (one.severity.as_str(), one.code.as_str(), one.place.as_str()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_at_two_places_are_both_shown_until_a_version_joins_them() {
    let cluster = two().await;
    let first = everywhere(&cluster, 0, &version(TITLE, &[])).await;
    let left = everywhere(&cluster, 0, &version("Morning meeting, from the day shift", &[&first])).await;
    assert_eq!(listed(cluster.handle(1)).await, std::slice::from_ref(&left));

    // The gate tells of the newer version before it lets another one stand beside it.
    let beside = version("Morning meeting, from the night shift", &[&first]);
    let problem = publish(cluster.handle(0), &beside, false).await.unwrap_err();
    assert_eq!(codes(&problem), [("warning", "newer_version", "supersedes")]);
    let right = everywhere(&cluster, 0, &beside).await;
    for member in 0..2 {
        let handle = cluster.handle(member);
        let records = practices(handle, RecordQuery::default()).await;
        let both: Vec<_> = records
            .iter()
            .map(|one| (one.id.clone(), one.concurrent.clone()))
            .collect();
        let expected = [(right.clone(), vec![left.clone()]), (left.clone(), vec![right.clone()])];
        assert_eq!(both, expected, "member {member}");
        assert_eq!(shown(handle, &first).await.summary.replaced_by.len(), 2);
    }

    let joined = everywhere(&cluster, 0, &version(TITLE, &[&left, &right])).await;
    for member in 0..2 {
        let handle = cluster.handle(member);
        assert_eq!(listed(handle).await, std::slice::from_ref(&joined));
        let view = shown(handle, &left).await;
        let numbers: Vec<_> = view
            .knowledge
            .versions
            .iter()
            .map(|one| (one.version, one.current))
            .collect();
        let expected = [(Some(1), false), (Some(2), false), (Some(2), false), (Some(3), true)];
        assert_eq!(numbers, expected);
        let all = RecordQuery {
            superseded: Some(true),
            ..RecordQuery::default()
        };
        assert_eq!(practices(handle, all).await.len(), 4);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_retracted_is_out_of_lists_and_marked_wherever_it_is_shown() {
    let cluster = two().await;
    let id = everywhere(&cluster, 0, &version(TITLE, &[])).await;
    everywhere(&cluster, 1, &notice("expression_of_concern", &id)).await;
    for member in 0..2 {
        let view = shown(cluster.handle(member), &id).await;
        assert_eq!(view.summary.notices, [], "another member's word has no effect");
        let said = &view.knowledge.said_by_others;
        assert_eq!(said[0].member.as_ref().unwrap().name, "Second");
        assert_eq!(listed(cluster.handle(member)).await, std::slice::from_ref(&id));
    }
    let retraction = everywhere(&cluster, 0, &notice("retraction", &id)).await;
    for member in 0..2 {
        let handle = cluster.handle(member);
        assert_eq!(listed(handle).await, [] as [String; 0]);
        let asked = RecordQuery {
            retracted: Some(true),
            ..RecordQuery::default()
        };
        let marked = &practices(handle, asked).await[0];
        assert!(marked.retracted);
        assert_eq!(
            (marked.notices[0].id.as_str(), marked.notices[0].by.as_str()),
            (retraction.as_str(), "author")
        );
        let view = shown(handle, &id).await;
        assert!(view.has_body && view.summary.retracted, "readable, and marked");
    }
    // Taken back, it stands again.
    everywhere(&cluster, 0, &notice("withdrawal", &retraction)).await;
    assert_eq!(listed(cluster.handle(1)).await, [id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_says_of_others_what_is_not_its_to_say_is_told_so() {
    let cluster = two().await;
    let theirs = everywhere(&cluster, 0, &version(TITLE, &[])).await;
    let handle = cluster.handle(1);
    let absent = "ab".repeat(32);
    for (document, expected) in [
        (version(TITLE, &[&theirs]), ("error", "not_its_own", "supersedes")),
        (notice("retraction", &theirs), ("error", "not_its_own", "target")),
        (response("question", &absent), ("warning", "record_not_held", "about")),
        (adoption(&absent, &[]), ("warning", "record_not_held", "of")),
    ] {
        let problem = publish(handle, &document, false).await.unwrap_err();
        assert_eq!(codes(&problem), [expected]);
        assert!(!problem.findings[0].remedy.is_empty());
    }
    // What is meant for the newest version and names an older one.
    let newest = everywhere(&cluster, 0, &version(TITLE, &[&theirs])).await;
    let problem = publish(cluster.handle(0), &notice("retraction", &theirs), false)
        .await
        .unwrap_err();
    assert_eq!(codes(&problem), [("warning", "newer_version", "target")]);
    assert!(problem.findings[0].message.contains(&newest), "{problem:?}");
    let of_another_kind = with(response("comment", &theirs), json!({ "supersedes": [theirs] }));
    let problem = share(cluster.handle(0), &of_another_kind).await.unwrap_err();
    assert_eq!(codes(&problem), [("error", "another_kind", "supersedes")]);
    assert_eq!(listed(cluster.handle(0)).await, [newest]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_adopters_report_is_counted_the_same_on_every_node() {
    let mut cluster = two().await;
    cluster.join(0, "Third", "CZ").await;
    // Where the others are, their profiles say.
    cluster.agree_on("alliance", 1).await;
    let first = everywhere(&cluster, 0, &version(TITLE, &[])).await;
    for member in [1, 2] {
        let measured = everywhere(&cluster, member, &measure()).await;
        everywhere(&cluster, member, &adoption(&first, &[&measured])).await;
    }
    // Adoptions of an earlier version are of the same practice.
    let newest = everywhere(&cluster, 0, &version(TITLE, &[&first])).await;
    for member in 0..3 {
        let facts = shown(cluster.handle(member), &newest)
            .await
            .knowledge
            .adoptions
            .unwrap();
        assert_eq!((facts.adopters, facts.in_use, facts.tried_and_stopped), (2, 2, 0));
        assert_eq!(facts.countries, ["CZ", "DE"]);
        assert_eq!((facts.improved, facts.reporting, facts.worse), (2, 2, 0));
        assert_eq!(facts.stage.as_deref(), Some("4"));
        assert_eq!(facts.stage_rules.len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_translation_is_told_to_be_stale_when_its_source_moves_on() {
    let cluster = two().await;
    let source = everywhere(&cluster, 0, &version(TITLE, &[])).await;
    let fields = json!({
        "of": { "record": source },
        "how": "human",
        "fields": [{ "field": "summary", "text": "Jeden Morgen planen alle zusammen den Tag." }],
    });
    let mut translation = with(common("translation", "Morgenrunde, die den Tag plant"), fields);
    translation["lang"] = "de".into();
    let translated = everywhere(&cluster, 1, &translation).await;
    for (newer, stale) in [(false, false), (true, true)] {
        if newer {
            everywhere(&cluster, 0, &version(TITLE, &[&source])).await;
        }
        for member in 0..2 {
            let handle = cluster.handle(member);
            let view = shown(handle, &translated).await;
            assert_eq!((view.summary.stale, view.knowledge.stale), (stale, Some(stale)));
            assert_eq!(shown(handle, &source).await.knowledge.translations[0].stale, stale);
        }
    }
}
