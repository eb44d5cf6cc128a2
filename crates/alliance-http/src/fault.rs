//! Problems as answers: RFC 9457, with stable codes.

use alliance_api::{Problem, ProblemType};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::limits::RETRY_AFTER_S;

/// Problems that pass by themselves.
const PASSING: [&str; 5] = [
    "busy",
    "idempotency_full",
    "not_ready",
    "too_many_exports",
    "too_many_readers",
];

/// A problem on its way out.
#[derive(Debug, Clone)]
pub(crate) struct Fault(pub(crate) Box<Problem>);

impl Fault {
    /// A problem of this interface.
    pub(crate) fn new(status: StatusCode, code: &str, title: &str, detail: impl Into<String>) -> Self {
        Self(Box::new(Problem {
            kind: ProblemType::AboutBlank,
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            code: code.to_owned(),
            findings: Vec::new(),
        }))
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Self(Box::new(problem))
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // Strings and numbers only: writing it down cannot fail.
        let text = serde_json::to_vec(&self.0).unwrap_or_default();
        let kind = HeaderValue::from_static("application/problem+json");
        let mut response = (status, [(header::CONTENT_TYPE, kind)], text).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer realm=\"alliance\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        if PASSING.contains(&self.0.code.as_str()) {
            let seconds = HeaderValue::from(RETRY_AFTER_S);
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}

/// No such route.
pub(crate) async fn no_route() -> Fault {
    Fault::new(
        StatusCode::NOT_FOUND,
        "no_route",
        "There is nothing at this address",
        "Routes begin with /v1, beside /livez and /readyz: GET /v1/openapi.json describes them all.",
    )
}

/// The route exists, and not for this method.
pub(crate) async fn wrong_method() -> Fault {
    Fault::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "This address does not take this method",
        "The header Allow names the methods that it takes.",
    )
}

/// The answer took too long.
pub(crate) fn too_slow() -> Fault {
    Fault::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "timeout",
        "The node did not answer in time",
        "A write may still have happened: look for it before sending it again. `alliance status` tells how the node is.",
    )
}
