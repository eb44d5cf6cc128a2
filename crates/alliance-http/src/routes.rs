//! All routes, and their description.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::answer::Shared;
use crate::describe::{Group, Least, Operation, Route, document};
use crate::{bundle, chapters, drafts, events, export, governance, node, organisations, records, tokens};

/// Each module's routes. Each route asks the handle and writes down what it answered.
pub(crate) fn all() -> Vec<Route> {
    [
        records::routes(),
        export::routes(),
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

/// The description as JSON: the same for every node of this version.
#[must_use]
pub fn description() -> String {
    let operations: Vec<Operation> = all().into_iter().map(|route| route.operation).collect();
    let mut text = serde_json::to_string_pretty(&document(&operations)).unwrap_or_default();
    text.push('\n');
    text
}

fn described() -> Vec<Route> {
    vec![Route::new(
        Operation::get("/v1/openapi.json", "describe", Group::Description)
            .says("This description: OpenAPI 3.1", "")
            .by(Least::Anyone)
            .asks_nobody()
            .answers_media((200, "The description."), "application/json", json!({"type": "object"})),
        openapi,
    )]
}

async fn openapi(State(app): Shared) -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], app.description.clone()).into_response()
}
