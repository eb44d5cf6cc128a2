//! Organisations, and how they come to be members: invitations, admissions, pledges.

use alliance_api::{
    InvitationStatus, InvitationView, InviteRequest, OrganisationView, PledgeRequest, PledgeView, VouchView,
};
use axum::extract::State;
use axum::http::StatusCode;

use crate::answer::{Answer, Shared, Written, ok};
use crate::body::Sent;
use crate::describe::{Group, Least, NAMED, Operation, Route, Verb};
use crate::params::Segment;

/// Their routes.
pub(crate) fn routes() -> Vec<Route> {
    members().into_iter().chain(given()).collect()
}

/// Members, how they are let in, and what they promise.
fn members() -> Vec<Route> {
    vec![
        Route::new(
            Operation::get("/v1/organisations", "listOrganisations", Group::Organisations)
                .says("The members", "")
                .lists::<OrganisationView>(200, "The members."),
            organisations,
        ),
        Route::new(
            Operation::get(
                "/v1/organisations/former",
                "listFormerOrganisations",
                Group::Organisations,
            )
            .says("Organisations that were members and are none now", "")
            .lists::<OrganisationView>(200, "The organisations."),
            former_organisations,
        ),
        Route::new(
            Operation::write(
                Verb::Put,
                "/v1/organisations/{id}/admission",
                "vouch",
                Group::Organisations,
            )
            .says(
                "Let an organisation in that another member let in",
                "It stays then, whatever becomes of that member.",
            )
            .by(Least::Steward)
            .answers::<VouchView>(201, "The admission is signed.")
            .fails(&NAMED)
            .fails(&["unknown_organisation", "wrong_standing", "may_not_admit"])
            .signs(),
            vouch,
        ),
        Route::new(
            Operation::write(Verb::Post, "/v1/pledge", "pledge", Group::Organisations)
                .says("Sign the pledge anew", "")
                .by(Least::Steward)
                .takes::<PledgeRequest>()
                .answers::<PledgeView>(201, "The pledge is signed.")
                .fails(&["bad_request", "no_charter"])
                .signs(),
            pledge,
        ),
    ]
}

/// Invitations. Their notes say whom somebody means to invite: they are not for every reader.
fn given() -> Vec<Route> {
    vec![
        Route::new(
            Operation::get("/v1/invitations", "listInvitations", Group::Organisations)
                .says("The invitations that this node gave, without their secrets", "")
                .by(Least::Steward)
                .lists::<InvitationStatus>(200, "The invitations."),
            invitations,
        ),
        Route::new(
            Operation::write(Verb::Post, "/v1/invitations", "invite", Group::Organisations)
                .says(
                    "Make an invitation, to be used once",
                    "The answer holds its secret, which is shown nowhere else.",
                )
                .by(Least::Steward)
                .takes::<InviteRequest>()
                .answers::<InvitationView>(201, "The invitation.")
                .fails(&["bad_request", "may_not_admit", "not_reachable"])
                .secret(),
            invite,
        ),
        Route::new(
            Operation::write(
                Verb::Delete,
                "/v1/invitations/{id}",
                "revokeInvitation",
                Group::Organisations,
            )
            .says("Withdraw an invitation", "")
            .by(Least::Steward)
            .answers::<InvitationStatus>(200, "The invitation as it is now.")
            .fails(&NAMED)
            .fails(&["invitation_used"]),
            revoke_invitation,
        ),
    ]
}

async fn organisations(State(app): Shared) -> Answer<Vec<OrganisationView>> {
    Ok(ok(app.handle.organisations().await?))
}

async fn former_organisations(State(app): Shared) -> Answer<Vec<OrganisationView>> {
    Ok(ok(app.handle.former_organisations().await?))
}

async fn vouch(State(app): Shared, Segment(id): Segment) -> Answer<VouchView> {
    Ok(Written(StatusCode::CREATED, app.handle.vouch(&id).await?))
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

async fn pledge(State(app): Shared, Sent(request): Sent<PledgeRequest>) -> Answer<PledgeView> {
    Ok(Written(StatusCode::CREATED, app.handle.pledge(request).await?))
}
