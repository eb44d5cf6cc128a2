//! Tokens: made for a role, listed, revoked.

use alliance_api::{NewToken, TokenRequest, TokenView};
use axum::extract::State;
use axum::http::StatusCode;

use crate::answer::{Answer, Shared, Written, ok};
use crate::body::Sent;
use crate::describe::{Group, Least, NAMED, Operation, Route, Verb};
use crate::params::Segment;

/// Their routes.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Operation::get("/v1/tokens", "listTokens", Group::Access)
                .says("The tokens that were made, without their secrets", "")
                .by(Least::Operator)
                .lists::<TokenView>(200, "The tokens."),
            tokens,
        ),
        Route::new(
            Operation::write(Verb::Post, "/v1/tokens", "addToken", Group::Access)
                .says(
                    "Make a token",
                    "The answer holds its secret, which is shown nowhere else: the node keeps its hash.",
                )
                .takes::<TokenRequest>()
                .answers::<NewToken>(201, "The token.")
                .fails(&["bad_request", "too_many_tokens"])
                .secret(),
            add_token,
        ),
        Route::new(
            Operation::write(Verb::Delete, "/v1/tokens/{id}", "revokeToken", Group::Access)
                .says("Revoke a token", "What was approved with it stays approved.")
                .answers::<TokenView>(200, "The token as it is now.")
                .fails(&NAMED),
            revoke_token,
        ),
    ]
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
