//! The routes. Each asks the handle and writes down what it answered.

use std::sync::Arc;

use alliance_api::{
    ActView, CertificateRequest, CertificateView, ChapterDescription, ChapterEvent, ChapterView, Confirmations,
    CutsRequest, CutsView, DigestQuery, DigestView, DocumentFormat, FollowRequest, GovernanceView, InvitationStatus,
    InvitationView, InviteRequest, NodeOfOrganisation, OrganisationView, PeerStatus, PledgeRequest, PledgeView,
    ProposeRequest, PublishReceipt, PublishRequest, QuarantineView, RecordPage, RecordQuery, RecordView, RemovalView,
    RemoveRequest, SearchPage, SearchQuery, SearchStatus, StatementReceipt, StatementRequest, StatusReport, SyncReport,
    VouchView, WhyView,
};
use axum::extract::{FromRequest, FromRequestParts, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use axum::{Router, middleware};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::body::{Sent, media_type, read, unsupported};
use crate::fault::{Fault, no_route, wrong_method};
use crate::params::{Asked, Segment};
use crate::{bundle, drafts, events, export, feed, guard, snapshots};

pub(crate) type Shared = State<Arc<App>>;
pub(crate) type Answer<T> = Result<Written<T>, Fault>;

/// All routes, guarded.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/v1/records", get(records).post(publish))
        .route("/v1/records/{id}", get(record))
        .route("/v1/records/{id}/similar", get(similar))
        .route("/v1/records/{id}/why", get(why))
        .route("/v1/records/{id}/removal", get(removal).put(remove))
        .route("/v1/records/{id}/quarantine", put(quarantine).delete(lift_quarantine))
        .route("/v1/search", get(search))
        .route("/v1/search/rebuild", post(rebuild_search))
        .route("/v1/records/{id}/citation/{format}", get(snapshots::cite))
        .route("/v1/digest", get(digest))
        .route("/v1/export/{format}", get(export::export))
        .route("/v1/feed", get(feed::feed))
        .route("/v1/chapters", get(chapters))
        .route("/v1/chapters/{name}", get(chapter))
        .route("/v1/chapters/{name}/description", put(describe))
        .route("/v1/chapters/{name}/history", get(chapter_history))
        .route("/v1/chapters/{name}/subscription", put(follow).delete(leave))
        .route("/v1/organisations", get(organisations))
        .route("/v1/organisations/former", get(former_organisations))
        .route("/v1/organisations/{id}/admission", put(vouch))
        .route("/v1/peers", get(peers))
        .route("/v1/status", get(status))
        .route("/v1/sync", get(sync))
        .route("/v1/governance", get(governance))
        .route("/v1/acts", post(propose))
        .route("/v1/acts/{id}", get(act))
        .route("/v1/statements", post(carry))
        .route("/v1/nodes", get(nodes))
        .route("/v1/cuts", post(cuts))
        .route("/v1/invitations", get(invitations).post(invite))
        .route("/v1/invitations/{id}", delete(revoke_invitation))
        .route("/v1/certificate", put(install_certificate))
        .route("/v1/pledge", post(pledge))
        .route("/v1/events", get(events::stream))
        .route("/v1/bundle", get(bundle::export))
        .route("/v1/ranges", post(bundle::import))
        .merge(drafts::router())
        .merge(snapshots::router())
        .route("/livez", get(alive))
        .route("/readyz", get(ready))
        .fallback(no_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(app.clone(), guard::guard))
        .with_state(app)
}

/// An answer in JSON.
pub(crate) struct Written<T>(pub(crate) StatusCode, pub(crate) T);

impl<T: Serialize> IntoResponse for Written<T> {
    fn into_response(self) -> Response {
        let Ok(text) = serde_json::to_vec(&self.1) else {
            let title = "The answer could not be written";
            return Fault::new(StatusCode::INTERNAL_SERVER_ERROR, "unwritable", title, "").into_response();
        };
        let kind = HeaderValue::from_static("application/json");
        (self.0, [(header::CONTENT_TYPE, kind)], text).into_response()
    }
}

pub(crate) fn ok<T>(answer: T) -> Written<T> {
    Written(StatusCode::OK, answer)
}

async fn records(State(app): Shared, Asked(query): Asked<RecordQuery>) -> Answer<RecordPage> {
    Ok(ok(app.handle.records(query).await?))
}

async fn record(State(app): Shared, Segment(id): Segment) -> Answer<RecordView> {
    Ok(ok(app.handle.record(&id).await?))
}

async fn search(State(app): Shared, Asked(query): Asked<SearchQuery>) -> Answer<SearchPage> {
    Ok(ok(app.handle.search(query).await?))
}

async fn similar(State(app): Shared, Segment(id): Segment) -> Answer<SearchPage> {
    Ok(ok(app.handle.similar(&id).await?))
}

