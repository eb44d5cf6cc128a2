//! Who may ask. The Unix socket's permissions are authority for everything. Over TCP, reading is open to whoever reaches
//! the address under one of its own names; writing, and the list of invitations, needs the token, and writing never comes
//! from another site's page.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::{App, Via};
use crate::fault::{self, Fault};
use crate::limits::REQUEST_WAIT_MAX;

const HEADERS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    ),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Lets a request through, in bounded time, or answers for the node.
pub(crate) async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let mut response = match check(&app, &request) {
        Err(fault) => fault.into_response(),
        Ok(()) => tokio::time::timeout(REQUEST_WAIT_MAX, next.run(request))
            .await
            .unwrap_or_else(|_| fault::too_slow().into_response()),
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn check(app: &App, request: &Request) -> Result<(), Fault> {
    let local = match request.extensions().get::<Via>() {
        Some(Via::Unix) => return Ok(()),
        Some(Via::Tcp(local)) => *local,
        None => return Err(forbidden("unknown_connection", "The connection is of no known kind")),
    };
    check_host(app, request, local)?;
    if is_reading(request) {
        return Ok(());
    }
    check_origin(app, request.headers(), local)?;
    check_token(app, request.headers())
}

/// Whether a request only reads what is open to whoever reaches the address. Notes on invitations are not: they say whom
/// somebody means to invite.
fn is_reading(request: &Request) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS)
        && request.uri().path() != "/v1/invitations"
}

fn forbidden(code: &str, title: &str) -> Fault {
    Fault::new(StatusCode::FORBIDDEN, code, title, "")
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or_default())
}

fn check_host(app: &App, request: &Request, local: SocketAddr) -> Result<(), Fault> {
    let sent = text(request.headers(), &header::HOST).unwrap_or_default();
    let authority = request.uri().authority().map(|authority| authority.as_str());
    let all_own = app.hosts.allows(sent, local) && authority.is_none_or(|name| app.hosts.allows(name, local));
    if all_own {
        return Ok(());
    }
    Err(Fault::new(
        StatusCode::MISDIRECTED_REQUEST,
        "host_not_allowed",
        "This node does not answer under that name",
        format!(
            "Call it as http://localhost:{}/, or by the address it listens at.",
            local.port()
        ),
    ))
}

fn check_origin(app: &App, headers: &HeaderMap, local: SocketAddr) -> Result<(), Fault> {
    let origin = text(headers, &header::ORIGIN);
    let own_origin = origin.is_none_or(|origin| app.hosts.allows_origin(origin, local));
    let cross_site = text(headers, &HeaderName::from_static("sec-fetch-site")) == Some("cross-site");
    if own_origin && !cross_site {
        return Ok(());
    }
    Err(Fault::new(
        StatusCode::FORBIDDEN,
        "cross_origin",
        "Another site's page may not write here",
        "Send the request from the node's own page, or from a program without the header Origin.",
    ))
}

fn check_token(app: &App, headers: &HeaderMap) -> Result<(), Fault> {
    let sent = text(headers, &header::AUTHORIZATION).and_then(bearer);
    let Some(sent) = sent else {
        return Err(unauthorised("token_missing", "Over TCP, this needs the token"));
    };
    match &app.token {
        Some(token) if token.is(sent) => Ok(()),
        _ => Err(unauthorised("token_wrong", "The token is not this node's")),
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn unauthorised(code: &str, title: &str) -> Fault {
    Fault::new(
        StatusCode::UNAUTHORIZED,
        code,
        title,
        "Send `Authorization: Bearer …` with the content of the file api.token in the node's data directory, or use the \
         Unix socket there, which needs none.",
    )
}
