//! Long answers: how many at once, and what becomes of a reader who stops.

use std::io::ErrorKind;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use crate::fixture::{Shown, exchange, summary};

const REQUEST: &str = "GET /v1/export/records.sqlite HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
/// Places for exports.
const AT_ONCE: usize = 4;

/// Exports whose readers have seen that they begin, and read no further. Each is larger than what a socket takes in.
async fn begun(shown: &Shown) -> Vec<UnixStream> {
    let mut readers = Vec::new();
    for _ in 0..AT_ONCE {
        let mut reader = UnixStream::connect(shown.socket()).await.unwrap();
        reader.write_all(REQUEST.as_bytes()).await.unwrap();
        let mut head = [0; 15];
        reader.read_exact(&mut head).await.unwrap();
        assert_eq!(&head, b"HTTP/1.1 200 OK");
        readers.push(reader);
    }
    readers
}

async fn asked(shown: &Shown) -> String {
    exchange(UnixStream::connect(shown.socket()).await.unwrap(), REQUEST).await
}

#[tokio::test]
async fn so_many_exports_at_once_and_the_next_when_one_is_read() {
    let shown = Shown::start().await;
    let mut readers = begun(&shown).await;
    let refused = asked(&shown).await;
    assert_eq!(summary(&refused), "503 too_many_exports");
    assert!(refused.contains("\r\nretry-after: "), "{refused}");
    let mut rest = Vec::new();
    readers.pop().unwrap().read_to_end(&mut rest).await.unwrap();
    assert!(rest.ends_with(b"0\r\n\r\n"), "the last chunk");
    assert_eq!(summary(&asked(&shown).await), "200");
    drop(readers);
    shown.stop().await;
}

#[tokio::test]
async fn a_reader_who_stops_is_let_go_of() {
    let shown = Shown::start().await;
    let readers = begun(&shown).await;
    tokio::time::pause();
    for reader in &readers {
        // Nothing is read: what is written goes out while the other end is there.
        while !matches!(reader.try_write(b"\n"), Err(error) if error.kind() == ErrorKind::BrokenPipe) {
            tokio::time::advance(Duration::from_secs(1)).await;
        }
    }
    tokio::time::resume();
    shown.stop().await;
}
