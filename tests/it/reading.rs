//! What the gate looks for, what an author must say, and who reads a second time.

use alliance_api::{
    ChapterDescription, Commitment, Confirmations, NewToken, Override, PledgeRequest, Problem, TokenRequest, TokenRole,
};
use alliance_node::Handle;
use alliance_tests::{Cluster, practice};

use crate::drafts::{request, titles};

/// A number that no telephone has: it is kept for plays.
const PHONE: &str = "07700 900123";

pub(crate) fn lesson() -> String {
    include_str!("../../config/demo/records/ex-04.md").to_owned()
}

pub(crate) fn second_reader(handle: &Handle, label: &str) -> NewToken {
    let request = TokenRequest {
        role: TokenRole::SecondReader,
        label: label.to_owned(),
    };
    handle.add_token(&request).unwrap()
}

fn with_phone() -> String {
    practice("How to reach us in the evening")
        .replace("## Problem\n\n", &format!("## Problem\n\nCall {PHONE} before six.\n\n"))
}

fn overridden(reason: &str) -> Override {
    Override {
        code: "phone".to_owned(),
        place: Some("problem".to_owned()),
        reason: reason.to_owned(),
    }
}

fn audit(cluster: &Cluster) -> String {
    std::fs::read_to_string(cluster.members[0].data.join("audit.log")).unwrap()
}

