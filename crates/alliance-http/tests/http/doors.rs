//! Who is let in, and what the doors leave behind.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use alliance_http::{HttpSettings, ServeError, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};

use crate::fixture::{Shown, TOKEN, check, end, exchange, get, summary, write};

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
            "GET /livez",
            "Host: localhost:PORT\r\nHost: localhost:PORT\r\n",
            "400 several_hosts",
        ),
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
        ("GET /v1/invitations", "Host: localhost:PORT\r\n", "401 token_missing"),
        ("GET /v1/invitations", &bearer, "200"),
        ("POST /v1/invitations", &bearer, "201"),
        (
            "POST /v1/invitations",
            &format!("{bearer}Origin: http://localhost:PORT\r\n"),
            "201",
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
async fn a_second_readers_token_opens_drafts_and_nothing_else() {
    let shown = Shown::start().await;
    let asked = alliance_api::PublishRequest {
        document: include_str!("../../../../config/demo/records/ex-04.md").to_owned(),
        confirmations: alliance_api::Confirmations::all(),
        ..Default::default()
    };
    let draft = shown.run.handle.publish(asked).await.unwrap().draft.unwrap().id;
    let request = alliance_api::TokenRequest {
        role: alliance_api::TokenRole::SecondReader,
        label: "Deputy".to_owned(),
    };
    let token = shown.run.handle.add_token(&request).unwrap().token;
    let approval = format!("POST /v1/drafts/{draft}/approval");
    let of_draft = |method: &str, rest: &str| format!("{method} /v1/drafts/{draft}{rest}");
    for (first, token, expected) in [
        ("GET /v1/drafts".to_owned(), "another", "401 token_wrong"),
        ("GET /v1/drafts".to_owned(), &*token, "200"),
        (of_draft("GET", ""), &token, "200"),
        (of_draft("DELETE", ""), &token, "403 role_not_enough"),
        (of_draft("POST", "/publication"), &token, "403 role_not_enough"),
        ("GET /v1/tokens".to_owned(), &token, "403 role_not_enough"),
        ("POST /v1/tokens".to_owned(), &token, "403 role_not_enough"),
        ("POST /v1/records".to_owned(), &token, "403 role_not_enough"),
        ("POST /v1/invitations".to_owned(), &token, "403 role_not_enough"),
        // The author's own token, and then that of somebody else.
        (approval.clone(), TOKEN, "403 not_a_second_reader"),
        (approval.clone(), &token, "201"),
        (approval, &token, "404 not_found"),
    ] {
        let request = format!(
            "{first} HTTP/1.1\r\nHost: localhost:PORT\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        check(&shown.server, &request, expected).await;
    }
    shown.stop().await;
}

#[tokio::test]
async fn approving_over_the_socket_needs_a_second_readers_token_too() {
    let shown = Shown::start().await;
    let request = "POST /v1/drafts/abcd/approval HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answer = exchange(UnixStream::connect(shown.socket()).await.unwrap(), request).await;
    assert_eq!(summary(&answer), "403 not_a_second_reader");
    shown.stop().await;
}

#[tokio::test]
async fn the_socket_is_private_needs_no_token_and_goes_with_its_server() {
    let shown = Shown::start().await;
    let path = shown.socket();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let request = "POST /v1/invitations HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answer = exchange(UnixStream::connect(&path).await.unwrap(), request).await;
    assert_eq!(summary(&answer), "201");
    let dir = shown.stop().await;
    assert!(!path.exists());
    let hidden =
        |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name().to_string_lossy().starts_with('.');
    assert!(!std::fs::read_dir(dir.path()).unwrap().any(hidden), "a nest is left");
}

#[tokio::test]
async fn a_dead_socket_is_replaced_and_a_living_one_is_not() {
    let shown = Shown::start().await;
    let path = shown.dir.path().join("other.sock");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let at = |path: &Path| HttpSettings {
        unix: Some(path.to_owned()),
        ..HttpSettings::default()
    };
    let node = || shown.run.handle.clone();
    let server = serve(node(), at(&path)).await.unwrap();
    assert!(matches!(
        serve(node(), at(&path)).await,
        Err(ServeError::SocketInUse { .. })
    ));
    server.stop().await;
    std::fs::write(&path, "a file").unwrap();
    assert!(matches!(
        serve(node(), at(&path)).await,
        Err(ServeError::NotASocket { .. })
    ));
    let long = shown.dir.path().join("x".repeat(120));
    assert!(matches!(
        serve(node(), at(&long)).await,
        Err(ServeError::SocketPathTooLong { .. })
    ));
    shown.stop().await;
}

#[tokio::test]
async fn a_taken_port_is_refused_and_leaves_no_socket() {
    let shown = Shown::start().await;
    let other = shown.dir.path().join("other.sock");
    let settings = HttpSettings {
        tcp: shown.server.tcp_address(),
        unix: Some(other.clone()),
        ..HttpSettings::default()
    };
    let refused = serve(shown.run.handle.clone(), settings).await;
    assert!(matches!(refused, Err(ServeError::Tcp { .. })));
    assert!(!other.exists());
    shown.stop().await;
}

#[tokio::test]
async fn headers_that_never_end_are_cut_off() {
    let shown = Shown::start().await;
    let mut io = TcpStream::connect(shown.server.tcp_address().unwrap()).await.unwrap();
    io.write_all(b"GET /livez HTTP/1.1\r\nHost: loc").await.unwrap();
    // From here on time runs as fast as nothing else happens.
    tokio::time::pause();
    let mut rest = Vec::new();
    let _ = io.read_to_end(&mut rest).await;
    assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
    tokio::time::resume();
    shown.stop().await;
}

#[tokio::test]
async fn a_program_that_lives_longer_than_its_node_says_so() {
    let shown = Shown::start().await;
    end(shown.run).await;
    check(&shown.server, &get("/livez", ""), "200").await;
    check(&shown.server, &get("/readyz", ""), "503 not_ready").await;
    check(
        &shown.server,
        &write("PUT /v1/chapters/theme:x/subscription", "", ""),
        "503 stopped",
    )
    .await;
    shown.server.stop().await;
}
