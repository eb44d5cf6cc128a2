//! What a request says in its address: path segments and query strings.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::fault::Fault;

/// The one variable segment of a path, decoded.
pub(crate) struct Segment(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let read: Result<Path<String>, PathRejection> = Path::from_request_parts(parts, state).await;
        read.map(|Path(segment)| Self(segment)).map_err(unreadable)
    }
}

fn unreadable(rejection: PathRejection) -> Fault {
    Fault::new(
        StatusCode::BAD_REQUEST,
        "bad_path",
        "The address cannot be read",
        rejection.body_text(),
    )
}

/// The two variable segments of a path, decoded.
pub(crate) struct TwoSegments(pub(crate) String, pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for TwoSegments {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let read: Result<Path<(String, String)>, PathRejection> = Path::from_request_parts(parts, state).await;
        read.map(|Path((first, second))| Self(first, second))
            .map_err(unreadable)
    }
}

/// The query string. A parameter that is not known is an error that names it.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        let read: Result<Query<T>, QueryRejection> = Query::try_from_uri(&parts.uri);
        read.map(|Query(query)| Self(query)).map_err(|rejection| {
            Fault::new(
                StatusCode::BAD_REQUEST,
                "bad_query",
                "The query string cannot be read",
                rejection.body_text(),
            )
        })
    }
}
