//! Exports over HTTP: one long answer in a format of a researcher's tools.

use alliance_api::ExportQuery;
use alliance_node::Export;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures::stream;

use crate::fault::Fault;
use crate::params::{Asked, Segment};
use crate::routes::Shared;

/// The route: the records that fit, whole. An answer that breaks off is not whole: the store could not be read.
pub(crate) async fn export(
    State(app): Shared,
    Segment(format): Segment,
    Asked(query): Asked<ExportQuery>,
) -> Result<Response, Fault> {
    let cells = alliance_node::cells(query.cells.as_deref())?;
    let export = app.handle.export(&format, query.into_records(), cells).await?;
    Ok(streamed(export))
}

/// An export as an answer.
pub(crate) fn streamed(export: Export) -> Response {
    let body = stream::unfold(export.pieces, |mut pieces| async move {
        let piece = pieces.recv().await?;
        Some((piece, pieces))
    });
    let disposition = format!("inline; filename=\"{}\"", export.file_name);
    let mut answer = ([(header::CONTENT_TYPE, export.media_type)], Body::from_stream(body)).into_response();
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        answer.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    answer
}
