//! The interface from outside: bytes in, status and problem code out; and the client against it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use alliance_api::{Client, ClientError, Depth, DocumentFormat, Endpoint, Event, PublishRequest, RecordQuery};
use alliance_http::{ApiToken, HttpSettings, ServeError, Server, serve};
use alliance_node::{FoundOptions, InitOptions, Run, Settings};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};

const TOKEN: &str = "a-token-for-tests-that-is-long-enough-to-be-one";

/// A node that founded an alliance and listens nowhere, and its interface.
struct Shown {
    dir: TempDir,
    run: Run,
    server: Server,
}

impl Shown {
    async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let run = node(dir.path()).await;
        let settings = HttpSettings {
            tcp: Some("127.0.0.1:0".parse().unwrap()),
            unix: Some(dir.path().join("api.sock")),
            allowed_hosts: vec!["node.example.org".to_owned()],
            token: Some(ApiToken::new(TOKEN)),
        };
        let server = serve(run.handle.clone(), settings).await.unwrap();
        Self { dir, run, server }
    }

    fn socket(&self) -> PathBuf {
        self.dir.path().join("api.sock")
    }

    /// Stops the interface, then the node; the directory that is left.
    async fn stop(self) -> TempDir {
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
        ..Settings::default()
    };
    alliance_node::init(data, &organisation).unwrap();
    alliance_node::found(data, &alliance).unwrap();
    Run::start(data, settings).await.unwrap()
}

async fn end(run: Run) {
    run.handle.shutdown();
    run.ended().await.unwrap();
}

