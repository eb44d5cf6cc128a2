//! Snapshots and references over HTTP.

use alliance_api::{DeletedSnapshot, DoiRequest, SnapshotRequest, SnapshotSummary, SnapshotView};
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::answer::{Answer, Shared, Written, ok};
use crate::body::{Sent, read_up_to};
use crate::describe::{Group, Least, NAMED, Operation, Route, Verb, bytes, text};
use crate::export::{slot, streamed};
use crate::fault::Fault;
use crate::limits::SNAPSHOT_BYTES_MAX;
use crate::params::{Segment, TwoSegments};

/// Why a bundle cannot be made here and now.
const UNMADE: [&str; 5] = [
    "snapshot_withdrawn",
    "bodies_missing",
    "not_in_step",
    "chapter_not_held",
    "put_aside",
];
/// Why no snapshot is found by what names it.
const UNKNOWN: [&str; 4] = [
    "snapshot_unknown",
    "snapshot_deleted",
    "ambiguous",
    "snapshots_unreadable",
];

/// Their routes.
pub(crate) fn routes() -> Vec<Route> {
    [shown(), changed(), written_out()].into_iter().flatten().collect()
}

/// Those that tell of them.
fn shown() -> Vec<Route> {
    vec![
        Route::new(
            Operation::get("/v1/snapshots", "listSnapshots", Group::Snapshots)
                .says("The snapshots that are kept here, newest first", "")
                .lists::<SnapshotSummary>(200, "The snapshots.")
                .fails(&["snapshots_unreadable"]),
            list,
        ),
        Route::new(
            Operation::get("/v1/snapshots/{id}", "showSnapshot", Group::Snapshots)
                .says("One snapshot, with what was withdrawn since", "")
                .answers::<SnapshotView>(200, "The snapshot.")
                .fails(&UNKNOWN),
            show,
        ),
    ]
}

/// Those that make or mark one.
fn changed() -> Vec<Route> {
    vec![
        Route::new(
            Operation::write(Verb::Post, "/v1/snapshots", "makeSnapshot", Group::Snapshots)
                .says(
                    "Make a snapshot of the records that fit now",
                    "Nodes in step that are asked for the same make one identifier. Its manifest is kept, and no text.",
                )
                .by(Least::Author)
                .takes::<SnapshotRequest>()
                .answers::<SnapshotView>(201, "It is made.")
                .fails(&[
                    "bad_request",
                    "bad_filter",
                    "not_found",
                    "ambiguous",
                    "too_many",
                    "nothing_fits",
                    "question_too_costly",
                ])
                .fails(&["snapshots_full", "snapshots_unreadable"])
                .fails(&UNMADE),
            make,
        ),
        Route::new(
            Operation::write(Verb::Put, "/v1/snapshots/{id}", "takeSnapshot", Group::Snapshots)
                .says(
                    "Take in the manifest of a snapshot that was made elsewhere",
                    "The body is its `snapshot.json`, as it is.",
                )
                .by(Least::Author)
                .takes_media("application/json", json!({"type": "object"}))
                .up_to(SNAPSHOT_BYTES_MAX)
                .answers::<SnapshotView>(200, "It is kept.")
                .fails(&[
                    "bad_request",
                    "not_a_snapshot",
                    "wrong_alliance",
                    "snapshots_full",
                    "snapshots_unreadable",
                ]),
            take,
        ),
        Route::new(
            Operation::write(Verb::Delete, "/v1/snapshots/{id}", "deleteSnapshot", Group::Snapshots)
                .says(
                    "Delete a snapshot that is kept here",
                    "Its identifier says so from then on; bundles of it are as good as before.",
                )
                .by(Least::Author)
                .answers::<DeletedSnapshot>(200, "It is deleted.")
                .fails(&UNKNOWN),
            delete,
        ),
        Route::new(
            Operation::write(Verb::Put, "/v1/snapshots/{id}/doi", "setDoi", Group::Snapshots)
                .says(
                    "Note a DOI that was registered for a snapshot",
                    "Its form is checked, and not whether it is registered.",
                )
                .by(Least::Author)
                .takes::<DoiRequest>()
                .answers::<SnapshotView>(200, "It is noted.")
                .fails(&["bad_request"])
                .fails(&UNKNOWN),
            set_doi,
        ),
    ]
}

/// Those that answer with a file.
fn written_out() -> Vec<Route> {
    let cited = |operation: Operation| {
        let media = alliance_node::citation_media_types().into_iter();
        media.fold(operation, |operation, media| {
            operation.answers_media((200, "The reference."), media, text())
        })
    };
    vec![
        Route::new(
            Operation::get("/v1/snapshots/{id}/bundle", "bundleSnapshot", Group::Snapshots)
                .says(
                    "The bundle of a snapshot, made anew",
                    "A ZIP file that `alliance verify` proves without any node. An answer that breaks off is not whole.",
                )
                .answers_media((200, "The bundle."), "application/zip", bytes())
                .fails(&UNKNOWN)
                .fails(&UNMADE)
                .fails(&["busy", "too_many_exports"]),
            bundle,
        ),
        Route::new(
            cited(
                Operation::get("/v1/snapshots/{id}/citation/{format}", "citeSnapshot", Group::Snapshots)
                    .says("A snapshot as a reference: text, bib, ris, csl or cff", ""),
            )
            .fails(&UNKNOWN)
            .fails(&["format_unknown", "bad_request"]),
            cite_snapshot,
        ),
        Route::new(
            cited(
                Operation::get("/v1/records/{id}/citation/{format}", "citeRecord", Group::Records)
                    .says("One record as a reference: text, bib, ris, csl or cff", ""),
            )
            .fails(&NAMED)
            .fails(&["format_unknown", "unwritable"]),
            cite,
        ),
    ]
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

async fn delete(State(app): Shared, Segment(id): Segment) -> Answer<DeletedSnapshot> {
    Ok(ok(app.handle.delete_snapshot(&id).await?))
}

async fn bundle(State(app): Shared, Segment(id): Segment) -> Result<Response, Fault> {
    let slot = slot(&app)?;
    Ok(streamed(app.handle.snapshot_bundle(&id).await?, slot))
}

async fn set_doi(State(app): Shared, Segment(id): Segment, Sent(request): Sent<DoiRequest>) -> Answer<SnapshotView> {
    Ok(ok(app.handle.set_doi(&id, &request).await?))
}

async fn cite_snapshot(State(app): Shared, TwoSegments(id, format): TwoSegments) -> Result<Response, Fault> {
    let (media_type, text) = app.handle.cite_snapshot(&id, &format).await?;
    Ok(([(header::CONTENT_TYPE, media_type)], text).into_response())
}

async fn cite(State(app): Shared, TwoSegments(id, format): TwoSegments) -> Result<Response, Fault> {
    let (media_type, text) = app.handle.cite(&id, &format).await?;
    Ok(([(header::CONTENT_TYPE, media_type)], text).into_response())
}
