//! Bundles over HTTP: one long answer out, ranges of a file in.

use alliance_api::ImportReceipt;
use axum::body::Body;
use axum::extract::{RawQuery, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::stream;
use std::convert::Infallible;

use crate::body::{media_type, read_up_to, unsupported};
use crate::fault::Fault;
use crate::limits::RANGES_BYTES_MAX;
use crate::routes::{Answer, Shared, ok};

const BUNDLE: &str = "application/vnd.alliance.bundle";
const RANGES: &str = "application/vnd.alliance.ranges";

/// The route: a bundle of the chapters named, each as `chapter=NAME`; of all when none is.
pub(crate) async fn export(State(app): Shared, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let chapters = chapters(&query.unwrap_or_default())?;
    let pieces = app.handle.export_bundle(&chapters).await?;
    let body = stream::unfold(pieces, |mut pieces| async move {
        let piece = pieces.recv().await?;
        Some((Ok::<_, Infallible>(piece), pieces))
    });
    let kind = HeaderValue::from_static(BUNDLE);
    Ok(([(header::CONTENT_TYPE, kind)], Body::from_stream(body)).into_response())
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

/// The route: takes ranges of a bundle.
pub(crate) async fn import(State(app): Shared, request: Request) -> Answer<ImportReceipt> {
    let (parts, body) = request.into_parts();
    if media_type(&parts.headers).as_deref() != Some(RANGES) {
        return Err(unsupported(RANGES));
    }
    let bytes = read_up_to(body, RANGES_BYTES_MAX).await?;
    Ok(ok(app.handle.import_ranges(bytes.into()).await?))
}
