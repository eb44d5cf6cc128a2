//! Searching over HTTP.

use alliance_api::{SearchPage, SearchQuery, SearchStatus};
use axum::extract::State;
use axum::http::StatusCode;

use crate::answer::{Answer, Shared, Written, ok};
use crate::describe::{Group, Least, NAMED, Operation, Route, Verb};
use crate::params::{Asked, Segment};

/// Its routes.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Operation::get("/v1/search", "search", Group::Records)
                .says(
                    "Records by their words and by what they are",
                    "`q` takes words in any form, `\"phrases\"`, beginnings (`seclu*`), `OR`, `-without`, brackets, and conditions such as \
                     `kind:lesson`, `country:gb`, `year:2024..` or any code list by its name (`effect:worse`).",
                )
                .asks::<SearchQuery>()
                .answers::<SearchPage>(200, "A page of what was found.")
                .fails(&["bad_request", "bad_filter", "search_unavailable", "question_too_costly"]),
            search,
        ),
        Route::new(
            Operation::get("/v1/records/{id}/similar", "findSimilar", Group::Records)
                .says("Records that are like this one, the most alike first", "")
                .answers::<SearchPage>(200, "At most ten.")
                .fails(&NAMED)
                .fails(&["search_unavailable", "question_too_costly"]),
            similar,
        ),
        Route::new(
            Operation::write(Verb::Post, "/v1/search/rebuild", "rebuildSearch", Group::Node)
                .says("Build the search index anew", "Until it has caught up, less is found.")
                .by(Least::Operator)
                .answers::<SearchStatus>(202, "It is begun."),
            rebuild,
        ),
    ]
}

async fn search(State(app): Shared, Asked(query): Asked<SearchQuery>) -> Answer<SearchPage> {
    Ok(ok(app.handle.search(query).await?))
}

async fn similar(State(app): Shared, Segment(id): Segment) -> Answer<SearchPage> {
    Ok(ok(app.handle.similar(&id).await?))
}

async fn rebuild(State(app): Shared) -> Answer<SearchStatus> {
    Ok(Written(StatusCode::ACCEPTED, app.handle.rebuild_search().await?))
}
