//! Who may ask. The Unix socket's permissions are authority for everything. Over TCP each route names the least role that
//! may ask it, in its description; reading is open as far as the operator left it so. What is closed, and every write, never
//! comes from another site's page.

use std::net::SocketAddr;
use std::sync::Arc;

use alliance_api::TokenRole;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::{App, Via};
use crate::describe::{Least, Operation, Verb};
use crate::fault::{self, Fault};
use crate::limits::REQUEST_WAIT_MAX;
use crate::{once, tag};

/// Headers of every answer that has none of its own.
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

/// Lets a request through to whatever route it names, in bounded time, or answers for the node.
pub(crate) async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let mut response = match check_way(&app, &request) {
        Err(fault) => fault.into_response(),
        Ok(()) => tokio::time::timeout(REQUEST_WAIT_MAX, next.run(request))
            .await
            .unwrap_or_else(|_| fault::too_slow().into_response()),
    };
    for (name, value) in HEADERS {
        let own = response.headers_mut().entry(name);
        own.or_insert(HeaderValue::from_static(value));
    }
    response
}

/// What stands before a route.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    app: Arc<App>,
    operation: Arc<Operation>,
}

impl Gate {
    pub(crate) fn new(app: Arc<App>, operation: Operation) -> Self {
        Self {
            app,
            operation: Arc::new(operation),
        }
    }
}

/// Who asks; put on each request that is let through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Somebody without a token.
    Nobody,
    /// Whoever the node's own token is with, or who can open its socket.
    Operator,
    /// The holder of a token.
    Holder(TokenRole),
}

/// Lets a request through to its route, if whoever asks may.
pub(crate) async fn gate(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    match check(&gate, &request) {
        Ok(caller) => drop(request.extensions_mut().insert(caller)),
        Err(fault) => return fault.into_response(),
    }
    if gate.operation.verb != Verb::Get {
        return write(&gate, request, next).await;
    }
    let known = tag::Known::of(&request);
    let mut response = known.answer(next.run(request).await).await;
    if gate.operation.is_open() {
        let kept = HeaderValue::from_static("private, no-cache");
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(kept);
    }
    response
}

/// Does a write, and one that has a key only once.
async fn write(gate: &Gate, request: Request, next: Next) -> Response {
    match once::key_of(request.headers()).map(|key| key.map(ToOwned::to_owned)) {
        Err(fault) => fault.into_response(),
        Ok(None) => next.run(request).await,
        Ok(Some(key)) => {
            let of = (gate.app.ledger.clone(), gate.operation.clone());
            once::once(of, (key, request), next).await
        }
    }
}

/// What holds whatever is asked for.
fn check_way(app: &App, request: &Request) -> Result<(), Fault> {
    check_one_host(request.headers())?;
    match request.extensions().get::<Via>() {
        Some(Via::Unix) => Ok(()),
        Some(Via::Tcp { local, .. }) => check_host(app, request, *local),
        None => Err(forbidden(
            "unknown_connection",
            "The connection is of no known kind",
            "",
        )),
    }
}

fn check(gate: &Gate, request: &Request) -> Result<Caller, Fault> {
    let (app, least) = (&gate.app, gate.operation.least);
    let Some(Via::Tcp { local, peer }) = request.extensions().get::<Via>() else {
        return Ok(Caller::Operator);
    };
    // Whoever reaches the address: a token is not looked at.
    if least == Least::Anyone {
        return Ok(Caller::Nobody);
    }
    if !gate.operation.is_open() {
        check_origin(app, request.headers(), *local)?;
    }
    let caller = caller(app, request.headers())?;
    match caller {
        Caller::Operator => Ok(caller),
        Caller::Nobody if least == Least::Reader && app.reading.is_open_to(*peer) => Ok(caller),
        Caller::Nobody => Err(unauthorised("token_missing", "Over TCP, this needs a token")),
        Caller::Holder(role) if least.allows(role) => Ok(caller),
        Caller::Holder(role) => Err(not_enough(least, role)),
    }
}

/// What a token is told whose role does not allow what it asks.
pub(crate) fn not_enough(least: Least, role: TokenRole) -> Fault {
    let detail = format!(
        "this needs the role {}; the token is of a {}",
        least.name(),
        role.name()
    );
    forbidden("role_not_enough", "The token's role does not allow this", &detail)
}

fn caller(app: &App, headers: &HeaderMap) -> Result<Caller, Fault> {
    let Some(sent) = bearer_of(headers) else {
        return Ok(Caller::Nobody);
    };
    if app.token.as_ref().is_some_and(|token| token.is(sent)) {
        return Ok(Caller::Operator);
    }
    match app.handle.token_role(sent) {
        Some(role) => Ok(Caller::Holder(role)),
        None => Err(unauthorised("token_wrong", "The token is not this node's")),
    }
}

fn forbidden(code: &str, title: &str, detail: &str) -> Fault {
    Fault::new(StatusCode::FORBIDDEN, code, title, detail)
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or_default())
}

/// Two names are two requests: what stands before this node may have judged the other one.
fn check_one_host(headers: &HeaderMap) -> Result<(), Fault> {
    if headers.get_all(header::HOST).iter().count() < 2 {
        return Ok(());
    }
    Err(Fault::new(
        StatusCode::BAD_REQUEST,
        "several_hosts",
        "The request names several hosts",
        "Send one header Host.",
    ))
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
    Err(forbidden(
        "cross_origin",
        "Another site's page may not ask this",
        "Send the request from the node's own page, or from a program without the header Origin.",
    ))
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
        "Send `Authorization: Bearer …` with a token that `alliance tokens add` made, or with the content of the file \
         api.token in the node's data directory; or use the Unix socket there, which needs none.",
    )
}
