//! Chapters: shown, described, followed, left.

use alliance_api::{ChapterDescription, ChapterEvent, ChapterView, FollowRequest};
use axum::extract::State;

use crate::answer::{Answer, Shared, ok};
use crate::body::Sent;
use crate::describe::{Group, Least, NAMED, Operation, Route, Verb};
use crate::params::Segment;

/// Their routes.
pub(crate) fn routes() -> Vec<Route> {
    shown().into_iter().chain(said()).collect()
}

/// Chapters as they are shown.
fn shown() -> Vec<Route> {
    vec![
        Route::new(
            Operation::get("/v1/chapters", "listChapters", Group::Chapters)
                .says("All chapters that anyone follows, the alliance's own first", "")
                .lists::<ChapterView>(200, "The chapters."),
            chapters,
        ),
        Route::new(
            Operation::get("/v1/chapters/{name}", "showChapter", Group::Chapters)
                .says("One chapter", "")
                .answers::<ChapterView>(200, "The chapter.")
                .fails(&NAMED),
            chapter,
        ),
        Route::new(
            Operation::get("/v1/chapters/{name}/history", "showChapterHistory", Group::Chapters)
                .says("Who followed a chapter and who left it, and how it was described", "")
                .lists::<ChapterEvent>(200, "What was said of it, in order.")
                .fails(&NAMED),
            chapter_history,
        ),
    ]
}

/// What this organisation says of chapters.
fn said() -> Vec<Route> {
    vec![
        Route::new(
            Operation::write(
                Verb::Put,
                "/v1/chapters/{name}/description",
                "describeChapter",
                Group::Chapters,
            )
            .says(
                "Say who the stewards of a chapter are, and what it is about",
                "What is not given stays as it is.",
            )
            .by(Least::Steward)
            .takes::<ChapterDescription>()
            .answers::<ChapterView>(200, "The chapter as it is now.")
            .fails(&NAMED)
            .fails(&[
                "not_a_steward",
                "wrong_chapter",
                "findings",
                "personal_details",
                "warnings",
            ])
            .signs(),
            describe,
        ),
        Route::new(
            Operation::write(Verb::Put, "/v1/chapters/{name}/subscription", "follow", Group::Chapters)
                .says("Follow a chapter", "")
                .by(Least::Steward)
                .takes::<FollowRequest>()
                .answers::<ChapterView>(200, "The chapter as it is now.")
                .fails(&NAMED)
                .fails(&["wrong_chapter"])
                .signs(),
            follow,
        ),
        Route::new(
            Operation::write(
                Verb::Delete,
                "/v1/chapters/{name}/subscription",
                "leave",
                Group::Chapters,
            )
            .says("Stop following a chapter", "")
            .by(Least::Steward)
            .answers::<ChapterView>(200, "The chapter as it is now.")
            .fails(&NAMED)
            .fails(&["wrong_chapter"])
            .signs(),
            leave,
        ),
    ]
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
