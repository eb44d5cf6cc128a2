//! A measure in the gate: small numbers, its protected form, and what was published of it before.

use alliance_api::{DocumentFormat, PublishReceipt, PublishRequest};
use alliance_node::Handle;
use alliance_tests::Cluster;
use serde_json::{Value, json};

use crate::drafts::request;
use crate::reading::second_reader;

/// A series of events: months with what was counted in each.
fn measure(points: &[(&str, &str, u64)]) -> Value {
    let points: Vec<Value> = points
        .iter()
        .map(|(from, to, count)| {
            json!({"from": from, "to": to, "numerator": count, "numerator_status": "exact",
                   "denominator": 900, "denominator_status": "exact"})
        })
        .collect();
    json!({
        "kind": "measure", "lang": "en-GB", "scope": "public", "licence": "CC-BY-4.0",
        "title": "Seclusion per 1,000 bed days, one service", "measure": "seclusion.events.obd",
        "unit_of_report": "service", "units": 1, "settings": ["inpatient.acute_adult"],
        "counting_rule": "Leaving the room for a meal does not end an event.", "restrictive_types": ["seclusion"],
        "source_system": "electronic health record", "points": points, "disclosure_method": "suppress_1_7_round_5",
    })
}

fn asked(measure: &Value) -> PublishRequest {
    PublishRequest {
        format: DocumentFormat::Json,
        ..request(serde_json::to_string_pretty(measure).unwrap())
    }
}

async fn approved(handle: &Handle, request: PublishRequest) -> PublishReceipt {
    let receipt = handle.publish(request).await.unwrap();
    let token = second_reader(handle, "Deputy").token;
    handle.approve_draft(&receipt.draft.unwrap().id, &token).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn small_numbers_are_refused_and_their_protected_form_is_published() {
    let cluster = Cluster::found("First", "GB").await;
    let handle = cluster.handle(0);
    let series = measure(&[
        ("2025-01", "2025-01", 3),
        ("2025-02", "2025-02", 0),
        ("2025-03", "2025-03", 12),
    ]);
    let mut request = asked(&series);
    let problem = handle.publish(request.clone()).await.unwrap_err();
    let found: Vec<_> = problem
        .findings
        .iter()
        .map(|one| (one.code.as_str(), one.place.as_str()))
        .collect();
    let expected = [
        ("small_number", "points[0].numerator"),
        ("point_not_rounded", "points[2].numerator"),
    ];
    assert_eq!(found, expected);
    assert!(problem.findings.iter().all(|one| one.line.is_some()), "{problem:?}");

    request.protect = true;
    let receipt = approved(handle, request.clone()).await;
    let record = handle.record(&receipt.id.unwrap()).await.unwrap();
    let shown: Vec<_> = record.body["points"]
        .as_array()
        .unwrap()
        .iter()
        .map(|point| (point["numerator"].as_u64(), point["numerator_status"].as_str().unwrap()))
        .collect();
    let expected = [(None, "suppressed_1_7"), (Some(0), "exact"), (Some(10), "rounded_5")];
    assert_eq!(shown, expected, "zero is always shown");
    // What was counted stays here.
    let kept = cluster.members[0]
        .data
        .join("series")
        .join(format!("{}.json", record.summary.id));
    let kept: Value = serde_json::from_slice(&std::fs::read(kept).unwrap()).unwrap();
    assert_eq!(kept["document"], request.document);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_published_of_a_series_before_is_weighed_with_it() {
    let cluster = Cluster::found("First", "GB").await;
    let handle = cluster.handle(0);
    let months = measure(&[
        ("2025-01", "2025-01", 3),
        ("2025-02", "2025-02", 0),
        ("2025-03", "2025-03", 0),
    ]);
    let mut request = asked(&months);
    request.protect = true;
    let first = approved(handle, request).await.id.unwrap();
    // A quarter that is rounded by itself, and shows the month beside two zeros.
    let mut quarter = measure(&[("2025-01", "2025-03", 10)]);
    quarter["points"][0]["numerator_status"] = "rounded_5".into();
    let alone = handle.publish(asked(&quarter)).await;
    assert!(alone.is_ok(), "{alone:?}");
    quarter["supersedes"] = json!([first]);
    let problem = handle.publish(asked(&quarter)).await.unwrap_err();
    let codes: Vec<&str> = problem.findings.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(codes, ["contradicts_published"], "{problem:?}");
}
