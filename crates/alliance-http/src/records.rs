//! Records: listed, shown, published, removed.

use alliance_api::{
    Confirmations, DigestQuery, DigestView, DocumentFormat, PublishReceipt, PublishRequest, QuarantineView, RecordPage,
    RecordQuery, RecordView, RemovalView, RemoveRequest, WhyView,
};
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::{Answer, Shared, Written, ok};
use crate::body::{Sent, media_type, read, unsupported};
use crate::describe::{Group, Least, NAMED, Operation, Route, Verb, text};
use crate::drafts::received;
use crate::fault::Fault;
use crate::guard::{Caller, not_enough};
use crate::params::{Asked, Segment};

/// Why a document is not taken.
const OF_DOCUMENTS: [&str; 10] = [
    "not_utf8",
    "bad_query",
    "findings",
    "personal_details",
    "warnings",
    "not_confirmed",
    "private_scope",
    "not_a_measure",
    "not_protectable",
    "too_many_drafts",
];

/// Its routes.
pub(crate) fn routes() -> Vec<Route> {
    shown().into_iter().chain(changed()).collect()
}

/// Records as they are shown.
fn shown() -> Vec<Route> {
    vec![
        Route::new(
            Operation::get("/v1/records", "listRecords", Group::Records)
                .says(
                    "Records, newest first",
                    "Every filter narrows. Read on with `before`, which is `next` of the page before.",
                )
                .asks::<RecordQuery>()
                .answers::<RecordPage>(200, "A page.")
                .fails(&NAMED)
                .fails(&["bad_filter", "question_too_costly"]),
            records,
        ),
        Route::new(
            Operation::get("/v1/records/{id}", "showRecord", Group::Records)
                .says("One record, whole, with what others say of it", "")
                .answers::<RecordView>(200, "The record.")
                .fails(&NAMED),
            record,
        ),
        Route::new(
            Operation::get("/v1/records/{id}/why", "why", Group::Records)
                .says("Why a record is here, or is not", "")
                .answers::<WhyView>(200, "What this node knows of it.")
                .fails(&NAMED),
            why,
        ),
        Route::new(
            Operation::get("/v1/records/{id}/removal", "showRemoval", Group::Records)
                .says("What removes a record, and which nodes confirm that it is gone", "")
                .answers::<RemovalView>(200, "The removal.")
                .fails(&NAMED)
                .fails(&["not_removed"]),
            removal,
        ),
        Route::new(
            Operation::get("/v1/digest", "showDigest", Group::Records)
                .says("What is new, what is due, and what waits for an answer", "")
                .asks::<DigestQuery>()
                .answers::<DigestView>(200, "The digest.")
                .fails(&NAMED),
            digest,
        ),
    ]
}

/// Records that are published, removed or put aside.
fn changed() -> Vec<Route> {
    vec![
        Route::new(
            Operation::write(Verb::Post, "/v1/records", "publish", Group::Records)
                .says(
                    "Publish a document, or check it",
                    "A document waits as a draft where a second reader or a cooling-off is left to wait for. The query string is \
                     for a body in Markdown alone.",
                )
                .by(Least::Author)
                .asks::<MarkdownParams>()
                .takes::<PublishRequest>()
                .takes_media("text/markdown", text())
                .answers::<PublishReceipt>(200, "Checked: nothing was kept or signed.")
                .answers::<PublishReceipt>(201, "Signed.")
                .answers::<PublishReceipt>(202, "Kept as a draft that waits.")
                .fails(&OF_DOCUMENTS)
                .fails(&NAMED)
                .fails(&["already_removed", "not_own", "not_removable", "unwritable"])
                .signs(),
            publish,
        ),
        Route::new(
            Operation::write(Verb::Put, "/v1/records/{id}/removal", "remove", Group::Records)
                .says("Remove a record of this organisation's own", "Its text is destroyed on every node. Nothing takes this back.")
                .by(Least::Steward)
                .takes::<RemoveRequest>()
                .answers::<PublishReceipt>(201, "The removal is signed.")
                .fails(&NAMED)
                .fails(&["already_removed", "not_own", "not_removable"])
                .fails(&OF_DOCUMENTS)
                .signs(),
            remove,
        ),
        Route::new(
            Operation::write(Verb::Put, "/v1/records/{id}/quarantine", "quarantine", Group::Records)
                .says("Put a record aside on this node", "Its text is shown to nobody here; other nodes show it.")
                .by(Least::Steward)
                .answers::<QuarantineView>(200, "It is put aside.")
                .fails(&NAMED)
                .fails(&["quarantine"]),
            quarantine,
        ),
        Route::new(
            Operation::write(Verb::Delete, "/v1/records/{id}/quarantine", "liftQuarantine", Group::Records)
                .says("Show a record again that was put aside", "")
                .by(Least::Steward)
                .answers::<QuarantineView>(200, "It is shown.")
                .fails(&NAMED)
                .fails(&["quarantine"]),
            lift_quarantine,
        ),
    ]
}

