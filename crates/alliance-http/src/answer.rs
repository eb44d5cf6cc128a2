//! Answers in JSON.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::app::App;
use crate::fault::Fault;

pub(crate) type Shared = State<Arc<App>>;
pub(crate) type Answer<T> = Result<Written<T>, Fault>;

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