async fn exchange(mut io: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> String {
    io.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A server that refuses a body may close before it has read all of it.
    let _ = io.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

/// Sends `request` with `PORT` replaced, and compares `STATUS [code]`.
async fn check(server: &Server, request: &str, expected: &str) {
    let address = server.tcp_address().unwrap();
    let request = request.replace("PORT", &address.port().to_string());
    let answer = exchange(TcpStream::connect(address).await.unwrap(), &request).await;
    assert_eq!(summary(&answer), expected, "{request}\n---\n{answer}");
    for header in ["x-content-type-options: nosniff", "cache-control: no-store"] {
        assert!(answer.contains(header), "{header} is missing of\n{answer}");
    }
}

fn summary(answer: &str) -> String {
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

fn get(path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost:PORT\r\nConnection: close\r\n{headers}\r\n")
}

fn write(line: &str, headers: &str, body: &str) -> String {
    format!(
        "{line} HTTP/1.1\r\nHost: localhost:PORT\r\nConnection: close\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn every_address_answers_and_strange_ones_are_problems() {
    let shown = Shown::start().await;
    for (path, expected) in [
        ("/livez", "200"),
        ("/readyz", "503 not_ready"),
        ("/v1/records", "503 stopped"),
        ("/v1/records?kind=lesson&limit=5&governance=true", "503 stopped"),
        ("/v1/records?colour=red", "400 bad_query"),
        ("/v1/records?limit=many", "400 bad_query"),
        ("/v1/records/abcd", "503 stopped"),
        ("/v1/records/%ff", "400 bad_path"),
        ("/v1/chapters", "503 stopped"),
        ("/v1/chapters/iso:gb", "503 stopped"),
        ("/v1/organisations", "503 stopped"),
        ("/v1/peers", "503 stopped"),
        ("/v1/status", "503 stopped"),
        ("/v1/events?since=x", "400 bad_query"),
        ("/v1/nothing", "404 no_route"),
        ("/", "404 no_route"),
        ("/v1/invitations", "405 method_not_allowed"),
    ] {
        check(&shown.server, &get(path, ""), expected).await;
    }
    check(
        &shown.server,
        &get("/v1/events", "Last-Event-ID: x\r\n"),
        "400 bad_event_id",
    )
    .await;
    shown.stop().await;
}

#[tokio::test]
async fn faults_of_a_query_or_body_are_named() {
    let shown = Shown::start().await;
    let address = shown.server.tcp_address().unwrap();
    let json = "Content-Type: application/json\r\n";
    for (request, place) in [
        (get("/v1/records?colour=red", ""), "unknown field `colour`"),
        (get("/v1/records?limit=many", ""), "limit: "),
        (
            write("POST /v1/invitations", json, "{\"expires_in_hours\":\"x\"}"),
            "\"place\":\"expires_in_hours\"",
        ),
        (
            write("POST /v1/invitations", json, "{\"addresses\":[1]}"),
            "\"place\":\"addresses[0]\"",
        ),
        (
            write("POST /v1/records", json, "{\n \"format\": }"),
            "\"line\":2,\"column\":12",
        ),
        (get("/v1/nothing", ""), "Routes begin with /v1"),
        (get("/v1/invitations", ""), "allow: POST"),
    ] {
        let request = request.replace("PORT", &address.port().to_string());
        let answer = exchange(TcpStream::connect(address).await.unwrap(), &request).await;
        assert!(answer.contains(place), "{place} is not in\n{answer}");
    }
    shown.stop().await;
}

#[tokio::test]
async fn bodies_are_judged_by_kind_size_and_content() {
    let shown = Shown::start().await;
    let (json, markdown) = (
        "Content-Type: application/json\r\n",
        "Content-Type: text/markdown; charset=utf-8\r\n",
    );
    let large = "x".repeat(262_145);
    let publish = "{\"format\":\"markdown\",\"document\":\"text\"}";
    for (line, headers, body, expected) in [
        ("POST /v1/records", json, publish, "503 stopped"),
        ("POST /v1/records", markdown, "text", "503 stopped"),
        (
            "POST /v1/records?chapter=iso:gb&dry_run=true",
            markdown,
            "text",
            "503 stopped",
        ),
        ("POST /v1/records?chapters=iso:gb", markdown, "text", "400 bad_query"),
        ("POST /v1/records", "", publish, "415 unsupported_media_type"),
        (
            "POST /v1/records",
            "Content-Type: text/html\r\n",
            "<p>",
            "415 unsupported_media_type",
        ),
        ("POST /v1/records", json, "{\"format\":", "400 bad_json"),
        (
            "POST /v1/records",
            json,
            "{\"format\":\"markdown\",\"document\":\"\"} x",
            "400 bad_json",
        ),
        (
            "POST /v1/records",
            json,
            "{\"format\":\"markdown\"}",
            "422 bad_request_body",
        ),
        ("POST /v1/records", json, "", "422 bad_request_body"),
        ("POST /v1/records", markdown, &large, "413 body_too_large"),
        ("POST /v1/invitations", "", "", "503 stopped"),
        ("PUT /v1/chapters/iso:gb/subscription", "", "", "503 stopped"),
        (
            "PUT /v1/chapters/iso:gb/subscription",
            json,
            "{\"depth\":\"deep\"}",
            "503 stopped",
        ),
        (
            "PUT /v1/chapters/iso:gb/subscription",
            json,
            "{\"depth\":\"abyss\"}",
            "422 bad_request_body",
        ),
        ("DELETE /v1/chapters/iso:gb/subscription", "", "", "503 stopped"),
    ] {
        check(&shown.server, &write(line, headers, body), expected).await;
    }
    shown.stop().await;
}

#[tokio::test]
async fn over_tcp_names_origins_and_the_token_are_checked() {
    let shown = Shown::start().await;
    let call = |first: &str, headers: &str| format!("{first} HTTP/1.1\r\nConnection: close\r\n{headers}\r\n");
    let bearer = format!("Host: localhost:PORT\r\nAuthorization: Bearer {TOKEN}\r\n");
    for (first, headers, expected) in [
        ("GET /livez", "Host: 127.0.0.1:PORT\r\n", "200"),
        ("GET /livez", "Host: node.example.org\r\n", "200"),
        ("GET /livez", "Host: evil.example:PORT\r\n", "421 host_not_allowed"),
        ("GET /livez", "", "421 host_not_allowed"),
        (
            "GET http://evil.example/livez",
            "Host: localhost:PORT\r\n",
            "421 host_not_allowed",
        ),
        (
            "GET /livez",
            "Host: localhost:PORT\r\nOrigin: http://evil.example\r\n",
            "200",
        ),
        ("POST /v1/invitations", "Host: localhost:PORT\r\n", "401 token_missing"),
        (
            "POST /v1/invitations",
            "Host: localhost:PORT\r\nAuthorization: Basic abc\r\n",
            "401 token_missing",
        ),
        (
            "POST /v1/invitations",
            "Host: localhost:PORT\r\nAuthorization: Bearer wrong\r\n",
            "401 token_wrong",
        ),
        (
            "DELETE /v1/chapters/iso:gb/subscription",
            "Host: localhost:PORT\r\n",
            "401 token_missing",
        ),
        ("POST /v1/invitations", &bearer, "503 stopped"),
        (
            "POST /v1/invitations",
            &format!("{bearer}Origin: http://localhost:PORT\r\n"),
            "503 stopped",
        ),
        (
            "POST /v1/invitations",
            &format!("{bearer}Origin: http://localhost:1\r\n"),
            "403 cross_origin",
        ),
        (
            "POST /v1/invitations",
            &format!("{bearer}Origin: null\r\n"),
            "403 cross_origin",
        ),
        (
            "POST /v1/invitations",
            &format!("{bearer}Sec-Fetch-Site: cross-site\r\n"),
            "403 cross_origin",
        ),
    ] {
        check(&shown.server, &call(first, headers), expected).await;
    }
    shown.stop().await;
}

#[tokio::test]
async fn the_socket_is_private_needs_no_token_and_goes_with_its_server() {
    let shown = Shown::start().await;
    let path = dir.path().join("api.sock");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let request = "POST /v1/invitations HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answer = exchange(UnixStream::connect(&path).await.unwrap(), request).await;
    assert_eq!(summary(&answer), "503 stopped");
    server.stop().await;
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "files are left");
}

#[tokio::test]
async fn a_dead_socket_is_replaced_and_a_living_one_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("api.sock");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let settings = HttpSettings {
        unix: Some(path.clone()),
        ..HttpSettings::default()
    };
    let server = serve(node(), settings.clone()).await.unwrap();
    assert!(matches!(
        serve(node(), settings.clone()).await,
        Err(ServeError::SocketInUse { .. })
    ));
    server.stop().await;
    std::fs::write(&path, "a file").unwrap();
    assert!(matches!(
        serve(node(), settings).await,
        Err(ServeError::NotASocket { .. })
    ));
    let long = dir.path().join("x".repeat(120));
    let settings = HttpSettings {
        unix: Some(long),
        ..HttpSettings::default()
    };
    assert!(matches!(
        serve(node(), settings).await,
        Err(ServeError::SocketPathTooLong { .. })
    ));
}

#[tokio::test]
async fn a_taken_port_is_refused_and_leaves_no_socket() {
    let shown = Shown::start().await;
    let other = dir.path().join("other.sock");
    let settings = HttpSettings {
        tcp: server.tcp_address(),
        unix: Some(other.clone()),
        ..HttpSettings::default()
    };
    assert!(matches!(serve(node(), settings).await, Err(ServeError::Tcp { .. })));
    assert!(!other.exists());
    shown.stop().await;
}

#[tokio::test(start_paused = true)]
async fn headers_that_never_end_are_cut_off() {
    let shown = Shown::start().await;
    let mut io = TcpStream::connect(server.tcp_address().unwrap()).await.unwrap();
    io.write_all(b"GET /livez HTTP/1.1\r\nHost: loc").await.unwrap();
    let mut rest = Vec::new();
    let _ = io.read_to_end(&mut rest).await;
    assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
    shown.stop().await;
}

#[tokio::test]
async fn the_client_reads_answers_and_problems_and_says_when_nobody_is_there() {
    let shown = Shown::start().await;
    let address = server.tcp_address().unwrap().to_string();
    let unix = Client::new(Endpoint::Unix(dir.path().join("api.sock")));
    let tcp = Client::new(Endpoint::Tcp {
        address,
        token: Some(TOKEN.to_owned()),
    });
    for client in [&unix, &tcp] {
        let code = |error: ClientError| match error {
            ClientError::Problem(problem) => problem.code,
            other => other.to_string(),
        };
        let query = RecordQuery {
            chapter: Some("theme:x y&z".to_owned()),
            limit: Some(3),
            ..RecordQuery::default()
        };
        assert_eq!(client.records(&query).await.map_err(code).unwrap_err(), "stopped");
        assert_eq!(client.record("a/b").await.map_err(code).unwrap_err(), "stopped");
        assert_eq!(
            client.follow("iso:gb", Depth::Deep).await.map_err(code).unwrap_err(),
            "stopped"
        );
        assert_eq!(client.leave("iso:gb").await.map_err(code).unwrap_err(), "stopped");
        assert_eq!(
            client.invite(&Default::default()).await.map_err(code).unwrap_err(),
            "stopped"
        );
        assert!(client.events(Some(0)).await.unwrap().next().await.unwrap().is_none());
    }
    server.stop().await;
    assert!(matches!(unix.status().await, Err(ClientError::NotRunning { .. })));
    assert!(matches!(tcp.status().await, Err(ClientError::NotRunning { .. })));
}
