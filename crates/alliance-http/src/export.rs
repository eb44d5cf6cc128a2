//! Exports over HTTP: one long answer in a format of a researcher's tools.

use std::io;

use alliance_api::ExportQuery;
use alliance_node::{Export, Pieces};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;
use tokio::sync::OwnedSemaphorePermit;

use crate::answer::Shared;
use crate::app::App;
use crate::describe::{Group, NAMED, Operation, Route, bytes};
use crate::fault::Fault;
use crate::limits::EXPORTS_MAX;
use crate::params::{Asked, Segment};

/// Its route.
pub(crate) fn routes() -> Vec<Route> {
    let operation = Operation::get("/v1/export/{format}", "export", Group::Records)
        .says(
            "Records in a format of a researcher's tools, whole",
            "An answer that breaks off is not whole: the store could not be read, it took longer than an hour, or a record was removed \
             meanwhile. A table of one kind's records has columns and no rows where another kind is asked for.",
        )
        .asks::<ExportQuery>()
        .fails(&NAMED)
        .fails(&["format_unknown", "bad_filter", "too_many_exports"]);
    let media = alliance_node::export_media_types().into_iter();
    let operation = media.fold(operation, |operation, media| {
        operation.answers_media((200, "The records."), media, bytes())
    });
    vec![Route::new(operation, export)]
}

/// The records that fit, whole.
async fn export(
    State(app): Shared,
    Segment(format): Segment,
    Asked(query): Asked<ExportQuery>,
) -> Result<Response, Fault> {
    let cells = alliance_node::cells(query.cells.as_deref())?;
    let slot = slot(&app)?;
    let export = app.handle.export(&format, query.into_records(), cells).await?;
    Ok(streamed(export, slot))
}

/// A place among the exports that are sent at once.
pub(crate) fn slot(app: &App) -> Result<OwnedSemaphorePermit, Fault> {
    app.exports.clone().try_acquire_owned().map_err(|_| {
        Fault::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "too_many_exports",
            "Too many exports are being sent",
            format!("{EXPORTS_MAX} may at once: ask again when one is done."),
        )
    })
}

/// A long answer on its way out. Its place is free when nothing is read for it any more, whoever ended it.
struct Sending(Option<(Pieces, OwnedSemaphorePermit)>);

impl Sending {
    async fn next(&mut self) -> Option<Result<Bytes, io::Error>> {
        let (pieces, _) = self.0.as_mut()?;
        if let Some(piece) = pieces.recv().await {
            return Some(piece);
        }
        let (pieces, slot) = self.0.take()?;
        pieces.end().await;
        drop(slot);
        None
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        if let Some((pieces, slot)) = self.0.take() {
            tokio::spawn(async move {
                pieces.end().await;
                drop(slot);
            });
        }
    }
}

/// A long answer as a body.
pub(crate) fn body(pieces: Pieces, slot: OwnedSemaphorePermit) -> Body {
    let sending = Sending(Some((pieces, slot)));
    Body::from_stream(stream::unfold(sending, |mut sending| async move {
        Some((sending.next().await?, sending))
    }))
}

/// An export as an answer.
pub(crate) fn streamed(export: Export, slot: OwnedSemaphorePermit) -> Response {
    let body = body(export.pieces, slot);
    let disposition = format!("inline; filename=\"{}\"", export.file_name);
    let mut answer = ([(header::CONTENT_TYPE, export.media_type)], body).into_response();
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        answer.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    answer
}
