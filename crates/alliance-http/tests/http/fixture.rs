//! A node with its interface, and bytes sent to it.

use std::path::{Path, PathBuf};

use alliance_http::{ApiToken, HttpSettings, Server, serve};
use alliance_node::{FoundOptions, InitOptions, Run, Settings};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::description;

/// A document that can be published.
pub(crate) const DOCUMENT: &str = include_str!("../../../../config/demo/records/ex-02.md");
pub(crate) const TOKEN: &str = "a-token-for-tests-that-is-long-enough-to-be-one";

/// A node that founded an alliance and listens nowhere, and its interface.
pub(crate) struct Shown {
    pub(crate) dir: TempDir,
    pub(crate) run: Run,
    pub(crate) server: Server,
}

impl Shown {
    pub(crate) async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let run = node(dir.path()).await;
        let settings = HttpSettings {
            tcp: Some("127.0.0.1:0".parse().unwrap()),
            unix: Some(dir.path().join("api.sock")),
            allowed_hosts: vec!["node.example.org".to_owned()],
            token: Some(ApiToken::new(TOKEN)),
            keys: Some(dir.path().join("idempotency.log")),
            ..HttpSettings::default()
        };
        let server = serve(run.handle.clone(), settings).await.unwrap();
        Self { dir, run, server }
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.dir.path().join("api.sock")
    }

    /// Stops the interface, then the node; the directory that is left.
    pub(crate) async fn stop(self) -> TempDir {
        self.server.stop().await;
        end(self.run).await;
        self.dir
    }
}

async fn node(data: &Path) -> Run {
    let organisation = InitOptions {
        name: "An organisation".to_owned(),
        country: "GB".to_owned(),
        ..InitOptions::default()
    };
    let alliance = FoundOptions {
        name: "An alliance".to_owned(),
        ..FoundOptions::default()
    };
    let settings = Settings {
        listen: Vec::new(),
        // Nobody calls there; it makes invitations possible.
        announce: vec!["/ip4/127.0.0.1/tcp/4001".to_owned()],
        without_cooling_off: true,
        ..Settings::default()
    };
    alliance_node::init(data, &organisation).unwrap();
    alliance_node::found(data, &alliance).unwrap();
    Run::start(data, settings).await.unwrap()
}

pub(crate) async fn end(run: Run) {
    run.handle.shutdown();
    run.ended().await.unwrap();
}

pub(crate) async fn exchange(mut io: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> String {
    io.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A server that refuses a body may close before it has read all of it.
    let _ = io.read_to_end(&mut answer).await;
    // Bundles are no text.
    let answer = String::from_utf8_lossy(&answer).into_owned();
    description::hold(request, &answer);
    answer
}

/// Sends `request` with `PORT` replaced.
pub(crate) async fn ask(server: &Server, request: &str) -> String {
    let address = server.tcp_address().unwrap();
    let request = request.replace("PORT", &address.port().to_string());
    exchange(TcpStream::connect(address).await.unwrap(), &request).await
}

/// Sends `request` with `PORT` replaced, and compares `STATUS [code]`.
pub(crate) async fn check(server: &Server, request: &str, expected: &str) {
    let answer = ask(server, request).await;
    assert_eq!(summary(&answer), expected, "{request}\n---\n{answer}");
    for header in [
        "x-content-type-options: nosniff",
        "cache-control: ",
        "content-security-policy: ",
    ] {
        assert!(answer.contains(header), "{header} is missing of\n{answer}");
    }
}

pub(crate) fn summary(answer: &str) -> String {
    let status = answer.split(' ').nth(1).unwrap_or("none");
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    match serde_json::from_str::<alliance_api::Problem>(body) {
        Ok(problem) => {
            assert!(answer.contains("content-type: application/problem+json"), "{answer}");
            assert_eq!(problem.status.to_string(), status);
            format!("{status} {}", problem.code)
        }
        Err(_) => status.to_owned(),
    }
}

pub(crate) fn get(path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost:PORT\r\nConnection: close\r\n{headers}\r\n")
}

pub(crate) fn write(line: &str, headers: &str, body: &str) -> String {
    format!(
        "{line} HTTP/1.1\r\nHost: localhost:PORT\r\nConnection: close\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
}
