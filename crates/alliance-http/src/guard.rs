//! Who may ask. The Unix socket's permissions are authority for everything. Over TCP, reading is open to whoever reaches
//! the address under one of its own names; writing, drafts, tokens and the list of invitations need the token, and writing never
//! comes from another site's page. A second reader's token opens drafts and their approval, and nothing else.

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
    check_token(app, request)
}

/// What is not open to whoever reaches the address, though it is only read: notes on invitations say whom somebody means to
/// invite, drafts are not published, and tokens name people.
const CLOSED: [&str; 3] = ["/v1/invitations", DRAFTS, "/v1/tokens"];
const DRAFTS: &str = "/v1/drafts";

/// Whether a request only reads what is open.
fn is_reading(request: &Request) -> bool {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    reads && !CLOSED.iter().any(|closed| is_within(request, closed))
}

fn is_within(request: &Request, place: &str) -> bool {
    let rest = request.uri().path().strip_prefix(place);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a request reads drafts, or approves one.
fn is_second_reading(request: &Request) -> bool {
    let approves = *request.method() == Method::POST && request.uri().path().ends_with("/approval");
    is_within(request, DRAFTS) && (*request.method() == Method::GET || approves)
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

fn check_token(app: &App, request: &Request) -> Result<(), Fault> {
    let Some(sent) = bearer_of(request.headers()) else {
        return Err(unauthorised("token_missing", "Over TCP, this needs the token"));
    };
    match &app.token {
        Some(token) if token.is(sent) => Ok(()),
        _ if !app.handle.is_second_reader(sent) => Err(unauthorised("token_wrong", "The token is not this node's")),
        _ if is_second_reading(request) => Ok(()),
        _ => Err(forbidden(
            "second_reader_only",
            "A second reader's token opens drafts and their approval alone",
        )),
    }
}

/// The token that a request was sent with.
pub(crate) fn bearer_of(headers: &HeaderMap) -> Option<&str> {
    text(headers, &header::AUTHORIZATION).and_then(bearer)
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
