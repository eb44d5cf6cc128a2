//! Every address, and every fault of a request.

use tokio::net::TcpStream;

use crate::fixture::{DOCUMENT, Shown, check, exchange, get, write};

/// Publishing Markdown, with what its author confirms.
const CONFIRMED: &str =
    "POST /v1/records?nobody_recognisable=true&right_to_share=true&people_involved=true&accept_warnings=false";
/// A document that needs a second reader.
const LESSON: &str = include_str!("../../../../config/demo/records/ex-04.md");

#[tokio::test]
async fn every_address_answers_and_strange_ones_are_problems() {
    let shown = Shown::start().await;
    for (path, expected) in [
        ("/livez", "200"),
        ("/readyz", "200"),
        ("/v1/records", "200"),
        ("/v1/records?kind=lesson&limit=5&governance=true", "200"),
        ("/v1/records?kind=poem", "400 bad_request"),
        ("/v1/records?filter=kind:poem", "400 bad_filter"),
        ("/v1/search?q=kind:poem", "400 bad_filter"),
        ("/v1/search?limit=0", "400 bad_request"),
        ("/v1/search?order=oldest", "400 bad_query"),
        ("/v1/search?after=here", "400 bad_request"),
        ("/v1/feed?filter=kind:practice", "200"),
        ("/v1/feed?filter=(", "400 bad_filter"),
        ("/v1/events?filter=(", "400 bad_filter"),
        ("/v1/export/ndjson?filter=(", "400 bad_filter"),
        ("/v1/records/abcdef/similar", "404 not_found"),
        ("/v1/records?colour=red", "400 bad_query"),
        ("/v1/records?limit=many", "400 bad_query"),
        ("/v1/records/abcdef", "404 not_found"),
        ("/v1/records/%ff", "400 bad_path"),
        ("/v1/chapters", "200"),
        ("/v1/chapters/iso:gb", "200"),
        ("/v1/organisations", "200"),
        ("/v1/peers", "200"),
        ("/v1/status", "200"),
        ("/v1/sync", "200"),
        ("/v1/sync/x", "404 no_route"),
        ("/v1/events?since=x", "400 bad_query"),
        ("/v1/events?records=some", "400 bad_query"),
        ("/v1/nothing", "404 no_route"),
        ("/", "404 no_route"),
        ("/v1/ranges", "405 method_not_allowed"),
        ("/v1/invitations", "401 token_missing"),
        ("/v1/openapi.json", "200"),
        ("/v1/drafts", "401 token_missing"),
        ("/v1/drafts/abcd", "401 token_missing"),
        ("/v1/tokens", "401 token_missing"),
        ("/v1/%64rafts", "404 no_route"),
    ] {
        check(&shown.server, &get(path, ""), expected).await;
    }
    check(
        &shown.server,
        &get("/v1/events", "Last-Event-ID: x\r\n"),
        "400 bad_event_id",
    )
    .await;
    shown.stop().await;
}

#[tokio::test]
async fn faults_of_a_query_or_body_are_named() {
    let shown = Shown::start().await;
    let address = shown.server.tcp_address().unwrap();
    let json = "Content-Type: application/json\r\n";
    for (request, place) in [
        (get("/v1/records?colour=red", ""), "unknown field `colour`"),
        (get("/v1/records?limit=many", ""), "limit: "),
        (
            write("POST /v1/invitations", json, "{\"expires_in_hours\":\"x\"}"),
            "\"place\":\"expires_in_hours\"",
        ),
        (
            write("POST /v1/invitations", json, "{\"addresses\":[1]}"),
            "\"place\":\"addresses[0]\"",
        ),
        (
            write("POST /v1/records", json, "{\n \"format\": }"),
            "\"line\":2,\"column\":12",
        ),
        (get("/v1/nothing", ""), "GET /v1/openapi.json"),
        (get("/v1/ranges", ""), "allow: POST"),
        (write("DELETE /v1/invitations/ffff", "", ""), "alliance invitations"),
        (
            write("PUT /v1/certificate", json, "{\"certificate\":\"00\"}"),
            "bad_certificate",
        ),
        (write("POST /v1/pledge", json, "{\"commitments\":[]}"), "at least one"),
    ] {
        let request = request.replace("PORT", &address.port().to_string());
        let answer = exchange(TcpStream::connect(address).await.unwrap(), &request).await;
        assert!(answer.contains(place), "{place} is not in\n{answer}");
    }
    shown.stop().await;
}

#[tokio::test]
async fn bodies_are_judged_by_kind_size_and_content() {
    let shown = Shown::start().await;
    let (json, markdown) = (
        "Content-Type: application/json\r\n",
        "Content-Type: text/markdown; charset=utf-8\r\n",
    );
    let large = "x".repeat(262_145);
    let publish = "{\"format\":\"markdown\",\"document\":\"text\"}";
    for (line, headers, body, expected) in [
        ("POST /v1/records", json, publish, "422 findings"),
        ("POST /v1/records", markdown, "text", "422 findings"),
        (
            "POST /v1/records?chapter=iso:gb&dry_run=true",
            markdown,
            "text",
            "422 findings",
        ),
        ("POST /v1/records?chapters=iso:gb", markdown, "text", "400 bad_query"),
        ("POST /v1/records", "", publish, "415 unsupported_media_type"),
        (
            "POST /v1/records",
            "Content-Type: text/html\r\n",
            "<p>",
            "415 unsupported_media_type",
        ),
        ("POST /v1/records", json, "{\"format\":", "400 bad_json"),
        (
            "POST /v1/records",
            json,
            "{\"format\":\"markdown\",\"document\":\"\"} x",
            "400 bad_json",
        ),
        (
            "POST /v1/records",
            json,
            "{\"format\":\"markdown\"}",
            "422 bad_request_body",
        ),
        ("POST /v1/records", json, "", "422 bad_request_body"),
        ("POST /v1/records", markdown, &large, "413 body_too_large"),
        ("POST /v1/records?dry_run=true", markdown, DOCUMENT, "200"),
        ("POST /v1/records", markdown, DOCUMENT, "422 not_confirmed"),
        (CONFIRMED, markdown, DOCUMENT, "201"),
        (CONFIRMED, markdown, LESSON, "202"),
        ("POST /v1/invitations", "", "", "201"),
        ("PUT /v1/chapters/iso:gb/subscription", "", "", "200"),
        (
            "PUT /v1/chapters/iso:gb/subscription",
            json,
            "{\"depth\":\"deep\"}",
            "200",
        ),
        (
            "PUT /v1/chapters/iso:gb/subscription",
            json,
            "{\"depth\":\"abyss\"}",
            "422 bad_request_body",
        ),
        ("DELETE /v1/chapters/iso:gb/subscription", "", "", "200"),
    ] {
        check(&shown.server, &write(line, headers, body), expected).await;
    }
    shown.stop().await;
}
