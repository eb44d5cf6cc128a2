//! Writes that are sent twice, and reads whose answer is known.

use alliance_http::{HttpSettings, serve};

use crate::fixture::{DOCUMENT, Shown, TOKEN, ask, get, summary, write};

const PUBLISH: &str = "POST /v1/records?nobody_recognisable=true&right_to_share=true&people_involved=true";

fn publish(key: &str, document: &str) -> String {
    write(
        PUBLISH,
        &format!("Content-Type: text/markdown\r\nIdempotency-Key: {key}\r\n"),
        document,
    )
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").unwrap().1
}

#[tokio::test]
async fn a_write_that_is_sent_twice_is_done_once() {
    let shown = Shown::start().await;
    let first = ask(&shown.server, &publish("one", DOCUMENT)).await;
    let records = shown.run.handle.status().await.unwrap().store.records;
    let again = ask(&shown.server, &publish("\"one\"", DOCUMENT)).await;
    assert_eq!((summary(&first).as_str(), body(&first)), ("201", body(&again)));
    assert!(again.contains("idempotency-replayed: true") && !first.contains("idempotency-replayed"));
    assert_eq!(shown.run.handle.status().await.unwrap().store.records, records);
    for (request, expected) in [
        (publish("one", "another document"), "422 idempotency_key_reused"),
        // What was not taken may be mended under its key.
        (publish("two", "text"), "422 findings"),
        (publish("two", DOCUMENT), "201"),
        (publish("", DOCUMENT), "400 idempotency_key_bad"),
        (publish(&"x".repeat(256), DOCUMENT), "400 idempotency_key_bad"),
        // A key of nobody's is none of the operator's.
        (write("POST /v1/invitations", "Idempotency-Key: three\r\n", ""), "201"),
        (
            write("POST /v1/invitations", "Idempotency-Key: three\r\n", ""),
            "409 idempotency_answer_gone",
        ),
    ] {
        assert_eq!(summary(&ask(&shown.server, &request).await), expected, "{request}");
    }
    shown.stop().await;
}

#[tokio::test]
async fn two_at_once_are_one_and_a_restart_remembers_what_was_signed() {
    let shown = Shown::start().await;
    let before = shown.run.handle.status().await.unwrap().store.records;
    let (publish, other) = (
        publish("at once", DOCUMENT).replace("at once", "at-once"),
        shown.dir.path().join("other.sock"),
    );
    let (one, two) = tokio::join!(ask(&shown.server, &publish), ask(&shown.server, &publish));
    let mut summaries = [summary(&one), summary(&two)];
    summaries.sort();
    assert!(
        summaries == ["201", "201"] || summaries == ["201", "409 idempotency_in_progress"],
        "{summaries:?}"
    );
    assert_eq!(shown.run.handle.status().await.unwrap().store.records, before + 1);
    let settings = HttpSettings {
        tcp: Some("127.0.0.1:0".parse().unwrap()),
        unix: Some(other),
        token: Some(alliance_http::ApiToken::new(TOKEN)),
        keys: Some(shown.dir.path().join("idempotency.log")),
        ..HttpSettings::default()
    };
    let next = serve(shown.run.handle.clone(), settings).await.unwrap();
    let again = ask(&next, &publish).await;
    assert_eq!(summary(&again), "201");
    let receipt: alliance_api::PublishReceipt = serde_json::from_str(body(&again)).unwrap();
    assert!(
        receipt
            .id
            .is_some_and(|id| body(&one).contains(&id) || body(&two).contains(&id))
    );
    assert_eq!(shown.run.handle.status().await.unwrap().store.records, before + 1);
    next.stop().await;
    shown.stop().await;
}

#[tokio::test]
async fn an_answer_that_is_known_is_not_sent_again() {
    let shown = Shown::start().await;
    let first = ask(&shown.server, &get("/v1/records", "")).await;
    let tag = first.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
    assert!(first.contains("cache-control: private, no-cache"), "{first}");
    for (known, expected) in [
        (tag.to_owned(), "304"),
        (format!("\"x\", W/{tag}"), "304"),
        ("*".to_owned(), "304"),
        ("\"x\"".to_owned(), "200"),
    ] {
        let answer = ask(
            &shown.server,
            &get("/v1/records", &format!("If-None-Match: {known}\r\n")),
        )
        .await;
        assert_eq!(summary(&answer), expected, "{known}");
        assert!(answer.contains(&format!("etag: {tag}")), "{answer}");
    }
    // Another address, another answer; and after a record, another answer there.
    let page = get("/v1/records?governance=true", &format!("If-None-Match: {tag}\r\n"));
    assert_eq!(summary(&ask(&shown.server, &page).await), "200");
    assert_eq!(summary(&ask(&shown.server, &publish("x", DOCUMENT)).await), "201");
    let changed = ask(&shown.server, &get("/v1/records", &format!("If-None-Match: {tag}\r\n"))).await;
    assert_eq!(summary(&changed), "200");
    let closed = ask(&shown.server, &write("GET /v1/drafts", "", "")).await;
    assert!(closed.contains("cache-control: no-store"), "{closed}");
    shown.stop().await;
}
