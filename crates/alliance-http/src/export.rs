//! Exports over HTTP: one long answer in a format of a researcher's tools.

use alliance_api::ExportQuery;
use alliance_node::Export;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures::stream;

use crate::answer::Shared;
use crate::describe::{Group, NAMED, Operation, Route, bytes};
use crate::fault::Fault;
use crate::params::{Asked, Segment};

/// Its route.
pub(crate) fn routes() -> Vec<Route> {
    let operation = Operation::get("/v1/export/{format}", "export", Group::Records)
        .says(
            "Records in a format of a researcher's tools, whole",
            "An answer that breaks off is not whole: the store could not be read. A table of one kind's records has columns and no rows where another kind is asked for.",
        )
        .asks::<ExportQuery>()
        .fails(&NAMED)
        .fails(&["format_unknown", "bad_filter"]);
    let media = alliance_node::export_media_types().into_iter();
    let operation = media.fold(operation, |operation, media| {
        operation.answers_media((200, "The records."), media, bytes())
    });
    vec![Route::new(operation, export)]
}

/// The records that fit, whole. An answer that breaks off is not whole: the store could not be read.
async fn export(
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
