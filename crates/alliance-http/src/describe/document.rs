//! The description as a whole: OpenAPI 3.1.

use std::collections::BTreeMap;

use alliance_api::{Problem, problem_codes};
use serde_json::{Map, Value, json};

use super::schema::Schemas;
use super::{Group, Least, Operation, Verb};
use crate::limits::{BODY_BYTES_MAX, HEADER_BYTES_MAX, HEADER_WAIT_MAX, RANGES_BYTES_MAX, REQUEST_WAIT_MAX};

/// Media type of problems.
const PROBLEM: &str = "application/problem+json";

/// What the operations come to.
pub(crate) fn document(operations: &[Operation]) -> Value {
    let mut schemas = Schemas::default();
    let problem = schemas.add::<Problem>();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for operation in operations {
        schemas.0.extend(operation.schemas.0.clone());
        let shown = shown(operation, &problem);
        paths
            .entry(operation.path)
            .or_default()
            .insert(operation.verb.name().to_owned(), shown);
    }
    let tags: Vec<Value> = Group::ALL
        .iter()
        .map(|(_, name, about)| json!({"name": name, "description": about}))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": info(),
        "servers": [{"url": "/", "description": "The node that answers."}],
        "tags": tags,
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas.0,
            "responses": before_any_route(),
            "securitySchemes": {"token": {
                "type": "http",
                "scheme": "bearer",
                "description": "A token of the node: `alliance tokens add` makes one for a role, and the file `api.token` of the \
                    data directory holds the operator's. Over the Unix socket none is needed, but to approve a draft.",
            }},
        },
        "x-problem-codes": codes(),
    })
}

fn info() -> Value {
    let about = format!(
        "Ask a node of the alliance: what organisations share, how the node is, and what is to be published.\n\n\
         Roles: reader, author, second-reader, steward, operator. `x-role` of an operation names the least that may ask it over \
         TCP; reading needs no token where the operator left it open. An operator may all but approve drafts, a steward what an \
         author may, everybody what a reader may.\n\n\
         Problems are those of RFC 9457. `code` tells them apart and stays; `x-problem-codes` lists them all.\n\n\
         Limits: {HEADER_BYTES_MAX} bytes of address and headers (414, 431), {BODY_BYTES_MAX} bytes of a body (413), \
         {RANGES_BYTES_MAX} of ranges of a bundle; {} s for the headers to arrive, after which the connection closes, and {} s \
         for an answer to begin (503, code `timeout`).",
        HEADER_WAIT_MAX.as_secs(),
        REQUEST_WAIT_MAX.as_secs(),
    );
    json!({
        "title": "Alliance node",
        "version": env!("CARGO_PKG_VERSION"),
        "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        "description": about,
    })
}

/// What the connection answers before any route is found: without a body, and it closes then.
fn before_any_route() -> Value {
    json!({
        "AddressTooLong": {"description": "The address is too long. Without a body; the connection closes."},
        "NotModified": {"description": "What `If-None-Match` names is still so. Without a body."},
        "HeadersTooLarge": {"description": "The headers are too large. Without a body; the connection closes."},
    })
}

fn codes() -> Vec<Value> {
    let code = |code: alliance_api::ProblemCode| {
        json!({
            "code": code.code,
            "statuses": code.statuses,
            "meaning": code.meaning,
            "remedy": code.remedy,
        })
    };
    problem_codes().into_iter().map(code).collect()
}

fn shown(operation: &Operation, problem: &Value) -> Value {
    let mut shown = json!({
        "operationId": operation.id,
        "tags": [operation.group.name()],
        "summary": operation.summary,
        "x-role": operation.least.name(),
        "responses": responses(operation, problem),
    });
    if !operation.more.is_empty() {
        shown["description"] = operation.more.into();
    }
    let mut parameters = operation.parameters.clone();
    parameters.extend(header_of(operation));
    if !parameters.is_empty() {
        shown["parameters"] = parameters.into();
    }
    match operation.least {
        Least::Anyone => shown["security"] = json!([]),
        Least::Reader => shown["security"] = json!([{}, {"token": []}]),
        _ => {}
    }
    if !operation.takes.is_empty() {
        let taken = operation.takes.iter();
        let content: Map<String, Value> = taken
            .map(|content| (content.media.to_owned(), json!({"schema": content.schema})))
            .collect();
        shown["requestBody"] = json!({"required": true, "content": content});
    }
    shown
}

/// The header that a request may have: what it knows already, or the key under which it is done once.
fn header_of(operation: &Operation) -> Option<Value> {
    let (name, about) = match operation.verb {
        Verb::Get if operation.has_tag() => (
            "If-None-Match",
            "The `ETag` of an answer that is at hand: 304 says that it still holds.",
        ),
        Verb::Get => return None,
        _ => (
            "Idempotency-Key",
            "1 to 255 characters, such as a random UUID. The same request with the same key within 24 hours is done once and \
             answered alike; of those that sign, also after a restart, with the receipt alone.",
        ),
    };
    let schema = json!({"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"});
    Some(json!({"name": name, "in": "header", "required": false, "description": about, "schema": schema}))
}

/// Headers of a good answer that are worth a word.
fn headers(operation: &Operation) -> Value {
    let text = json!({"type": "string"});
    if operation.has_tag() {
        return json!({"ETag": {"description": "Names this answer.", "schema": text}});
    }
    match operation.verb {
        Verb::Get => json!({}),
        _ => {
            json!({"Idempotency-Replayed": {"description": "`true`: answered before, and not done again.", "schema": text}})
        }
    }
}

fn responses(operation: &Operation, problem: &Value) -> Map<String, Value> {
    let mut responses = BTreeMap::new();
    for good in &operation.answers {
        let contents = good.contents.iter();
        let content: Map<String, Value> = contents
            .map(|content| (content.media.to_owned(), json!({"schema": content.schema})))
            .collect();
        responses.insert(
            good.status.to_string(),
            json!({"description": good.meaning, "content": content, "headers": headers(operation)}),
        );
    }
    for (status, codes) in by_status(operation) {
        let description = format!("A problem: {}.", codes.join(", "));
        let schema = json!({"allOf": [problem, {"properties": {"code": {"enum": codes}}}]});
        responses.insert(
            status.to_string(),
            json!({"description": description, "content": {PROBLEM: {"schema": schema}}}),
        );
    }
    if operation.has_tag() {
        responses.insert("304".to_owned(), json!({"$ref": "#/components/responses/NotModified"}));
    }
    responses.insert(
        "414".to_owned(),
        json!({"$ref": "#/components/responses/AddressTooLong"}),
    );
    responses.insert(
        "431".to_owned(),
        json!({"$ref": "#/components/responses/HeadersTooLarge"}),
    );
    responses.into_iter().collect()
}

/// Its codes by the statuses that they come with.
fn by_status(operation: &Operation) -> BTreeMap<u16, Vec<&'static str>> {
    let own = operation.codes();
    let mut by_status: BTreeMap<u16, Vec<&'static str>> = BTreeMap::new();
    for code in problem_codes().iter().filter(|known| own.contains(&known.code)) {
        for status in &code.statuses {
            by_status.entry(*status).or_default().push(code.code);
        }
    }
    by_status
}
