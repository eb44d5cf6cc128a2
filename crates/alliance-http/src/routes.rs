//! All routes, and their description.

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::answer::Shared;
use crate::describe::{Group, Least, Operation, Route, document, text};
use crate::page::{self, STYLE};
use crate::{
    bundle, chapters, drafts, events, export, feed, governance, node, organisations, records, search, snapshots, tokens,
};

/// Where the page may have anything from: its style, from this node.
const PAGE_POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Each module's routes. Each route asks the handle and writes down what it answered.
pub(crate) fn all() -> Vec<Route> {
    [
        records::routes(),
        search::routes(),
        feed::routes(),
        export::routes(),
        snapshots::routes(),
        drafts::routes(),
        chapters::routes(),
        organisations::routes(),
        governance::routes(),
        node::routes(),
        events::routes(),
        bundle::routes(),
        tokens::routes(),
        described(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// All of them, as they are described.
fn operations() -> Vec<Operation> {
    all().into_iter().map(|route| route.operation).collect()
}

/// The description as JSON (OpenAPI 3.1): the same for every node of this version.
#[must_use]
pub fn description() -> String {
    let mut text = serde_json::to_string_pretty(&document(&operations())).unwrap_or_default();
    text.push('\n');
    text
}

/// The same without spaces, as it is answered: a third of the bytes.
pub(crate) fn described_in_short() -> String {
    document(&operations()).to_string()
}

/// The description as a page.
pub(crate) fn page() -> String {
    let operations = operations();
    page::page(&operations, &document(&operations))
}

fn described() -> Vec<Route> {
    let of = |path, id, summary| {
        let operation = Operation::get(path, id, Group::Description).says(summary, "");
        operation.by(Least::Anyone).asks_nobody()
    };
    vec![
        Route::new(
            of("/v1/openapi.json", "describe", "This description: OpenAPI 3.1").answers_media(
                (200, "The description."),
                "application/json",
                json!({"type": "object"}),
            ),
            openapi,
        ),
        Route::new(
            of("/docs", "readDescription", "This description as a page for people").answers_media(
                (200, "The page."),
                "text/html",
                text(),
            ),
            docs,
        ),
        Route::new(
            of("/docs/style.css", "styleDescription", "How that page looks").answers_media(
                (200, "The style."),
                "text/css",
                text(),
            ),
            style,
        ),
    ]
}

async fn openapi(State(app): Shared) -> Response {
    written("application/json", app.description.clone())
}

async fn docs(State(app): Shared) -> Response {
    let mut page = written("text/html; charset=utf-8", app.page.clone());
    let policy = HeaderValue::from_static(PAGE_POLICY);
    page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    page
}

async fn style() -> Response {
    written("text/css; charset=utf-8", STYLE.to_owned())
}

fn written(media: &'static str, text: String) -> Response {
    let kind: (HeaderName, HeaderValue) = (header::CONTENT_TYPE, HeaderValue::from_static(media));
    ([kind], text).into_response()
}
