//! Snapshots and references over HTTP.

use std::sync::Arc;

use alliance_api::{DoiRequest, SnapshotRequest, SnapshotSummary, SnapshotView};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};

use crate::app::App;
use crate::body::{Sent, read_up_to};
use crate::export::streamed;
use crate::fault::Fault;
use crate::limits::SNAPSHOT_BYTES_MAX;
use crate::params::{Segment, TwoSegments};
use crate::routes::{Answer, Shared, Written, ok};

/// Their routes.
pub(crate) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/snapshots", get(list).post(make))
        .route("/v1/snapshots/{id}", get(show).put(take))
        .route("/v1/snapshots/{id}/bundle", get(bundle))
        .route("/v1/snapshots/{id}/doi", put(set_doi))
        .route("/v1/snapshots/{id}/citation/{format}", get(cite_snapshot))
}

async fn list(State(app): Shared) -> Answer<Vec<SnapshotSummary>> {
    Ok(ok(app.handle.snapshots().await?))
}

async fn make(State(app): Shared, Sent(request): Sent<SnapshotRequest>) -> Answer<SnapshotView> {
    Ok(Written(StatusCode::CREATED, app.handle.make_snapshot(request).await?))
}

async fn show(State(app): Shared, Segment(id): Segment) -> Answer<SnapshotView> {
    Ok(ok(app.handle.snapshot(&id).await?))
}

/// Takes the text of a `snapshot.json` as it is.
async fn take(State(app): Shared, Segment(id): Segment, body: Body) -> Answer<SnapshotView> {
    let text = read_up_to(body, SNAPSHOT_BYTES_MAX).await?;
    Ok(ok(app.handle.take_snapshot(&id, text).await?))
}

async fn bundle(State(app): Shared, Segment(id): Segment) -> Result<Response, Fault> {
    Ok(streamed(app.handle.snapshot_bundle(&id).await?))
}

async fn set_doi(State(app): Shared, Segment(id): Segment, Sent(request): Sent<DoiRequest>) -> Answer<SnapshotView> {
    Ok(ok(app.handle.set_doi(&id, &request).await?))
}

async fn cite_snapshot(State(app): Shared, TwoSegments(id, format): TwoSegments) -> Result<Response, Fault> {
    let (media_type, text) = app.handle.cite_snapshot(&id, &format).await?;
    Ok(([(header::CONTENT_TYPE, media_type)], text).into_response())
}

/// The route of one record's reference.
pub(crate) async fn cite(State(app): Shared, TwoSegments(id, format): TwoSegments) -> Result<Response, Fault> {
    let (media_type, text) = app.handle.cite(&id, &format).await?;
    Ok(([(header::CONTENT_TYPE, media_type)], text).into_response())
}
