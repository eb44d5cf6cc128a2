//! Governance: the charter, acts, statements.

use alliance_api::{
    ActView, CutsRequest, CutsView, GovernanceView, NodeOfOrganisation, ProposeRequest, StatementReceipt,
    StatementRequest,
};
use axum::extract::State;
use axum::http::StatusCode;

use crate::answer::{Answer, Shared, Written, ok};
use crate::body::Sent;
use crate::describe::{Group, Least, NAMED, Operation, Route, Verb};
use crate::params::Segment;

/// Its routes.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Operation::get("/v1/governance", "showGovernance", Group::Governance)
                .says("The charter in force, every act, and who approved what", "")
                .answers::<GovernanceView>(200, "Governance as this node knows it."),
            governance,
        ),
        Route::new(
            Operation::write(Verb::Post, "/v1/acts", "propose", Group::Governance)
                .says("Propose an act", "A proposal binds nobody: approvals of stewards do.")
                .by(Least::Steward)
                .takes::<ProposeRequest>()
                .answers::<ActView>(201, "The act is proposed.")
                .fails(&NAMED)
                .fails(&[
                    "no_charter",
                    "is_steward",
                    "wrong_standing",
                    "too_many_logs",
                    "not_shown",
                    "not_markable",
                    "already_marked",
                    "already_lifted",
                    "unknown_organisation",
                    "already_removed",
                    "not_removable",
                ])
                .signs(),
            propose,
        ),
        Route::new(
            Operation::get("/v1/acts/{id}", "showAct", Group::Governance)
                .says("One act", "")
                .answers::<ActView>(200, "The act.")
                .fails(&NAMED),
            act,
        ),
        Route::new(
            Operation::write(Verb::Post, "/v1/statements", "carry", Group::Governance)
                .says("Publish a statement that was signed elsewhere", "")
                .by(Least::Steward)
                .takes::<StatementRequest>()
                .answers::<StatementReceipt>(201, "The statement is published.")
                .fails(&["bad_request", "bad_statement", "may_not_approve"])
                .signs(),
            carry,
        ),
        Route::new(
            Operation::get("/v1/nodes", "listNodes", Group::Governance)
                .says("The nodes of this organisation", "")
                .lists::<NodeOfOrganisation>(200, "The nodes."),
            nodes,
        ),
        Route::new(
            Operation::write(Verb::Post, "/v1/cuts", "showCuts", Group::Governance)
                .says(
                    "Where the logs of one of this organisation's nodes would end",
                    "Asks, and changes nothing.",
                )
                .by(Least::Steward)
                .takes::<CutsRequest>()
                .answers::<CutsView>(200, "The cuts.")
                .fails(&NAMED)
                .fails(&["too_many_logs"]),
            cuts,
        ),
    ]
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