fn told(problem: &Problem) -> Vec<(&str, &str)> {
    let findings = problem.findings.iter();
    findings.map(|one| (one.severity.as_str(), one.code.as_str())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_looks_like_a_personal_detail_stops_a_document_and_is_never_repeated() {
    let cluster = Cluster::found("First", "GB").await;
    let document = with_phone();
    let line = document.lines().position(|line| line.contains(PHONE)).unwrap() as u32 + 1;
    for dry_run in [true, false] {
        let mut request = request(document.clone());
        request.dry_run = dry_run;
        let problem = cluster.handle(0).publish(request).await.unwrap_err();
        assert_eq!((problem.status, problem.code.as_str()), (422, "personal_details"));
        let finding = &problem.findings[0];
        assert_eq!((finding.severity.as_str(), finding.code.as_str()), ("block", "phone"));
        let place = (finding.place.as_str(), finding.line, finding.column);
        assert_eq!(place, ("problem", Some(line), Some(6)));
        assert!(!finding.remedy.is_empty());
        let said = serde_json::to_string(&problem).unwrap();
        assert!(!said.contains(PHONE) && !said.contains("900123"), "{said}");
    }
    assert!(cluster.handle(0).drafts().unwrap().is_empty() && titles(cluster.handle(0)).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_override_needs_a_reason_and_a_second_reader_and_is_written_down() {
    let cluster = Cluster::found("First", "GB").await;
    let handle = cluster.handle(0);
    let mut request = request(with_phone());
    for (reason, code) in [
        ("because", "reason"),
        ("It is only 07700 900123, which everybody knows", "reason"),
    ] {
        request.overrides = vec![overridden(reason)];
        let problem = handle.publish(request.clone()).await.unwrap_err();
        assert!(told(&problem).contains(&("error", code)), "{problem:?}");
    }
    request.overrides = vec![Override {
        code: "email".to_owned(),
        ..overridden("The address of the ward itself")
    }];
    let problem = handle.publish(request.clone()).await.unwrap_err();
    assert!(told(&problem).contains(&("error", "override_unused")), "{problem:?}");

    request.overrides = vec![overridden("The number of the ward itself")];
    let receipt = handle.publish(request).await.unwrap();
    assert_eq!(receipt.findings[0].severity, "overridden");
    let draft = receipt.draft.unwrap();
    assert!(draft.needs_second_reader && receipt.second_reader);
    let NewToken { token, view } = second_reader(handle, "Deputy");
    let published = handle.approve_draft(&draft.id, &token).await.unwrap();
    assert_eq!(titles(handle).await.len(), 1);
    let audit = audit(&cluster);
    for written in [
        "draft_made",
        "draft_approved",
        "document_published",
        "The number of the ward itself",
        &view.id,
    ] {
        assert!(audit.contains(written), "{written} is not in\n{audit}");
    }
    assert!(audit.contains(published.id.as_deref().unwrap()));
    assert!(!audit.contains("900123") && !audit.contains(&token), "{audit}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_a_second_reader_approves() {
    let mut cluster = Cluster::found("First", "GB").await;
    let handle = cluster.handle(0).clone();
    let draft = handle.publish(request(lesson())).await.unwrap().draft.unwrap();
    let revoked = second_reader(&handle, "Who left");
    assert!(handle.revoke_token(&revoked.view.id).unwrap().revoked_at_ms.is_some());
    for token in ["", "a-token-that-nobody-gave-and-that-is-long-enough", &revoked.token] {
        let refused = handle.approve_draft(&draft.id, token).await.unwrap_err();
        assert_eq!((refused.status, refused.code.as_str()), (403, "not_a_second_reader"));
    }
    let token = second_reader(&handle, "Deputy").token;
    let kept = std::fs::read_to_string(cluster.members[0].data.join("tokens.json")).unwrap();
    assert!(!kept.contains(&token) && kept.contains("Deputy"));
    // Tokens outlive the node.
    cluster.members[0].stop().await;
    cluster.members[0].start().await;
    let handle = cluster.handle(0);
    assert!(handle.approve_draft(&draft.id, &token).await.unwrap().id.is_some());
    let practice = handle
        .publish(request(practice("A practice needs no second reader")))
        .await;
    assert!(practice.unwrap().id.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_author_confirms_and_accepts_or_nothing_is_kept() {
    let cluster = Cluster::found("First", "GB").await;
    let handle = cluster.handle(0);
    let mut asked = request(practice("The morning meeting of everybody"));
    asked.confirmations = Confirmations {
        right_to_share: true,
        ..Confirmations::default()
    };
    let problem = handle.publish(asked).await.unwrap_err();
    assert_eq!(problem.code, "not_confirmed");
    let missing: Vec<&str> = problem.findings.iter().map(|one| one.place.as_str()).collect();
    assert_eq!(missing, ["nobody_recognisable", "people_involved"]);

    let counted =
        practice("The morning meeting of everybody").replace("patients and staff meet", "two patients and staff meet");
    let problem = handle.publish(request(counted.clone())).await.unwrap_err();
    assert_eq!(
        (problem.code.as_str(), told(&problem)),
        ("warnings", vec![("warning", "small_count")])
    );
    let mut accepted = request(counted);
    accepted.accept_warnings = true;
    assert!(handle.publish(accepted).await.unwrap().id.is_some());
    assert!(audit(&cluster).contains("small_count"));
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_are_no_document_are_looked_through_too() {
    let cluster = Cluster::found("First", "GB").await;
    let handle = cluster.handle(0);
    let about = ChapterDescription {
        about: Some(format!("Phone us: {PHONE}")),
        ..ChapterDescription::default()
    };
    let problem = handle.describe_chapter("iso:gb", about).await.unwrap_err();
    assert_eq!(
        (problem.code.as_str(), problem.findings[0].place.as_str()),
        ("personal_details", "about")
    );
    let commitment = Commitment {
        what: format!("Answer whenever somebody calls, phone {PHONE}"),
        by: "2027-06".to_owned(),
    };
    let pledge = PledgeRequest {
        commitments: vec![commitment],
    };
    let problem = handle.pledge(pledge).await.unwrap_err();
    let place = problem.findings[0].place.as_str();
    assert_eq!(
        (problem.code.as_str(), place),
        ("personal_details", "commitments[0].what")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn many_details_in_one_field_do_not_hide_one_in_another() {
    let cluster = Cluster::found("First", "GB").await;
    let numbers = format!("Phone: {PHONE}.\n").repeat(120);
    let document = with_phone().replace("## What is done\n\n", &format!("## What is done\n\n{numbers}\n"));
    let mut request = request(document);
    request.overrides = vec![Override {
        place: Some("what_procedures".to_owned()),
        ..overridden("The number of the ward itself")
    }];
    let problem = cluster.handle(0).publish(request).await.unwrap_err();
    assert_eq!(problem.code, "personal_details");
    assert_eq!(
        (problem.findings.len(), problem.findings[0].place.as_str()),
        (100, "problem")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_not_carried_and_that_is_said() {
    let cluster = Cluster::found("First", "GB").await;
    let document = practice("With a leaflet for the first day").replace(
        "status: in_use\n",
        "status: in_use\nattachments:\n  - {name: leaflet.pdf, media_type: application/pdf, bytes: 1000}\n",
    );
    let problem = cluster.handle(0).publish(request(document)).await.unwrap_err();
    assert_eq!(told(&problem), [("error", "files_wait")]);
    assert_eq!(problem.findings[0].place, "attachments[0]");
}

#[test]
fn a_name_is_found_wherever_it_stands_but_where_its_bearer_agreed() {
    let lesson = std::fs::read_to_string("../config/demo/records/ex-03.md").unwrap();
    for heading in [
        "## What happened\n",
        "## What you learned\n",
        "## Why it was different\n",
    ] {
        assert!(lesson.contains(heading), "{heading}");
        let named = lesson.replace(heading, &format!("{heading}\nMr Smith had the key.\n"));
        let problem = alliance_node::check_document(&request(named)).unwrap();
        let found: Vec<_> = problem.findings.iter().map(|one| one.code.as_str()).collect();
        assert_eq!(found, ["name"], "{heading}");
    }
    let agreed = "authors:\n  - role: Ward manager\n    name: Mr Smith\n    consent: true\nlang:";
    let receipt = alliance_node::check_document(&request(lesson.replacen("lang:", agreed, 1))).unwrap();
    assert_eq!(receipt.findings, []);
}
