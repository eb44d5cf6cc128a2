//! What an author keeps to itself is not published.

use alliance_api::{Confirmations, DocumentFormat, PublishRequest, RecordQuery};
use alliance_tests::{Cluster, practice};

#[tokio::test(flavor = "multi_thread")]
async fn a_private_document_stays_with_its_author() {
    let cluster = Cluster::found("First", "GB").await;
    let document = practice("A thought that is not ready yet").replace("scope: public", "scope: private");
    let request = PublishRequest {
        format: DocumentFormat::Markdown,
        document,
        chapter: Some("m49:001".to_owned()),
        confirmations: Confirmations::all(),
        ..PublishRequest::default()
    };
    let problem = cluster.handle(0).publish(request).await.unwrap_err();
    assert_eq!((problem.status, problem.code.as_str()), (422, "private_scope"));
    let page = cluster.handle(0).records(RecordQuery::default()).await.unwrap();
    assert!(page.records.is_empty());
}
