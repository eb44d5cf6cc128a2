//! The client against a real interface.

use alliance_api::{
    Client, ClientError, Confirmations, Depth, DocumentFormat, Endpoint, Event, PublishRequest, RecordQuery,
    SyncSummary,
};

use crate::fixture::{DOCUMENT, Shown, TOKEN, end};

#[tokio::test]
async fn the_client_asks_every_route_over_both_ways() {
    let shown = Shown::start().await;
    let unix = Client::new(Endpoint::Unix(shown.socket()));
    let tcp = Client::new(Endpoint::Tcp {
        address: shown.server.tcp_address().unwrap().to_string(),
        token: Some(TOKEN.to_owned()),
    });
    for client in [&unix, &tcp] {
        let receipt = client.publish(&document()).await.unwrap();
        let query = RecordQuery {
            chapter: Some("iso:gb".to_owned()),
            limit: Some(1),
            ..RecordQuery::default()
        };
        let page = client.records(&query).await.unwrap();
        assert_eq!(receipt.id.as_ref(), Some(&page.records[0].id));
        let record = client.record(&page.records[0].id[..10]).await.unwrap();
        assert_eq!(record.summary, page.records[0]);
        assert!(client.follow("theme:seclusion", Depth::Deep).await.unwrap().followed);
        assert!(!client.leave("theme:seclusion").await.unwrap().followed);
        assert_eq!(client.chapter("iso:gb").await.unwrap().name, "iso:gb");
        assert!(!client.chapters().await.unwrap().is_empty());
        assert_eq!(client.organisations().await.unwrap()[0].name, "An organisation");
        assert!(client.peers().await.unwrap().is_empty());
        assert!(!client.invite(&Default::default()).await.unwrap().token.is_empty());
        let status = client.status().await.unwrap();
        assert_eq!(status.alliance.name, "An alliance");
        let report = client.sync().await.unwrap();
        assert_eq!((report.members, report.peers), (1, vec![]));
        // Nobody to be in step with, and nothing that is known to be missing.
        assert_eq!(
            (&report.sync, &status.sync),
            (&SyncSummary::default(), &SyncSummary::default())
        );
        assert!(status.chapters.iter().all(|chapter| chapter.missing == 0));
        assert_eq!(code(client.record("a/b?c").await.unwrap_err()), "400 bad_request");
    }
    shown.stop().await;
    assert!(matches!(unix.status().await, Err(ClientError::NotRunning { .. })));
    assert!(matches!(tcp.status().await, Err(ClientError::NotRunning { .. })));
}

#[tokio::test]
async fn events_begin_where_asked_go_on_live_and_end_with_the_server() {
    let shown = Shown::start().await;
    let client = Client::new(Endpoint::Unix(shown.socket()));
    client.publish(&document()).await.unwrap();
    let newest = client.status().await.unwrap().store.arrival;
    let mut all = client.events(Some(0)).await.unwrap();
    let mut last = client.events(Some(newest - 1)).await.unwrap();
    let (arrival, event) = last.next().await.unwrap().unwrap();
    assert_eq!(arrival, Some(newest));
    assert!(matches!(event, Event::Record { .. }));
    for expected in 1..=newest {
        assert_eq!(all.next().await.unwrap().unwrap().0, Some(expected));
    }
    client.publish(&document()).await.unwrap();
    assert_eq!(all.next().await.unwrap().unwrap().0, Some(newest + 1));
    shown.server.stop().await;
    assert!(all.next().await.unwrap().is_none());
    end(shown.run).await;
}

#[tokio::test]
async fn notices_leave_the_records_out() {
    let shown = Shown::start().await;
    let client = Client::new(Endpoint::Unix(shown.socket()));
    let mut notices = client.notices().await.unwrap();
    let mut all = client.events(None).await.unwrap();
    client.publish(&document()).await.unwrap();
    let (_, event) = all.next().await.unwrap().unwrap();
    assert!(matches!(event, Event::Record { .. }));
    shown.server.stop().await;
    assert!(notices.next().await.unwrap().is_none(), "a record was told of");
    end(shown.run).await;
}

fn document() -> PublishRequest {
    PublishRequest {
        format: DocumentFormat::Markdown,
        document: DOCUMENT.to_owned(),
        chapter: Some("iso:gb".to_owned()),
        confirmations: Confirmations::all(),
        ..PublishRequest::default()
    }
}

fn code(error: ClientError) -> String {
    match error {
        ClientError::Problem(problem) => format!("{} {}", problem.status, problem.code),
        other => other.to_string(),
    }
}
