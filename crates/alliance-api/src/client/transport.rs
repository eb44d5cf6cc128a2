//! One HTTP request on one connection, with every wait and length bounded.

use std::future::Future;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::{Method, Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};

use super::{ClientError, Endpoint};
use crate::Problem;

/// Seconds for an answer: the node itself gives up after 30.
const ANSWER_WAIT_MAX_S: u64 = 40;
/// Seconds for a connection: across a hospital's network, not across a broken one.
const CONNECT_WAIT_MAX_S: u64 = 10;
/// Bytes of an answer: a page of 200 records, several times over.
const ANSWER_BYTES_MAX: usize = 16 << 20;
/// What a path segment carries as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b':');

/// A request to be sent.
pub(super) struct Call {
    method: Method,
    path: String,
    body: Option<Vec<u8>>,
    media: &'static str,
    /// Whose token it is sent with, instead of the endpoint's.
    bearer: Option<String>,
    /// Names a write, so that it is done once, however often it arrives.
    key: Option<String>,
}

/// Random bytes of a key: as many as a UUID has.
const KEY_BYTES: usize = 16;

/// A new key; none where the system gives no random bytes, and the write is as any other then.
fn new_key() -> Option<String> {
    let mut bytes = [0; KEY_BYTES];
    getrandom::fill(&mut bytes).ok()?;
    Some(data_encoding::HEXLOWER.encode(&bytes))
}

impl Call {
    pub(super) fn new(method: Method, path: &str) -> Self {
        Self {
            key: (method != Method::GET).then(new_key).flatten(),
            method,
            path: path.to_owned(),
            body: None,
            media: "application/json",
            bearer: None,
        }
    }

    /// With a JSON body.
    pub(super) fn with(mut self, body: Vec<u8>) -> Self {
        self.body = Some(body);
        self
    }

    /// With a body of another kind.
    pub(super) fn with_media(mut self, body: Vec<u8>, media: &'static str) -> Self {
        self.media = media;
        self.with(body)
    }

    /// With a token of its own.
    pub(super) fn with_bearer(mut self, token: &str) -> Self {
        self.bearer = Some(token.to_owned());
        self
    }

    fn into_request(self, endpoint: &Endpoint) -> Result<Request<Full<Bytes>>, ClientError> {
        let mut request = Request::builder().method(self.method).uri(self.path);
        let (host, token) = match endpoint {
            Endpoint::Unix(_) => ("localhost", None),
            Endpoint::Tcp { address, token } => (address.as_str(), token.as_ref()),
        };
        request = request.header(header::HOST, host);
        if let Some(token) = self.bearer.as_ref().or(token) {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(key) = self.key {
            request = request.header("idempotency-key", key);
        }
        if self.body.is_some() {
            request = request.header(header::CONTENT_TYPE, self.media);
        }
        let body = Full::new(Bytes::from(self.body.unwrap_or_default()));
        request.body(body).map_err(|_| ClientError::Unwritable)
    }
}

/// Writes a text as one path segment.
pub(super) fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// Asks, and reads the whole answer.
pub(super) async fn ask<T: DeserializeOwned>(endpoint: &Endpoint, call: Call) -> Result<T, ClientError> {
    within(ANSWER_WAIT_MAX_S, async {
        let response = send(endpoint, call).await?;
        let status = response.status();
        let bytes = read(response.into_body()).await?;
        if !status.is_success() {
            return Err(refusal(status, &bytes));
        }
        serde_json::from_slice(&bytes).map_err(|_| unreadable(status))
    })
    .await
}

/// Asks, and leaves the answer's body to be read.
pub(super) async fn open(endpoint: &Endpoint, call: Call) -> Result<Response<Incoming>, ClientError> {
    within(ANSWER_WAIT_MAX_S, async {
        let response = send(endpoint, call).await?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let bytes = read(response.into_body()).await?;
        Err(refusal(status, &bytes))
    })
    .await
}

pub(super) async fn within<T>(
    seconds: u64,
    work: impl Future<Output = Result<T, ClientError>>,
) -> Result<T, ClientError> {
    tokio::time::timeout(Duration::from_secs(seconds), work)
        .await
        .unwrap_or(Err(ClientError::Silent { seconds }))
}

fn unreadable(status: StatusCode) -> ClientError {
    ClientError::Unreadable {
        status: status.as_u16(),
    }
}

fn refusal(status: StatusCode, bytes: &[u8]) -> ClientError {
    serde_json::from_slice::<Problem>(bytes).map_or_else(
        |_| unreadable(status),
        |problem| ClientError::Problem(Box::new(problem)),
    )
}

async fn read(body: Incoming) -> Result<Bytes, ClientError> {
    match Limited::new(body, ANSWER_BYTES_MAX).collect().await {
        Ok(read) => Ok(read.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(ClientError::TooLarge {
            bytes_max: ANSWER_BYTES_MAX,
        }),
        Err(error) => Err(error.downcast::<hyper::Error>().map_or(
            ClientError::TooLarge {
                bytes_max: ANSWER_BYTES_MAX,
            },
            |error| ClientError::Broken(*error),
        )),
    }
}

async fn send(endpoint: &Endpoint, call: Call) -> Result<Response<Incoming>, ClientError> {
    let request = call.into_request(endpoint)?;
    match endpoint {
        Endpoint::Unix(path) => exchange(connect(endpoint, UnixStream::connect(path)).await?, request).await,
        Endpoint::Tcp { address, .. } => exchange(connect(endpoint, TcpStream::connect(address)).await?, request).await,
    }
}

async fn connect<Io>(endpoint: &Endpoint, connecting: impl Future<Output = io::Result<Io>>) -> Result<Io, ClientError> {
    within(CONNECT_WAIT_MAX_S, async {
        connecting.await.map_err(|error| unreached(endpoint, error))
    })
    .await
}

fn unreached(endpoint: &Endpoint, source: io::Error) -> ClientError {
    let place = endpoint.to_string();
    match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => ClientError::NotRunning {
            place,
            remedy: "start it with: alliance run".to_owned(),
        },
        _ => ClientError::NotReachable { place, source },
    }
}

async fn exchange<Io>(io: Io, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, ClientError>
where
    Io: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(io)).await?;
    // Ends by itself once the answer has been read or dropped.
    tokio::spawn(connection);
    Ok(sender.send_request(request).await?)
}
