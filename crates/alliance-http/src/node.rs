//! The node itself: how it is, its peers, its certificate, and whether it answers.

use alliance_api::{CertificateRequest, CertificateView, PeerStatus, StatusReport, SyncReport};
use axum::extract::State;
use axum::http::StatusCode;

use crate::answer::{Answer, Shared, ok};
use crate::body::Sent;
use crate::describe::{Group, Least, Operation, Route, Verb, text};
use crate::fault::Fault;

/// Its routes.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Operation::get("/v1/status", "showStatus", Group::Node)
                .says("How the node is", "")
                .answers::<StatusReport>(200, "The status."),
            status,
        ),
        Route::new(
            Operation::get("/v1/sync", "showSync", Group::Node)
                .says("How far catching up is", "")
                .answers::<SyncReport>(200, "The progress."),
            sync,
        ),
        Route::new(
            Operation::get("/v1/peers", "listPeers", Group::Node)
                .says("Connected nodes", "")
                .lists::<PeerStatus>(200, "The nodes."),
            peers,
        ),
        Route::new(
            Operation::write(Verb::Put, "/v1/certificate", "installCertificate", Group::Node)
                .says("Put a renewed certificate of this node in place", "")
                .takes::<CertificateRequest>()
                .answers::<CertificateView>(200, "The certificate that is in place.")
                .fails(&["bad_certificate"]),
            install_certificate,
        ),
        Route::new(
            Operation::get("/livez", "isAlive", Group::Description)
                .says("Whether the program answers", "Never depends on peers.")
                .by(Least::Anyone)
                .asks_nobody()
                .answers_media((200, "It answers."), "text/plain", text()),
            alive,
        ),
        Route::new(
            Operation::get("/readyz", "isReady", Group::Description)
                .says("Whether the node has opened its store", "")
                .by(Least::Anyone)
                .asks_nobody()
                .answers_media((200, "It has."), "text/plain", text())
                .fails(&["not_ready"]),
            ready,
        ),
    ]
}

async fn status(State(app): Shared) -> Answer<StatusReport> {
    Ok(ok(app.handle.status().await?))
}

async fn sync(State(app): Shared) -> Answer<SyncReport> {
    Ok(ok(app.handle.sync().await?))
}

async fn peers(State(app): Shared) -> Answer<Vec<PeerStatus>> {
    Ok(ok(app.handle.peers().await?))
}

async fn install_certificate(State(app): Shared, Sent(request): Sent<CertificateRequest>) -> Answer<CertificateView> {
    Ok(ok(app.handle.install_certificate(request).await?))
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
