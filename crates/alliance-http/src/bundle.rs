//! Bundles over HTTP: one long answer out, ranges of a file in.

use alliance_api::ImportReceipt;
use axum::extract::{RawQuery, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::answer::{Answer, Shared, ok};
use crate::body::{media_type, read_up_to, unsupported};
use crate::describe::{Group, Least, Operation, Route, Verb, bytes};
use crate::export;
use crate::fault::Fault;
use crate::limits::RANGES_BYTES_MAX;

const BUNDLE: &str = "application/vnd.alliance.bundle";
const RANGES: &str = "application/vnd.alliance.ranges";

/// Their routes.
pub(crate) fn routes() -> Vec<Route> {
    let chapter = json!({
        "name": "chapter", "in": "query", "required": false, "style": "form", "explode": true,
        "description": "A chapter's name, as often as needed; all when absent.",
        "schema": {"type": "array", "items": {"type": "string"}},
    });
    vec![
        Route::new(
            Operation::get("/v1/bundle", "exportBundle", Group::Node)
                .says(
                    "Chapters as one file, for a node that no network reaches",
                    "What ends without its last frame is not whole.",
                )
                // It holds every text, what somebody here put aside too.
                .by(Least::Operator)
                .asks_also(chapter)
                .answers_media((200, "The bundle."), BUNDLE, bytes())
                .fails(&[
                    "bad_query",
                    "bad_request",
                    "chapter_not_held",
                    "bodies_missing",
                    "too_many_exports",
                ]),
            export,
        ),
        Route::new(
            Operation::write(Verb::Post, "/v1/ranges", "importRanges", Group::Node)
                .says(
                    "Take in ranges of a bundle",
                    "Whole frames, each with its length before it.",
                )
                .takes_media(RANGES, bytes())
                .up_to(RANGES_BYTES_MAX)
                .answers::<ImportReceipt>(200, "What became of the records.")
                .fails(&["not_a_bundle"]),
            import,
        ),
    ]
}

/// A bundle of the chapters named, each as `chapter=NAME`; of all when none is.
async fn export(State(app): Shared, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let chapters = chapters(&query.unwrap_or_default())?;
    let slot = export::slot(&app)?;
    let pieces = app.handle.export_bundle(&chapters).await?;
    let kind = HeaderValue::from_static(BUNDLE);
    Ok(([(header::CONTENT_TYPE, kind)], export::body(pieces, slot)).into_response())
}

fn chapters(query: &str) -> Result<Vec<String>, Fault> {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(query).map_err(|error| bad_query(&error.to_string()))?;
    let name = |(key, value): (String, String)| match key.as_str() {
        "chapter" => Ok(value),
        _ => Err(bad_query(&format!(
            "{key} is not known here; chapter is, as often as needed"
        ))),
    };
    pairs.into_iter().map(name).collect()
}

fn bad_query(detail: &str) -> Fault {
    Fault::new(
        StatusCode::BAD_REQUEST,
        "bad_query",
        "The query string cannot be read",
        detail,
    )
}

/// Takes ranges of a bundle.
async fn import(State(app): Shared, request: Request) -> Answer<ImportReceipt> {
    let (parts, body) = request.into_parts();
    if media_type(&parts.headers).as_deref() != Some(RANGES) {
        return Err(unsupported(RANGES));
    }
    let bytes = read_up_to(body, RANGES_BYTES_MAX).await?;
    Ok(ok(app.handle.import_ranges(bytes.into()).await?))
}