async fn rebuild_search(State(app): Shared) -> Answer<SearchStatus> {
    Ok(Written(StatusCode::ACCEPTED, app.handle.rebuild_search().await?))
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

async fn vouch(State(app): Shared, Segment(id): Segment) -> Answer<VouchView> {
    Ok(Written(StatusCode::CREATED, app.handle.vouch(&id).await?))
}

async fn quarantine(State(app): Shared, Segment(id): Segment) -> Answer<QuarantineView> {
    Ok(ok(app.handle.quarantine(&id).await?))
}

async fn lift_quarantine(State(app): Shared, Segment(id): Segment) -> Answer<QuarantineView> {
    Ok(ok(app.handle.lift_quarantine(&id).await?))
}

async fn publish(State(app): Shared, request: Request) -> Answer<PublishReceipt> {
    let request = document(request).await?;
    Ok(drafts::received(app.handle.publish(request).await?))
}

/// What a plain Markdown body cannot say of itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MarkdownParams {
    chapter: Option<String>,
    #[serde(default)]
    dry_run: bool,
    #[serde(default)]
    nobody_recognisable: bool,
    #[serde(default)]
    right_to_share: bool,
    #[serde(default)]
    people_involved: bool,
    #[serde(default)]
    accept_warnings: bool,
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

async fn chapters(State(app): Shared) -> Answer<Vec<ChapterView>> {
    Ok(ok(app.handle.chapters().await?))
}

async fn chapter(State(app): Shared, Segment(name): Segment) -> Answer<ChapterView> {
    Ok(ok(app.handle.chapter(&name).await?))
}

async fn describe(
    State(app): Shared,
    Segment(name): Segment,
    Sent(request): Sent<ChapterDescription>,
) -> Answer<ChapterView> {
    Ok(ok(app.handle.describe_chapter(&name, request).await?))
}

async fn chapter_history(State(app): Shared, Segment(name): Segment) -> Answer<Vec<ChapterEvent>> {
    Ok(ok(app.handle.chapter_history(&name).await?))
}

async fn follow(State(app): Shared, Segment(name): Segment, Sent(request): Sent<FollowRequest>) -> Answer<ChapterView> {
    Ok(ok(app.handle.follow(&name, request.depth).await?))
}

async fn leave(State(app): Shared, Segment(name): Segment) -> Answer<ChapterView> {
    Ok(ok(app.handle.leave(&name).await?))
}

async fn organisations(State(app): Shared) -> Answer<Vec<OrganisationView>> {
    Ok(ok(app.handle.organisations().await?))
}

async fn former_organisations(State(app): Shared) -> Answer<Vec<OrganisationView>> {
    Ok(ok(app.handle.former_organisations().await?))
}

async fn peers(State(app): Shared) -> Answer<Vec<PeerStatus>> {
    Ok(ok(app.handle.peers().await?))
}

async fn status(State(app): Shared) -> Answer<StatusReport> {
    Ok(ok(app.handle.status().await?))
}

async fn sync(State(app): Shared) -> Answer<SyncReport> {
    Ok(ok(app.handle.sync().await?))
}

async fn nodes(State(app): Shared) -> Answer<Vec<NodeOfOrganisation>> {
    Ok(ok(app.handle.nodes().await?))
}

async fn cuts(State(app): Shared, Sent(request): Sent<CutsRequest>) -> Answer<CutsView> {
    Ok(ok(app.handle.cuts_of(request).await?))
}

async fn governance(State(app): Shared) -> Answer<GovernanceView> {
    Ok(ok(app.handle.governance().await?))
}

async fn act(State(app): Shared, Segment(id): Segment) -> Answer<ActView> {
    Ok(ok(app.handle.act(&id).await?))
}

async fn propose(State(app): Shared, Sent(request): Sent<ProposeRequest>) -> Answer<ActView> {
    Ok(Written(StatusCode::CREATED, app.handle.propose(request).await?))
}

async fn carry(State(app): Shared, Sent(request): Sent<StatementRequest>) -> Answer<StatementReceipt> {
    Ok(Written(StatusCode::CREATED, app.handle.carry(request).await?))
}

async fn invite(State(app): Shared, Sent(request): Sent<InviteRequest>) -> Answer<InvitationView> {
    Ok(Written(StatusCode::CREATED, app.handle.invite(request).await?))
}

async fn invitations(State(app): Shared) -> Answer<Vec<InvitationStatus>> {
    Ok(ok(app.handle.invitations()?))
}

async fn revoke_invitation(State(app): Shared, Segment(id): Segment) -> Answer<InvitationStatus> {
    Ok(ok(app.handle.revoke_invitation(&id)?))
}

async fn install_certificate(State(app): Shared, Sent(request): Sent<CertificateRequest>) -> Answer<CertificateView> {
    Ok(ok(app.handle.install_certificate(request).await?))
}

async fn pledge(State(app): Shared, Sent(request): Sent<PledgeRequest>) -> Answer<PledgeView> {
    Ok(Written(StatusCode::CREATED, app.handle.pledge(request).await?))
}

/// Alive means that this program answers: a supervisor that restarts on a missing peer would restart for ever.
async fn alive() -> &'static str {
    "alive\n"
}

async fn ready(State(app): Shared) -> Result<&'static str, Fault> {
    if app.handle.is_ready() {
        return Ok("ready\n");
    }
    Err(Fault::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "not_ready",
        "The node has not opened its store",
        "Wait; when it lasts, look at the node's log.",
    ))
}
