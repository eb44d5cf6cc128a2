//! Drafts and the tokens of those who read them.

use std::sync::Arc;

use alliance_api::{DraftView, NewToken, PublishReceipt, TokenRequest, TokenView};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{delete, get, post};

use crate::app::App;
use crate::body::Sent;
use crate::guard::bearer_of;
use crate::params::Segment;
use crate::routes::{Answer, Shared, Written, ok};

/// Their routes.
pub(crate) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/v1/drafts", get(drafts))
        .route("/v1/drafts/{id}", get(draft).delete(withdraw))
        .route("/v1/drafts/{id}/approval", post(approve))
        .route("/v1/drafts/{id}/publication", post(publish))
        .route("/v1/tokens", get(tokens).post(add_token))
        .route("/v1/tokens/{id}", delete(revoke_token))
}

/// What became of a document: signed, kept as a draft, or only looked at.
pub(crate) fn received(receipt: PublishReceipt) -> Written<PublishReceipt> {
    let status = match (&receipt.id, &receipt.draft) {
        (Some(_), _) => StatusCode::CREATED,
        (None, Some(_)) => StatusCode::ACCEPTED,
        (None, None) => StatusCode::OK,
    };
    Written(status, receipt)
}

async fn drafts(State(app): Shared) -> Answer<Vec<DraftView>> {
    Ok(ok(app.handle.drafts()?))
}

async fn draft(State(app): Shared, Segment(id): Segment) -> Answer<DraftView> {
    Ok(ok(app.handle.draft(&id).await?))
}

async fn withdraw(State(app): Shared, Segment(id): Segment) -> Answer<DraftView> {
    Ok(ok(app.handle.withdraw_draft(&id).await?))
}

/// The token decides, by whatever way the request came: the socket's authority is the author's.
async fn approve(State(app): Shared, Segment(id): Segment, headers: HeaderMap) -> Answer<PublishReceipt> {
    let token = bearer_of(&headers).unwrap_or_default();
    Ok(received(app.handle.approve_draft(&id, token).await?))
}

async fn publish(State(app): Shared, Segment(id): Segment) -> Answer<PublishReceipt> {
    Ok(received(app.handle.publish_draft(&id).await?))
}

async fn tokens(State(app): Shared) -> Answer<Vec<TokenView>> {
    Ok(ok(app.handle.tokens()?))
}

async fn add_token(State(app): Shared, Sent(request): Sent<TokenRequest>) -> Answer<NewToken> {
    Ok(Written(StatusCode::CREATED, app.handle.add_token(&request)?))
}

async fn revoke_token(State(app): Shared, Segment(id): Segment) -> Answer<TokenView> {
    Ok(ok(app.handle.revoke_token(&id)?))
}
