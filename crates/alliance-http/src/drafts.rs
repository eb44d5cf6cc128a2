//! Drafts: shown, approved, published, withdrawn.

use alliance_api::{DraftView, PublishReceipt};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use crate::answer::{Answer, Shared, Written, ok};
use crate::describe::{Group, Least, NAMED, Operation, Route, Verb};
use crate::guard::bearer_of;
use crate::params::Segment;

/// Why a draft is not signed: as a document, looked at once more.
const OF_DRAFTS: [&str; 11] = [
    "second_reader_missing",
    "not_due",
    "newer_version",
    "published",
    "findings",
    "personal_details",
    "warnings",
    "not_confirmed",
    "not_own",
    "not_removable",
    "already_removed",
];

/// Their routes. Drafts are not published: they are not for every reader.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Operation::get("/v1/drafts", "listDrafts", Group::Drafts)
                .says("Drafts that wait, oldest first, without their texts", "")
                .by(Least::Drafts)
                .lists::<DraftView>(200, "The drafts."),
            drafts,
        ),
        Route::new(
            Operation::get("/v1/drafts/{id}", "showDraft", Group::Drafts)
                .says("One draft with its text and what is found in it now", "")
                .by(Least::Drafts)
                .answers::<DraftView>(200, "The draft.")
                .fails(&NAMED),
            draft,
        ),
        Route::new(
            Operation::write(Verb::Delete, "/v1/drafts/{id}", "withdrawDraft", Group::Drafts)
                .says("Withdraw a draft before it is signed", "The answer has its text, which is nowhere on this node any more.")
                .by(Least::Author)
                // Nothing of it is to be left in the memory of keys either.
                .secret()
                .answers::<DraftView>(200, "What the draft was.")
                .fails(&NAMED)
                .fails(&["published"]),
            withdraw,
        ),
        Route::new(
            Operation::write(Verb::Post, "/v1/drafts/{id}/approval", "approveDraft", Group::Drafts)
                .says(
                    "Approve a draft as its second reader",
                    "Needs a second reader's token by whatever way it is asked: the Unix socket's authority is the author's.",
                )
                .by(Least::SecondReader)
                .answers::<PublishReceipt>(201, "Approved and signed.")
                .answers::<PublishReceipt>(202, "Approved; it waits for the end of its cooling-off.")
                .fails(&NAMED)
                .fails(&["not_a_second_reader", "second_reader_not_needed"])
                .fails(&OF_DRAFTS)
                .signs(),
            approve,
        ),
        Route::new(
            Operation::write(Verb::Post, "/v1/drafts/{id}/publication", "publishDraft", Group::Drafts)
                .says("Publish a draft that waits for nothing any more", "")
                .by(Least::Author)
                .answers::<PublishReceipt>(201, "Signed.")
                .fails(&NAMED)
                .fails(&OF_DRAFTS)
                .signs(),
            publish,
        ),
    ]
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
