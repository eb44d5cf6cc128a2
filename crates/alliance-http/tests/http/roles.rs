//! Each role against each route, and reading without a token.

use alliance_api::{TokenRequest, TokenRole};
use alliance_http::{HttpSettings, Reading, serve};

use crate::description::operations;
use crate::fixture::{Shown, ask, summary};

/// Roles that are enough where a route names one as the least.
fn enough(least: &str) -> &'static [TokenRole] {
    use TokenRole::{Author, Operator, Reader, SecondReader, Steward};
    match least {
        // The route itself asks for a second reader's.
        "anyone" | "reader" | "second-reader" => &[Reader, Author, SecondReader, Steward, Operator],
        "author or second-reader" => &[Author, SecondReader, Steward, Operator],
        "author" => &[Author, Steward, Operator],
        "steward" => &[Steward, Operator],
        "operator" => &[Operator],
        // No role, so that the test fails.
        _ => &[],
    }
}

/// An address of a route, where nothing is done whoever asks.
fn harmless(path: &str, method: &str) -> String {
    let path = path
        .replace("{id}", "x")
        .replace("{name}", "x")
        .replace("{format}", "x");
    let path = path.replace("/events", "/events?since=x");
    format!("{} {path}", method.to_ascii_uppercase())
}

#[tokio::test]
async fn every_route_is_open_to_the_roles_that_its_description_names_and_to_no_other() {
    let shown = Shown::start().await;
    for role in [
        TokenRole::Reader,
        TokenRole::Author,
        TokenRole::SecondReader,
        TokenRole::Steward,
        TokenRole::Operator,
    ] {
        let request = TokenRequest {
            role,
            label: role.name().to_owned(),
        };
        let token = shown.run.handle.add_token(&request).unwrap().token;
        for (path, method, operation) in operations() {
            let line = harmless(path, method);
            let request = format!(
                "{line} HTTP/1.1\r\nHost: localhost:PORT\r\nConnection: close\r\nContent-Type: text/html\r\n\
                 Content-Length: 1\r\nAuthorization: Bearer {token}\r\n\r\nx"
            );
            let told = summary(&ask(&shown.server, &request).await);
            let is_enough = enough(operation["x-role"].as_str().unwrap()).contains(&role);
            assert_eq!(told != "403 role_not_enough", is_enough, "{line} for {role:?}: {told}");
        }
    }
    shown.stop().await;
}

#[tokio::test]
async fn a_document_that_removes_a_record_needs_what_removing_needs() {
    let shown = Shown::start().await;
    let notice = concat!(
        r#"{"kind":"notice","title":"A record was removed","lang":"en","scope":"public","licence":"CC-BY-4.0","#,
        r#""notice_type":"removal","reason":"privacy","issued_by":"author","target":{"record":"0000000000000000000000000000000000000000000000000000000000000001"}}"#
    );
    let body = serde_json::json!({ "format": "json", "document": notice }).to_string();
    for (role, expected) in [
        (TokenRole::Author, "403 role_not_enough"),
        (TokenRole::Steward, "404 not_found"),
    ] {
        let request = TokenRequest {
            role,
            label: role.name().to_owned(),
        };
        let token = shown.run.handle.add_token(&request).unwrap().token;
        let request = format!(
            "POST /v1/records HTTP/1.1\r\nHost: localhost:PORT\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nAuthorization: Bearer {token}\r\n\r\n{body}",
            body.len()
        );
        assert_eq!(summary(&ask(&shown.server, &request).await), expected, "{role:?}");
    }
    shown.stop().await;
}

#[tokio::test]
async fn reading_needs_a_token_where_the_operator_says_so() {
    let shown = Shown::start().await;
    let settings = |reading| HttpSettings {
        tcp: Some("127.0.0.1:0".parse().unwrap()),
        reading,
        ..HttpSettings::default()
    };
    let closed = serve(shown.run.handle.clone(), settings(Reading::Token)).await.unwrap();
    let request = TokenRequest {
        role: TokenRole::Reader,
        label: "A dashboard".to_owned(),
    };
    let made = shown.run.handle.add_token(&request).unwrap();
    let read = |path: &str, header: &str| {
        format!("GET {path} HTTP/1.1\r\nHost: localhost:PORT\r\nConnection: close\r\n{header}\r\n")
    };
    let bearer = format!("Authorization: Bearer {}\r\n", made.token);
    for (path, header, expected) in [
        ("/v1/records", "", "401 token_missing"),
        ("/v1/records", "Authorization: Bearer x\r\n", "401 token_wrong"),
        ("/v1/records", &*bearer, "200"),
        ("/v1/openapi.json", "", "200"),
        ("/docs", "", "200"),
        ("/livez", "", "200"),
        ("/v1/drafts", &*bearer, "403 role_not_enough"),
    ] {
        assert_eq!(
            summary(&ask(&closed, &read(path, header)).await),
            expected,
            "{path} {header}"
        );
    }
    shown.run.handle.revoke_token(&made.view.id).unwrap();
    assert_eq!(
        summary(&ask(&closed, &read("/v1/records", &bearer)).await),
        "401 token_wrong"
    );
    closed.stop().await;
    shown.stop().await;
}
