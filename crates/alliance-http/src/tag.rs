//! Tags of answers: whoever has one need not be sent it again.
//!
//! A tag is a hash of the answer itself, so it cannot be wrong: what a record looks like changes by words of others, by
//! notices, by what is put aside here and by the hour, and no number of an arrival tells of all of these.

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;

/// Hexadecimal digits of a tag: 64 bits, far more than answers to one address.
const TAG_DIGITS: usize = 16;

/// What whoever asks has already.
#[derive(Debug)]
pub(crate) struct Known {
    is_get: bool,
    tags: Vec<String>,
}

impl Known {
    /// As a request says it.
    pub(crate) fn of(request: &Request) -> Self {
        let headers = request.headers().get_all(header::IF_NONE_MATCH).into_iter();
        let texts = headers.filter_map(|value| value.to_str().ok());
        Self {
            // What answers HEAD has no body to be named.
            is_get: *request.method() == Method::GET,
            tags: texts
                .flat_map(|text| text.split(','))
                .map(|tag| tag.trim().to_owned())
                .collect(),
        }
    }

    /// Names an answer in JSON; answers without it when it is known.
    pub(crate) async fn answer(&self, response: Response) -> Response {
        if !self.is_get || !can_be_named(&response) {
            return response;
        }
        let (mut parts, body) = response.into_parts();
        // It is whole in memory: reading it cannot fail.
        let bytes = body.collect().await.map(|read| read.to_bytes()).unwrap_or_default();
        let tag = format!("\"{}\"", &blake3::hash(&bytes).to_hex()[..TAG_DIGITS]);
        if let Ok(value) = HeaderValue::from_str(&tag) {
            parts.headers.insert(header::ETAG, value);
        }
        if self.has(&tag) {
            let headers: HeaderMap = parts
                .headers
                .remove(header::ETAG)
                .map(|tag| (header::ETAG, tag))
                .into_iter()
                .collect();
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        Response::from_parts(parts, Body::from(bytes))
    }

    fn has(&self, tag: &str) -> bool {
        let is_it = |known: &String| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag;
        self.tags.iter().any(is_it)
    }
}

/// Streams have no length yet.
fn can_be_named(response: &Response) -> bool {
    let media = response.headers().get(header::CONTENT_TYPE);
    let is_json = media.is_some_and(|media| media == "application/json");
    response.status() == StatusCode::OK && is_json && response.body().size_hint().exact().is_some()
}
