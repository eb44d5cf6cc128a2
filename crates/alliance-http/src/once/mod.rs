//! Writes that are done once, however often they are sent: the header `Idempotency-Key`, as the IETF's draft has it
//! (draft-ietf-httpapi-idempotency-key-header).
//!
//! Owns what is remembered of a key: a hash of the request, and its answer. Never keeps the text of a record, nor a secret.

mod file;
mod ledger;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;

pub use file::LedgerError;
pub(crate) use ledger::{Answered, Ledger, Refusal};

use crate::body::read_up_to;
use crate::describe::{Keeping, Operation};
use crate::fault::Fault;
use crate::guard::bearer_of;

/// The header.
pub(crate) const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The header of an answer that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Characters of a key: a UUID fits several times.
const KEY_CHARS_MAX: usize = 255;

/// The key of a request, if it has one.
///
/// # Errors
/// `idempotency_key_bad`.
pub(crate) fn key_of(headers: &HeaderMap) -> Result<Option<&str>, Fault> {
    let Some(value) = headers.get(KEY) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim();
    // A structured field's string stands in quotes; many programs leave them out.
    let bare = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(text);
    let is_key = (1..=KEY_CHARS_MAX).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_graphic());
    is_key.then_some(Some(bare)).ok_or_else(|| {
        Fault::new(
            StatusCode::BAD_REQUEST,
            "idempotency_key_bad",
            "The Idempotency-Key is none",
            format!("Send 1 to {KEY_CHARS_MAX} printable ASCII characters without spaces, such as a random UUID."),
        )
    })
}

/// Does a write whose key is new; answers one that was done as it was answered then.
pub(crate) async fn once(
    (ledger, operation): (Arc<Ledger>, Arc<Operation>),
    (key, request): (String, Request),
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = match read_up_to(body, operation.body_bytes_max).await {
        Ok(bytes) => bytes,
        Err(fault) => return fault.into_response(),
    };
    // Keys of one token say nothing of those of another.
    let caller = bearer_of(&parts.headers).unwrap_or_default();
    let key = hash(&[caller.as_bytes(), key.as_bytes()]);
    let asked = parts.uri.path_and_query().map_or("", |asked| asked.as_str());
    let media = parts
        .headers
        .get(header::CONTENT_TYPE)
        .map_or(&b""[..], HeaderValue::as_bytes);
    let asked = hash(&[method(&parts.method), asked.as_bytes(), media, &bytes]);
    match ledger.begin(key, asked, operation.keeping).await {
        Ok(Some(answered)) => replay(answered),
        Err(refusal) => refused(&refusal).into_response(),
        // Goes on when whoever asked is gone: they ask again, and are told then.
        Ok(None) => {
            let request = Request::from_parts(parts, Body::from(bytes));
            let doing = tokio::spawn(async move {
                let response = next.run(request).await;
                remember(&ledger, (key, operation.keeping), response).await
            });
            doing.await.unwrap_or_else(|_| broken().into_response())
        }
    }
}

fn method(method: &Method) -> &[u8] {
    method.as_str().as_bytes()
}

/// Parts that cannot run into one another.
fn hash(parts: &[&[u8]]) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize()
}

async fn remember(ledger: &Ledger, (key, keeping): (blake3::Hash, Keeping), response: Response) -> Response {
    let (parts, body) = response.into_parts();
    // Answers to writes are whole in memory: reading one cannot fail.
    let bytes = body.collect().await.map(|read| read.to_bytes()).unwrap_or_default();
    if parts.status.is_success() {
        let media = parts.headers.get(header::CONTENT_TYPE).cloned();
        let answered = Answered {
            status: parts.status.as_u16(),
            media: media
                .and_then(|media| media.to_str().ok().map(ToOwned::to_owned))
                .unwrap_or_default(),
            body: bytes.to_vec(),
        };
        ledger.end(key, answered, keeping).await;
    } else {
        ledger.release(key, keeping).await;
    }
    Response::from_parts(parts, Body::from(bytes))
}

fn replay(answered: Answered) -> Response {
    let status = StatusCode::from_u16(answered.status).unwrap_or(StatusCode::OK);
    let mut response = (status, answered.body).into_response();
    let headers = response.headers_mut();
    if let Ok(media) = HeaderValue::from_str(&answered.media) {
        headers.insert(header::CONTENT_TYPE, media);
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

fn refused(refusal: &Refusal) -> Fault {
    let conflict = StatusCode::CONFLICT;
    let (status, code, title, detail) = match refusal {
        Refusal::Reused => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency_key_reused",
            "The Idempotency-Key was used for another request",
            "Take a new key for a new request: one is remembered for 24 hours.",
        ),
        Refusal::InProgress => (
            conflict,
            "idempotency_in_progress",
            "A request with this Idempotency-Key is being done",
            "Wait a moment and send the same request again: it is answered once it is done.",
        ),
        Refusal::Unknown => (
            conflict,
            "idempotency_outcome_unknown",
            "The node ended while it did this",
            "Look whether it happened; if it did not, send it under a new key.",
        ),
        Refusal::Gone => (
            conflict,
            "idempotency_answer_gone",
            "This was done, and its answer is not kept",
            "Look for what it made. If its answer held a secret, revoke what it made and make another under a new key.",
        ),
        Refusal::Full => (
            StatusCode::SERVICE_UNAVAILABLE,
            "idempotency_full",
            "Too many requests with an Idempotency-Key are being done",
            "Send it again in a moment, or without a key.",
        ),
        Refusal::Store(error) => {
            let title = "The Idempotency-Key could not be written down, and nothing was done";
            return Fault::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "store_failed",
                title,
                error.to_string(),
            );
        }
    };
    Fault::new(status, code, title, detail)
}

fn broken() -> Fault {
    let title = "The answer could not be written";
    Fault::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "unwritable",
        title,
        "See the node's log.",
    )
}