async fn records(State(app): Shared, Asked(query): Asked<RecordQuery>) -> Answer<RecordPage> {
    Ok(ok(app.handle.records(query).await?))
}

async fn record(State(app): Shared, Segment(id): Segment) -> Answer<RecordView> {
    Ok(ok(app.handle.record(&id).await?))
}

async fn digest(State(app): Shared, Asked(query): Asked<DigestQuery>) -> Answer<DigestView> {
    Ok(ok(app.handle.digest(query).await?))
}

async fn why(State(app): Shared, Segment(id): Segment) -> Answer<WhyView> {
    Ok(ok(app.handle.why(&id).await?))
}

async fn removal(State(app): Shared, Segment(id): Segment) -> Answer<RemovalView> {
    Ok(ok(app.handle.removal(&id).await?))
}

async fn remove(
    State(app): Shared,
    Segment(id): Segment,
    Sent(request): Sent<RemoveRequest>,
) -> Answer<PublishReceipt> {
    Ok(Written(StatusCode::CREATED, app.handle.remove(&id, request).await?))
}

async fn quarantine(State(app): Shared, Segment(id): Segment) -> Answer<QuarantineView> {
    Ok(ok(app.handle.quarantine(&id).await?))
}

async fn lift_quarantine(State(app): Shared, Segment(id): Segment) -> Answer<QuarantineView> {
    Ok(ok(app.handle.lift_quarantine(&id).await?))
}

async fn publish(State(app): Shared, request: Request) -> Answer<PublishReceipt> {
    let caller = request.extensions().get::<Caller>().cloned();
    let request = document(request).await?;
    // A notice that removes is a document like others, and destroys a text everywhere.
    if let Some(Caller::Holder(role)) = caller
        && !Least::Steward.allows(role)
        && app.handle.removes(&request)
    {
        return Err(not_enough(Least::Steward, role));
    }
    Ok(received(app.handle.publish(request).await?))
}

/// What a plain Markdown body cannot say of itself.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MarkdownParams {
    /// The chapter; overrides the document's.
    chapter: Option<String>,
    /// Check it, but keep and sign nothing.
    #[serde(default)]
    dry_run: bool,
    /// Nobody in it can be recognised by someone who was there.
    #[serde(default)]
    nobody_recognisable: bool,
    /// The organisation has the right to share it.
    #[serde(default)]
    right_to_share: bool,
    /// The people affected were involved, or asked.
    #[serde(default)]
    people_involved: bool,
    /// Publish it with what was warned of.
    #[serde(default)]
    accept_warnings: bool,
    /// Publish a measure in its protected form.
    #[serde(default)]
    protect: bool,
}

async fn document(request: Request) -> Result<PublishRequest, Fault> {
    let (mut parts, body) = request.into_parts();
    if media_type(&parts.headers).as_deref() != Some("text/markdown") {
        let taken = "application/json, or text/markdown";
        let Sent(request) = Sent::from_request(Request::from_parts(parts, body), &())
            .await
            .map_err(|fault: Fault| {
                if fault.0.status == 415 {
                    unsupported(taken)
                } else {
                    fault
                }
            })?;
        return Ok(request);
    }
    let Asked(params): Asked<MarkdownParams> = Asked::from_request_parts(&mut parts, &()).await?;
    let document = String::from_utf8(read(body).await?).map_err(|_| not_text())?;
    Ok(PublishRequest {
        format: DocumentFormat::Markdown,
        document,
        chapter: params.chapter,
        dry_run: params.dry_run,
        confirmations: Confirmations {
            nobody_recognisable: params.nobody_recognisable,
            right_to_share: params.right_to_share,
            people_involved: params.people_involved,
        },
        accept_warnings: params.accept_warnings,
        overrides: Vec::new(),
        protect: params.protect,
    })
}

fn not_text() -> Fault {
    Fault::new(
        StatusCode::BAD_REQUEST,
        "not_utf8",
        "The document is not UTF-8 text",
        "Save it with the encoding UTF-8.",
    )
}
